import { notApplicable, notObservable, sentencesOf } from './sentence';

/** What binds a server in extensions of HTTP/2, and ALPN. */
export const extensions = [
  ...sentencesOf('RFC 9218', [
    ['§2.1', 'must', 'NO_RFC7540_PRIORITIES is 0 or 1 (sent)', ['FRAME-31']],
    [
      '§2.1',
      'must',
      'NO_RFC7540_PRIORITIES received with another value: a connection error (binds who knows the setting)',
      ['FRAME-34'],
    ],
    ['§2.1', 'must', 'NO_RFC7540_PRIORITIES comes with the first SETTINGS', ['FRAME-31']],
    ['§2.1', 'must not', 'NO_RFC7540_PRIORITIES never changes', ['FRAME-31']],
    [
      '§2.1',
      'must',
      'with NO_RFC7540_PRIORITIES = 1 old priority signals are ignored',
      notObservable('ignoring looks the same either way (FRAME-11, FRAME-12)'),
    ],
    ['§4', 'should', 'absent parameters mean defaults', notObservable('no effect a gRPC client could ask for')],
    ['§4', 'must', 'priority parameters that are unknown, out of range or of wrong type do nothing', ['REQ-35']],
    ['§7', 'should', 'the newest PRIORITY_UPDATE for a stream not yet open is kept', notObservable('no effect to see')],
    ['§7.1', 'must', 'PRIORITY_UPDATE on a stream is a connection error (binds who knows the frame)', ['FRAME-34']],
    ['§7.1', 'must', 'too many idle targets are a connection error', ['FRAME-34']],
    ['§7.1', 'must', 'idle push target is a connection error', ['FRAME-34']],
    ['§7.1', 'must', 'prioritized stream 0 is a connection error', ['FRAME-34']],
    ['§7.1', 'must not', 'a server sends no PRIORITY_UPDATE', ['FRAME-32']],
    [
      '§10',
      'recommended',
      'urgency and incremental (5 sentences)',
      notApplicable('RECOMMENDED "when possible"; gRPC servers schedule round robin, nothing to hold them to'),
    ],
  ]),
  ...sentencesOf('RFC 8441', [
    ['§3', 'must', 'ENABLE_CONNECT_PROTOCOL is 0 or 1', ['FRAME-31']],
    ['§3', 'must not', 'ENABLE_CONNECT_PROTOCOL does not return to 0', ['FRAME-31']],
    ['§4', 'must not', 'extended CONNECT makes no plain tunnel', ['REQ-34']],
  ]),
  ...sentencesOf('RFC 8336', [['§2.1', 'must', 'ORIGIN is sent on stream 0', ['FRAME-32']]]),
  ...sentencesOf('RFC 7301', [
    ['§3.2', 'shall', 'no protocol in common: fatal no_application_protocol', ['TLS-02', 'TLS-14']],
    ['§3.2', 'shall not', 'the selected protocol is one of those offered', ['TLS-01', 'TLS-02']],
  ]),
];

import {
  cve,
  grpcCompression,
  grpcHttp2,
  grpcInterop,
  grpcProposal,
  grpcStatusCodes,
  protobufEncoding,
  rfc7541,
  rfc9110,
  rfc9113,
  robustness,
  type Source,
  type Strength,
} from './requirement';
import { convention, may, must, should } from './row';

test.each<[Source, string, string, string]>([
  [rfc9113('6.9.1'), 'RFC 9113', '§6.9.1', 'https://www.rfc-editor.org/rfc/rfc9113.html#section-6.9.1'],
  [rfc7541('5'), 'RFC 7541', '§5', 'https://www.rfc-editor.org/rfc/rfc7541.html#section-5'],
  [rfc9110('6.5.1'), 'RFC 9110', '§6.5.1', 'https://www.rfc-editor.org/rfc/rfc9110.html#section-6.5.1'],
  [
    grpcHttp2('PING Frame'),
    'gRPC over HTTP/2',
    'PING Frame',
    'https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#ping-frame',
  ],
  [grpcHttp2(), 'gRPC over HTTP/2', '', 'https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md'],
  [
    grpcInterop('cancel_after_begin'),
    'gRPC interop tests',
    'cancel_after_begin',
    'https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md#cancel_after_begin',
  ],
  [
    grpcProposal('A9-server-side-conn-mgt'),
    'gRFC A9',
    '',
    'https://github.com/grpc/proposal/blob/master/A9-server-side-conn-mgt.md',
  ],
  [cve('CVE-2023-44487'), 'CVE-2023-44487', '', 'https://nvd.nist.gov/vuln/detail/CVE-2023-44487'],
])('%o', (source, document, section, url) => {
  expect(source).toMatchObject({ document, section, url });
});

test('an anchor is written as GitHub writes it', () => {
  expect(grpcHttp2('Appendix A - GRPC for Protobuf').url).toMatch(/#appendix-a---grpc-for-protobuf$/);
});

test.each([
  ['must', must],
  ['should', should],
  ['may', may],
  ['convention', convention],
] as const)('%s', (level, make) => {
  const source = rfc9113('5.1');
  expect(make(source, 'a rule')).toEqual({ level, sources: [source], rule: 'a rule' });
  expect(make([source, rfc7541('5')], 'a rule').sources).toEqual([source, rfc7541('5')]);
});

test.each<[Source, Strength, string]>([
  [rfc9113('5.1', 'must'), 'must', 'the key word of the sentence'],
  [grpcHttp2('Client Cancellation', 'should'), 'should', 'also in lower case, in documents of gRPC'],
  [grpcCompression('', 'must'), 'must', 'of the whole document'],
  [grpcProposal('A8-client-side-keepalive', 'may'), 'may', 'of a proposal'],
  [rfc7541('6.1'), 'statement', 'a definition has no key word'],
  [grpcStatusCodes(), 'statement', 'nor has a table'],
  [protobufEncoding(), 'statement', 'nor has a description'],
  [robustness, 'convention', 'what no document demands'],
  [cve('CVE-2023-44487'), 'convention', 'a published weakness is no demand'],
])('%o is a %s: %s', ({ strength }, want) => {
  expect(strength).toBe(want);
});

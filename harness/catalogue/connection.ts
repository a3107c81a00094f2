import { grpcProposal, rfc9110, rfc9113, robustness } from './requirement';
import { convention, must, rows, should } from './row';

/** Connection and preface. After every row's stimulus a fresh call is served: on the same connection while that is open, else on a new one. */
export const connection = rows('CONN', {
  'CONN-01-settings-first': must(
    rfc9113('3.4', 'must'),
    'the first frame that a server sends is SETTINGS, on stream 0 and without ACK',
    {
      sends:
        'the connection preface with SETTINGS of none to many values; the client waits for octets of the server or does not',
      passes: 'a SETTINGS frame first: no ACK, stream 0, a length that is a multiple of 6',
      fails:
        'any other frame first (an acknowledgement, PING and WINDOW_UPDATE among them), or no frame within the time for a reply',
      needs: 'any',
      servers:
        "grpc-go and C-core send it before they have read the client's preface, others afterwards; WINDOW_UPDATE on stream 0 often follows at once",
      h2spec: ['http2/3.5/1', 'generic/1/1'],
    },
  ),
  'CONN-02-preface-any-segmentation': must(
    rfc9113('3.4'),
    'the client preface and the following frames are a byte stream; segmentation and pipelining do not matter',
    {
      sends:
        'preface, SETTINGS, HEADERS and DATA of a unary call, which may follow the preface without waiting; cut into TCP segments at random points, down to single octets, or all in one segment, with small random delays between the writes',
      passes: 'the call is served, however the octets are cut',
      fails: 'an error, or a hang',
      follows: 'TCP hands over a stream of octets, and RFC 9113 lays frames out in it without a word about segments',
      needs: 'a unary method',
      servers: 'none is known to fail',
    },
  ),
  'CONN-03-invalid-magic': must(
    rfc9113('3.4', 'must'),
    'a connection preface with a wrong octet is a connection error',
    {
      sends:
        'a preface with one of its 24 octets changed; a true beginning and then a wrong octet; random text; 0 to 23 right octets and then a long wrong tail (more than 24 octets in all: a server that waits for the 24th is not at fault)',
      passes: 'a connection error PROTOCOL_ERROR; GOAWAY may be left out',
      fails: 'the server keeps the connection open and answers frames',
      needs: 'any',
      servers: 'grpc-go, C-core and grpc-js have already written their SETTINGS when they close',
      h2spec: ['http2/3.5/2'],
    },
  ),
  'CONN-04-first-frame-not-settings': must(
    rfc9113('3.4', 'must'),
    'after the magic the first client frame must be SETTINGS; any other frame is an invalid preface',
    {
      sends:
        'the 24 octets, then PING, HEADERS, WINDOW_UPDATE, a frame of unknown type, SETTINGS on stream 1, or SETTINGS with ACK',
      passes: 'a connection error',
      warns:
        'only recorded: what happens to SETTINGS with ACK first; both a connection error and no visible effect pass',
      fails: 'the frame is served',
      needs: 'any',
      servers: 'measured: C-core and grpc-js answer PING first by a connection error',
    },
  ),
  'CONN-05-settings-acknowledged': must(
    [rfc9113('3.4', 'must'), rfc9113('6.5.3', 'must')],
    'the SETTINGS of the client preface are acknowledged, once and with an empty frame',
    {
      sends: 'a preface with 0 to 30 settings, known and unknown identifiers, legal values',
      passes:
        'exactly one SETTINGS with ACK, of length 0 and on stream 0, within the time for a reply, before or after other frames',
      fails: 'no acknowledgement, one with a payload, or a second one',
      needs: 'any',
      servers: 'nghttp2 rejects a SETTINGS frame with more than 32 entries, which is a legitimate limit',
      h2spec: ['http2/6.5.3/2'],
    },
  ),
  'CONN-06-partial-input-then-close': convention(
    robustness,
    'a client that disappears in the middle of magic, frame header, payload or field block harms nobody else',
    {
      sends: 'a valid session cut at a random octet of the whole recording, then FIN or a TCP reset',
      passes: 'a new connection serves; handlers of open calls are cancelled, where that can be seen',
      fails: 'the process ends, or refuses new connections',
      needs: 'a unary method; counters of its handlers help',
    },
  ),
  'CONN-07-http1-on-port': convention(
    [rfc9113('3.1'), rfc9113('3.4'), rfc9110('7.8', 'must')],
    'an HTTP/1.1 request (incl. Upgrade: h2c) is not left hanging and does not break the listener',
    {
      sends:
        'GET /, POST with a content-type of gRPC, and a request that asks for an upgrade to h2c, with HTTP2-Settings; all in HTTP/1.1',
      passes:
        'within the time for a close the connection is closed, or answered by an HTTP/1.1 4xx (426, 400) or 505, or SETTINGS and GOAWAY follow; 101 only to the request that named the protocol, with "upgrade: h2c" and "connection: upgrade", and HTTP/2 after it',
      fails: '101 in any other case; a connection that stays open and silent beyond a generous limit (60 s); a crash',
      needs: 'any',
      servers:
        'grpc-dotnet answers 426 on a port that speaks HTTP/1 as well; grpc-go, C-core and grpc-js write HTTP/2 SETTINGS and then close',
    },
  ),
  'CONN-08-connection-error-closes': must(
    rfc9113('5.4.1', 'must'),
    'after a connection error the TCP connection is closed; a GOAWAY before it is a SHOULD',
    {
      sends: 'one certain connection error: PING on stream 3, or PING of length 6',
      passes: 'the TCP connection is closed within the time for a close',
      warns:
        'no GOAWAY came before the close; or the connection stays open behind it and answers nothing. Only recorded: TCP resets the connection, with which a GOAWAY may be lost that was sent',
      fails: 'the connection still answers PING',
      needs: 'any',
      servers:
        'measured: C-core closes without GOAWAY, and ignores the stream id of PING altogether, so that there is no error at all; Node sends GOAWAY and leaves the connection open without another answer; grpc-go closes without GOAWAY on errors of its framer',
      h2spec: ['http2/5.4.1/1', 'http2/5.4.1/2'],
    },
  ),
  'CONN-09-errors-stay-on-their-connection': convention(
    rfc9113('5.4.1'),
    'a connection error on one TCP connection never disturbs calls on another',
    {
      sends:
        'connection A runs a bidirectional call, message by message; connection B suffers a random stimulus of this catalogue',
      passes: 'the call on A completes with the expected messages',
      fails: 'A is reset or stalls, or its octets are corrupted',
      needs: 'a bidirectional-streaming method',
    },
  ),
  'CONN-10-one-error-reported': should(
    rfc9113('5.4', 'should'),
    'at most one stream error per stream and one kind of connection error are reported',
    {
      sends: 'any invalid stimulus; the client keeps reading to the end of the connection',
      passes:
        'at most one RST_STREAM on each stream, and one code in all GOAWAYs that report an error; a GOAWAY with NO_ERROR may come before',
      warns: 'more than that',
      fails: 'nothing: more reports are warned about only',
      needs: 'any',
      servers: 'measured: C-core repeats RST_STREAM(PROTOCOL_ERROR) for each further bad DATA frame on a stream',
    },
  ),
  'CONN-11-idle-and-silent-peers': convention(
    [rfc9113('9.1'), grpcProposal('A9-server-side-conn-mgt')],
    'an idle, well-behaved connection stays usable; a script that never sends a preface is eventually dropped',
    {
      sends:
        '(a) a call, 1 to 5 s of idling, and another call; (b) beside it a connection on which nothing is sent for as long, not even a preface. Limits of idle time and age are for operators to switch on: by default they are infinite',
      passes: '(a) the call is served, or a graceful GOAWAY(NO_ERROR) was seen earlier; (b) the connection is closed',
      warns:
        '(a) GOAWAY with an error code, or a close without GOAWAY, which nothing forbids; only recorded: (b) is still open after seconds, where servers that drop it take minutes',
      fails: '(a) silence; (b) other connections are disturbed',
      needs: 'a unary method',
      servers: 'grpc-go and grpc-java drop a silent script after 120 s (a handshake timeout); grpc-js never does',
    },
  ),
});

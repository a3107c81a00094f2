import { rfc9110, rfc9113 } from './requirement';
import { convention, must, rows } from './row';

/** Connection and preface. */
export const connection = rows('CONN', {
  'CONN-01-settings-first': must(
    rfc9113('3.4', 'must'),
    'the first frame that the server sends is SETTINGS without ACK, on stream 0',
    {
      sends:
        'the connection preface with SETTINGS of none to many values; the client waits for octets of the server or does not',
      passes: 'a SETTINGS frame first: no ACK, stream 0, a length that is a multiple of 6',
      fails: 'any other frame first, an acknowledgement among them, or no frame within the time for a reply',
      needs: 'any',
      servers:
        "grpc-go and C-core send it before they have read the client's preface, others afterwards; WINDOW_UPDATE on stream 0 often follows at once",
      h2spec: ['http2/3.5/1', 'generic/1/1'],
    },
  ),
  'CONN-07-http1-on-port': convention(
    [rfc9113('3.1'), rfc9113('3.4'), rfc9110('7.8', 'must')],
    'an HTTP/1.1 request (incl. Upgrade: h2c) is not left hanging and does not break the listener',
    {
      sends: 'GET, POST with a content-type of gRPC, and a request that asks for an upgrade to h2c, all in HTTP/1.1',
      passes:
        'the connection is closed, or answered by an HTTP/1.1 4xx (400, 426, 505), or SETTINGS and GOAWAY follow; 101 only to a request that named the protocol, with the fields that an upgrade needs, and HTTP/2 after it',
      fails: '101 in any other case; a connection that stays open and silent beyond 60 s; a crash',
      needs: 'any',
      servers:
        'Kestrel answers 426 on a port that speaks HTTP/1 as well; grpc-go, C-core and grpc-js write HTTP/2 SETTINGS and close',
    },
  ),
});

import { grpcHttp2, grpcInterop, rfc9113 } from './requirement';
import { convention, must, rows } from './row';

/** Cancellation. */
export const cancellation = rows('CANC', {
  'CANC-01-rst-cancels-handler': must(
    [grpcHttp2('Client Cancellation'), grpcHttp2('Errors'), grpcInterop('cancel_after_first_response')],
    'RST_STREAM(CANCEL) from the client reaches the handler of the call',
    {
      sends:
        'a long call, also client-streaming, server-streaming and bidirectional, and RST_STREAM after the HEADERS, after a message, after the first answer, between answers or after the half-close',
      passes: 'one cancellation more is counted within the time for a cancellation',
      fails: 'the handler runs on',
      needs: 'a handler that stays busy until it is cancelled, and counters of what handlers saw',
      servers:
        'measured on C-core and grpc-js; unary handlers of grpc-js start only after END_STREAM: before that there is nothing to cancel',
      h2spec: ['generic/2/5', 'generic/3.4/1'],
      matters: true,
    },
  ),
  'CANC-02-silence-after-client-rst': must(
    [rfc9113('5.1', 'must'), rfc9113('5.4.2')],
    "after it has processed the client's RST_STREAM the server sends no more frames on the stream",
    {
      sends: 'RST_STREAM in the middle of a large answer, then PING as a fence',
      passes:
        'no DATA, HEADERS or RST_STREAM of that stream after the acknowledgement of the PING; frames before it were under way and are legal',
      fails: 'frames after it, beyond one write of at most 64 KiB',
      needs: 'a server-streaming method',
      servers:
        'measured: C-core and grpc-js are clean; a server may answer PING from another thread, ahead of DATA that is queued: hence one write is allowed',
    },
  ),
  'CANC-03-other-streams-unaffected': must(
    [rfc9113('5.4.2'), grpcHttp2('Errors')],
    'cancelling one call disturbs no other call of the connection',
    {
      sends: 'several parallel streams, a random subset of which is cancelled at random moments',
      passes: 'the others complete with the right content',
      fails: 'any of them fails or stalls',
      follows: 'RST_STREAM ends one stream by its definition',
      needs: 'a server-streaming or bidirectional-streaming method',
      matters: true,
    },
  ),
  'CANC-04-any-rst-code-cancels': convention(
    [rfc9113('7'), grpcHttp2('Errors', 'should')],
    'every RST_STREAM code from the client ends the call, known or unknown',
    {
      sends:
        'RST_STREAM with each code from NO_ERROR to 0xd, with 0x10 and with 0xffffffff, on calls that are under way',
      passes:
        'one cancellation more is counted within the time for a cancellation, and the server serves a plain call afterwards',
      fails: 'the reset is ignored, or the connection closed',
      needs: 'a handler that stays busy until it is cancelled, and counters of what handlers saw',
    },
  ),
  'CANC-05-connection-loss-cancels-all': must(
    grpcHttp2('Connection failure'),
    'when the connection goes away all its open calls are cancelled in the server',
    {
      sends: 'several calls that are under way, then RST or FIN of TCP, or the end of TLS without close_notify',
      passes: 'as many cancellations more are counted within the time for a cancellation',
      fails: 'handlers survive',
      needs: 'a handler that stays busy until it is cancelled, and counters of what handlers saw',
      servers:
        'measured on C-core and grpc-js; a half-closed TCP connection (FIN alone) ends the calls on most servers, but is not required to',
    },
  ),
  'CANC-06-cancel-before-message': convention(
    [rfc9113('5.1.2'), grpcInterop('cancel_after_begin')],
    'a call cancelled right after HEADERS leaves no trace: no handler leak, slot freed',
    {
      sends:
        'HEADERS and RST_STREAM in one write, at most about 80 times on a connection and fewer than 100 times a second, to stay below the limits against rapid resets',
      passes: 'the next call is served, and the slots of MAX_CONCURRENT_STREAMS are free again',
      fails: 'slots leak (MUX-03), or calls are refused',
      needs: 'any',
    },
  ),
  'CANC-07-cancel-races-completion': must(
    [rfc9113('5.1'), rfc9113('5.4.2'), grpcHttp2('Early Server Closure')],
    "RST_STREAM crossing the server's own end of stream is harmless",
    {
      sends:
        'unary calls with RST_STREAM at a random delay around the time of the answer, hundreds of rounds at a moderate rate',
      passes:
        'each call is either complete or cut, never of half-legal shape; the server serves a plain call afterwards',
      fails: 'a connection error, or an answer on a wrong stream',
      follows: 'both ends may close a stream at the same moment, since neither can know what is under way',
      needs: 'a unary method',
      servers: 'nghttp2 counts resets (1000 at once, 33 a second): keep below 20 a second',
    },
  ),
  'CANC-08-cancel-releases-flow-control': convention(
    [rfc9113('5.2'), rfc9113('6.9')],
    'cancelling streams that hold unread request data or blocked responses returns the connection-level credit and memory',
    {
      sends:
        'in a loop: bidirectional or server-streaming calls stalled at the window, with request data unread, then RST_STREAM, for a total of more than 4 times the connection window; at last a large unary call. The client counts the octets of answers that it has really received',
      passes:
        'the last call is served with the credit left in both directions; what becomes of the memory of such streams is looked at in FLOW-07',
      fails: 'a stall, since the server believes a window to be used up',
      needs: 'a unary, a server-streaming and a bidirectional method whose handler can be busy',
    },
  ),
});

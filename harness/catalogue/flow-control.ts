import { grpcInterop, rfc9113 } from './requirement';
import { convention, must, rows } from './row';

/** Flow control of responses, and back-pressure. */
export const flowControl = rows('FLOW', {
  'FLOW-01-window-respected': must(
    [rfc9113('5.2.1', 'must'), rfc9113('6.9.1', 'must')],
    'the server never sends more DATA, padding included, than the windows of the stream and of the connection allow',
    {
      sends:
        'server-streaming and unary calls with answers larger than the windows: initial windows of 0 to 1 MiB, increments of 1 to 100000, on both levels; the windows of every other stream are counted as well',
      passes: 'no window is ever exceeded when DATA is sent, counted by the settings that the server has acknowledged',
      fails: 'one octet over',
      needs: 'a unary or a server-streaming method',
      servers: 'C-core and grpc-js are exact to the octet (measured)',
      h2spec: ['http2/6.9.1/1'],
      matters: true,
    },
  ),
  'FLOW-02-zero-window-headers-flow': must(
    [rfc9113('5.2.1'), rfc9113('6.9')],
    'with window 0, Response-Headers are sent and calls without response messages complete',
    {
      sends:
        'INITIAL_WINDOW_SIZE 0, and (a) a call that ends with an error; (b) a call without messages in its answer; (c) a call with a payload in its answer. A message of length zero is 5 octets, and has to wait',
      passes: '(a) and (b) complete; (c) HEADERS come, or wait, and no DATA comes',
      fails: 'DATA is sent, or (a) or (b) hangs',
      follows: 'flow control covers DATA frames alone',
      needs: 'a unary method, and a handler that ends with a chosen status',
      servers:
        'measured: C-core and grpc-js send HEADERS and Trailers-Only at a window of 0; trailers behind HEADERS do not come from grpc-js until there is credit',
    },
  ),
  'FLOW-03-resumes-on-credit': must(
    [rfc9113('6.9'), rfc9113('5.2')],
    'a response that was stopped by a window goes on when credit comes, and nothing of it is lost',
    {
      sends:
        'a call behind a small random window, and WINDOW_UPDATE of one or some octets at a time, for the stream and the connection alternately; also when the request has ended by trailers',
      passes:
        'as long as data is left, the octets that arrive equal the credit each time; in the end the payload is intact, and trailers follow',
      warns: 'credit that is left unused for longer than 1.5 s',
      fails:
        'a stall with credit on both levels, also with a window smaller than a frame, since it is a dead-lock with every client that gives credit as it reads; octets that are lost or come twice',
      follows: 'WINDOW_UPDATE is what a sender waits for; one that stays silent after it never ends the call',
      needs: 'a unary or a server-streaming method',
      servers: 'some hold back very small sends for a moment: wait for the time for a reply before calling it a stall',
      h2spec: ['http2/6.9.1/1', 'generic/3.9/2'],
      matters: true,
    },
  ),
  'FLOW-04-initial-window-change': must(
    rfc9113('6.9.2', 'must'),
    'a change of SETTINGS_INITIAL_WINDOW_SIZE adjusts all open streams by the difference, not the connection window',
    {
      sends:
        'answers in progress on several streams, and settings that raise the window, lower it and raise it again (100 to 107 to 2100, for instance), with an ample connection window',
      passes: 'the octets that are sent equal those of the model',
      fails: 'the old window is kept, or the connection window changed',
      needs: 'a server-streaming method',
      servers: 'exact on C-core and grpc-js (measured)',
      h2spec: ['http2/6.9.2/1'],
    },
  ),
  'FLOW-05-negative-window': must(
    rfc9113('6.9.2', 'must'),
    'after a reduction makes the window negative nothing is sent until WINDOW_UPDATEs bring it above zero',
    {
      sends:
        'after some octets of an answer, an INITIAL_WINDOW_SIZE below their number; then credit in steps across zero',
      passes:
        "no DATA while the window is 0 or negative, from the server's acknowledgement of the SETTINGS on; DATA goes on afterwards",
      fails: 'DATA too early, or never again',
      needs: 'a server-streaming method',
      h2spec: ['http2/6.9.2/2'],
    },
  ),
  'FLOW-06-connection-window-shared': must(
    [rfc9113('5.2.1'), rfc9113('6.9.1')],
    "the connection window bounds the sum over streams; other streams' HEADERS still flow when it is used up",
    {
      sends:
        'several large server-streaming answers with big stream windows and no credit for the connection; then a call that is answered by Trailers-Only; then credit for the connection in portions: partial grants with several streams blocked, more than they need, and then a new call',
      passes:
        'exactly 65535 octets (or as many as were granted) in total; calls that end with an error complete; all calls finish with credit, and every octet granted can be used',
      fails: 'octets beyond the window, or one stream that starves for ever although there is credit',
      follows: 'the window of the connection counts the octets of all its streams, and DATA alone',
      needs: 'a server-streaming method',
      servers: 'exact on C-core and grpc-js (measured)',
    },
  ),
  'FLOW-07-fast-producer-stalled-reader': convention(
    [rfc9113('5.2.2'), rfc9113('10.5'), grpcInterop('TODO Tests')],
    'a handler that produces faster than its client reads is stopped, and the memory of the server stays bounded',
    {
      sends:
        'a server-streaming call that asks for 100 MB or for an endless answer, with no WINDOW_UPDATE for some seconds; then RST_STREAM or credit',
      passes:
        'DATA stops at the window; the memory of the server grows by less than a limit that the operator sets (64 MiB, for instance), and RST_STREAM releases it',
      warns: 'the handler itself ignores back-pressure',
      fails: 'memory grows with the whole answer',
      needs: 'a server-streaming method, and a process whose memory can be read',
      servers: 'depends on the handler in grpc-js (write() that returns false) and in Tonic (size of the channel)',
      matters: true,
    },
  ),
  'FLOW-08-echo-against-stalled-reader': convention(
    [rfc9113('5.2.2'), grpcInterop('TODO Tests')],
    'a bidirectional echo whose responses are not read stops granting request credit after bounded buffering',
    {
      sends: 'a window of 0 for the answers, and an upload as far as credit allows, up to 6 MiB',
      passes: 'the server stops granting credit',
      warns: 'it stops only more than 4 MiB beyond its stream window, or the handler takes whatever is offered',
      fails: 'memory grows without end',
      needs: 'a bidirectional-streaming method, and a process whose memory can be read',
      servers:
        'measured: C-core took about 131 KB and then stopped; the test handler of grpc-js (a plain write in the data event) took everything that was offered: a matter of the handler, hence a warning; C-core widens its window to 16 MiB on a fast path',
    },
  ),
  'FLOW-09-stalled-stream-does-not-block-others': must(
    [rfc9113('5.2.1'), rfc9113('5.2.2')],
    'a stream without window does not hold up other streams that have window',
    {
      sends:
        'one stream stalled at a window of 0, with an ample connection window; then unary and server-streaming calls on others',
      passes: 'the others are served in their normal time',
      fails: 'head-of-line blocking',
      follows: 'the window of a stream binds that stream alone',
      needs: 'a server-streaming and a unary method',
    },
  ),
  'FLOW-10-client-max-frame-size': must(
    [rfc9113('4.2'), rfc9113('6.5.2', 'must')],
    "DATA and HEADERS frames stay within the client's SETTINGS_MAX_FRAME_SIZE",
    {
      sends:
        'the default, sizes of 16384 to 16777215, and one that is raised while the connection is in use; large answers and large metadata',
      passes: 'every frame is within the limit; to use less than is allowed is fine',
      fails: 'a larger frame',
      needs: 'a server-streaming method',
      servers: 'C-core sent frames of 131072 octets when 1 MiB was allowed; grpc-js stays at 16384 (measured)',
    },
  ),
  'FLOW-11-frames-read-while-a-handler-stalls': must(
    [rfc9113('5.2.2', 'must'), rfc9113('6.9', 'must')],
    'frames are read and processed while a handler reads nothing',
    {
      sends:
        'a client-streaming or bidirectional call to a handler that reads nothing, fed until its stream window is used up, and another time until the connection window is; then PING, SETTINGS, WINDOW_UPDATE for a stalled download, RST_STREAM of the stalled upload, and a call of HEADERS alone',
      passes:
        'PING and SETTINGS are acknowledged, the download goes on, the reset takes effect on slot and credit, and the call is answered; frames without flow control are always accepted',
      fails: 'any of them waits for the handler, which counts as a hang',
      needs: 'a handler that stays busy and reads nothing, and a server-streaming method',
      servers: 'servers that push back through TCP: helidon#12182, grpclib#67, armeria#6253',
    },
  ),
});

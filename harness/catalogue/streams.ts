import { grpcInterop, rfc9113 } from './requirement';
import { convention, may, must, rows } from './row';

/** Stream states and flow control of requests. After every row's stimulus a fresh call is served: on the same connection while that is open, else on a new one. */
export const streams = rows('STREAM', {
  'STREAM-01-even-stream-id': must(
    rfc9113('5.1.1', 'must'),
    'a client opening an even stream id is a connection error',
    {
      sends: 'a whole request on stream 2, 4 or 2^31−2',
      passes: 'a connection error PROTOCOL_ERROR',
      fails: 'the request is served, or ignored in silence',
      needs: 'any',
      servers: 'measured: C-core ignores it in silence; its own test bad_streaming_id only demands that it survives',
      h2spec: ['http2/5.1.1/1'],
    },
  ),
  'STREAM-02-decreasing-stream-id': must(
    rfc9113('5.1.1', 'must'),
    'a new stream id not greater than all earlier ones is a connection error',
    {
      sends:
        'HEADERS on stream 5 (completed or open), then a whole request on stream 3; also on 5 again after it closed',
      passes: 'a connection error (PROTOCOL_ERROR or STREAM_CLOSED)',
      warns: 'nothing visible happens',
      fails: 'the second request is executed; that it never is, is the hard requirement',
      needs: 'a unary method',
      servers:
        'measured: nghttp2 ignores it on purpose, since it cannot tell such a stream from a closed one, and so does C-core; grpc-go sends GOAWAY(PROTOCOL_ERROR)',
      h2spec: ['http2/5.1.1/2', 'http2/5.1/12'],
    },
  ),
  'STREAM-03-skipped-ids': must(rfc9113('5.1.1'), 'a client may skip stream ids; skipped ids become closed', {
    sends: 'calls on strictly increasing odd ids with random gaps, up to 2^31−1 for the last one',
    passes: 'each call is served',
    fails: 'an error because of the gaps',
    follows: 'RFC 9113 closes the idle streams below a new one, which has a meaning only if ids may be skipped',
    needs: 'a unary method',
    servers: 'after id 2^31−1 the connection is used up; some servers send GOAWAY early',
  }),
  'STREAM-04-frames-on-idle-stream': must(
    [rfc9113('5.1', 'must'), rfc9113('5.1.1'), rfc9113('6.4', 'must'), rfc9113('6.1')],
    'DATA, RST_STREAM or WINDOW_UPDATE on a stream that nobody has opened is a connection error',
    {
      sends:
        "one of the three on an id greater than any that was opened: odd ids, and even ids (the server's, idle for ever while nothing is pushed)",
      passes: 'a connection error PROTOCOL_ERROR; for DATA also a stream error STREAM_CLOSED',
      fails: 'nothing visible happens',
      needs: 'any',
      servers:
        'grpc-go and C-core ignore all three, since their tables of streams do not tell idle from forgotten; grpc-js closes',
      h2spec: ['http2/5.1/1', 'http2/5.1/2', 'http2/5.1/3', 'http2/6.4/2'],
    },
  ),
  'STREAM-05-data-after-end-stream': must(
    [rfc9113('5.1', 'must'), rfc9113('6.1', 'must')],
    "DATA or HEADERS after the client's END_STREAM is a stream error STREAM_CLOSED, and never reaches the handler",
    {
      sends:
        'a request with END_STREAM to a method that does not answer by itself, then DATA (with END_STREAM or without) or HEADERS on its stream, then a PING as a fence; only after its acknowledgement may the call end. Payload and number of frames vary',
      passes:
        'a stream error STREAM_CLOSED while the stream is half-closed. If the response had ended before the fence was acknowledged, no visible effect is legal too: frames may be dropped only in the state "closed"',
      warns: 'the call ends with an error status in place of the reset',
      fails:
        'nothing visible happens although the fence was acknowledged before the response ended; the handler sees the extra message',
      needs: 'a slow method; counters of its handlers for the strong part',
      servers:
        'grpc-go sends RST_STREAM(STREAM_CLOSED), grpc-js GOAWAY; C-core drops the frames in silence, a violation while the call is open',
      h2spec: ['http2/5.1/5', 'http2/5.1/6', 'http2/6.1/2'],
    },
  ),
  'STREAM-06-control-frames-on-half-closed': must(
    [rfc9113('5.1'), rfc9113('6.9', 'must')],
    "WINDOW_UPDATE, PRIORITY and RST_STREAM stay legal after the client's END_STREAM",
    {
      sends: 'a whole request, then one or more WINDOW_UPDATEs, PRIORITY or RST_STREAM while the response runs',
      passes: 'the response goes on, or RST_STREAM cancels it',
      fails: 'an error',
      needs: 'a server-streaming method',
      h2spec: ['generic/2/2', 'generic/2/4', 'generic/3.9/2'],
    },
  ),
  'STREAM-07-frames-after-client-rst': may(
    rfc9113('5.1', 'must'),
    'frames sent by the client after its own RST_STREAM must not hurt anything but that stream',
    {
      sends:
        'an opened stream, RST_STREAM, then DATA, HEADERS, WINDOW_UPDATE or a second RST_STREAM on it. RFC 9113 §5.1 permits a connection error STREAM_CLOSED in the state "closed" and asks for minimal processing; RFC 7540 §5.1 demanded a stream error',
      passes:
        'no visible effect, RST_STREAM(STREAM_CLOSED), or a connection error; the HPACK table and the connection window stay consistent (HPACK-12, STREAM-16)',
      fails: 'a handler starts again, or other streams fail while the connection stays open',
      needs: 'a bidirectional-streaming method',
      servers: "measured: C-core and grpc-js ignore them; h2spec's MUST is one no longer",
      h2spec: ['http2/5.1/8', 'http2/5.1/9', 'generic/3.4/1'],
    },
  ),
  'STREAM-08-frames-on-completed-stream': may(
    rfc9113('5.1'),
    'frames on a stream closed by END_STREAM from both sides: error permitted, not required',
    {
      sends:
        'a complete call, then DATA, HEADERS (a new block with the same id) or RST_STREAM on its stream: (a) in one flight with the close, with no fence and no acknowledgement of ours in between; (b) after a fence',
      passes:
        'no visible effect, a stream error or a connection error. After (b) every reaction is legal: an endpoint that knows by PING, an acknowledgement of SETTINGS or later streams that its script saw the close may take late frames for an error',
      warns: '(a) an error for RST_STREAM, which may still have been under way',
      fails: 'a second response on the id',
      needs: 'a unary method',
      servers: 'an error for WINDOW_UPDATE in that flight breaks a MUST NOT of its own: STREAM-23',
      h2spec: ['http2/5.1/11', 'http2/5.1/12', 'generic/2/5'],
    },
  ),
  'STREAM-09-no-frames-after-server-rst': must(
    [rfc9113('5.4.2'), rfc9113('5.1', 'must')],
    'RST_STREAM is the last frame the server sends on a stream',
    {
      sends: 'nothing special: every stream is watched',
      passes: "nothing but PRIORITY after the server's RST_STREAM",
      warns:
        'another RST_STREAM, when the stream has had more of them than the client has sent frames on it: a frame that was under way may provoke one (RFC 9113 §5.4.2)',
      fails: 'HEADERS, DATA or WINDOW_UPDATE on the id',
      needs: 'any',
      servers:
        'measured: C-core breaks it: after RST_STREAM(PROTOCOL_ERROR) for bad flags of DATA it still sends HEADERS, DATA and trailers',
    },
  ),
  'STREAM-10-no-rst-for-rst': must(rfc9113('5.4.2', 'must'), 'RST_STREAM is never answered with RST_STREAM', {
    sends: 'RST_STREAM on open, half-closed and (a second one) closed streams, then a PING as a fence',
    passes:
      'no RST_STREAM that the server sends after it has processed ours; one that was under way already and crosses ours is legal',
    fails: 'such an RST_STREAM',
    needs: 'a bidirectional-streaming method',
  }),
  'STREAM-11-window-update-zero': must(
    rfc9113('6.9', 'must'),
    'WINDOW_UPDATE with an increment of 0 is a stream error on a stream, and a connection error on stream 0',
    {
      sends: 'WINDOW_UPDATE with increment 0 (a) on stream 0; (b) on an open stream',
      passes: '(a) a connection error; (b) a stream error or a connection error; both PROTOCOL_ERROR',
      fails: 'nothing visible happens',
      needs: 'a bidirectional-streaming method',
      h2spec: ['http2/6.9/1', 'http2/6.9/2'],
    },
  ),
  'STREAM-12-window-update-length': must(
    rfc9113('6.9', 'must'),
    'WINDOW_UPDATE with length ≠ 4 is a connection error FRAME_SIZE_ERROR',
    {
      sends: 'WINDOW_UPDATE of length 0 to 3 and 5 to 8, on stream 0 and on an open stream',
      passes: 'a connection error',
      fails: 'nothing visible happens',
      needs: 'any',
      h2spec: ['http2/6.9/3'],
    },
  ),
  'STREAM-13-window-overflow': must(
    rfc9113('6.9.1', 'must'),
    'WINDOW_UPDATEs that push a send window above 2^31−1 end the stream or the connection with FLOW_CONTROL_ERROR',
    {
      sends: 'two increments of 2^31−1 on stream 0, or on an open stream',
      passes: 'on stream 0 a connection error, on a stream a stream error',
      fails: 'nothing visible happens',
      needs: 'a bidirectional-streaming method',
      servers:
        'measured: C-core 1.84 ignores both (upstream added bad_client window_update_overflow in 2026); grpc-go does not check',
      h2spec: ['http2/6.9.1/2', 'http2/6.9.1/3'],
    },
  ),
  'STREAM-14-settings-window-overflow': must(
    rfc9113('6.9.2', 'must'),
    "a SETTINGS_INITIAL_WINDOW_SIZE change that lifts an open stream's window above 2^31−1 is a connection error",
    {
      sends:
        'an open stream, WINDOW_UPDATE of 2^31−1−65535 on it, then INITIAL_WINDOW_SIZE of 65536 or more; h2spec http2/6.9.2/3 does not really test this',
      passes: 'a connection error FLOW_CONTROL_ERROR',
      warns: 'RST_STREAM on that stream alone: right in kind, and less than the document asks for',
      fails: 'nothing visible happens, or an error although no window is above 2^31−1',
      needs: 'a bidirectional-streaming method',
      servers: 'measured: nghttp2, and so Node, resets the stream; grpc-go does not look at the sum',
    },
  ),
  'STREAM-15-upload-window-replenished': convention(
    [rfc9113('5.2.2'), rfc9113('6.9.1'), grpcInterop('large_unary'), grpcInterop('client_streaming')],
    'a request that is larger than the windows completes, because the server gives back credit as it reads',
    {
      sends:
        'uploads of 271828 octets and up to the limit of messages by a client that obeys the windows strictly, over sizes of frames, in one message or many',
      passes: 'the call is served; credit comes on both levels',
      fails: 'a stall: no WINDOW_UPDATE within the time for a reply while the handler reads',
      needs: 'a unary or a client-streaming method',
      servers: 'grpc-go grows the window for one big message; C-core advertises 4 MiB, grpc-js 64 KiB',
      h2spec: ['generic/3.9/1'],
      matters: true,
    },
  ),
  'STREAM-16-discarded-data-returns-connection-credit': must(
    [
      rfc9113('6.9', 'must'),
      rfc9113('5.1', 'must'),
      rfc9113('6.8', 'must'),
      rfc9113('5.4.2', 'must'),
      rfc9113('6.4', 'must'),
    ],
    'DATA that nobody reads counts against the connection window all the same, so its credit comes back, or the connection is used up',
    {
      sends:
        'more than 4 connection windows of DATA that the server discards: an unknown method with a body of 16 KiB, a handler that ends early with an error, RST_STREAM of the client right after DATA, a message above the limit; then one large upload on the same connection. Streams above the limit of concurrent streams and behind GOAWAY take credit in MUX-03 and KA-15',
      passes: 'the last upload is served',
      fails: 'the connection window leaks: the upload stalls',
      needs: 'a unary method',
      matters: true,
    },
  ),
  'STREAM-17-padding-returns-credit': must(
    [rfc9113('6.1'), rfc9113('6.9.1', 'must')],
    'padding counts against both windows and its credit is returned too',
    {
      sends:
        'a client-streaming call most of whose octets are padding (1 octet of data and 255 of padding, also frames of padding only), more than 4 windows of padding in all',
      passes: 'the call is served',
      fails: 'a stall',
      needs: 'a client-streaming method',
      servers:
        'grpc-go gives back the credit of padding explicitly when it arrives; C-core refuses padding, so the row is skipped or a known failure there',
    },
  ),
  'STREAM-18-client-overruns-window': may(
    [rfc9113('6.9'), rfc9113('5.2.1'), rfc9113('6.9.3')],
    'a server may (not must) answer data beyond its window with FLOW_CONTROL_ERROR; it must not buffer without bound',
    {
      sends:
        "to a handler that does not read: the window and k octets more, while no WINDOW_UPDATE has come; k is 1, 16 KiB or 10 windows; the stream's window or the connection's",
      passes:
        'a stream error or a connection error FLOW_CONTROL_ERROR, or a small k is tolerated; memory stays bounded',
      warns: 'more than 262,144 octets beyond all credit are taken while no handler reads; fewer are recorded only',
      fails: 'growth without bound, or a crash',
      needs: 'a slow method',
      servers:
        'with a handler that reads, the server may have sent credit at the same time, so the check is a race there; C-core sends RST_STREAM(PROTOCOL_ERROR)',
    },
  ),
  'STREAM-19-server-window-updates-legal': must(
    [rfc9113('6.9', 'must'), rfc9113('6.9.1', 'must'), rfc9113('5.4.2')],
    "the server's WINDOW_UPDATEs have increment 1..2^31−1 and never lift the client's send window above 2^31−1; none is sent for streams it has reset",
    {
      sends:
        'nothing special: every WINDOW_UPDATE is watched, in long uploads, with many streams, and when the server changes its INITIAL_WINDOW_SIZE',
      passes: 'the sums stay legal; WINDOW_UPDATE on a stream that the client has just completed is legal',
      fails: 'an overflow, or an increment of 0',
      needs: 'a client-streaming method',
    },
  ),
  'STREAM-20-stalled-upload-does-not-block-others': convention(
    rfc9113('5.2.2'),
    'unread data of one stream does not exhaust the connection window for the others',
    {
      sends: "stream A's window is filled towards a handler that does not read; then calls on B",
      passes: 'the calls on B are served',
      warns:
        "B stalls on a server whose connection window is as large as a stream's and that returns credit only when data is read: it does so by design",
      fails: 'B stalls until A is read',
      needs: 'a slow method and a unary one',
      servers: 'grpc-go and grpc-java return the connection credit at once',
    },
  ),
  'STREAM-21-stream-errors-stay-on-their-stream': convention(
    [rfc9113('5.4.2'), rfc9113('5.4.1')],
    'a fault that concerns one stream leaves the other calls of the connection alone',
    {
      sends:
        'a bidirectional call A is opened and a unary call B half sent; stream C gets a fault: each malformation of requests, a bad "-bin" value, a bad timeout, a wrong content-type, a message above the limit, gzip that cannot be decoded, HEAD or GET, a second HEADERS, request trailers, WINDOW_UPDATE of 0, a window overflow, or two resets; then A and B are finished, and a new call D follows. It varies over the fault, the order, the number of faults, and which of A and B is half sent',
      passes: 'A, B and D are served',
      warns:
        'a connection error, which is a legal escalation (RFC 9113 §5.4.1); it is reported with the class of its fault',
      fails:
        'A, B or D is answered wrongly on a connection that stays open, which is told under MUX-01; a close without GOAWAY, which is only a SHOULD (RFC 9113 §5.4.1), is told as the connection error that it is',
      needs: 'a bidirectional-streaming method and a unary one',
      servers:
        'CVE-2023-32732 (C-core 1.53 to 1.54: a bad "-bin" value closed the connection), grpc/grpc#34721 (C-core: one HEAD spoils later calls), aspnetcore PR#32478 (a second RST_STREAM), helidon#12001, grpcbox#51; grpc-go ends the connection for request trailers, C-core for a second HEADERS',
      matters: true,
    },
  ),
  'STREAM-22-silent-after-both-ends': must(
    rfc9113('5.1', 'must'),
    'when both sides have sent END_STREAM, the server sends nothing more on the stream but PRIORITY',
    {
      sends:
        'a whole request with END_STREAM, a PING as a fence (so that the server has processed it), then the response runs; the connection is kept for a second call and a fence. It is watched on every call whose END_STREAM a fence has passed',
      passes: "nothing after the server's END_STREAM",
      warns: 'RST_STREAM(NO_ERROR), or WINDOW_UPDATE',
      fails: 'RST_STREAM with an error code; HEADERS or DATA, which break TRAIL-07 too',
      needs: 'a unary method',
      servers:
        "grpc-go#7623, envoy#38206, hyper-h2#1183 (C-core: RST_STREAM after a whole unary exchange). Without the fence the client's END_STREAM may cross the response: then EOS-08 applies and there is no verdict",
    },
  ),
  'STREAM-23-window-update-on-closed': must(
    [rfc9113('6.9', 'must'), rfc9113('5.1')],
    'WINDOW_UPDATE on a stream that is half-closed or has just closed is not an error',
    {
      sends:
        "a unary call; one or more WINDOW_UPDATEs on its stream after the client's END_STREAM, in the same write as the end of the request, and again right after the trailers were read; then another call. No fence and no acknowledgement of a PING or SETTINGS of the server comes in between, since they would tell it that the client saw the end (STREAM-08)",
      passes: 'nothing visible happens and the connection serves on: the next call is served',
      fails: 'a stream error or a connection error',
      needs: 'a unary method',
      servers: 'it was a part of STREAM-08 before, whose level MAY could never fail',
      h2spec: ['generic/2/2'],
    },
  ),
  'STREAM-24-uploads-share-the-connection-window': convention(
    [rfc9113('6.9'), rfc9113('6.9.1'), rfc9113('5.2.1')],
    'several uploads that together exceed the connection window all complete',
    {
      sends:
        '2 to 8 client-streaming calls, each with more than the connection window; their DATA round robin, in random order, or one after the other; some are reset half way, some answered early with an error',
      passes: 'all that were not reset are served',
      fails: 'a stall with credit still owed, marked as a hang',
      needs: 'a client-streaming method',
      servers:
        'brpc#1597, OpenLiberty#12399, pekko-http PR#1259, trafficserver#13640. STREAM-15 has one upload, STREAM-20 a reader that sleeps',
    },
  ),
});

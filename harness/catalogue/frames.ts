import { grpcProposal, rfc8336, rfc8441, rfc9113, rfc9218 } from './requirement';
import { may, must, rows, should } from './row';

/** Frames and SETTINGS. After every row's stimulus a fresh call is served: on the same connection while that is open, else on a new one. */
export const frames = rows('FRAME', {
  'FRAME-01-unknown-type-ignored': must(
    [rfc9113('4.1', 'must'), rfc9113('5.5', 'must')],
    'frames of unknown type are discarded',
    {
      sends:
        'frames of types 0x0a to 0xff with any flags and any payload of up to 16384 octets, on stream 0 and on idle, open, closed and even streams, at any place but inside a field block. No type is left out that a server must ignore: 0x0a (ALTSVC) and 0x0c (ORIGIN) are sent too, since they mean nothing to a server; 0x10 (PRIORITY_UPDATE) may be left out',
      passes: 'nothing visible happens and the connection serves on; running calls are not affected',
      fails: 'any error',
      needs: 'a unary method',
      servers:
        'golang.org/x/net and nghttp2 know PRIORITY_UPDATE (0x10) and validate it; hundreds of unknown frames in a row are a flood, which is for DOS-06',
      h2spec: ['http2/4.1/1', 'http2/5.5/1'],
    },
  ),
  'FRAME-02-undefined-flags-ignored': must(
    rfc9113('4.1', 'must'),
    'flag bits with no meaning for a frame type are ignored',
    {
      sends:
        'a valid session in which frames carry undefined flag bits, over frame types and bit masks (PING 0x16, SETTINGS 0xfe, WINDOW_UPDATE 0xff, RST_STREAM 0xff, DATA 0xf6, HEADERS 0xd2, for example)',
      passes: 'all is as without these flags',
      fails: 'any error',
      needs: 'a unary method',
      servers:
        'measured: C-core breaks this for PING, SETTINGS and WINDOW_UPDATE (it closes) and for DATA (RST_STREAM PROTOCOL_ERROR); that is a known non-compliance, to be reported and not hidden',
      h2spec: ['http2/4.1/2'],
    },
  ),
  'FRAME-03-reserved-bit-ignored': must(
    [rfc9113('4.1', 'must'), rfc9113('6.9'), rfc9113('6.8')],
    'the reserved bit of the frame header, and of WINDOW_UPDATE/GOAWAY payload fields, is ignored',
    {
      sends: 'valid frames with the reserved bit set',
      passes: 'all is as without it',
      fails: 'an error, or the frame is taken for one of another stream',
      needs: 'a unary method',
      h2spec: ['http2/4.1/3'],
    },
  ),
  'FRAME-04-max-frame-16384-accepted': must(
    rfc9113('4.2', 'must'),
    'payloads of up to the advertised SETTINGS_MAX_FRAME_SIZE, at least 16384 octets, are processed',
    {
      sends:
        'DATA of exactly 16384 octets (or as many as the window allows) and of exactly the advertised maximum; HEADERS of 16384 octets within the limits on headers',
      passes: 'the call is served',
      fails: 'an error',
      needs: 'a unary or a client-streaming method',
      servers: 'C-core advertises frames and windows of 4 MiB; the client keeps within the window',
      h2spec: ['http2/4.2/1'],
    },
  ),
  'FRAME-05-oversize-frame': must(
    rfc9113('4.2', 'must'),
    'a frame longer than the advertised maximum is FRAME_SIZE_ERROR: connection error for HEADERS/CONTINUATION/SETTINGS/stream 0, at least a stream error otherwise',
    {
      sends:
        'frames of the advertised length plus 1, plus a random number, and of 2^24−1 octets; DATA, HEADERS, CONTINUATION, SETTINGS and an unknown type',
      passes:
        'a connection error FRAME_SIZE_ERROR; for DATA a stream error too; for an unknown type also nothing visible',
      warns:
        'only recorded: the target waits for the rest of a frame that was begun and is too long by its length field',
      fails: 'the frame is processed',
      needs: 'a SETTINGS_MAX_FRAME_SIZE below 2^24−1, which no frame can be longer than',
      servers:
        'measured: grpc-js sends GOAWAY(FRAME_SIZE_ERROR), C-core closes; nghttp2, and so Node and Envoy, does not look at the length of CONTINUATION; nginx allows every length that there is',
      h2spec: ['http2/4.2/2', 'http2/4.2/3'],
    },
  ),
  'FRAME-06-field-block-contiguous': must(
    [rfc9113('4.3', 'must'), rfc9113('6.2', 'must'), rfc9113('6.10', 'must'), rfc9113('5.5', 'must')],
    'between HEADERS without END_HEADERS and the last CONTINUATION no other frame may come',
    {
      sends:
        'HEADERS without END_HEADERS, another frame, then CONTINUATION with END_HEADERS; the other frame is DATA, PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, GOAWAY, a frame of unknown type, or HEADERS or CONTINUATION on another stream',
      passes: 'a connection error PROTOCOL_ERROR, and the request is not executed',
      fails: 'nothing visible happens, or the call is served',
      needs: 'a unary method',
      servers:
        'C-core first ends the open call with trailers of status 14 (UNAVAILABLE), then closes. h2spec http2/6.10/6 sends DATA inside the block, so it is about this rule and not about CONTINUATION',
      h2spec: [
        'http2/4.3/2',
        'http2/4.3/3',
        'http2/5.5/2',
        'http2/6.2/1',
        'http2/6.2/2',
        'http2/6.10/2',
        'http2/6.10/6',
      ],
    },
  ),
  'FRAME-07-data-on-stream-0': must(rfc9113('6.1', 'must'), 'DATA on stream 0 is a connection error', {
    sends: 'DATA on stream 0, empty or not, with END_STREAM or without',
    passes: 'a connection error PROTOCOL_ERROR',
    fails: 'nothing visible happens',
    needs: 'any',
    servers: 'measured: C-core ignores it',
    h2spec: ['http2/6.1/1'],
  }),
  'FRAME-08-data-padding-overflow': must(
    [rfc9113('6.1', 'must'), rfc9113('4.2')],
    'in DATA a pad length as large as the whole frame payload, or larger, is a connection error',
    {
      sends:
        'DATA with PADDED, where the payload counts from the pad length octet on: (a) a pad length that is the payload, the payload + k, or 255; (b) payload − 1, which is legal: an empty DATA frame that costs window; (c) a payload of 0 octets with PADDED set, so without a pad length octet',
      passes:
        '(a) a connection error; (b) an empty DATA frame (MSG-04), charged to both windows; (c) a connection error or a stream error FRAME_SIZE_ERROR (RFC 9113 §4.2 asks for a connection error only for field blocks, SETTINGS and stream 0)',
      warns: '(a) a stream error: RFC 9113 §6.1 asks for a connection error, §5.4 for its report',
      fails: '(a), (c) the call is served, or octets of padding are delivered; (b) any error',
      needs: 'a unary method',
      servers: 'C-core answers any padded DATA by RST_STREAM(PROTOCOL_ERROR), (b) too, as in MSG-06',
      h2spec: ['http2/6.1/3'],
    },
  ),
  'FRAME-09-headers-on-stream-0': must(rfc9113('6.2', 'must'), 'HEADERS on stream 0 is a connection error', {
    sends: 'the whole field block of a request on stream 0',
    passes: 'a connection error PROTOCOL_ERROR',
    fails: 'nothing visible happens',
    needs: 'any',
    h2spec: ['http2/6.2/3'],
  }),
  'FRAME-10-headers-padding': must(
    [rfc9113('6.2', 'must'), rfc9113('4.2'), rfc9113('4.3')],
    'padded HEADERS are accepted; a pad length as large as the whole frame payload, or larger, is a connection error',
    {
      sends:
        'HEADERS with PADDED: (a) legal: a pad length of 0 to 255 with and without PRIORITY fields, up to an empty fragment (payload − 1, with PRIORITY payload − 6) whose block follows in CONTINUATION; (b) a pad length that is the payload, the payload + k, or 255; (c) with PRIORITY a pad length of payload − 5 to payload − 1, so that the fixed fields no longer fit',
      passes: '(a) the call is served; (b) a connection error; (c) a connection error FRAME_SIZE_ERROR',
      warns: '(b), (c) a stream error',
      fails: '(a) an error; (b), (c) accepted',
      needs: 'a unary method',
      servers:
        'measured: C-core does not implement padding, so (a) ends in an HPACK error and a closed connection (grpc/grpc#9779); grpc-go returns a stream error for (b). The "remaining space" was the measure of RFC 7540 and is gone',
      h2spec: ['generic/3.2/2', 'http2/6.2/4'],
    },
  ),
  'FRAME-11-headers-with-priority': must(
    [rfc9113('6.2'), rfc9113('5.3.2')],
    'the deprecated priority fields in HEADERS are parsed and skipped',
    {
      sends:
        'HEADERS with the PRIORITY flag, over weights, exclusive or not, and dependencies on stream 0, on open, closed and idle streams, and on the stream itself; also a payload of less than 5 octets',
      passes:
        'the call is served for every dependency but one on the stream itself; with that one it is served, or a stream error PROTOCOL_ERROR follows, as FRAME-14 permits; less than 5 octets are a connection error FRAME_SIZE_ERROR',
      fails: 'a field block shifted by 5 octets, or an error',
      follows:
        'the layout of HEADERS still has the priority fields; a server that may not refuse the flag has to step over them',
      needs: 'a unary method',
      servers: 'grpc-js takes a dependency of a stream on itself for a connection error; C-core and grpc-go ignore it',
      h2spec: ['generic/3.2/3', 'http2/5.3.1/1'],
    },
  ),
  'FRAME-12-priority-frame-tolerated': must(
    [rfc9113('6.3'), rfc9113('5.1'), rfc9113('5.3.2')],
    'PRIORITY may arrive in any stream state and changes no stream state',
    {
      sends:
        'PRIORITY on idle, open, half-closed and closed streams, with weights 0 and 255, exclusive, and with a dependency on an idle stream; then HEADERS on a lower id than that of the idle stream which PRIORITY named',
      passes: 'nothing visible happens and the connection serves on; the following calls are served',
      fails: 'an error, or the lower stream id is refused because PRIORITY "opened" the higher one',
      follows: 'RFC 9113 lists PRIORITY among what may come in every state of a stream, and gives it no effect',
      needs: 'a unary method',
      h2spec: [
        'generic/2/1',
        'generic/2/3',
        'generic/2/5',
        'generic/3.3/1',
        'generic/3.3/2',
        'generic/3.3/3',
        'generic/3.3/4',
        'generic/3.3/5',
      ],
    },
  ),
  'FRAME-13-priority-malformed': must(
    rfc9113('6.3', 'must'),
    'PRIORITY on stream 0 is a connection error; PRIORITY with length ≠ 5 is at least a stream error FRAME_SIZE_ERROR',
    {
      sends: '(a) PRIORITY on stream 0; (b) PRIORITY of length 0 to 4, or 6 and more, on an open stream',
      passes: '(a) a connection error; (b) a stream error or a connection error',
      fails: 'nothing visible happens',
      needs: 'any',
      servers: 'C-core treats PRIORITY as an unknown frame and ignores both; the attack MadeYouReset (DOS-02) uses (b)',
      h2spec: ['http2/6.3/1', 'http2/6.3/2'],
    },
  ),
  'FRAME-14-priority-self-dependency': may(
    [rfc9113('5.3.1'), rfc9113('5.3.2'), rfc9113('B')],
    'a stream depending on itself was a stream error in RFC 7540; RFC 9113 dropped the rule',
    {
      sends: 'PRIORITY with a dependency of the stream on itself, on an idle and on an open stream',
      passes:
        'no visible effect, a stream error or a connection error: all are legal. h2spec still demands an error; this row must not',
      fails: 'a crash, or a hang',
      needs: 'any',
      h2spec: ['http2/5.3.1/2'],
    },
  ),
  'FRAME-15-rst-stream-malformed': must(
    rfc9113('6.4', 'must'),
    'RST_STREAM on stream 0 is PROTOCOL_ERROR; length ≠ 4 is FRAME_SIZE_ERROR; both connection errors',
    {
      sends: '(a) RST_STREAM on stream 0; (b) RST_STREAM of length 0 to 3, or 5 and more, on an open stream',
      passes: 'a connection error',
      fails: 'nothing visible happens',
      needs: 'any',
      servers: 'C-core ignores (a)',
      h2spec: ['http2/6.4/1', 'http2/6.4/3'],
    },
  ),
  'FRAME-16-settings-malformed': must(
    rfc9113('6.5', 'must'),
    'SETTINGS with ACK and payload, on a stream, or with length not a multiple of 6 is a connection error',
    {
      sends:
        'SETTINGS (a) with ACK and 1 or more octets; (b) on a stream id other than 0; (c) of a length that 6 does not divide',
      passes: 'a connection error: (a) FRAME_SIZE_ERROR, (b) PROTOCOL_ERROR, (c) FRAME_SIZE_ERROR',
      fails: 'nothing visible happens, or an acknowledgement',
      needs: 'any',
      h2spec: ['http2/6.5/1', 'http2/6.5/2', 'http2/6.5/3'],
    },
  ),
  'FRAME-17-settings-illegal-values': must(
    rfc9113('6.5.2', 'must'),
    'ENABLE_PUSH ∉ {0,1}, INITIAL_WINDOW_SIZE > 2^31−1, MAX_FRAME_SIZE outside 16384..2^24−1 are connection errors',
    {
      sends:
        'such a setting alone or after legal ones, in the preface or later, with values over the illegal ranges and at their boundaries ±1',
      passes: 'a connection error PROTOCOL_ERROR, for the window FLOW_CONTROL_ERROR',
      fails: 'an acknowledgement and normal service',
      needs: 'any',
      servers:
        "grpc-go checks only the window's value (in golang.org/x/net's framer): ENABLE_PUSH = 2 and a bad MAX_FRAME_SIZE are ignored there. h2spec http2/6.9.2/3 does the same as http2/6.5.2/2; the real overflow of RFC 9113 §6.9.2 is STREAM-14",
      h2spec: ['http2/6.5.2/1', 'http2/6.5.2/2', 'http2/6.5.2/3', 'http2/6.5.2/4', 'http2/6.9.2/3'],
    },
  ),
  'FRAME-18-settings-unknown-ignored': must(
    [rfc9113('6.5.2', 'must'), rfc9113('5.5', 'must')],
    'unknown setting identifiers are ignored and the frame still acknowledged',
    {
      sends:
        'identifiers other than 0x1 to 0x6, 0x8, 0x9 and 0xfe03 to 0xfe05, with any value, repeated, and mixed with legal ones',
      passes: 'an acknowledgement, and the call after it is served',
      fails: 'an error',
      needs: 'a unary method',
      servers:
        'identifier 0x8 (RFC 8441) with a value other than 0 and 1 makes nghttp2 close, and 0x9 with such a value may make anybody close who knows it (RFC 9218 §2.1), so both are avoided here; a client that sends 0xfe03 = 1 invites binary metadata that begin with NUL (gRFC G1), and the answers would then break RESP-05 innocently; C-core itself sends 0xfe03',
      h2spec: ['http2/6.5.2/5'],
    },
  ),
  'FRAME-19-one-ack-per-settings': must(
    rfc9113('6.5.3', 'must'),
    'SETTINGS without ACK are acknowledged once each, in order, and take effect before their acknowledgement',
    {
      sends: 'up to 20 SETTINGS at random points of a session, among calls',
      passes:
        "exactly as many acknowledgements; what the server sends after the i-th one obeys the i-th frame's values: the window is judged under FLOW-01, the frame size under FRAME-05 and FLOW-10, the table of answers under HPACK-13",
      fails: 'fewer or more acknowledgements, or another order, which shows in those rows',
      needs: 'any',
      h2spec: ['generic/3.5/1', 'http2/6.5.3/2'],
    },
  ),
  'FRAME-20-settings-last-value-wins': must(
    [rfc9113('6.5', 'must'), rfc9113('6.5.3', 'must')],
    'parameters repeated inside one SETTINGS are processed in order; the last value stays',
    {
      sends:
        'several values of INITIAL_WINDOW_SIZE in one frame, before a response; the earlier ones small enough not to overflow the window of an open stream',
      passes:
        "the response's stream starts with the last value as its window: never more DATA than that before a WINDOW_UPDATE; with 1 as the last value the first DATA has 1 octet",
      fails: 'another value is used',
      needs: 'a server-streaming method, or a unary one with a body of at least 1 octet',
      h2spec: ['http2/6.5.3/1'],
    },
  ),
  'FRAME-21-client-settings-extremes': must(
    rfc9113('6.5.2', 'should'),
    'legal extreme client settings do not disturb calls',
    {
      sends:
        'MAX_CONCURRENT_STREAMS = 0 (which limits server push only), ENABLE_PUSH 0 and 1, MAX_FRAME_SIZE 2^24−1, HEADER_TABLE_SIZE 0 and 2^32−1, MAX_HEADER_LIST_SIZE 0 and 2^32−1, INITIAL_WINDOW_SIZE 2^31−1',
      passes: 'the call is served; with a tiny MAX_HEADER_LIST_SIZE a server may reset the stream instead, see RESP-10',
      fails: 'a connection error',
      needs: 'a unary method',
      h2spec: ['generic/3.5/1'],
    },
  ),
  'FRAME-22-server-settings-legal': must(
    [rfc9113('6.5.2', 'must'), rfc9113('8.4')],
    "the server's own SETTINGS respect the value ranges and never carry ENABLE_PUSH=1",
    {
      sends: 'nothing special: every SETTINGS frame of the server is watched',
      passes: 'the values are in their ranges; ENABLE_PUSH is absent or 0',
      fails: 'anything else',
      needs: 'any',
    },
  ),
  'FRAME-23-server-frames-well-formed': must(
    [rfc9113('4.1', 'must'), rfc9113('4.2'), rfc9113('6', 'must')],
    'every frame of the server has a legal length, stream id, flags and reserved bit, and keeps within our SETTINGS_MAX_FRAME_SIZE',
    {
      sends:
        "nothing special: every frame of every test is watched, with the client's MAX_FRAME_SIZE at 16384, 20000 and 2^20, and big responses",
      passes:
        "lengths of at most the client's acknowledged MAX_FRAME_SIZE; undefined flags and the reserved bit 0; PING of 8 octets, RST_STREAM of 4, WINDOW_UPDATE of 4 with an increment of at least 1; HEADERS and DATA only on streams that the client has opened",
      fails: 'anything else',
      needs: 'any',
      servers:
        'measured: with 1 MiB allowed, C-core used frames of 128 KiB and grpc-js stayed at 16 KiB; both are legal',
      matters: true,
    },
  ),
  'FRAME-24-no-push-from-server': must(
    [rfc9113('6.6', 'must'), rfc9113('8.4', 'must')],
    'once a client has switched push off, by ENABLE_PUSH 0, no PUSH_PROMISE comes (before that it is legal, and no gRPC client has a use for it)',
    {
      sends: 'nothing special: every frame is watched; the client announces ENABLE_PUSH = 0',
      passes: 'no PUSH_PROMISE',
      fails: 'a PUSH_PROMISE',
      needs: 'any',
    },
  ),
  'FRAME-25-push-promise-from-client': must(
    rfc9113('8.4', 'must'),
    'PUSH_PROMISE from a client is a connection error',
    {
      sends: 'PUSH_PROMISE on an open stream, an idle stream and stream 0; the promised id odd or even',
      passes: 'a connection error PROTOCOL_ERROR',
      fails: 'nothing visible happens',
      needs: 'any',
      servers: 'C-core (measured) and grpc-go (by its source) ignore it',
      h2spec: ['http2/8.2/1'],
    },
  ),
  'FRAME-26-goaway-malformed': must(
    [rfc9113('6.8', 'must'), rfc9113('4.2', 'must')],
    'GOAWAY with stream id ≠ 0, or shorter than 8 octets, is a connection error',
    {
      sends: '(a) GOAWAY on stream 1; (b) GOAWAY of length 0 to 7',
      passes: 'a connection error',
      fails: 'nothing visible happens and service goes on',
      needs: 'any',
      servers: 'C-core ignores (a)',
      h2spec: ['http2/6.8/1'],
    },
  ),
  'FRAME-27-continuation-misplaced': must(
    [rfc9113('6.10', 'must'), rfc9113('5.1')],
    'CONTINUATION on stream 0, or not preceded by HEADERS/CONTINUATION without END_HEADERS, is a connection error',
    {
      sends:
        'CONTINUATION on stream 0 inside a block; on an idle stream; after END_HEADERS on an open, half-closed or closed stream; after RST_STREAM',
      passes: 'a connection error PROTOCOL_ERROR; STREAM_CLOSED is seen too',
      fails: 'nothing visible happens',
      needs: 'any',
      h2spec: [
        'http2/6.10/3',
        'http2/6.10/4',
        'http2/6.10/5',
        'http2/5.1/4',
        'http2/5.1/7',
        'http2/5.1/10',
        'http2/5.1/13',
      ],
    },
  ),
  'FRAME-28-continuation-reassembly': must(
    [rfc9113('4.3'), rfc9113('6.10')],
    'a field block may be cut at any octet into HEADERS + CONTINUATION frames, including empty fragments',
    {
      sends:
        "a request's valid field block, cut at random points into 1 to 5 frames: inside an HPACK integer or a Huffman string, with an empty first or last fragment, with END_STREAM on HEADERS",
      passes: 'the call is served',
      fails: 'an error, or a hang',
      needs: 'a unary method',
      servers:
        "more than 5 CONTINUATION frames meet limits: nghttp2's default is 8 (measured: fragments of 1 octet end in GOAWAY), h2's is max(5, 1.25 · header_limit / frame_size)",
      h2spec: ['generic/3.10/1', 'generic/3.10/2', 'http2/6.10/1'],
    },
  ),
  'FRAME-29-unknown-error-codes': must(
    rfc9113('7', 'must'),
    'unknown error codes in RST_STREAM or GOAWAY cause no special behaviour',
    {
      sends:
        'RST_STREAM with code 0xff or a random one of 32 bits on an open call; GOAWAY with a random code and last id 0 between calls',
      passes:
        'after RST_STREAM the call is cancelled and the connection serves on; after GOAWAY the connection stays open or is closed gracefully',
      fails: 'a crash, or an error on other streams',
      needs: 'a bidirectional-streaming method',
      h2spec: ['http2/7/1', 'http2/7/2'],
    },
  ),
  'FRAME-30-server-padding-zero': must(
    [rfc9113('6.1', 'must'), rfc9113('6.2', 'must'), rfc9113('6.6', 'must')],
    'padding octets that the server sends are zero',
    {
      sends: 'nothing special: every padded DATA, HEADERS and PUSH_PROMISE frame is watched',
      passes: 'all octets of padding are 0x00',
      fails: 'another octet; it may be old memory, and so a leak as well',
      needs: 'any',
      servers: 'no gRPC server is known to pad by default, and no offender is known',
    },
  ),
  'FRAME-31-extension-settings-legal': must(
    [rfc8441('3', 'must'), rfc9218('2.1', 'must'), grpcProposal('G1-true-binary-metadata', 'should')],
    "extension settings in the server's SETTINGS keep their own rules",
    {
      sends:
        'nothing special: every SETTINGS frame of the server is watched; tests that make it send SETTINGS again (by its estimate of bandwidth, or by configuration) see more',
      passes:
        'the identifiers are absent, or: 0x8 (extended CONNECT) is 0 or 1, and never 0 after 1; 0x9 (no RFC 7540 priorities) is 0 or 1, comes with the first SETTINGS or not at all, and never changes',
      warns:
        '0xfe03 (true binary metadata) with a value other than 0 and 1, later than the first SETTINGS, or twice: that is a SHOULD of a draft',
      fails: 'a rule of 0x8 or 0x9 is broken',
      needs: 'any',
      servers: 'C-core sends 0xfe03; Node sends 0x8 with enableConnectProtocol; nghttpx sends 0x9',
    },
  ),
  'FRAME-32-extension-frames-legal': must(
    [rfc9218('7.1', 'must'), rfc8336('2.1', 'must'), rfc9113('5.5', 'must')],
    'the server sends no frame of a known extension that servers may not send, or that had to be negotiated and was not',
    {
      sends: 'nothing special: every frame is watched',
      passes: 'no such frame',
      warns: 'only recorded: other unknown types, since a receiver drops them and nothing forbids sending them',
      fails: '0x10 (PRIORITY_UPDATE), which no server may send; 0x0c (ORIGIN) on a stream, as it belongs on stream 0',
      needs: 'any',
      servers: 'Node sends ALTSVC and ORIGIN only when the application asks for it',
    },
  ),
  'FRAME-33-initial-stream-limit': should(
    rfc9113('6.5.2', 'should'),
    "the server's MAX_CONCURRENT_STREAMS is 0 only for a short time; below 100 is not recommended",
    {
      sends:
        'nothing special: the first SETTINGS of each connection are watched; if the limit is 0, the client waits the time for a reply for another value or a close',
      passes: 'the setting is absent, or at least 100',
      warns: '0 for longer than the time for a reply without a close; only recorded: 1 to 99',
      fails: 'nothing: a limit of 0 is warned about only',
      needs: 'any',
      servers:
        'grpc-java sets it with maxConcurrentCallsPerConnection; C-core and grpc-js advertise none by default. A limit of 0 makes every other row void, so a run says so before its first test',
    },
  ),
  'FRAME-34-priority-update-harmless': must(
    [rfc9113('5.5', 'must'), rfc9113('4.1', 'must'), rfc9218('2.1', 'must'), rfc9218('4'), rfc9218('7.1', 'must')],
    'PRIORITY_UPDATE is understood or dropped as an unknown frame; a legal one never hurts a call',
    {
      sends:
        '(a) well-formed 0x10 on stream 0 for idle, open and closed streams (idle and active ones together within the server\'s limit of streams), with u=0 to u=7, i, and unknown parameters; a request field "priority" of the same kinds. (b) Malformed: on a stream, with target 0, with an even target, with more idle targets than the limit, shorter than 4 octets, with a value that is no Dictionary; SETTINGS 0x9 = 2',
      passes:
        '(a) the call is served; (b) nothing visible happens and the connection serves on, or a connection error PROTOCOL_ERROR or FRAME_SIZE_ERROR where the server implements RFC 9218',
      fails: '(a) any error; (b) a crash, or a hang',
      needs: 'a unary method',
      servers:
        'browsers send it; golang.org/x/net and nghttp2 know and check it; the generator of FRAME-01 leaves 0x10 out',
    },
  ),
});

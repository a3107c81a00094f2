import {
  cve,
  grpcInterop,
  grpcStatusCodes,
  protobufEncoding,
  rfc7541,
  rfc9110,
  rfc9113,
  robustness,
  rustsec,
} from './requirement';
import { convention, rows, should } from './row';

/** What every row of the area asks for, and all that fails it; volumes are the operator's to change, those of the rows show a missing bound in seconds. */
const survives =
  "the attacking connection is served, or cut off at any moment by RST_STREAM, GOAWAY (ENHANCE_YOUR_CALM or any code) or a TCP close (RFC 9113 §10.5): one is as good as the other; afterwards the process is alive, a new connection serves within the time for a reply, an innocent connection that was open during the attack completes its calls, memory (where it can be read) is back near its level before, within the operator's bound (+64 MiB, for example) and 10 s of closing, and never more handlers run (where they are counted) than the limit allows";

/** Robustness and denial of service. */
export const robustnessRows = rows('DOS', {
  'DOS-01-rapid-reset': should(
    [cve('CVE-2023-44487'), rfc9113('10.5', 'should'), rfc9113('5.1.2')],
    'streams that are opened and reset at once do not let a client hold more work than the limit of concurrent streams allows',
    {
      sends:
        'HEADERS (and DATA with END_STREAM) with RST_STREAM(CANCEL) right behind, 3000 to 20000 pairs, many of them in each write; to a fast and to a slow method; also with resets that lag by one stream',
      passes: `${survives}; the number of handlers at a time is bounded`,
      fails: 'a crash, handlers or memory without bound, or the innocent connection starves',
      needs: 'a slow method; counters of its handlers and memory of the process that can be read help',
      servers:
        'measured with 3000: C-core survives on the same connection, grpc-js sends GOAWAY after about 1000 (token bucket of nghttp2: 1000, 33 a second); h2 sends GOAWAY "too_many_resets" at 20 that are not yet accepted; the limit of grpc-java is off by default',
      matters: true,
    },
  ),
  'DOS-02-made-you-reset': should(
    [rfc9113('5.4.2'), rfc9113('10.5', 'should'), cve('CVE-2025-8671')],
    'stream errors provoked by the client count like client resets: work and concurrency stay bounded',
    {
      sends:
        'on each of 1000 and more streams a full request to a slow method, then one provocation: WINDOW_UPDATE of 0; two WINDOW_UPDATEs that overflow the window; DATA after END_STREAM; HEADERS after END_STREAM; PRIORITY of length 4; a dependency of the stream on itself; a wrong content-length (VU#767506)',
      passes: `${survives}; not more handlers run than the limit allows`,
      fails: 'the limit of concurrent streams is bypassed, or memory grows',
      needs: 'a slow method; counters of its handlers and memory of the process that can be read help',
      hole: 'a dependency of a stream on itself, which RFC 9113 no longer calls an error, is not sent',
      servers:
        'h2 counts streams that it has reset itself (1024, "too_many_internal_resets"); most provocations end the connection on nghttp2',
    },
  ),
  'DOS-03-continuation-flood': should(
    [
      rfc9113('10.5', 'should'),
      rfc9113('10.5.1', 'should'),
      cve('CVE-2024-27316'),
      cve('CVE-2023-45288'),
      cve('CVE-2024-27983'),
      cve('CVE-2024-28182'),
    ],
    'an endless header block (HEADERS + CONTINUATION without END_HEADERS) is cut off with bounded memory and CPU',
    {
      sends:
        'up to 20000 CONTINUATION frames (VU#421644): of full size with new fields, small, empty, heavy with Huffman strings; on one stream, on several connections; with a close in the middle',
      passes: `${survives}; the connection is closed or the stream refused long before the end`,
      fails: 'all is swallowed while memory grows; a crash at the close',
      needs: 'any; memory of the process that can be read helps',
      servers:
        'nghttp2 has a limit of 8 CONTINUATION frames, h2 one of a few; grpc-go bounds the list of headers and closes; C-core is bounded by its limit of metadata',
    },
  ),
  'DOS-04-ping-and-settings-floods': should(
    [rfc9113('10.5', 'should'), cve('CVE-2019-9512'), cve('CVE-2019-9515')],
    'floods of frames that need an answer (PING, SETTINGS) while the client does not read are bounded',
    {
      sends:
        '5000 to 50000 PING or SETTINGS frames (empty, or with 30 entries) while the client does not read and its TCP receive window is closed; then it reads',
      passes: survives,
      fails: 'a queue of answers that grows without end',
      needs: 'any; memory of the process that can be read helps',
      servers:
        'measured with 5000 SETTINGS: C-core acknowledges all, grpc-js sends GOAWAY (outbound queue of nghttp2: 1000); grpc-go stops reading above 100 queued answers (its default), grpc-java closes at 10000 queued control frames',
    },
  ),
  'DOS-05-reset-provocation-flood': should(
    [rfc9113('10.5', 'should'), cve('CVE-2019-9514')],
    'floods that make the server emit RST_STREAM or error answers are bounded',
    {
      sends:
        '5000 malformed requests (an upper-case name, no :path, a content-type that gets 415), unknown methods, streams over the limit; the client does not read',
      passes: survives,
      fails: 'growth, or a crash',
      needs: 'any; memory of the process that can be read helps',
      servers:
        'C-core delays such answers by 0.1 to 1 s on purpose; Node cuts off at 1000 invalid frames or 100 rejected streams',
    },
  ),
  'DOS-06-empty-frame-flood': should(
    [rfc9113('10.5', 'should'), cve('CVE-2019-9518'), cve('CVE-2019-9516'), cve('CVE-2019-9513')],
    'floods of frames with no progress (empty DATA, empty HEADERS/CONTINUATION, unknown types, PRIORITY, WINDOW_UPDATE 1) cost bounded CPU and memory',
    {
      sends:
        '20000 frames of each kind, on an open stream and on closed ones; empty DATA without END_STREAM; HEADERS with empty names or values; DATA of padding only',
      passes: survives,
      fails: 'the innocent connection starves, or a crash',
      needs: 'a bidirectional-streaming method',
      servers: 'measured with 20000 empty DATA frames: C-core closes, grpc-js sends GOAWAY; h2 stops after about 100',
    },
  ),
  'DOS-07-window-dribble-and-stalled-readers': should(
    [rfc9113('10.5', 'should'), cve('CVE-2019-9511'), cve('CVE-2019-9517')],
    'clients that ask for much and read little (tiny window, 1-octet WINDOW_UPDATEs, closed TCP window) pin only bounded memory each',
    {
      sends:
        '10 to 24 streams on one or two connections, with a response each of many messages, 384 MiB together: behind windows of 0, behind windows of 1 with credit in steps of 1 octet, and behind windows of 128 KiB while TCP is not read ("internal data buffering")',
      passes: `${survives}; memory for each stream is bounded by a constant and the credit that it has (FLOW-07)`,
      fails: 'whole responses are buffered for each stream',
      needs: 'a server-streaming method, and memory of the process that can be read',
      servers:
        'when TCP is not read, naive stacks may legally queue everything up to the window that was granted, so it is judged against streams × window; the interop application of grpc-java queues whole answers, as FLOW-07 shows',
    },
  ),
  'DOS-08-hpack-bombs': should(
    [rfc7541('7.3'), rfc9113('10.5', 'should'), rfc9113('10.5.1', 'should'), cve('CVE-2016-6581')],
    'small blocks that expand to huge header lists are refused',
    {
      sends:
        'an entry that fills the table and 1 to 16000 references to it in one block; size updates of the table to 0 and 4096 at the beginning of each block; thousands of fields of the static table, an octet each, or with a name of one letter',
      passes: `${survives}; what is above the limit of the list is refused as REQ-32 says`,
      fails: 'memory of more than 16 times the accepted limit of headers for each request, or a crash',
      needs: 'any; memory of the process that can be read helps',
    },
  ),
  'DOS-09-slow-clients': convention(
    [rfc9113('10.5'), rfc9110('17')],
    'many clients that stop midway (magic, SETTINGS, header block, message) do not block the others',
    {
      sends:
        '10 to 60 connections that stop in the middle of the preface, of SETTINGS, of a field block or of a message, each at another octet; some send an octet more now and then; calls beside them on a connection that was open before and on a new one',
      passes: survives,
      warns:
        'only recorded: a new connection that is closed while the others are open, which a limit of connections does',
      fails: 'no more connections are accepted, or no worker is left',
      needs: 'a unary method',
      servers:
        'C-core, grpc-java and grpc-dotnet have timeouts for handshakes and headers; grpc-go has a handshake timeout of 120 s by default',
    },
  ),
  'DOS-10-half-messages': convention(
    [rfc9113('10.5'), grpcStatusCodes()],
    'many streams holding a large announced but unfinished message stay within memory limits',
    {
      sends:
        'on each of 90 streams of one to three connections a message prefix that announces the limit L of messages, and up to 600 octets of body; all are kept open, then reset or closed',
      passes: `${survives}; memory is far below L for each of them; the server may refuse by status 8 (RESOURCE_EXHAUSTED), see MSG-09`,
      fails: 'L is reserved for each stream, or not released after RST_STREAM',
      needs: 'a client-streaming method, and memory of the process that can be read',
    },
  ),
  'DOS-11-connection-churn': convention(
    [rfc9113('9.1'), robustness],
    'thousands of short connections (connect/close, connect/preface/close, connect/call/RST) leave no trace',
    {
      sends:
        'three times 20 to 200 connections, a quarter of them at a time, each closed by FIN or a TCP reset, in the order of opening or in reverse, before anything was sent on it (over TLS before the handshake), behind the preface, in the middle of a call, or behind one',
      passes: `${survives}; descriptors and memory are given back; descriptors may stay for a few seconds, and 32 more than before may stay open`,
      fails: 'a leak, or no more connections are accepted',
      needs: 'a unary method; memory and descriptors of the process that can be read help',
    },
  ),
  'DOS-12-random-bytes': convention([robustness, grpcInterop()], 'arbitrary octets never crash the server', {
    sends:
      '(a) random octets at once; (b) random octets after the preface; (c) valid frame headers with random payloads; (d) random HPACK',
    passes: survives,
    fails: 'a crash, or the process hangs',
    needs: 'any',
  }),
  'DOS-13-mutated-sessions': convention(
    robustness,
    'a recorded legal session with small mutations never crashes the server and never produces an illegal response',
    {
      sends:
        'any session of the suite, recorded and mutated: a bit flipped; length, type, flags or stream id of a frame changed; frames dropped, duplicated, swapped or truncated; shrunk on failure, and the shrunken list of frames printed as text',
      passes: `${survives}; every response so far obeys the rules that are watched on every call`,
      fails: 'a crash; illegal frames of the server; OK with an altered payload',
      needs: 'methods of all four kinds',
      servers: 'the best value for a line of code in fast-check',
    },
  ),
  'DOS-14-http2-bomb': should(
    [rfc9113('10.5', 'should'), rfc9113('10.5.1', 'should'), cve('CVE-2026-49975'), cve('CVE-2026-47774')],
    'many tiny references that expand, times many streams held by closed windows, stay within memory',
    {
      sends:
        'INITIAL_WINDOW_SIZE 0; the table filled once with an entry of 4 KiB; streams of blocks that are made of references of 1 octet (also of crumbs of cookie), each within the advertised size of the list, up to MAX_CONCURRENT_STREAMS of them; nothing is read',
      passes: `${survives}; growth is bounded (by a limit on list size, fields or streams), or GOAWAY or RST_STREAM comes`,
      fails: 'growth in proportion to the references that were sent, or a crash',
      needs: 'memory of the process that can be read',
      servers:
        'CVE-2026-47774 is of Envoy; nginx 1.29.8 got max_headers; nghttp2 leaves limits of fields to the application (nghttp2#2793), so Node may be exposed',
    },
  ),
  'DOS-15-deep-nesting': should(
    [protobufEncoding(), cve('CVE-2024-7254'), rustsec('RUSTSEC-2024-0437'), rfc9113('10.5', 'should')],
    'deeply nested messages are refused or parsed, never a stack overflow',
    {
      sends:
        'to any method: unknown groups and length-delimited fields that are nested 10^2 to 10^6 deep, within the limit of messages; recursive types of the schema',
      passes: `${survives}; the call ends with an error status (which one is the subject of MSG-12), or is served when the message is legal (unknown length-delimited fields are opaque)`,
      fails: 'a crash, a restart or a hang, marked as a crash',
      needs: 'a unary method, or a method of the operator',
      servers: 'protobuf limits the depth to 100 in Java and C++, to 10000 in Go',
    },
  ),
  'DOS-16-tiny-data-frames': should(
    [rfc9113('10.5', 'should'), cve('CVE-2026-84304')],
    'a message sent as 10^5..10^6 DATA frames of one octet costs bounded memory and CPU',
    {
      sends:
        'one message of at most 1 MiB, one octet in each DATA frame; also with padding, also with empty frames in between; a bystander call',
      passes: `${survives}; the call is served, or GOAWAY(ENHANCE_YOUR_CALM) comes; the bystander is answered; memory grows by at most a small multiple of the message`,
      fails: 'growth of 100 times the message or more, or a crash',
      needs: 'a unary method, and memory of the process that can be read',
      servers: 'grpc-go before 1.83.1 (CVE-2026-84304)',
    },
  ),
});

import type { Endpoint } from '../../connection/endpoint';
import { playScript } from '../../connection/play-script';
import { defaultTimes } from '../../connection/script';
import { deflate, gzip } from '../../grpc/compression';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { encodeBinaryValue } from '../../grpc/metadata';
import type { Observation } from '../../grpc/observation';
import { observe } from '../../grpc/observe';
import { PlanBuilder, type CallOptions } from '../../grpc/plan-builder';
import {
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  healthCheck,
  healthWatch,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
  unknownMethod,
} from '../../grpc/test-service';
import { judgeTraffic } from '../../rules/judge';
import { callReaction, connectionReaction } from '../../rules/reaction';
import {
  continuation,
  data,
  goaway,
  headers,
  ping,
  priority,
  pushPromise,
  rawFrame,
  rstStream,
  windowUpdate,
} from '../../wire/builders';
import { encodeFrame, encodeFrames } from '../../wire/encode-frame';
import { flags, frameTypes } from '../../wire/frame';
import { HpackEncoder, type FieldSpec } from '../../wire/hpack/encoder';
import { connectionPreface } from '../../wire/preface';
import { settingIds } from '../../wire/settings';
import { behave } from './behaviour';
import { listen, type ReferenceServer } from './listen';

/** The strict reading of the rule catalogue, row by row, beyond the rows that have a property: what the server answers to one stimulus. */

let server: ReferenceServer;

beforeAll(async () => {
  server = await listen({ port: 0, behaviour: behave() });
});

afterAll(() => server.stop());

async function play(write: (script: PlanBuilder) => void): Promise<Observation> {
  const endpoint: Endpoint = { address: { kind: 'tcp', host: server.host, port: server.port } };
  const script = new PlanBuilder(
    { authority: 'localhost', scheme: 'http', metadata: [] },
    // The limits of the server are what is tested.
    { exceeds: ['streams', 'headerList'] },
  );
  write(script);
  const plan = script.build();
  const { transcript, views } = await playScript(plan, { endpoint, times: defaultTimes });
  return observe(plan, transcript, views);
}

/** The rules of every call and connection that were broken. */
const brokenRules = (seen: Observation): readonly string[] =>
  judgeTraffic(seen.connections, seen.plan.calls).violations.map(({ rule }) => rule);

const none = new Uint8Array(0);
const zeros = (length: number): Uint8Array => new Uint8Array(length);
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** A request that stays open: the handler waits for messages. */
const openCall = (script: PlanBuilder, options: CallOptions = {}) => script.begin(fullDuplexCall([]), options);

const ordinary: readonly FieldSpec[] = [
  { name: ':method', value: 'POST' },
  { name: ':scheme', value: 'http' },
  { name: ':path', value: emptyCall().path },
  { name: ':authority', value: 'localhost' },
  { name: 'te', value: 'trailers' },
  { name: 'content-type', value: 'application/grpc' },
];

const requestBlock = (): Uint8Array => new HpackEncoder().encode(ordinary);

describe('connection errors', () => {
  const setting = (id: number, value: number) => (script: PlanBuilder) => script.settings([{ id, value }]);
  const send =
    (type: number, payload: Uint8Array, options: { readonly streamId?: number; readonly flags?: number } = {}) =>
    (script: PlanBuilder) =>
      script.frame(rawFrame({ type, payload, ...options }));
  const onOpenStream = (frame: (stream: number) => ReturnType<typeof rawFrame>) => (script: PlanBuilder) =>
    script.frame(frame(openCall(script).stream));
  const block = (octets: string) => (script: PlanBuilder) =>
    script.frame(headers(1, Buffer.concat([requestBlock(), hex(octets)])));

  test.each<[string, string, (script: PlanBuilder) => unknown]>([
    [
      'CONN-04 first frame PING',
      'PROTOCOL_ERROR',
      (script) =>
        script.open({
          insteadOfPreface: Buffer.concat([connectionPreface, encodeFrame(ping(zeros(8)))]),
          awaitSettings: false,
        }),
    ],
    [
      'CONN-04 first frame SETTINGS ACK',
      'PROTOCOL_ERROR',
      (script) =>
        script.open({
          insteadOfPreface: Buffer.concat([connectionPreface, hex('000000 04 01 00000000')]),
          awaitSettings: false,
        }),
    ],
    [
      'CONN-07 HTTP/1.1',
      'PROTOCOL_ERROR',
      (script) => script.open({ insteadOfPreface: Buffer.from('GET / HTTP/1.1\r\n\r\n'), awaitSettings: false }),
    ],
    ['FRAME-05 DATA too long', 'FRAME_SIZE_ERROR', onOpenStream((stream) => data(stream, zeros(16_385)))],
    ['FRAME-05 HEADERS too long', 'FRAME_SIZE_ERROR', (script) => script.frame(headers(1, zeros(16_385)))],
    ['FRAME-05 SETTINGS too long', 'FRAME_SIZE_ERROR', send(frameTypes.SETTINGS, zeros(6 * 3000))],
    ['FRAME-07 DATA on stream 0', 'PROTOCOL_ERROR', send(frameTypes.DATA, none)],
    [
      'FRAME-08 padding of DATA too long',
      'PROTOCOL_ERROR',
      onOpenStream((streamId) =>
        rawFrame({
          type: frameTypes.DATA,
          flags: flags.PADDED,
          streamId,
          payload: hex('05 0000000000').subarray(0, 4),
        }),
      ),
    ],
    [
      'FRAME-08 no pad length',
      'FRAME_SIZE_ERROR',
      onOpenStream((streamId) => rawFrame({ type: frameTypes.DATA, flags: flags.PADDED, streamId })),
    ],
    ['FRAME-09 HEADERS on stream 0', 'PROTOCOL_ERROR', (script) => script.frame(headers(0, requestBlock()))],
    [
      'FRAME-10 padding of HEADERS too long',
      'PROTOCOL_ERROR',
      send(frameTypes.HEADERS, hex('ff 82'), { streamId: 1, flags: flags.PADDED | flags.END_HEADERS }),
    ],
    [
      'FRAME-11 priority fields cut',
      'FRAME_SIZE_ERROR',
      send(frameTypes.HEADERS, zeros(4), { streamId: 1, flags: flags.PRIORITY | flags.END_HEADERS }),
    ],
    ['FRAME-13 PRIORITY on stream 0', 'PROTOCOL_ERROR', send(frameTypes.PRIORITY, zeros(5))],
    ['FRAME-15 RST_STREAM on stream 0', 'PROTOCOL_ERROR', (script) => script.frame(rstStream(0, 8))],
    [
      'FRAME-15 RST_STREAM of 3 octets',
      'FRAME_SIZE_ERROR',
      onOpenStream((streamId) => rawFrame({ type: frameTypes.RST_STREAM, streamId, payload: zeros(3) })),
    ],
    [
      'FRAME-16 SETTINGS ACK with payload',
      'FRAME_SIZE_ERROR',
      send(frameTypes.SETTINGS, zeros(6), { flags: flags.ACK }),
    ],
    ['FRAME-16 SETTINGS on a stream', 'PROTOCOL_ERROR', send(frameTypes.SETTINGS, zeros(6), { streamId: 1 })],
    ['FRAME-16 SETTINGS of 7 octets', 'FRAME_SIZE_ERROR', send(frameTypes.SETTINGS, zeros(7))],
    ['FRAME-17 ENABLE_PUSH 2', 'PROTOCOL_ERROR', setting(settingIds.ENABLE_PUSH, 2)],
    ['FRAME-17 INITIAL_WINDOW_SIZE 2^31', 'FLOW_CONTROL_ERROR', setting(settingIds.INITIAL_WINDOW_SIZE, 2 ** 31)],
    ['FRAME-17 MAX_FRAME_SIZE 16383', 'PROTOCOL_ERROR', setting(settingIds.MAX_FRAME_SIZE, 16_383)],
    ['FRAME-17 MAX_FRAME_SIZE 2^24', 'PROTOCOL_ERROR', setting(settingIds.MAX_FRAME_SIZE, 2 ** 24)],
    ['FRAME-25 PUSH_PROMISE', 'PROTOCOL_ERROR', onOpenStream((stream) => pushPromise(stream, 2, requestBlock()))],
    ['FRAME-26 GOAWAY on a stream', 'PROTOCOL_ERROR', send(frameTypes.GOAWAY, zeros(8), { streamId: 1 })],
    ['FRAME-26 GOAWAY of 7 octets', 'FRAME_SIZE_ERROR', send(frameTypes.GOAWAY, zeros(7))],
    ['FRAME-27 CONTINUATION alone', 'PROTOCOL_ERROR', onOpenStream((stream) => continuation(stream, none))],
    [
      'FRAME-27 CONTINUATION on stream 0',
      'PROTOCOL_ERROR',
      (script) => script.frame(headers(1, requestBlock(), { endHeaders: false })).frame(continuation(0, none)),
    ],
    ['HPACK-05 size update at the end', 'COMPRESSION_ERROR', block('21')],
    [
      'HPACK-06 size update above 4096',
      'COMPRESSION_ERROR',
      (script) => script.frame(headers(1, Buffer.concat([hex('3fe21f'), requestBlock()]))),
    ],
    ['HPACK-09 index 0', 'COMPRESSION_ERROR', block('80')],
    ['HPACK-10 Huffman padding of zeros', 'COMPRESSION_ERROR', block('00 01 78 81 18')],
    ['HPACK-11 string longer than the block', 'COMPRESSION_ERROR', block('00 05 78')],
    ['HPACK-11 integer without end', 'COMPRESSION_ERROR', block('ff ff ff ff ff ff ff ff ff ff ff')],
    [
      'STREAM-01 even stream id',
      'PROTOCOL_ERROR',
      (script) => script.frame(headers(2, requestBlock(), { endStream: true })),
    ],
    [
      'STREAM-02 id below an earlier one',
      'STREAM_CLOSED',
      (script) => script.frame(headers(5, requestBlock())).frame(headers(3, requestBlock())),
    ],
    ['STREAM-04 DATA on an idle stream', 'PROTOCOL_ERROR', (script) => script.frame(data(1, none))],
    ['STREAM-04 RST_STREAM on an idle stream', 'PROTOCOL_ERROR', (script) => script.frame(rstStream(1, 8))],
    ['STREAM-04 WINDOW_UPDATE on an idle stream', 'PROTOCOL_ERROR', (script) => script.frame(windowUpdate(1, 1))],
    ['STREAM-11 WINDOW_UPDATE 0', 'PROTOCOL_ERROR', (script) => script.frame(windowUpdate(0, 0))],
    [
      'STREAM-12 WINDOW_UPDATE of 5 octets',
      'FRAME_SIZE_ERROR',
      onOpenStream((streamId) => rawFrame({ type: frameTypes.WINDOW_UPDATE, streamId, payload: zeros(5) })),
    ],
    [
      'STREAM-13 connection window too large',
      'FLOW_CONTROL_ERROR',
      (script) => script.frame(windowUpdate(0, 2 ** 31 - 1)),
    ],
    [
      'STREAM-14 SETTINGS lift a stream window too far',
      'FLOW_CONTROL_ERROR',
      (script) =>
        onOpenStream((stream) => windowUpdate(stream, 2 ** 31 - 1 - 65_535))(script).settings([
          { id: settingIds.INITIAL_WINDOW_SIZE, value: 65_536 },
        ]),
    ],
    ['KA-03 PING on a stream', 'PROTOCOL_ERROR', send(frameTypes.PING, zeros(8), { streamId: 1 })],
    ['KA-03 PING of 6 octets', 'FRAME_SIZE_ERROR', send(frameTypes.PING, zeros(6))],
    [
      'DOS-03 field block without end',
      'ENHANCE_YOUR_CALM',
      (script) => {
        script.frame(headers(1, none, { endHeaders: false }));
        for (let count = 0; count < 100; count++) script.frame(continuation(1, none, { endHeaders: false }));
      },
    ],
  ])('%s: %s', async (_, errorCode, write) => {
    const seen = await play((script) => {
      write(script);
      script.await({ see: 'closed' }, { within: 'close', optional: true });
    });
    expect(connectionReaction(seen.connection())).toBe(`GOAWAY ${errorCode}`);
    expect(seen.connection().closed?.by).toBe('target');
    expect(brokenRules(seen)).toEqual([]);
  });
});

describe('stream errors', () => {
  test.each<[string, string, (script: PlanBuilder) => unknown]>([
    [
      'FRAME-13 PRIORITY of 4 octets',
      'FRAME_SIZE_ERROR',
      (script) =>
        script.frame(rawFrame({ type: frameTypes.PRIORITY, streamId: openCall(script).stream, payload: zeros(4) })),
    ],
    ['STREAM-05 DATA after END_STREAM', 'STREAM_CLOSED', (script) => script.frame(data(slowCall(script), none))],
    [
      'STREAM-05 HEADERS after END_STREAM',
      'STREAM_CLOSED',
      (script) => script.step({ do: 'headers', on: 'main', stream: slowCall(script), fields: [], endStream: true }),
    ],
    ['STREAM-11 WINDOW_UPDATE 0', 'PROTOCOL_ERROR', (script) => script.frame(windowUpdate(openCall(script).stream, 0))],
    [
      'STREAM-13 stream window too large',
      'FLOW_CONTROL_ERROR',
      (script) => script.frame(windowUpdate(openCall(script).stream, 2 ** 31 - 1)),
    ],
    ['STREAM-18 more DATA than the stream window', 'FLOW_CONTROL_ERROR', (script) => overrun(script)],
    [
      'EOS-05 second HEADERS without END_STREAM',
      'PROTOCOL_ERROR',
      (script) => openCall(script).sendTrailers([{ name: 'x-a', value: 'b' }], { endStream: false }),
    ],
    [
      'EOS-06 pseudo-header field in trailers',
      'PROTOCOL_ERROR',
      (script) => openCall(script).sendTrailers([{ name: ':path', value: '/' }]),
    ],
    ['HPACK-15 empty field block', 'PROTOCOL_ERROR', (script) => openCall(script, { fields: () => [] })],
  ])('%s: %s', async (_, errorCode, write) => {
    const seen = await play((script) => {
      write(script);
      script.await({ see: 'end', stream: 1 });
      script.call(emptyCall());
    });
    expect(seen.calls.map(callReaction)).toEqual([`RST ${errorCode}`, 'status 0']);
    expect(brokenRules(seen)).toEqual([]);
  });

  /** Half-closed, and still running. */
  const slowCall = (script: PlanBuilder): number =>
    script.call(fullDuplexCall([{ responses: [{ size: 1, intervalUs: 60_000_000 }] }]), { awaitEnd: false }).stream;

  /** A handler that waits for the response window does not read, so that its request window is never replenished. */
  const overrun = (script: PlanBuilder): void => {
    script.open({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }] });
    const call = openCall(script).sendMessages(
      fullDuplexCall([{ responses: [{ size: 200_000 }, { size: 1 }] }]).messages,
    );
    call.sendOctets(zeros(65_000));
    for (let count = 0; count < 4; count++) script.frame(data(call.stream, zeros(200)));
  };
});

describe('malformed requests', () => {
  const change = (name: string, value: string) => (fields: readonly FieldSpec[]) =>
    fields.map((field) => (field.name === name ? { ...field, value } : field));
  const add =
    (...more: readonly FieldSpec[]) =>
    (fields: readonly FieldSpec[]) => [...fields, ...more];
  const first =
    (...more: readonly FieldSpec[]) =>
    (fields: readonly FieldSpec[]) => [...more, ...fields];
  const without = (name: string) => (fields: readonly FieldSpec[]) => fields.filter((field) => field.name !== name);

  test.each<[string, string, (fields: readonly FieldSpec[]) => readonly FieldSpec[]]>([
    ['REQ-04 without :path', 'RST PROTOCOL_ERROR', without(':path')],
    ['REQ-05 two :method', 'RST PROTOCOL_ERROR', first({ name: ':method', value: 'POST' })],
    ['REQ-05 two :authority', 'RST PROTOCOL_ERROR', first({ name: ':authority', value: 'localhost' })],
    ['REQ-08 NUL in a name', 'RST PROTOCOL_ERROR', add({ name: 'x-\0', value: 'a' })],
    ['REQ-08 space in a name', 'RST PROTOCOL_ERROR', add({ name: 'x a', value: 'a' })],
    ['REQ-08 octet above ASCII in a name', 'RST PROTOCOL_ERROR', add({ name: 'x-\xff', value: 'a' })],
    ['REQ-08 colon inside a name', 'RST PROTOCOL_ERROR', add({ name: 'x:a', value: 'a' })],
    ['REQ-08 empty name', 'RST PROTOCOL_ERROR', add({ name: '', value: 'a' })],
    ['REQ-09 NUL in a value', 'RST PROTOCOL_ERROR', add({ name: 'x-a', value: 'a\0' })],
    ['REQ-09 CR in :path', 'RST PROTOCOL_ERROR', change(':path', '/a\r')],
    ['REQ-12 connection', 'RST PROTOCOL_ERROR', add({ name: 'connection', value: 'close' })],
    ['REQ-12 transfer-encoding', 'RST PROTOCOL_ERROR', add({ name: 'transfer-encoding', value: 'chunked' })],
    ['REQ-13 te gzip', 'RST PROTOCOL_ERROR', change('te', 'gzip')],
    [
      'REQ-19 two hosts',
      'RST PROTOCOL_ERROR',
      (fields) => [...without(':authority')(fields), { name: 'host', value: 'a' }, { name: 'host', value: 'a' }],
    ],
    ['REQ-22 path without slash', 'RST PROTOCOL_ERROR', change(':path', emptyCall().path.slice(1))],
    ['REQ-33 content-length too small', 'RST PROTOCOL_ERROR', add({ name: 'content-length', value: '4' })],
    ['REQ-33 content-length too large', 'RST PROTOCOL_ERROR', add({ name: 'content-length', value: '6' })],
    ['REQ-33 content-length abc', 'RST PROTOCOL_ERROR', add({ name: 'content-length', value: 'abc' })],
    ['REQ-34 CONNECT with a path', 'RST PROTOCOL_ERROR', change(':method', 'CONNECT')],
    ['REQ-03 GET', 'HTTP 405', change(':method', 'GET')],
    ['REQ-16 application/json', 'HTTP 415', change('content-type', 'application/json')],
    ['REQ-17 application/grpc-web', 'HTTP 415', change('content-type', 'application/grpc-web')],
    ['REQ-15 +json', 'status 12', change('content-type', 'application/grpc+json')],
    ['REQ-22 //a/b', 'status 12', change(':path', '//a/b')],
    ['REQ-23 other case', 'status 12', change(':path', emptyCall().path.toLowerCase())],
    ['REQ-23 query', 'status 12', change(':path', `${emptyCall().path}?a`)],
    ['REQ-28 no base64', 'status 13', add({ name: 'x-bin', value: 'A' })],
    [
      'REQ-32 header list too large',
      'status 8',
      add(...Array.from({ length: 17 }, (_, index) => ({ name: `x-${index}`, value: 'a'.repeat(4000) }))),
    ],
    ['DL-08 malformed timeout', 'status 13', add({ name: 'grpc-timeout', value: '1s' })],
    [
      'DL-08 two timeouts',
      'status 13',
      add({ name: 'grpc-timeout', value: '1S' }, { name: 'grpc-timeout', value: '1S' }),
    ],
    ['DL-09 no time at all', 'status 4', add({ name: 'grpc-timeout', value: '0n' })],
  ])('%s: %s', async (_, reaction, fields) => {
    const seen = await play((script) => {
      script.call(emptyCall(), { fields, legal: false });
      // The second block builds on the dynamic table that the first has left.
      script.call(emptyCall());
    });
    expect(seen.calls.map(callReaction)).toEqual([reaction, 'status 0']);
    expect(brokenRules(seen)).toEqual([]);
  });

  test.each<[string, (fields: readonly FieldSpec[]) => readonly FieldSpec[]]>([
    ['REQ-11 octets above ASCII', add({ name: 'x-a', value: 'caf\xe9\t!' })],
    ['REQ-13 without te', without('te')],
    ['REQ-14 https on a clear connection', change(':scheme', 'https')],
    ['REQ-17 upper case', change('content-type', 'APPLICATION/GRPC')],
    ['REQ-18 host alone', (fields) => [...without(':authority')(fields), { name: 'host', value: 'localhost' }]],
    ['REQ-19 the same host again', add({ name: 'host', value: 'localhost' })],
    ['REQ-20 neither', without(':authority')],
    ['REQ-27 joined binary values', add({ name: 'x-bin', value: 'AQID, BAUG,AQ==' })],
    ['REQ-30 reserved fields', add({ name: 'grpc-status', value: '5' }, { name: 'grpc-foo', value: 'x' })],
    ['REQ-33 content-length', add({ name: 'content-length', value: '5' })],
    [
      'REQ-35 harmless fields',
      add(
        { name: 'expect', value: '100-continue' },
        { name: 'cookie', value: 'a=b' },
        { name: 'priority', value: 'u=1' },
      ),
    ],
  ])('%s is served', async (_, fields) => {
    const seen = await play((script) => script.call(emptyCall(), { fields }));
    expect(seen.calls.map(callReaction)).toEqual(['status 0']);
    expect(brokenRules(seen)).toEqual([]);
  });
});

describe('what must do no harm', () => {
  test.each<[string, (script: PlanBuilder) => unknown]>([
    [
      'FRAME-02 undefined flags',
      (script) =>
        script
          .frame(rawFrame({ type: frameTypes.SETTINGS, flags: 0xfe }))
          .frame(rawFrame({ type: frameTypes.WINDOW_UPDATE, flags: 0xff, payload: hex('00000001') })),
    ],
    [
      'FRAME-03 reserved bits',
      (script) => script.frame(rawFrame({ type: frameTypes.WINDOW_UPDATE, reserved: true, payload: hex('80000001') })),
    ],
    ['FRAME-05 unknown type, too long', (script) => script.frame(rawFrame({ type: 0xee, payload: zeros(20_000) }))],
    [
      'FRAME-12 PRIORITY on an idle stream',
      (script) => script.frame(priority(9, { exclusive: true, dependency: 11, weight: 256 })),
    ],
    [
      'FRAME-14 a stream depends on itself',
      (script) => script.frame(priority(9, { exclusive: false, dependency: 9, weight: 1 })),
    ],
    [
      'FRAME-18 unknown settings',
      (script) =>
        script.settings([
          { id: 0xabcd, value: 1 },
          { id: 0, value: 0 },
        ]),
    ],
    [
      'FRAME-21 extreme settings',
      (script) =>
        script.settings([
          { id: settingIds.HEADER_TABLE_SIZE, value: 2 ** 32 - 1 },
          { id: settingIds.MAX_CONCURRENT_STREAMS, value: 0 },
          { id: settingIds.MAX_HEADER_LIST_SIZE, value: 0 },
        ]),
    ],
    ['FRAME-29 unknown error codes', (script) => openCall(script).reset(0xffff_ffff)],
    ['FRAME-29 GOAWAY with an unknown error code', (script) => script.frame(goaway(0, 0xff))],
    ['KA-02 PING ACK that nobody asked for', (script) => script.frame(ping(zeros(8), { ack: true }))],
    [
      'STREAM-07 frames after our reset',
      (script) => {
        const { stream } = openCall(script).reset();
        script
          .frame(data(stream, zeros(10)))
          .frame(windowUpdate(stream, 1))
          .frame(rstStream(stream, 8));
      },
    ],
    [
      'EOS-09 frames after early trailers',
      (script) => {
        const call = script.call(unknownMethod('/a/b'), { halfClose: false }).awaitEnd();
        call.sendTrailers([]);
        script.frame(data(call.stream, zeros(10), { endStream: true })).frame(rstStream(call.stream, 8));
      },
    ],
  ])('%s', async (_, write) => {
    const seen = await play((script) => {
      write(script);
      script.fence();
      script.call(emptyCall(), { role: 'afterwards' });
    });
    expect(seen.allCalls.at(-1)?.status).toBe(0);
    expect(connectionReaction(seen.connection())).toBe('open');
    expect(brokenRules(seen)).toEqual([]);
  });
});

describe('messages', () => {
  const body = (message: Uint8Array, compressedFlag: number, encoding?: string) => (script: PlanBuilder) =>
    script.call(unaryCall(), { body: encodeMessage(message, { compressedFlag }), encoding });
  const payload = unaryCall({ payload: zeros(100), responseSize: 1 }).messages[0]!;

  test.each<[string, string, (script: PlanBuilder) => unknown]>([
    [
      'MSG-09 announced length of 2^32-1',
      'status 8',
      (script) => openCall(script).sendOctets(hex('00ffffffff')).awaitEnd(),
    ],
    ['MSG-10 prefix cut short', 'status 13', (script) => script.call(emptyCall(), { body: hex('000000') })],
    [
      'MSG-10 second message cut short',
      'status 13',
      (script) => script.call(streamingInputCall([]), { body: hex('0000000000 0000000005 0a') }),
    ],
    ['MSG-11 Compressed-Flag 2', 'status 13', body(none, 2)],
    ['MSG-12 no protobuf', 'status 13', body(hex('0f'), 0)],
    ['RPC-05 no message', 'status 12', (script) => script.call(emptyCall(), { body: none })],
    ['RPC-05 two messages', 'status 12', (script) => script.call(emptyCall(), { body: hex('0000000000 0000000000') })],
    ['EOS-03 half-close on HEADERS', 'status 0', (script) => script.call(fullDuplexCall([]), { endStream: true })],
    [
      'EOS-04 request trailers',
      'status 0',
      (script) =>
        script
          .call(emptyCall(), { halfClose: false })
          .sendTrailers([{ name: 'x-a', value: 'b' }])
          .awaitEnd(),
    ],
    ['COMP-01 identity', 'status 0', body(payload, 0, 'identity')],
    ['COMP-02 gzip', 'status 0', body(gzip(payload), 1, 'gzip')],
    ['COMP-05 br', 'status 12', body(payload, 1, 'br')],
    ['COMP-07 br, but plain', 'status 0', body(payload, 0, 'br')],
    ['COMP-08 no encoding', 'status 13', body(payload, 1)],
    ['COMP-09 corrupt', 'status 13', body(gzip(payload).subarray(0, -4), 1, 'gzip')],
    ['COMP-09 no octets', 'status 13', body(none, 1, 'gzip')],
    ['COMP-10 deflate is zlib', 'status 0', body(deflate(payload), 1, 'deflate')],
    ['COMP-11 bomb', 'status 8', body(gzip(zeros(4_194_305)), 1, 'gzip')],
    ['SVC-02 unknown service', 'status 5', (script) => script.call(healthCheck('nobody'))],
    ['STATUS-02 status 99', 'status 2', (script) => script.call(unaryCall({ status: { code: 99, message: '' } }))],
    ['STATUS-02 status -1', 'status 2', (script) => script.call(unaryCall({ status: { code: -1, message: '' } }))],
    ['DL-03 deadline', 'status 4', (script) => openCall(script, { timeout: '50m' }).awaitEnd()],
    [
      'DL-07 blocked on the window at a message boundary',
      'status 4',
      (script) => {
        script.open({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 0 }] });
        script.call(unaryCall({ responseSize: 10 }), { timeout: '50m' });
      },
    ],
    [
      'DL-07 blocked inside a message',
      'RST CANCEL',
      (script) => {
        script.open({
          settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 7 }],
          housekeeping: { replenishStreams: false },
        });
        script.call(unaryCall({ responseSize: 10 }), { timeout: '50m' });
      },
    ],
  ])('%s: %s', async (_, reaction, write) => {
    const seen = await play((script) => write(script));
    expect(seen.calls.map(callReaction)).toEqual([reaction]);
    expect(brokenRules(seen)).toEqual([]);
  });

  test('COMP-06: the refusal of an encoding names those that are accepted', async () => {
    const seen = await play(body(payload, 1, 'snappy'));
    expect(seen.call().trailers).toContainEqual(
      expect.objectContaining({ name: 'grpc-accept-encoding', value: 'identity,deflate,gzip' }),
    );
  });

  test('STATUS-05 and RESP-09: outer spaces are escaped, binary values are unpadded', async () => {
    const seen = await play((script) => {
      const metadata = [{ name: echoTrailingName, value: encodeBinaryValue(hex('01'), { padding: true }) }];
      script.call(unaryCall({ status: { code: 3, message: ' a ' } }), { metadata });
    });
    expect(seen.call().rawMessage).toBe('%20a%20');
    expect(seen.call().trailers).toContainEqual(expect.objectContaining({ name: echoTrailingName, value: 'AQ' }));
  });

  test('RESP-07: Response-Headers with initial metadata come while the handler waits', async () => {
    const seen = await play((script) => {
      openCall(script, { metadata: [{ name: echoInitialName, value: 'early' }] })
        .awaitHeaders()
        .reset();
    });
    expect(seen.call().headers).toContainEqual(expect.objectContaining({ name: echoInitialName, value: 'early' }));
  });

  test('SVC-03 and SVC-04: Watch tells the status at once and stays open', async () => {
    const seen = await play((script) => {
      for (const name of ['', 'nobody']) script.call(healthWatch(name), { awaitEnd: false }).awaitMessages(1);
      script.call(emptyCall());
    });
    expect(seen.calls.map((call) => [call.shape, Buffer.from(call.messages[0]!.octets).toString('hex')])).toEqual([
      ['open', '0801'],
      ['open', '0803'],
      ['normal', ''],
    ]);
  });
});

describe('windows and streams', () => {
  test('FLOW-06: the connection window bounds the sum, and errors still come', async () => {
    const seen = await play((script) => {
      script.open({
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 1_000_000 }],
        housekeeping: { replenishConnection: false },
      });
      for (let count = 0; count < 3; count++)
        script.call(streamingOutputCall({ responses: [{ size: 50_000 }] }), { awaitEnd: false });
      script.await({ see: 'connection-data', octets: 65_535 });
      script.call(unknownMethod('/a/b'));
      script.grant(0, 200_000);
      for (const stream of [1, 3, 5]) script.await({ see: 'end', stream });
    });
    expect(seen.calls.map(callReaction)).toEqual(['status 0', 'status 0', 'status 0', 'status 12']);
    expect(brokenRules(seen)).toEqual([]);
  });

  test('FLOW-04 and FLOW-05: windows follow INITIAL_WINDOW_SIZE, also below zero', async () => {
    const size = (value: number) => [{ id: settingIds.INITIAL_WINDOW_SIZE, value }];
    const seen = await play((script) => {
      script.open({ settings: size(100), housekeeping: { replenishStreams: false } });
      const call = script
        .call(streamingOutputCall({ responses: [{ size: 1000 }] }), { awaitEnd: false })
        .awaitData(100);
      script.settings(size(50)).fence();
      call.grant(60).awaitData(110);
      script.settings(size(150)).fence();
      call.awaitData(210).grant(2000).awaitEnd();
    });
    expect(seen.call().status).toBe(0);
    expect(brokenRules(seen)).toEqual([]);
  });

  test('MUX-03 and MUX-04: the 101st stream is refused, and a slot returns', async () => {
    const seen = await play((script) => {
      for (let count = 0; count < 101; count++) openCall(script);
      script.await({ see: 'end', stream: 201 });
      script.frame(rstStream(1, 8)).fence();
      script.call(emptyCall());
    });
    expect(callReaction(seen.call(100))).toBe('RST REFUSED_STREAM');
    expect(callReaction(seen.call(101))).toBe('status 0');
  });

  test('STREAM-20: a request that nobody reads does not block others', async () => {
    const seen = await play((script) => {
      script.open({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 0 }] });
      openCall(script)
        .sendMessages(fullDuplexCall([{ responses: [{ size: 200_000 }, { size: 1 }] }]).messages)
        .sendOctets(zeros(65_000));
      script.call(unaryCall({ payload: zeros(200_000), status: { code: 9, message: '' } }));
    });
    expect(callReaction(seen.call(1))).toBe('status 9');
  });

  test('EOS-08: RST_STREAM(NO_ERROR) follows early trailers, and only those', async () => {
    const seen = await play((script) => {
      script.call(unknownMethod('/a/b'), { halfClose: false }).awaitEnd();
      script.call(unknownMethod('/a/b'));
      script.fence();
    });
    expect(seen.calls.map((call) => call.resetAfterEnd)).toEqual([{ errorCode: 0 }, undefined]);
  });
});

describe('floods', () => {
  const repeat = (count: number, ...frames: readonly ReturnType<typeof rawFrame>[]): Uint8Array =>
    Buffer.concat(Array.from({ length: count }, () => encodeFrames(frames)));

  /** Each on a stream of its own, as the same field block means the same every time: it leaves the dynamic table alone. */
  const onNewStreams = (count: number, write: (stream: number) => readonly ReturnType<typeof rawFrame>[]): Uint8Array =>
    Buffer.concat(Array.from({ length: count }, (_, index) => encodeFrames(write(2 * index + 1))));

  const plainBlock = new HpackEncoder().encode(
    ordinary.map((field) => ({ ...field, representation: 'without-indexing' as const })),
  );

  test.each<[string, (script: PlanBuilder) => unknown]>([
    [
      'DOS-01 rapid reset',
      (script) => script.octets(onNewStreams(1500, (stream) => [headers(stream, plainBlock), rstStream(stream, 8)])),
    ],
    [
      'DOS-02 stream errors provoked',
      (script) => script.octets(onNewStreams(1500, (stream) => [headers(stream, plainBlock), windowUpdate(stream, 0)])),
    ],
    ['DOS-04 PING', (script) => script.octets(repeat(25_000, ping(zeros(8))))],
    ['DOS-04 SETTINGS', (script) => script.octets(repeat(25_000, rawFrame({ type: frameTypes.SETTINGS })))],
    [
      'DOS-05 malformed requests',
      (script) => script.octets(onNewStreams(1500, (stream) => [headers(stream, hex('82'))])),
    ],
    ['DOS-06 empty DATA', (script) => script.octets(repeat(25_000, data(openCall(script).stream, none)))],
  ])('%s ends the connection, and nothing else', async (_, write) => {
    const seen = await play((script) => {
      write(script);
      script.await({ see: 'closed' }, { within: 'close', optional: true });
      script.call(emptyCall(), { on: 'other', role: 'afterwards' });
    });
    expect(connectionReaction(seen.connection())).toBe('GOAWAY ENHANCE_YOUR_CALM');
    expect(seen.allCalls.at(-1)?.status).toBe(0);
  });

  test('DOS-08 a block of few octets with a huge header list costs its call alone', async () => {
    const seen = await play((script) => {
      const big = { name: 'x-big', value: 'a'.repeat(3500) };
      script.call(emptyCall(), { metadata: Array.from({ length: 1000 }, () => big) });
      script.call(emptyCall());
    });
    expect(seen.calls.map(callReaction)).toEqual(['status 8', 'status 0']);
  });
});

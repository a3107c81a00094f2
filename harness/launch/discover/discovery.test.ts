import http2 from 'node:http2';
import type net from 'node:net';
import { adaptTimes } from '../../connection/adapt-times';
import { lengthOf } from '../../connection/script';
import { testService } from '../../grpc/test-service';
import { discover } from './discovery';
import { makeTimes } from '../times';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (stream: http2.ServerHttp2Stream) => void;

const answer =
  (fields: http2.OutgoingHttpHeaders): Handler =>
  (stream) => {
    stream.respond({ 'content-type': 'application/grpc', ...fields }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.alloc(5));
  };

const ok = answer({ server: 'small\u00e9', 'grpc-accept-encoding': 'identity, gzip' });
/** Says nothing of encodings. */
const silent = answer({});

const endWith = (stream: http2.ServerHttp2Stream, status: number): void =>
  stream.respond({ 'content-type': 'application/grpc', 'grpc-status': String(status) }, { endStream: true });

/** Serves some methods by path; the rest is UNIMPLEMENTED. */
async function look(methods: Readonly<Record<string, Handler>>, messageLimit?: number, settings: http2.Settings = {}) {
  const server = http2.createServer({ settings });
  const called = new Set<string>();
  const sessions = new Set<http2.Http2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const path = String(headers[':path']);
    called.add(path);
    const handler = methods[path];
    if (handler === undefined) endWith(stream, 12);
    else handler(stream);
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const discovery = await discover({
    endpoint: { address: { kind: 'tcp', host: '127.0.0.1', port } },
    authority: 'a',
    metadata: [],
    times: makeTimes({}),
    canStopGracefully: true,
    mayBeAttacked: false,
    ...(messageLimit === undefined ? {} : { messageLimit }),
  });
  return { ...discovery, called: [...called] };
}

const emptyCall = `/${testService}/EmptyCall`;
const unaryCall = `/${testService}/UnaryCall`;

/** Refuses a message by its announced length; waits for the rest of any other. */
const limited =
  (limit: number, refusal: number | Handler): Handler =>
  (stream) => {
    stream.once('data', (chunk: Buffer) => {
      if (chunk.readUInt32BE(1) > limit)
        return typeof refusal === 'number' ? endWith(stream, refusal) : refusal(stream);
      else if (chunk.length >= 5 + chunk.readUInt32BE(1)) ok(stream);
    });
  };

test.each<[string, Handler, number | undefined]>([
  ['the common limit', limited(4_194_304, 8), 4_194_304],
  ['a smaller limit is not known', limited(1_048_576, 8), undefined],
  ['whatever the status is: that is for MSG-08', limited(4_194_304, 11), 4_194_304],
  [
    'a reset is a refusal, too',
    limited(4_194_304, (stream) => stream.close(http2.constants.NGHTTP2_CANCEL)),
    4_194_304,
  ],
  ['status OK is no refusal', limited(4_194_304, 0), undefined],
  ['a refusal of everything is no limit', (stream) => endWith(stream, 8), undefined],
])('message limit: %s', async (_name, handler, want) => {
  const { facts } = await look({ [emptyCall]: ok, [unaryCall]: handler });
  expect(facts.messageLimit).toBe(want);
  expect(facts.offers.includes('message-limit')).toBe(want !== undefined);
});

/** Answers, and says which encodings it accepts only where it refuses one (compression.md). */
const tellsOnRefusal =
  (accepted: string): Handler =>
  (stream) => {
    stream.once('data', (chunk: Buffer) =>
      chunk[0] === 1
        ? stream.respond(
            { 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-accept-encoding': accepted },
            { endStream: true },
          )
        : silent(stream),
    );
  };

test.each<[string, Handler, readonly string[] | undefined]>([
  ['listed with the refusal of another one', tellsOnRefusal('gzip,br'), ['gzip', 'br']],
  ['two that we can write', tellsOnRefusal('deflate, gzip'), ['deflate', 'gzip']],
  ['never listed', silent, undefined],
  ['names that are none are left out', tellsOnRefusal(`gzip, ,a b,${'x'.repeat(51)}`), ['gzip']],
])('accepted encodings: %s', async (_name, handler, want) => {
  const { facts } = await look({ [emptyCall]: silent, [unaryCall]: handler });
  expect(facts.acceptedEncodings).toEqual(want);
  for (const need of ['gzip', 'deflate'] as const)
    expect(facts.offers.includes(need)).toBe(want?.includes(need) === true);
});

test('a limit that the user names is taken as it is', async () => {
  const { facts } = await look({ [emptyCall]: ok }, 77);
  expect(facts).toMatchObject({ messageLimit: 77, offers: expect.arrayContaining(['message-limit']) });
});

test.each([
  ['initial', undefined, true],
  ['largest but one', 2 ** 24 - 2, true],
  ['largest', 2 ** 24 - 1, false],
])('no frame can be too long where SETTINGS_MAX_FRAME_SIZE is the %s value', async (_value, maxFrameSize, want) => {
  const { facts } = await look({ [emptyCall]: ok }, undefined, maxFrameSize === undefined ? {} : { maxFrameSize });
  expect(facts.offers.includes('frame-limit')).toBe(want);
});

test('a method that answers something else is not offered', async () => {
  const { facts, tier, identification, capabilities } = await look({
    [emptyCall]: ok,
    [unaryCall]: ok,
    [`/${testService}/FullDuplexCall`]: ok,
  });
  expect({ offers: facts.offers, tier }).toEqual({ offers: ['gzip', 'frame-limit'], tier: 2 });
  expect(Object.fromEntries(capabilities.map(({ need, state }) => [need, state]))).toMatchObject({
    unary: 'broken',
    'client-streaming': 'absent',
    'bidirectional-streaming': 'broken',
    health: 'absent',
  });
  expect(identification).toBe('server: small\\xe9');
});

test('nothing is called but the three services for tests, server reflection, and what no server has', async () => {
  const { called } = await look({ [emptyCall]: ok });
  expect(
    called.filter(
      (path) =>
        !/^\/(grpc\.testing\.TestService|grpc\.health\.v1\.Health|grpcconform\.v1\.(Probe|Absent)|grpc\.reflection\.v1(alpha)?\.ServerReflection)\//.test(
          path,
        ),
    ),
  ).toEqual([]);
});

test.each([
  [{}, { reply: 5000, close: 3000, quiet: 400, cancel: 2000, connect: 5000 }],
  [
    { timeout: 1500, connectTimeout: 100 },
    { reply: 1500, close: 1500, quiet: 400, cancel: 1500, connect: 100 },
  ],
  [{ timeout: 10_000 }, { reply: 10_000, close: 6000, quiet: 800, cancel: 4000, connect: 5000 }],
])('waits of %j', (options, want) => {
  expect(makeTimes(options)).toEqual(want);
});

test('silence takes longer to mean something far away', () => {
  expect([adaptTimes(makeTimes({}), 1).quiet, adaptTimes(makeTimes({}), 200).quiet]).toEqual([400, 1600]);
});

test('every wait has room for the round trips that it needs, and none is shorter than it was', () => {
  const times = makeTimes({});
  expect(adaptTimes(times, 40)).toEqual({ ...times, roundTrip: 40 });
  expect(adaptTimes(times, 200)).toEqual({ ...times, quiet: 1600, roundTrip: 200 });
  expect(adaptTimes(times, 3000)).toEqual({
    reply: 14_500,
    close: 7500,
    cancel: 7000,
    connect: 11_500,
    quiet: 24_000,
    roundTrip: 3000,
  });
  expect([40, 200].map((roundTrip) => lengthOf(1500, { ...times, roundTrip }))).toEqual([1500, 1900]);
});

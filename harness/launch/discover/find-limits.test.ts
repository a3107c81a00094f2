import { once } from 'node:events';
import http2 from 'node:http2';
import type net from 'node:net';
import { startTarget, stopTargets, type TargetOptions } from '../../connection/play-target.test-helper';
import { playScript } from '../../connection/play-script';
import type { Endpoint } from '../../connection/endpoint';
import type { Times } from '../../connection/script';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { observe } from '../../grpc/observe';
import { echoInitialName, fullDuplexCall } from '../../grpc/test-service';
import { PlanBuilder } from '../../grpc/plan-builder';
import type { Need } from '../../facts/need';
import { data, goaway, settings, windowUpdate } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { settingIds } from '../../wire/settings';
import { findLimits, type LimitsOptions } from './find-limits';
import { makeTimes } from '../times';

const closers: (() => void)[] = [];
afterEach(() => {
  stopTargets();
  for (const close of closers.splice(0)) close();
});

const everything: readonly Need[] = ['unary', 'client-streaming', 'bidirectional-streaming', 'metadata'];

async function look(
  endpoint: Endpoint,
  { times = makeTimes({}), ...options }: Partial<LimitsOptions> & { readonly times?: Times } = {},
) {
  const asked: string[] = [];
  const found = await findLimits({
    offers: everything,
    given: {},
    mayBeAttacked: true,
    ask: async (about, write) => {
      asked.push(about);
      const script = new PlanBuilder({ authority: 'a', scheme: 'http', metadata: [] });
      write(script);
      const plan = script.build();
      const { transcript, views } = await playScript(plan, { endpoint, times });
      return observe(plan, transcript, views);
    },
    ...options,
  });
  return { ...found, asked };
}

/** A server that answers the first message of each call, and what it limits. */
interface Limited {
  readonly settings?: http2.Settings;
  readonly message?: number;
  /** Answered by 413, like a gateway. */
  readonly body?: number;
  readonly headerList?: number;
  /** Octets of a value that can be sent back. */
  readonly echo?: number;
  /** Handlers that run at the same time. */
  readonly handlers?: number;
  readonly callsPerConnection?: number;
  /** Milliseconds by which each of the calls that run beside each other answers later than the one before. */
  readonly later?: number;
  /** Milliseconds that every answer of a call takes that waits for us. */
  readonly slow?: number;
  /** Refuses calls above so many at a time, although no SETTINGS says so; or each of so many. */
  readonly refusesAbove?: number;
  readonly refusesEvery?: number;
  readonly idle?: number;
  readonly age?: number;
  readonly onSession?: (session: http2.ServerHttp2Session) => void;
}

async function serve(limited: Limited): Promise<Endpoint> {
  const server = http2.createServer({ settings: limited.settings ?? {} });
  const sessions = new Set<http2.ServerHttp2Session>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let calls = 0;
  const startNext = (): void => {
    while (running < (limited.handlers ?? Infinity) && waiting.length > 0) {
      running++;
      waiting.shift()?.();
    }
  };
  server.on('session', (session) => {
    sessions.add(session);
    limited.onSession?.(session);
    let callsHere = 0;
    session.on('stream', () => {
      if (++callsHere === limited.callsPerConnection) session.goaway(errorCodes.NO_ERROR, 2 ** 31 - 1);
    });
    if (limited.idle !== undefined) session.setTimeout(limited.idle, () => session.close());
    if (limited.age !== undefined) setTimeout(() => session.close(), limited.age);
  });
  server.on('stream', (stream, headers, _flags, raw: readonly string[] = []) => {
    stream.on('error', () => undefined);
    const size = raw.reduce((total, text, index) => total + text.length + (index % 2 === 0 ? 32 : 0), 0);
    if (size > (limited.headerList ?? Infinity)) return stream.respond({ ':status': 431 }, { endStream: true });
    const echo = String(headers[echoInitialName] ?? '');
    if (echo.length > (limited.echo ?? Infinity)) return stream.respond({ ':status': 502 }, { endStream: true });
    calls++;
    const isRefused = running >= (limited.refusesAbove ?? Infinity) || calls % (limited.refusesEvery ?? Infinity) === 0;
    if (isRefused) return stream.close(errorCodes.REFUSED_STREAM);
    const isWaiting = headers[':path'] === fullDuplexCall([]).path;
    const late = running * (limited.later ?? 0) + (isWaiting ? (limited.slow ?? 0) : 0);
    waiting.push(() => {
      stream.once('close', () => {
        running--;
        startNext();
      });
      setTimeout(() => handle(stream, limited), late);
    });
    startNext();
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return { address: { kind: 'tcp', host: '127.0.0.1', port } };
}

function handle(stream: http2.ServerHttp2Stream, { message = Infinity, body = Infinity }: Limited): void {
  let received = 0;
  let length: number | undefined;
  const refuse = (headers: http2.OutgoingHttpHeaders): void => {
    if (!stream.headersSent) stream.respond(headers, { endStream: true });
  };
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    length ??= chunk.length < 5 ? 0 : chunk.readUInt32BE(1);
    if (length > message) refuse({ 'content-type': 'application/grpc', 'grpc-status': '8' });
    if (received > body) refuse({ ':status': 413 });
    if (stream.headersSent || received < 5 + length) return;
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.write(encodeMessage(new Uint8Array(1000)));
  });
  stream.on('end', () => stream.end());
}

test('a server with no limits costs few questions', async () => {
  const { limits, records, asked } = await look(await serve({}));
  expect({ limits, records }).toEqual({ limits: {}, records: [] });
  expect(asked).toHaveLength(7);
});

test('a machine that answers nothing in time is asked again, patiently', async () => {
  const { limits } = await look(await serve({ handlers: 2, slow: 1300 }), { mayBeAttacked: false });
  expect(limits).toEqual({ handlers: 2 });
});

test('of a server that nobody may attack it is not asked how many handlers it has for that', async () => {
  const { limits } = await look(await serve({ handlers: 100 }), { mayBeAttacked: false });
  expect(limits).toEqual({});
});

test.each<[string, Limited, Record<string, readonly [number, number | 'the time it took']>]>([
  ['RESOURCE_EXHAUSTED above 20 KiB', { message: 20_480 }, { message: [20_070, 20_480] }],
  ['RESOURCE_EXHAUSTED above 1 MiB', { message: 2 ** 20 }, { message: [1_028_000, 2 ** 20] }],
  ['HTTP 413 above 1 MiB', { body: 2 ** 20 }, { message: [1_028_000, 2 ** 20], body: [1_028_000, 2 ** 20] }],
  ['HTTP 431 above 4 KiB', { headerList: 4096 }, { headerList: [3840, 4096] }],
  ['HTTP 502 where the echo is above 4 KiB', { echo: 4096 }, { headerList: [4000, 4700] }],
  ['two handlers', { handlers: 2 }, { handlers: [2, 2] }],
  ['one handler', { handlers: 1 }, { handlers: [1, 1] }],
  ['as many handlers as an attack must not hold', { handlers: 100 }, { handlers: [100, 100] }],
  [
    'forty handlers, four calls at a time',
    { handlers: 40, settings: { maxConcurrentStreams: 4 } },
    { handlers: [40, 40], streams: [4, 4] },
  ],
  ['four calls at a time, which no SETTINGS says', { refusesAbove: 4 }, { streams: [4, 4] }],
  ['no limit where each fifth call is refused', { refusesEvery: 5 }, {}],
  ['no limit where a busy machine answers ever later', { later: 12 }, {}],
  ['GOAWAY after five calls', { callsPerConnection: 5 }, { callsPerConnection: [5, 5] }],
  ['GOAWAY after one call', { callsPerConnection: 1 }, { callsPerConnection: [1, 1] }],
  // What takes a time takes longer on a busy machine, but no longer than it was looked for.
  ['GOAWAY when nothing goes on', { idle: 150 }, { idle: [100, 'the time it took'] }],
  ['GOAWAY at some age', { age: 150 }, { age: [100, 'the time it took'] }],
  ['four calls at a time', { settings: { maxConcurrentStreams: 4 } }, { streams: [4, 4] }],
  ['a small header list that is announced', { settings: { maxHeaderListSize: 2048 } }, { headerList: [2048, 2048] }],
  [
    'no call at first, a hundred a moment later',
    { settings: { maxConcurrentStreams: 0 }, onSession: (session) => session.settings({ maxConcurrentStreams: 100 }) },
    { streams: [100, 100] },
  ],
])('%s', async (_, limited, want) => {
  const endpoint = await serve(limited);
  const started = performance.now();
  const { limits, records } = await look(endpoint);
  const took = performance.now() - started;
  const names = Object.keys(limits).toSorted();
  expect(names).toEqual(Object.keys(want).toSorted());
  for (const [name, value] of Object.entries(limits)) {
    const [least, most] = want[name] ?? [Infinity, 0];
    expect(value).toBeGreaterThanOrEqual(least);
    expect(value).toBeLessThanOrEqual(most === 'the time it took' ? took : most);
  }
  expect(records.map(({ name }) => name).toSorted()).toEqual(names);
});

test('what the user says is taken as it is, and not looked for', async () => {
  const given = { message: 10, headerList: 20, streams: 30 };
  const { limits, records, asked } = await look(await serve({ message: 20_480, headerList: 4096 }), { given });
  expect(limits).toEqual(given);
  expect(records.map(({ from }) => from).toSorted()).toEqual(['--header-limit', '--max-streams', '--message-limit']);
  expect(asked.filter((about) => about.includes('a message') || about.includes('field section'))).toEqual([]);
});

test('what the author says of how long connections live is a limit', async () => {
  const claims = { maxAge: 9000, maxIdle: 8000, keepaliveTime: 1 };
  const { limits } = await look(await serve({}), { claims });
  expect(limits).toEqual({ age: 9000, idle: 8000 });
});

test('a limit that discovery has seen is kept', async () => {
  const { records } = await look(await serve({}), { messageLimit: 100_000 });
  expect(records).toEqual([{ name: 'message', value: 100_000, from: 'a refusal of the length above it' }]);
});

/** Answers each half-close with status OK, and counts the empty DATA frames before it. */
function countsEmptyFrames(most: number): TargetOptions {
  let empty = 0;
  return {
    react: (end, frame) => {
      if (frame.type !== 'HEADERS' && frame.type !== 'DATA') return;
      if (frame.type === 'DATA') {
        empty = frame.data.length === 0 && !frame.endStream ? empty + 1 : 0;
        if (empty > most) return end.send(goaway(0, errorCodes.ENHANCE_YOUR_CALM));
        if (frame.data.length > 0)
          end.send(windowUpdate(0, frame.data.length), windowUpdate(frame.streamId, frame.data.length));
      }
      if (!frame.endStream) return;
      end.sendFields(frame.streamId, { ':status': '200', 'content-type': 'application/grpc' });
      end.send(data(frame.streamId, encodeMessage(new Uint8Array(0))));
      end.sendFields(frame.streamId, { 'grpc-status': '0' }, true);
    },
  };
}

test.each([0, 1, 2, 3, 10])('%i empty DATA frames in a row', async (most) => {
  const { endpoint } = await startTarget(countsEmptyFrames(most));
  const { records } = await look(endpoint, { offers: ['unary'] });
  expect(records).toEqual([{ name: 'emptyFrames', value: most, from: 'GOAWAY ENHANCE_YOUR_CALM above it' }]);
});

/** What only a hostile or broken target does: it shows nothing, and is waited for once. */
const short: Times = { reply: 60, close: 60, quiet: 20, cancel: 60, connect: 2000 };

test.each<[string, TargetOptions]>([
  ['silence', {}],
  ['a close at once', { greet: (end) => end.socket.destroy() }],
  ['a close at the first call', { react: (end, frame) => void (frame.type === 'HEADERS' && end.socket.destroy()) }],
  [
    'GOAWAY with an error at the first call',
    { react: (end, frame) => void (frame.type === 'HEADERS' && end.send(goaway(0, errorCodes.INTERNAL_ERROR))) },
  ],
  ['no SETTINGS', { settings: 'none', ackSettings: false }],
  [
    'octets that are no frames',
    { settings: 'none', greet: (end) => void end.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n') },
  ],
])('nothing is shown by %s', async (_, target) => {
  const { endpoint } = await startTarget(target);
  const { limits, asked } = await look(endpoint, { times: short });
  expect(limits).toEqual({});
  expect(asked.length).toBeLessThanOrEqual(3);
});

test('no call may ever be opened', async () => {
  const { endpoint } = await startTarget({ settings: [{ id: settingIds.MAX_CONCURRENT_STREAMS, value: 0 }] });
  const { limits } = await look(endpoint, { times: short });
  expect(limits).toEqual({ streams: 0 });
});

test('a limit that falls in mid-connection counts from the start', async () => {
  const target = countsEmptyFrames(100);
  const { endpoint } = await startTarget({
    settings: [{ id: settingIds.MAX_CONCURRENT_STREAMS, value: 100 }],
    react: (end, frame) => {
      if (frame.type === 'HEADERS' && frame.streamId === 5)
        end.send(settings([{ id: settingIds.MAX_CONCURRENT_STREAMS, value: 2 }]));
      target.react?.(end, frame);
    },
  });
  const { limits } = await look(endpoint, { offers: ['unary'] });
  expect(limits).toEqual({ streams: 2 });
});

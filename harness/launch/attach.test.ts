import http2 from 'node:http2';
import type net from 'node:net';
import { settingIds } from '../wire/settings';
import { attachTarget, type AttachOptions } from './attach';
import type { Target } from './target';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const base: AttachOptions = { transport: {}, metadata: [], needs: [] };

async function attach(options: Partial<AttachOptions>): Promise<Target> {
  const target = await attachTarget({ ...base, ...options });
  closers.push(() => target.process?.stop());
  return target;
}

const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it worked',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );

async function listen(onStream: (stream: http2.ServerHttp2Stream) => void): Promise<string> {
  const server = http2.createServer({ settings: { maxConcurrentStreams: 7 } });
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    onStream(stream);
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

test('the bundled server offers the interop service and the probe', async () => {
  const warnings: string[] = [];
  const target = await attach({
    target: 'bundled',
    needs: [['unary', 'tls'], ['tls'], ['compressed-responses']],
    onWarning: (text) => warnings.push(text),
  });
  expect([...target.facts.offers].sort()).toEqual(
    [
      'unary',
      'client-streaming',
      'server-streaming',
      'bidirectional-streaming',
      'slow',
      'status',
      'metadata',
      'gzip',
      'deflate',
      'message-limit',
      'probe',
      'throw',
      'answer',
      'greet',
      'status-details',
      'pushback',
      'rss',
      'frame-limit',
      'graceful-stop',
      'hostile',
      'health',
      'health-control',
      'reflection',
    ].sort(),
  );
  expect(target.facts).toMatchObject({
    messageLimit: 4_194_304,
    scheme: 'http',
    authority: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
  expect(target.facts.roundTrip).toBeGreaterThan(0);
  expect(target.record).toMatchObject({ name: 'the bundled grpc-js server', transport: 'tcp', tier: 2 });
  expect(target.facts.limits).toEqual({ message: 4_194_304 });
  expect(target.record.limits).toEqual([
    { name: 'message', value: 4_194_304, from: 'a refusal of the length above it' },
  ]);
  expect(target.record.missing.map(({ need, properties }) => [need, properties])).toEqual([
    ['compressed-responses', 1],
    ['tls', 2],
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(/promise "compressed-responses" and does not keep it: .* 1 property cannot be tested/),
  ]);
  expect(target.conversations?.flatMap(({ plain }) => plain?.row ?? []).sort()).toEqual([
    'MSG-05-zero-length-message',
    'RPC-01-unary',
    'RPC-02-client-streaming',
    'RPC-03-server-streaming',
    'RPC-04-bidi',
    'SVC-01-health-check',
    'SVC-07-reflection-list-services',
  ]);
});

test.each<[string, (stream: http2.ServerHttp2Stream) => void]>([
  [
    'answers UNIMPLEMENTED',
    (stream) =>
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true }),
  ],
  ['answers 404', (stream) => stream.respond({ ':status': 404, server: 'small\u00e9' }, { endStream: true })],
])('a server without the interop service that %s is tier 0', async (_name, answer) => {
  const warnings: string[] = [];
  const target = await attach({ target: await listen(answer), onWarning: (text) => warnings.push(text) });
  expect(target.record).toMatchObject({ tier: 0, offers: [] });
  expect(target.facts.messageLimit).toBeUndefined();
  expect(target.facts.settings).toEqual([{ id: settingIds.MAX_CONCURRENT_STREAMS, value: 7 }]);
  expect(warnings).toEqual([]);
});

test('a server that never answers a call is attached to, so that this becomes a finding', async () => {
  const address = await listen(() => undefined);
  const target = await attach({ target: address, connectTimeout: 300, timeout: 1500 });
  expect(target.unusable).toBe('the target answers no call, not even one of a method that does not exist');
  expect(target.conversations?.find(({ plain }) => plain !== undefined)?.plain).toMatchObject({
    row: 'REQ-21-unknown-service-or-method',
    state: 'broken',
  });
});

test('a server that resets every call offers nothing, and says what each client saw', async () => {
  const warnings: string[] = [];
  const address = await listen((stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
  const target = await attach({ target: address, onWarning: (text) => warnings.push(text) });
  expect(target.record).toMatchObject({ tier: 0, offers: [] });
  expect(warnings).toEqual([
    expect.stringMatching(/does not work: the call was reset; http2-wrapper got .*; @grpc\/grpc-js got /),
  ]);
});

test.each<[string, number, string]>([
  ['UNAUTHENTICATED', 16, '-H'],
  ['PERMISSION_DENIED', 7, '-H'],
  ['UNAVAILABLE', 14, 'make it available'],
])('a server that answers every call by %s is said to do so', async (name, code, remedy) => {
  const address = await listen((stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(code) },
      { endStream: true },
    ),
  );
  const target = await attach({ target: address });
  expect(target.record).toMatchObject({
    tier: 0,
    denied: { answer: `${name} (${code})`, unlock: expect.stringContaining(remedy) },
  });
  expect(target.facts.denials).toEqual([`status ${code}`]);
  expect(target.record.capabilities?.map(({ state }) => state)).toEqual(Array(6).fill('denied'));
});

test.each<[string, Partial<AttachOptions>, RegExp]>([
  ['a graceful signal without a process', { target: 'h:1', gracefulSignal: 'SIGTERM' }, /^ERR_USAGE .*--exec/],
  ['a TLS flag without TLS', { exec: 'true', transport: { insecure: true } }, /^ERR_USAGE .*--insecure is for TLS/],
  ['no server', {}, /^ERR_USAGE no server is named: give --target host:port/],
  ['two servers', { target: 'bundled', exec: 'true' }, /^ERR_USAGE the target bundled starts a server of its own/],
  ['a target that is none', { target: 'h' }, /^ERR_USAGE .*no port/],
])('%s is refused', async (_name, options, message) => {
  expect(await failureOf(attach(options))).toMatch(message);
});

import http2 from 'node:http2';
import net from 'node:net';
import { attachTarget } from '../launch/attach';
import { headers, settings, settingsAck } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { loadCatalogue } from './catalogue-rows';
import { tryProperties } from './try-engine.test-helper';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const { rows } = loadCatalogue();
const properties = rows.flatMap(({ property }) => property ?? []);
// Node leaves a connection open behind an error of it (CONN-08), whatever the server does.
const selected = properties.filter(({ id }) => /^(CONN-(?!08)|REQ-01|REQ-21|RPC|MSG-02|SVC)/.test(id));

type Answer = (stream: http2.ServerHttp2Stream, path: string) => void;

/** A server on Node's HTTP/2 that answers from the header of a request. */
async function listen(answer: Answer): Promise<string> {
  const server = http2.createServer();
  const sessions = new Set<http2.Http2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, fields) => {
    stream.on('error', () => undefined);
    stream.resume();
    if (!stream.destroyed) answer(stream, String(fields[':path']));
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

const trailersOnly = (stream: http2.ServerHttp2Stream, code: number): void =>
  stream.respond({ 'content-type': 'application/grpc', 'grpc-status': String(code) }, { endStream: true });

const methods = ['EmptyCall', 'UnaryCall', 'StreamingInputCall', 'StreamingOutputCall', 'FullDuplexCall'];

/** Answers the methods of the interop service in one way, and knows no others. */
const serving =
  (wrong: Answer): Answer =>
  (stream, path) =>
    methods.some((method) => path === `/grpc.testing.TestService/${method}`)
      ? wrong(stream, path)
      : trailersOnly(stream, 12);

const withoutTrailers: Answer = (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  stream.end(Buffer.alloc(5));
};

async function run(target: string) {
  const attached = await attachTarget({
    target,
    transport: {},
    metadata: [],
    timeout: 1500,
    connectTimeout: 1500,
    needs: selected.map(({ needs = [] }) => needs),
  });
  const tried = await tryProperties(attached, selected, { rows, runs: 3, shrink: false });
  const [first] = tried.events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []));
  return { ...tried, attached, first };
}

const verdictsOf = (records: ReadonlyMap<string, { readonly verdict: string }>) =>
  Object.fromEntries([...records].map(([id, { verdict }]) => [id.split('-', 2).join('-'), verdict]));

test('a server that never sends trailers fails by that rule, and what builds on its calls is counted with it', async () => {
  const { outcome, records, first, findings } = await run(await listen(serving(withoutTrailers)));
  expect(outcome).toEqual({ verdict: 'fail', exitCode: 1 });
  expect(first).toMatchObject({
    rule: 'TRAIL-02-no-end-stream-on-data',
    verdict: 'fail',
    confirmed: { failed: 5, of: 5 },
    observed: 'END_STREAM on DATA of a gRPC response.',
  });
  expect(findings).toHaveLength(1);
  const blocked = [...records.values()].filter(({ verdict }) => verdict === 'blocked').map(({ id }) => id);
  expect(first?.blocks).toEqual(blocked);
  expect(blocked.length).toBeGreaterThan(5);
  expect(verdictsOf(records)).toMatchObject({ 'CONN-05': 'pass', 'REQ-21': 'pass', 'SVC-01': 'untestable' });
});

test.each<[string, Answer, string]>([
  ['a wrong status', (stream) => trailersOnly(stream, 13), 'Status INTERNAL (13).'],
  ['a reset', (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 'RST_STREAM with INTERNAL_ERROR.'],
])('one kind of call that is dead, by %s, is a finding about that kind', async (_name, dead, observed) => {
  const target = await listen(
    serving((stream, path) => (path.endsWith('/StreamingOutputCall') ? dead(stream, path) : trailersOnly(stream, 12))),
  );
  const { outcome, records, first } = await run(target);
  expect(outcome.exitCode).toBe(1);
  expect(first).toMatchObject({ rule: 'RPC-03-server-streaming', verdict: 'fail', observed });
  expect(verdictsOf(records)).toMatchObject({ 'RPC-03': 'fail', 'RPC-01': 'untestable', 'RPC-05': 'blocked' });
});

test('a server that does not know a method and says so in its own way is not accused of it', async () => {
  const { outcome, records } = await run(await listen((stream) => trailersOnly(stream, 12)));
  expect(outcome).toEqual({ verdict: 'pass', exitCode: 0 });
  expect([...records.values()].some(({ verdict }) => verdict === 'blocked')).toBe(false);
});

test('a server that denies every call is not judged by what it denies', async () => {
  const { outcome, records, attached } = await run(await listen((stream) => trailersOnly(stream, 16)));
  expect(attached.record.denied).toMatchObject({ answer: 'UNAUTHENTICATED (16)' });
  expect(outcome.exitCode).toBe(0);
  expect(records.get('REQ-21-unknown-service-or-method')).toMatchObject({
    verdict: 'untestable',
    reason: expect.stringContaining('every call is answered UNAUTHENTICATED (16)') as string,
    unlock: expect.stringContaining("-H 'authorization: …'") as string,
  });
  expect(records.get('RPC-01-unary')).toMatchObject({
    verdict: 'untestable',
    unlock: expect.stringContaining("-H 'authorization: …'") as string,
  });
});

test('a server that sends SETTINGS only after our first request is a finding with packets, not one that was never ready', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    let isAnswered = false;
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // The preface and a SETTINGS frame of one entry, and then something more.
      if (isAnswered || received.length <= 24 + 15) return;
      isAnswered = true;
      const fields = new HpackEncoder().encode([
        { name: ':status', value: '200' },
        { name: 'content-type', value: 'application/grpc' },
        { name: 'grpc-status', value: '12' },
      ]);
      socket.write(
        encodeFrames([settings([]), settingsAck(), headers(1, fields, { endStream: true, endHeaders: true })]),
      );
    });
  });
  closers.push(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { outcome, records, first } = await run(`127.0.0.1:${(server.address() as net.AddressInfo).port}`);
  expect(outcome.exitCode).toBe(1);
  expect(first).toMatchObject({ rule: 'CONN-01-settings-first', verdict: 'fail', mark: 'hang' });
  expect(first?.transcript.connections).toHaveLength(1);
  expect(new Set([...records.values()].filter(({ id }) => id !== first?.rule).map(({ verdict }) => verdict))).toEqual(
    new Set(['blocked']),
  );
});

import http2 from 'node:http2';
import type net from 'node:net';
import type { TargetFacts } from '../facts/target-facts';
import { checkSanity, compareClients } from './sanity';
import { makeTimes } from './times';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const respond = (stream: http2.ServerHttp2Stream): void => {
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.alloc(5));
};
const refuse = (stream: http2.ServerHttp2Stream): void => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);

/** A server that treats the first connection in one way and all others in another. Our own client comes first. */
async function listen(
  first: (stream: http2.ServerHttp2Stream) => void,
  others: (stream: http2.ServerHttp2Stream) => void,
  offers: TargetFacts['offers'] = ['unary'],
) {
  const server = http2.createServer();
  const sessions: http2.Http2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.resume();
    (stream.session === sessions[0] ? first : others)(stream);
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const facts: TargetFacts = {
    authority: `127.0.0.1:${port}`,
    scheme: 'http',
    metadata: [],
    offers,
    settings: [],
    roundTrip: 1,
    times: makeTimes({}),
  };
  return { endpoint: { address: { kind: 'tcp', host: '127.0.0.1', port } } as const, facts };
}

test('all clients get an answer', async () => {
  expect(await compareClients(await listen(respond, respond))).toBeUndefined();
});

test('the others get an answer and we do not: a fault of ours', async () => {
  await expect(compareClients(await listen(refuse, respond))).rejects.toMatchObject({
    code: 'ERR_SECOND_OPINION',
    message: expect.stringMatching(
      /the call was reset when our own client calls .*EmptyCall, but http2-wrapper and @grpc\/grpc-js get an answer/,
    ),
  });
});

test('only we get an answer: a warning, for the rules to explain', async () => {
  expect(await compareClients(await listen(respond, refuse))).toMatch(
    /^only our own client gets an answer.*http2-wrapper got .*grpc-js got /,
  );
});

test('nobody gets an answer: a warning, for the rules to explain', async () => {
  expect(await compareClients(await listen(refuse, refuse))).toMatch(
    /^a plain call of \S+EmptyCall at \S+ does not work: the call was reset; http2-wrapper got .*grpc-js got /,
  );
});

test.each<[string, (stream: http2.ServerHttp2Stream) => void, TargetFacts['offers'], RegExp | undefined]>([
  ['status OK', respond, ['unary'], undefined],
  [
    'another status',
    (stream) => stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '14' }, { endStream: true }),
    ['unary'],
    /ended with status UNAVAILABLE \(14\)/,
  ],
  [
    'plain HTTP where the interop service was',
    (stream) => stream.respond({ ':status': 503 }, { endStream: true }),
    ['unary'],
    /HTTP status 503/,
  ],
  [
    'plain HTTP to an unknown method',
    (stream) => stream.respond({ ':status': 404 }, { endStream: true }),
    [],
    undefined,
  ],
  ['a reset', refuse, [], /was reset/],
  ['a lost connection', (stream) => stream.session?.destroy(), [], /closed under the call/],
])('sanity: %s', async (_name, answer, offers, want) => {
  const trouble = await checkSanity(await listen(answer, answer, offers));
  expect(trouble ?? 'fine').toMatch(want ?? /^fine$/);
});

test('sanity: nothing listens any more', async () => {
  const context = await listen(respond, respond);
  for (const close of closers.splice(0)) close();
  expect(await checkSanity(context)).toMatch(/there was no connection/);
});

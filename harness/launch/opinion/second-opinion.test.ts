import http2 from 'node:http2';
import type net from 'node:net';
import type { Endpoint } from '../../connection/endpoint';
import { unaryCall } from '../../grpc/test-service';
import { askSecondOpinion } from './second-opinion';
import { testCertificate, testKey } from '../reach/test-certificate.test-helper';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

async function listen(handler: Handler, secure = false): Promise<Endpoint> {
  const server = secure ? http2.createSecureServer({ cert: testCertificate, key: testKey }) : http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    stream.resume();
    handler(stream, headers);
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const tls = secure ? { tls: { ca: testCertificate, insecure: false } } : {};
  return { address: { kind: 'tcp', host: '127.0.0.1', port }, ...tls };
}

const ask = async (endpoint: Endpoint, timeout = 5000) => {
  const { kind, path, messages: requests } = unaryCall();
  const metadata = [{ name: 'x-run', value: 'seven' }];
  const call = { kind, path, authority: 'some.name:1', metadata, messages: requests };
  const opinions = await askSecondOpinion(endpoint, call, timeout);
  return opinions.map(({ client, messages, ...rest }) => ({
    client,
    messages: messages.map((message) => Buffer.from(message).toString('hex')),
    ...rest,
  }));
};

const answer: Handler = (stream, headers) => {
  const isAsked = headers['x-run'] === 'seven' && headers[':authority'] === 'some.name:1' && headers.te === 'trailers';
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': isAsked ? '0' : '3' }));
  stream.end(Buffer.from([0, 0, 0, 0, 2, 0xca, 0xfe]));
};

test.each([
  ['plaintext', false],
  ['TLS', true],
])('both clients say the same call and get the same answer: %s', async (_name, secure) => {
  expect(await ask(await listen(answer, secure))).toEqual([
    { client: 'http2-wrapper', status: 0, messages: ['cafe'] },
    { client: '@grpc/grpc-js', status: 0, messages: ['cafe'] },
  ]);
});

test('Trailers-Only', async () => {
  const endpoint = await listen((stream) =>
    stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true }),
  );
  expect(await ask(endpoint)).toEqual([
    { client: 'http2-wrapper', status: 12, messages: [] },
    { client: '@grpc/grpc-js', status: 12, messages: [] },
  ]);
});

test.each<[string, Handler, number, RegExp, RegExp]>([
  [
    'plain HTTP',
    (stream) => stream.respond({ ':status': 404 }, { endStream: true }),
    5000,
    /HTTP status 404/,
    /HTTP status code 404/,
  ],
  ['a reset', (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 5000, /INTERNAL_ERROR/, /RST_STREAM/],
  ['silence', () => undefined, 300, /no answer within 300 ms/, /no answer within 300 ms|Deadline/i],
  ['a lost connection', (stream) => stream.session?.destroy(), 5000, /./, /./],
])('%s is no answer', async (_name, handler, timeout, wrapper, grpcJs) => {
  const opinions = await ask(await listen(handler), timeout);
  expect(opinions).toEqual([
    expect.objectContaining({ client: 'http2-wrapper', error: expect.stringMatching(wrapper) }),
    expect.objectContaining({ client: '@grpc/grpc-js', error: expect.stringMatching(grpcJs) }),
  ]);
  expect(opinions.map(({ status }) => status)).toEqual([undefined, undefined]);
});

test('nothing listens', async () => {
  const endpoint = await listen(answer);
  for (const close of closers.splice(0)) close();
  expect((await ask(endpoint, 2000)).map(({ error }) => typeof error)).toEqual(['string', 'string']);
});

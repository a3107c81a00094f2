import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { startServer, type RunningServer } from '../servers/grpc-js/server';
import { loadGrpcJs } from './grpc-js-load';
import { loadRaw, type LoadOptions } from './raw-load';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0 });
});

afterAll(() => server.shutDown());

const load = (changes: Partial<LoadOptions> = {}): LoadOptions => ({
  host: '127.0.0.1',
  port: server.port,
  path: '/grpc.testing.TestService/EmptyCall',
  concurrency: 8,
  duration: 50,
  ...changes,
});

describe.each([
  { name: 'our load', run: loadRaw },
  { name: 'the load of grpc-js', run: loadGrpcJs },
])('$name', ({ run }) => {
  test('counts calls that end with OK', async () => {
    const { calls, failures, elapsed } = await run(load());
    expect({ failures, someCalls: calls >= 8, lastsAsAsked: elapsed >= 50 }).toEqual({
      failures: 0,
      someCalls: true,
      lastsAsAsked: true,
    });
  });

  test('counts calls that end otherwise apart', async () => {
    const { calls, failures } = await run(load({ path: '/grpc.testing.TestService/UnimplementedCall' }));
    expect({ calls, someFailures: failures >= 8 }).toEqual({ calls: 0, someFailures: true });
  });
});

describe('our load on a server of http2', () => {
  let http2: Http2Server;
  let [running, most] = [0, 0];

  beforeAll(async () => {
    http2 = createServer({ settings: { maxConcurrentStreams: 3, headerTableSize: 0 } });
    http2.on('stream', (stream, headers) => {
      running += 1;
      most = Math.max(most, running);
      stream.on('close', () => (running -= 1));
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(headers[':path'] === '/empty' ? Buffer.alloc(5) : undefined);
    });
    await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => http2.close(resolve)));

  const port = (): number => (http2.address() as AddressInfo).port;

  test('keeps to its limit of concurrent streams and to its header table', async () => {
    const { calls, failures } = await loadRaw(load({ port: port(), path: '/empty' }));
    expect({ failures, someCalls: calls >= 3, most }).toEqual({ failures: 0, someCalls: true, most: 3 });
  });

  test('an answer without a message is a failure', async () => {
    expect(await loadRaw(load({ port: port(), path: '/none' }))).toMatchObject({ calls: 0 });
  });

  test('a connection that is lost rejects', async () => {
    http2.once('session', (session) => session.on('stream', () => session.destroy()));
    await expect(loadRaw(load({ port: port() }))).rejects.toMatchObject({ code: 'ERR_TARGET_UNREACHABLE' });
  });
});

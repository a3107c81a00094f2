import http2 from 'node:http2';
import type net from 'node:net';
import { palette } from '../report/console/palette';
import { traceLines } from '../report/console/trace-lines';
import { makeTimes } from './times';
import { traceCalls } from './trace-calls';

const server = http2.createServer();
const sessions = new Set<http2.Http2Session>();
let count = 0;
server.on('session', (session) => {
  sessions.add(session);
  session.on('error', () => undefined);
});
server.on('stream', (stream, headers) => {
  stream.on('error', () => undefined);
  count += 1;
  switch (String(headers[':path'])) {
    case '/S/answers':
      stream.respond(
        { 'content-type': 'application/grpc', 'grpc-status': '5', 'grpc-message': 'said secret-token' },
        { endStream: true },
      );
      break;
    case '/S/http':
      stream.respond({ ':status': 404 }, { endStream: true });
      break;
    case '/S/resets':
      stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
      break;
  }
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  for (const session of sessions) session.destroy();
  server.close();
});

test('calls in turn, at the same time, whatever becomes of each; then a PING on every connection', async () => {
  const requests = ['answers', 'http', 'resets', 'hangs'].map(
    (name) => ({ kind: 'unary', path: `/S/${name}`, messages: [new Uint8Array(3)] }) as const,
  );
  const { seen, connections } = await traceCalls({
    endpoint: { address: { kind: 'tcp', host: '127.0.0.1', port: (server.address() as net.AddressInfo).port } },
    facts: {
      authority: 'a',
      scheme: 'http',
      metadata: [],
      offers: [],
      settings: [],
      roundTrip: 1,
      times: { ...makeTimes({}), reply: 300 },
    },
    requests,
    calls: 2,
    connections: 2,
  });
  expect(count).toBe(4);
  expect(connections.map(({ name }) => name)).toEqual(['connection 1', 'connection 2']);
  const [first = '', second = ''] = connections.map(({ name, firstCall, ping }) =>
    traceLines(
      {
        view: seen.connection(name),
        calls: seen.calls.filter(({ plan }) => plan.connection === name),
        firstCall,
        ping,
        sentFields: () => ':path: secret-token',
        redact: (text) => text.replaceAll('secret-token', '…'),
      },
      500,
      palette(false),
    ).join('\n'),
  );
  expect(first).toMatch(/\/S\/answers: 0 messages, status NOT_FOUND \(5\) after/);
  expect(first).toMatch(/\/S\/http: 0 messages, HTTP status 404 after/);
  expect(second).toMatch(/\/S\/resets: 0 messages, RST_STREAM ENHANCE_YOUR_CALM/);
  expect(second).toMatch(/\/S\/hangs: 0 messages, no answer in time$/m);
  for (const text of [first, second]) {
    expect(text).toMatch(/< PING ACK/);
    expect(text).not.toContain('secret-token');
    // The two HEADERS and the two DATA of the calls, each a write.
    expect(text).toMatch(/^ {2}calls +sent \d+ octets in 4 writes, received/m);
  }
});

test('a target that is gone', async () => {
  const { seen, connections } = await traceCalls({
    endpoint: { address: { kind: 'tcp', host: '127.0.0.1', port: 1 } },
    facts: {
      authority: 'a',
      scheme: 'http',
      metadata: [],
      offers: [],
      settings: [],
      roundTrip: 1,
      times: makeTimes({}),
    },
    requests: [{ kind: 'unary', path: '/S/M', messages: [] }],
    calls: 1,
    connections: 1,
  });
  const lines = connections.flatMap(({ name, firstCall, ping }) =>
    traceLines(
      {
        view: seen.connection(name),
        calls: seen.calls,
        firstCall,
        ping,
        sentFields: () => undefined,
        redact: (text) => text,
      },
      200,
      palette(false),
    ),
  );
  expect(lines.join('\n')).toMatch(/no connection: .*ECONNREFUSED/);
});

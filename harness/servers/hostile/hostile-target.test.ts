import http2 from 'node:http2';
import { data } from '../../wire/builders';
import { encodeFrame } from '../../wire/encode-frame';
import type { Attack, Means } from './attacker';
import { trailersOnly } from './answers';
import { startHostileTarget, type HostileTarget } from './hostile-target';

let target: HostileTarget;
const clients: http2.ClientHttp2Session[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  target.close();
});

const start = async (means: Means): Promise<void> => void (target = await startHostileTarget(means));

const connect = (): http2.ClientHttp2Session => {
  const client = http2.connect(`http://127.0.0.1:${target.port}`);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
};

/** The grpc-status of a call; undefined when it ended without one. */
const call = (client: http2.ClientHttp2Session, path: string, userAgent = 'test'): Promise<string | undefined> =>
  new Promise((resolve) => {
    let status: string | undefined;
    const note = (fields: http2.IncomingHttpHeaders): void => {
      const said = fields['grpc-status'];
      if (typeof said === 'string') status = said;
    };
    const stream = client.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': userAgent,
    });
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('error', () => undefined);
    stream.on('close', () => resolve(status));
    stream.resume();
    stream.end(Uint8Array.of(0, 0, 0, 0, 0));
  });

const empty = '/grpc.testing.TestService/EmptyCall';
const unary = '/grpc.testing.TestService/UnaryCall';
/** An attack that one can tell from every answer of a correct server. */
const sayData: Attack = (socket, stream) => void socket.write(trailersOnly(stream, '42'));
const lastOfLaunch = 'grpc-node-js/1.0';

test('in the run: the launch is served, then every call but the plainest is attacked, on connections that were made since', async () => {
  await start({ moment: 'run', attack: sayData });
  const early = connect();
  expect(await call(early, unary)).toBe('0');
  expect(await call(connect(), empty, lastOfLaunch)).toBe('0');
  expect(await call(early, unary)).toBe('0');
  expect(await call(connect(), empty)).toBe('0');
  const late = connect();
  expect(await call(late, unary)).toBe('42');
  expect(await call(late, empty)).toBe('42');
});

test('in the run, totally: the plainest calls as well', async () => {
  await start({ moment: 'run', attack: sayData, isTotal: true });
  expect(await call(connect(), empty, lastOfLaunch)).toBe('0');
  expect(await call(connect(), empty)).toBe('42');
});

test('on every call: from the first', async () => {
  await start({ moment: 'call', attack: sayData });
  expect(await call(connect(), empty)).toBe('42');
});

test('on server reflection: nothing else', async () => {
  await start({ moment: 'reflection', attack: sayData });
  expect(await call(connect(), unary)).toBe('0');
  expect(await call(connect(), '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo')).toBe('42');
});

test('at accept: before a word is said', async () => {
  await start({ moment: 'accept', attack: (socket) => void socket.end(encodeFrame(data(1, new Uint8Array(1)))) });
  expect(await call(connect(), empty)).toBeUndefined();
});

test('a wire mangles only once the launch is over', async () => {
  await start({ moment: 'wire', mangle: () => 'close' });
  expect(await call(connect(), empty, lastOfLaunch)).toBe('0');
  expect(await call(connect(), empty)).toBeUndefined();
});

test.each([{ delay: () => 5 }, { isBytewise: true }])(
  'a wire that only takes its time changes nothing: %o',
  async (wire) => {
    await start({ moment: 'wire', isAlways: true, ...wire });
    const client = connect();
    expect(await Promise.all(Array.from({ length: 20 }, () => call(client, unary)))).toEqual(
      Array.from({ length: 20 }, () => '0'),
    );
  },
);

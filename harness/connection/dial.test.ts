import { rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { foreignTestKey, testCertificate as cert, testKey as key } from '../launch/reach/test-certificate.test-helper';
import { dial, type DialOptions, type DialResult } from './dial';
import type { Endpoint, TlsOptions } from './endpoint';
import { describeAddress } from './endpoint';
import { makeSocketFolder } from './machine.test-helper';
import { keepBusy, startTarget, stopTargets, type TestTarget } from './play-target.test-helper';

afterEach(stopTargets);

/** Dials, and lets go of what it got. */
async function dialOnce(endpoint: Endpoint, options: Partial<DialOptions> = {}): Promise<DialResult> {
  const result = await dial(endpoint, { timeout: 5000, ...options });
  if (result.ok) result.socket.on('error', () => undefined).destroy();
  return result;
}

const at = (target: TestTarget, tlsOptions: TlsOptions): Endpoint => ({ ...target.endpoint, tls: tlsOptions });
const localhost = (target: TestTarget): Endpoint['address'] =>
  ({ ...target.endpoint.address, host: 'localhost' }) as Endpoint['address'];

test('over TCP, nothing that came at once is lost', async () => {
  const target = await startTarget();
  const result = await dial(target.endpoint, { timeout: 5000 });
  expect(result).toMatchObject({ ok: true });
  expect(result).not.toHaveProperty('tls');
  const { socket } = result as Extract<DialResult, { ok: true }>;
  const chunk = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  expect([...chunk]).toEqual([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.destroy();
});

test('a connection that was there in time counts, although our own event loop was late', async () => {
  const { endpoint } = await startTarget();
  // From here Node runs timers before it looks at sockets.
  await new Promise((resolve) => setImmediate(resolve));
  const dialling = dialOnce(endpoint, { timeout: 15 });
  // Node connects in the next tick, this comes right after: the kernel accepts meanwhile, and nothing of ours has looked.
  process.nextTick(() => keepBusy(60));
  expect(await dialling).toMatchObject({ ok: true });
});

test('over a Unix socket, and over TLS on one', async () => {
  const directory = makeSocketFolder();
  const plain = await startTarget({ path: path.join(directory, 'plain') });
  const secure = await startTarget({ path: path.join(directory, 'secure'), tls: { cert, key, ALPNProtocols: ['h2'] } });
  expect(await dialOnce(plain.endpoint)).toMatchObject({ ok: true });
  // Without a host the certificate has to be for localhost.
  expect(await dialOnce(at(secure, { ca: cert, insecure: false }))).toMatchObject({ ok: true, tls: { alpn: 'h2' } });
  expect(await dialOnce({ address: { kind: 'unix', path: path.join(directory, 'none') } })).toMatchObject({
    ok: false,
    errorName: 'ENOENT',
  });
  rmSync(directory, { recursive: true });
});

describe('TLS', () => {
  test.each<[string, readonly string[] | undefined, readonly string[] | undefined, string]>([
    ['h2 is offered unless told otherwise', undefined, ['h2'], 'h2'],
    ['the target prefers', ['h2', 'http/1.1'], ['http/1.1', 'h2'], 'http/1.1'],
    ['no extension, no protocol', [], ['h2'], ''],
    ['a target without ALPN selects none', ['h2'], undefined, ''],
  ])('ALPN: %s', async (_, alpn, selects, want) => {
    const target = await startTarget({ tls: { cert, key, ...(selects && { ALPNProtocols: [...selects] }) } });
    const result = await dialOnce(target.endpoint, alpn === undefined ? {} : { alpn });
    expect(result).toMatchObject({ ok: true, tls: { alpn: want, version: 'TLSv1.3' } });
    expect(result).toMatchObject({ tls: { cipher: expect.stringMatching(/^TLS_/) } });
  });

  test('a target that refuses all that we offer', async () => {
    const target = await startTarget({ tls: { cert, key, ALPNProtocols: ['http/1.1'] } });
    expect(await dialOnce(target.endpoint)).toMatchObject({
      ok: false,
      errorName: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    });
  });

  test.each<[string, TlsOptions, 'name' | 'IP address', string | undefined]>([
    ['a CA of our own, by name', { ca: cert, insecure: false }, 'name', undefined],
    ['a CA of our own, by IP address', { ca: cert, insecure: false }, 'IP address', undefined],
    ['a CA that we do not know', { insecure: false }, 'name', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['any certificate when the user says so', { insecure: true }, 'name', undefined],
    [
      'another server name that the certificate has',
      { ca: cert, servername: 'localhost', insecure: false },
      'IP address',
      undefined,
    ],
    [
      'a server name that it lacks',
      { ca: cert, servername: 'example.org', insecure: false },
      'name',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'an IP address that it lacks',
      { ca: cert, servername: '127.0.0.2', insecure: false },
      'name',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'a name that it lacks, when the user does not care',
      { servername: 'example.org', insecure: true },
      'name',
      undefined,
    ],
  ])('the certificate is checked: %s', async (_, options, by, errorName) => {
    const target = await startTarget({ tls: { cert, key } });
    const address = by === 'name' ? localhost(target) : target.endpoint.address;
    const result = await dialOnce({ address, tls: options });
    expect(result).toMatchObject({ ok: errorName === undefined, ...(errorName === undefined ? {} : { errorName }) });
  });

  test.each([
    ['the host', undefined, 'name', 'localhost'],
    ['the name given', 'example.org', 'name', 'example.org'],
    // RFC 6066 §3.
    ['no IP address', undefined, 'IP address', false],
  ] as const)('the server name sent is %s', async (_, servername, by, want) => {
    const target = await startTarget({ tls: { cert, key } });
    const address = by === 'name' ? localhost(target) : target.endpoint.address;
    const result = await dial(
      { address, tls: { insecure: true, ...(servername && { servername }) } },
      { timeout: 5000 },
    );
    const { socket } = result as Extract<DialResult, { ok: true }>;
    await new Promise((resolve) => socket.once('data', resolve));
    expect(target.ends[0]?.socket).toHaveProperty('servername', want);
    socket.destroy();
  });

  test('a client certificate is presented', async () => {
    const demanding = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: true };
    const target = await startTarget({ tls: { ...demanding, maxVersion: 'TLSv1.2' } });
    expect(await dialOnce(at(target, { cert, key, insecure: true }))).toMatchObject({ ok: true });
    // With TLS 1.2 the target can refuse before the handshake is over.
    expect(await dialOnce(at(target, { insecure: true }))).toMatchObject({ ok: false });
  });

  test('a key that does not belong to the client certificate is an error of the user', async () => {
    const target = await startTarget({ tls: { cert, key } });
    await expect(dialOnce(at(target, { cert, key: foreignTestKey, insecure: true }))).rejects.toThrow(
      /key values mismatch/,
    );
    expect(target.ends).toEqual([]);
  });

  test('a target that speaks no TLS', async () => {
    const plain = await startTarget();
    expect(await dialOnce(at(plain, { insecure: true }))).toMatchObject({
      ok: false,
      errorName: expect.stringMatching(/SSL/),
    });
  });

  test('a target that closes during the handshake', async () => {
    const rude = await startTarget({ settings: 'none', greet: ({ socket }) => void socket.end() });
    expect(await dialOnce(at(rude, { insecure: true }))).toMatchObject({ ok: false, errorName: 'ECONNRESET' });
  });
});

describe('no connection', () => {
  /** Accepts and says nothing, so that a TLS handshake never ends. */
  const silent = async (): Promise<Endpoint> => at(await startTarget({ settings: 'none' }), { insecure: true });

  test('nobody listens', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    for (const tlsOptions of [undefined, { insecure: true }]) {
      const endpoint = {
        address: { kind: 'tcp', host: '127.0.0.1', port },
        ...(tlsOptions && { tls: tlsOptions }),
      } as const;
      expect(await dialOnce(endpoint)).toMatchObject({
        ok: false,
        errorName: 'ECONNREFUSED',
        reason: expect.stringContaining(String(port)),
      });
    }
  });

  test('the time covers the handshake', async () => {
    expect(await dialOnce(await silent(), { timeout: 20 })).toEqual({
      ok: false,
      errorName: 'TLS_TIMEOUT',
      reason: 'no TLS within 20 ms',
    });
  });

  test('an abort ends the attempt, and one before it begins makes none', async () => {
    const controller = new AbortController();
    const endpoint = await silent();
    const attempt = dialOnce(endpoint, { signal: controller.signal });
    controller.abort();
    const aborted = { ok: false, errorName: 'ABORTED' };
    expect(await attempt).toMatchObject(aborted);
    expect(await dialOnce(endpoint, { signal: controller.signal })).toMatchObject(aborted);
  });
});

test('a reset reaches the target as one, under TLS too', async () => {
  const plain = await startTarget();
  const secure = await startTarget({ tls: { cert, key } });
  for (const target of [plain, secure]) {
    const result = await dial(target.endpoint, { timeout: 5000 });
    const { socket, reset } = result as Extract<DialResult, { ok: true }>;
    await new Promise((resolve) => socket.once('data', resolve));
    reset();
    expect(await target.ends[0]?.gone).toBe('ECONNRESET');
  }
});

test('addresses as a user writes them', () => {
  const addresses = [
    { kind: 'tcp', host: 'example.org', port: 443 },
    { kind: 'tcp', host: '::1', port: 50_051 },
    { kind: 'unix', path: '/run/target' },
  ] as const;
  expect(addresses.map((address) => describeAddress(address))).toEqual([
    'example.org:443',
    '[::1]:50051',
    'unix:/run/target',
  ]);
});

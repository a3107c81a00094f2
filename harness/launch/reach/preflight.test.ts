import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import type { Endpoint, TlsOptions } from '../../connection/endpoint';
import { classifyAnswer } from './greeting';
import { preflight } from './preflight';
import { testCertificate, testKey } from './test-certificate.test-helper';

const secure = { cert: testCertificate, key: testKey };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Starts a server on a free port and gives the endpoint of it. */
async function listen(server: net.Server, tlsOptions?: TlsOptions): Promise<Endpoint> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as net.AddressInfo;
  return { address: { kind: 'tcp', host: '127.0.0.1', port: address.port }, tls: tlsOptions };
}

const look = async (endpoint: Endpoint, timeout = 5000): Promise<string> =>
  preflight(endpoint, { timeout }).then(
    ({ tls: facts }) => (facts === undefined ? 'ready' : `ready over ${facts.version} with ${facts.alpn}`),
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );

const trusted: TlsOptions = { ca: testCertificate, insecure: false };
const says = (answer: string | Buffer) => net.createServer((socket) => socket.write(answer));

test.each<[string, () => net.Server, TlsOptions | undefined, RegExp]>([
  ['HTTP/2 in plaintext', () => http2.createServer(), undefined, /^ready$/],
  ['HTTP/2 over TLS', () => http2.createSecureServer(secure), trusted, /^ready over TLSv1\.3 with h2$/],
  [
    'HTTP/2 over TLS without ALPN',
    () => tls.createServer(secure, (socket) => socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))),
    trusted,
    /^ready over TLSv1\.3 with $/,
  ],
  ['any certificate', () => http2.createSecureServer(secure), { insecure: true }, /^ready over/],
  [
    'the certificate under another name',
    () => http2.createSecureServer(secure),
    { ...trusted, servername: 'localhost' },
    /^ready over/,
  ],
  [
    'HTTP/1.1',
    () => http.createServer(),
    undefined,
    /^ERR_TARGET_NOT_HTTP2 127\.0\.0\.1:\d+: the server answered HTTP\/1\.1 \("HTTP\/1\.1 400 Bad Request"\)/,
  ],
  ['TLS where we speak plaintext', () => http2.createSecureServer(secure), undefined, /^ERR_TARGET_TLS .*add --tls/],
  [
    'a TLS alert',
    () => says(Buffer.from([0x15, 3, 3, 0, 2, 2, 70])),
    undefined,
    /^ERR_TARGET_TLS .*TLS alert: add --tls/,
  ],
  [
    'plaintext where we speak TLS',
    () => http2.createServer(),
    trusted,
    /^ERR_TARGET_TLS .*in plaintext HTTP\/2: drop --tls/,
  ],
  [
    'plaintext HTTP/1.1 where we speak TLS',
    () => http.createServer(),
    trusted,
    /^ERR_TARGET_TLS .*plaintext HTTP\/1\.1/,
  ],
  [
    'an unknown certificate',
    () => http2.createSecureServer(secure),
    { insecure: false },
    /^ERR_TARGET_TLS .*self-signed: .*--cacert.*--insecure.*DEPTH_ZERO_SELF_SIGNED_CERT/,
  ],
  [
    'a certificate for another name',
    () => http2.createSecureServer(secure),
    { ...trusted, servername: 'else.example' },
    /^ERR_TARGET_TLS .*another name: .*--servername.*; it is for .*DNS:localhost/,
  ],
  [
    'a client certificate wanted',
    () => http2.createSecureServer({ ...secure, requestCert: true, rejectUnauthorized: true, ca: testCertificate }),
    trusted,
    /^ERR_TARGET_(TLS|NOT_HTTP2) /,
  ],
  [
    'ALPN without h2',
    () => tls.createServer({ ...secure, ALPNProtocols: ['http/1.1'] }),
    trusted,
    /^ERR_TARGET_NOT_HTTP2 .*no h2 by ALPN/,
  ],
  [
    'another protocol',
    () => says('SSH-2.0-OpenSSH_9.6\r\n\x1b[2J'),
    undefined,
    /^ERR_TARGET_NOT_HTTP2 .*"SSH-2\.0-OpenSSH_9\.6\\x0d\\x0a\\x1b\[2J", which is no HTTP\/2/,
  ],
  [
    'a port that hangs up',
    () => net.createServer((socket) => socket.end()),
    undefined,
    /^ERR_TARGET_NOT_HTTP2 .*closed the connection without an answer/,
  ],
])('%s', async (_name, server, options, want) => {
  expect(await look(await listen(server(), options))).toMatch(want);
});

test('a port that says nothing ends within the time given', async () => {
  expect(await look(await listen(net.createServer()), 300)).toMatch(
    /^ERR_TARGET_NOT_READY .*no HTTP\/2 SETTINGS within 300 ms.*--connect-timeout/,
  );
});

test('a port that says nothing to TLS is not taken for one that cannot be reached', async () => {
  expect(await look(await listen(net.createServer(), trusted), 300)).toMatch(
    /^ERR_TARGET_NOT_READY .*accepted the connection but did not answer in TLS within 300 ms.*--plaintext/,
  );
});

test('SETTINGS that come octet by octet are not taken for another protocol', async () => {
  const server = net.createServer((socket) => socket.write(Buffer.from([0, 0, 0, 4, 0])));
  expect(await look(await listen(server), 300)).toMatch(
    /^ERR_TARGET_NOT_READY .*had sent 5 octets \("\\x00\\x00\\x00\\x04\\x00"\) within 300 ms, too few for a frame.*--connect-timeout/,
  );
});

test('why TLS failed is said without the inside of OpenSSL', async () => {
  const old = tls.createServer({ ...secure, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
  expect(await look(await listen(old, trusted))).toMatch(
    /^ERR_TARGET_TLS 127\.0\.0\.1:\d+: the TLS handshake failed \([a-z0-9 ]+\): let the server speak TLS 1\.2 or 1\.3$/,
  );
  expect(await look(await listen(says('junk that is no TLS\r\n'), trusted))).toMatch(
    /^ERR_TARGET_TLS 127\.0\.0\.1:\d+: the TLS handshake failed \(wrong version number\): check that the port speaks TLS/,
  );
});

test('nothing listens', async () => {
  const endpoint = await listen(net.createServer());
  for (const close of closers.splice(0)) close();
  expect(await look(endpoint)).toMatch(/^ERR_TARGET_UNREACHABLE .*connection refused.*start the server/);
});

test.each<[string, Endpoint, RegExp]>([
  [
    'no such name',
    { address: { kind: 'tcp', host: 'no-such-host.invalid', port: 1 } },
    /^ERR_TARGET_UNREACHABLE .*does not resolve/,
  ],
  [
    'no such socket',
    { address: { kind: 'unix', path: '/no/such/socket' } },
    /^ERR_TARGET_UNREACHABLE unix:\/no\/such\/socket: there is no such socket/,
  ],
])('%s', async (_name, endpoint, want) => {
  expect(await look(endpoint)).toMatch(want);
});

describe('classifyAnswer', () => {
  test.each([
    ['nothing yet', '', false, undefined],
    ['half a frame header', '000012040000', false, undefined],
    ['SETTINGS', '000000040000000000', false, { kind: 'http2' }],
    ['GOAWAY first is still HTTP/2', '000008070000000000', false, { kind: 'http2' }],
    [
      'a first frame that is too long',
      '004001040000000000',
      false,
      { kind: 'foreign', octets: '\\x00@\\x01\\x04\\x00\\x00\\x00\\x00\\x00' },
    ],
    ['an unfinished status line', Buffer.from('HTTP/1.1 400 Bad').toString('hex'), false, undefined],
    [
      'an unfinished status line at the end',
      Buffer.from('HTTP/1.1 400').toString('hex'),
      true,
      { kind: 'http1', line: 'HTTP/1.1 400' },
    ],
    ['a cut frame at the end', '000012', true, { kind: 'foreign', octets: '\\x00\\x00\\x12' }],
  ])('%s', (_name, hex, complete, want) => {
    expect(classifyAnswer(Buffer.from(hex, 'hex'), complete)).toEqual(want);
  });
});

import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import fc from 'fast-check';
import { alertOf, readHello, serverHello } from '../../servers/reference/mutants/tls-octets';
import { readCertificate } from '../../servers/reference/test-certificates';
import { joinOctets } from '../join-octets';
import { encodeClientHello, tlsGroups, tlsVersions, type ClientHello } from './client-hello';
import { isFlightComplete, readServerFlight, type ServerFlight } from './read-handshake';
import { findSuite, isDheSuite, permittedSuites, prohibitedSuites } from './suites';

const version = tlsVersions['TLS 1.2'];
const plain: ClientHello = { version, suites: permittedSuites.map(({ id }) => id), seed: 1 };

/** What OpenSSL answers, as far as it goes. */
async function answerOf(hello: ClientHello, options: tls.TlsOptions = {}): Promise<ServerFlight> {
  const server = tls.createServer({
    cert: [readCertificate('server.pem'), readCertificate('server-rsa.pem')],
    key: [readCertificate('server.key.pem'), readCertificate('server-rsa.key.pem')],
    ...options,
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(encodeClientHello(hello));
  const pieces: Uint8Array[] = [];
  for await (const chunk of socket) {
    pieces.push(chunk as Buffer);
    if (isFlightComplete(joinOctets(pieces))) break;
  }
  server.close();
  return readServerFlight(joinOctets(pieces), isDheSuite);
}

const idOf = (name: string): number => findSuite(name)!.id;

test.each<[string, Partial<ClientHello>, tls.TlsOptions, Partial<ServerFlight>]>([
  [
    'a suite, and the curve',
    { groups: [tlsGroups['P-384']], suites: [idOf('ECDHE-RSA-AES128-GCM-SHA256')] },
    {},
    {
      hello: { version, suite: idOf('ECDHE-RSA-AES128-GCM-SHA256'), compression: 0 },
      keyExchange: { kind: 'ECDHE', group: 24 },
    },
  ],
  [
    'ALPN',
    { alpn: ['x', 'h2'] },
    { ALPNProtocols: ['h2'] },
    { hello: { version, suite: 0xc02c, compression: 0, alpn: 'h2' } },
  ],
  [
    'a group of DHE',
    { suites: [idOf('DHE-RSA-AES128-GCM-SHA256')] },
    { dhparam: 'auto' },
    { keyExchange: { kind: 'DHE', bits: 2048 } },
  ],
  ['no common suite', { suites: [0x0005] }, {}, { alert: 40, isOther: false }],
  ['no common protocol', { alpn: ['x'] }, { ALPNProtocols: ['h2'] }, { alert: 120 }],
  ['TLS 1.1 is refused', { version: tlsVersions['TLS 1.1'] }, {}, { alert: 70 }],
  ['TLS 1.1 by supported_versions', { supportedVersions: [0x0302] }, {}, { alert: 70 }],
  ['compression is not selected', { compressions: [1, 0] }, {}, { isOther: false }],
])('OpenSSL understands our ClientHello, and we its answer: %s', async (_, hello, options, want) => {
  expect(await answerOf({ ...plain, ...hello }, { ciphers: 'ALL', ...options })).toMatchObject(want);
});

test('SNI arrives', async () => {
  let asked = '';
  const note = (name: string, done: (error: null) => void): void => {
    asked = name;
    done(null);
  };
  await answerOf({ ...plain, servername: 'LocalHost' }, { SNICallback: note });
  expect(asked.toLowerCase()).toBe('localhost');
});

test('what our own reader of ClientHello sees is what was written', () => {
  const hello = encodeClientHello({
    ...plain,
    version: 0x0302,
    compressions: [1, 0],
    alpn: ['h2c', 'x-none'],
    servername: 'a',
  });
  expect(readHello(Buffer.from(hello))).toEqual({
    version: 0x0302,
    suites: plain.suites,
    compressions: [1, 0],
    alpn: ['h2c', 'x-none'],
  });
});

test.each<[string, Uint8Array, boolean, Partial<ServerFlight>]>([
  ['nothing', new Uint8Array(0), false, { isOther: false }],
  [
    'a ServerHello and its end',
    serverHello({ version, suite: 1, alpn: 'h2' }),
    true,
    { hello: { version, suite: 1, compression: 0, alpn: 'h2' } },
  ],
  ['half of it', serverHello({ version, suite: 1 }).subarray(0, 30), false, { isOther: false }],
  ['an alert', alertOf(112), true, { alert: 112 }],
  ['a warning, and an alert', joinOctets([Uint8Array.of(21, 3, 3, 0, 2, 1, 112), alertOf(40)]), true, { alert: 40 }],
  ['a warning alone', Uint8Array.of(21, 3, 3, 0, 2, 1, 112), false, {}],
  ['HTTP', Uint8Array.from(Buffer.from('HTTP/1.1 400 Bad Request\r\n')), true, { isOther: true }],
])('%s', (_, octets, isComplete, want) => {
  expect(isFlightComplete(octets)).toBe(isComplete);
  expect(readServerFlight(octets, isDheSuite)).toMatchObject(want);
});

test('whatever comes, it is read without an error, and at once', () => {
  const records = fc.array(
    fc
      .tuple(fc.constantFrom(20, 21, 22, 23), fc.uint8Array({ maxLength: 300 }))
      .map(([type, body]) => joinOctets([Uint8Array.of(type, 3, 3, body.length >> 8, body.length & 0xff), body])),
  );
  fc.assert(
    fc.property(fc.oneof(records.map(joinOctets), fc.uint8Array({ maxLength: 2000 })), (octets) => {
      isFlightComplete(octets);
      expect(typeof readServerFlight(octets, () => octets.length % 2 === 0).isOther).toBe('boolean');
    }),
  );
});

test('a list of many small records takes no quadratic time', () => {
  const small = joinOctets(Array.from({ length: 40_000 }, () => Uint8Array.of(22, 3, 3, 0, 1, 0)));
  expect(readServerFlight(small, isDheSuite)).toEqual({ isOther: false });
});

test('OpenSSL knows the suites by the names that they have here', () => {
  const named = [...permittedSuites, ...prohibitedSuites].flatMap(({ openssl }) => openssl ?? []);
  const offer = (ciphers: string) => () => tls.createSecureContext({ ciphers: `${ciphers}@SECLEVEL=0` });
  for (const name of named) expect(offer(name)).not.toThrow();
  expect(offer('NO-SUCH-SUITE')).toThrow();
});

test('no suite stands in both lists, and none twice', () => {
  const ids = [...permittedSuites, ...prohibitedSuites].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(permittedSuites.every(({ exchange, name }) => exchange !== 'other' && /GCM|CCM|POLY1305/.test(name))).toBe(
    true,
  );
  expect(prohibitedSuites.some(({ exchange, name }) => exchange !== 'other' && /GCM|CCM|POLY1305/.test(name))).toBe(
    false,
  );
});

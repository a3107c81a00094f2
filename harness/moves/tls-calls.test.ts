import { playReference } from '../servers/reference/play-reference.test-helper';
import { readServerFlight } from '../wire/tls/read-handshake';
import { findSuite, isDheSuite, permittedSuites } from '../wire/tls/suites';
import { tlsVersions } from '../wire/tls/client-hello';
import { callOverTls, sayHello } from './tls-calls';

const facts = { offers: ['unary'] };
const version = tlsVersions['TLS 1.2'];

test('a call on a connection with other choices, and one that resumes its session', async () => {
  const seen = await playReference({ tls: true }, (script) => {
    callOverTls(script, facts, { tls: { versions: ['TLSv1.2', 'TLSv1.2'], suites: ['DHE-RSA-AES128-GCM-SHA256'] } });
    for (const highest of ['TLSv1.2', 'TLSv1.3'] as const) {
      const versions = [highest, highest] as const;
      callOverTls(script, facts, { on: highest, tls: { versions, servername: 'localhost' } });
      callOverTls(script, facts, { on: `${highest} again`, tls: { versions, resumes: highest } });
    }
  });
  expect(seen.calls.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
  expect(seen.connections.map(({ tls }) => [tls?.version, tls?.resumed === true])).toEqual([
    ['TLSv1.2', false],
    ['TLSv1.2', false],
    ['TLSv1.2', true],
    ['TLSv1.3', false],
    ['TLSv1.3', true],
  ]);
  expect(seen.connection().tls?.cipher).toBe('DHE-RSA-AES128-GCM-SHA256');
});

test('what our own TLS cannot offer is no refusal', async () => {
  const seen = await playReference({ tls: true }, (script) => {
    callOverTls(script, facts, { tls: { suites: ['NO-SUCH-SUITE'], versions: ['TLSv1.2', 'TLSv1.2'] } });
  });
  const [failed] = seen.connection().transcript.events;
  expect(failed).toMatchObject({ kind: 'connect-failed', errorName: 'CANNOT_OFFER' });
});

test('our own ClientHello, and all that comes before our part of the handshake', async () => {
  const seen = await playReference({ tls: true }, (script) => {
    sayHello(script, { version, suites: permittedSuites.map(({ id }) => id), alpn: ['h2'], seed: 7 });
  });
  const view = seen.connection('hello');
  expect(view.tls).toBeUndefined();
  expect(view.received).toEqual([]);
  const octets = view.packets.flatMap((packet) =>
    packet.kind === 'octets' && packet.direction === 'received' ? [...packet.octets] : [],
  );
  const { hello, keyExchange } = readServerFlight(Uint8Array.from(octets), isDheSuite);
  expect(hello).toMatchObject({ version, alpn: 'h2', compression: 0 });
  expect(findSuite(hello?.suite ?? 0)?.exchange).toBe('ECDHE');
  expect(keyExchange?.kind).toBe('ECDHE');
});

test('a renegotiation that is refused ends the connection, and nothing hangs', async () => {
  const seen = await playReference({ tls: true }, (script) => {
    callOverTls(script, facts, { tls: { versions: ['TLSv1.2', 'TLSv1.2'] } });
    script.renegotiate();
    callOverTls(script, facts, { on: 'TLS 1.3', tls: { versions: ['TLSv1.3', 'TLSv1.3'] } });
    script.renegotiate('TLS 1.3');
  });
  expect(seen.connection().closed?.by).toBe('target');
  expect(seen.connection('TLS 1.3').closed).toBeUndefined();
});

import { behave } from '../../servers/reference/behaviour';
import { listen } from '../../servers/reference/listen';
import { dnsNamesOf, readCertificateNames } from './certificate-names';

test.each<[string, readonly string[]]>([
  ['', []],
  ['DNS:localhost, IP Address:127.0.0.1', ['localhost']],
  ['DNS:*.example.org, DNS:example.org, DNS:a_b.example.org', ['example.org', 'a_b.example.org']],
  ['DNS:"odd, DNS:quoted", DNS:' + 'a'.repeat(300), []],
  ['URI:spiffe://one, email:a@b', []],
])('of %j it takes %j', (list, want) => expect(dnsNamesOf(list)).toEqual(want));

test('the names of a server over TLS, and none of one that nobody can reach', async () => {
  const server = await listen({ port: 0, tls: true, behaviour: behave() });
  const endpoint = {
    address: { kind: 'tcp', host: server.host, port: server.port },
    tls: { insecure: true },
  } as const;
  expect(await readCertificateNames(endpoint, 5000)).toEqual(['localhost']);
  expect(await readCertificateNames({ address: endpoint.address }, 5000)).toBeUndefined();
  await server.stop();
  expect(await readCertificateNames(endpoint, 5000)).toBeUndefined();
});

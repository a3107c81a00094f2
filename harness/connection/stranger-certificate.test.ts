import { X509Certificate, createPrivateKey } from 'node:crypto';
import { makeClientCertificate } from './stranger-certificate';
import { strangerKinds } from './tls-choices';

const certificatesOf = (pem: string): readonly X509Certificate[] =>
  pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((one) => one !== '')
    .map((one) => new X509Certificate(one));

test.each(strangerKinds)('%s: OpenSSL reads it, its key fits, and its signature is right', (kind) => {
  const { cert, key } = makeClientCertificate(kind);
  const [own, authority = own] = certificatesOf(cert);
  expect(own?.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(own?.verify(authority!.publicKey)).toBe(true);
  expect(own?.checkIssued(authority!)).toBe(true);
});

test.each([
  ['self-signed', 1, true],
  ['expired', 1, false],
  ['of an unknown authority', 2, true],
] as const)('%s: %i in the chain, still valid: %s', (kind, count, isValid) => {
  const chain = certificatesOf(makeClientCertificate(kind).cert);
  expect(chain).toHaveLength(count);
  expect(new Date(chain[0]!.validTo).getTime() > Date.now()).toBe(isValid);
  expect(chain.map(({ ca }) => ca)).toEqual(count === 1 ? [false] : [false, true]);
});

test('a kind is made once', () => {
  expect(makeClientCertificate('expired')).toBe(makeClientCertificate('expired'));
});

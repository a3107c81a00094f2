import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsChoices } from './tls-choices';
import { tlsOptionsOf, whyLeftOut } from './tls-options';

const endpoint = { address: { kind: 'tcp', host: 'localhost', port: 1 } } as const;

test.each<[string, readonly string[], string | undefined]>([
  ['nothing, so that Node offers its own', [], undefined],
  ['suites of TLS 1.2 at any strength', ['AES128-SHA', 'AES256-SHA'], 'AES128-SHA:AES256-SHA@SECLEVEL=0'],
  ['suites of TLS 1.3 alone, to which no strength belongs', ['TLS_AES_128_GCM_SHA256'], 'TLS_AES_128_GCM_SHA256'],
  ['both', ['AES128-SHA', 'TLS_AES_128_GCM_SHA256'], 'TLS_AES_128_GCM_SHA256:AES128-SHA@SECLEVEL=0'],
])('offers %s', (_, suites, want) => {
  expect(tlsOptionsOf({ suites }, endpoint).ciphers).toBe(want);
});

describe('a client certificate on P-256', () => {
  const cert = readFileSync(join(__dirname, '../servers/reference/tls/client.pem'), 'utf8');
  const withOwn = { ...endpoint, tls: { cert, key: 'a key', insecure: false } };
  const groups = ['P-384'];
  const signatures = ['rsa_pss_rsae_sha256', 'RSA+SHA256'];

  test.each<[string, TlsChoices, RegExp | undefined]>([
    ['nothing special', {}, undefined],
    ['its own curve among others', { groups: ['P-384', 'P-256'] }, undefined],
    ['another curve alone', { groups }, /curve prime256v1/],
    ['another curve with TLS 1.2', { groups, versions: ['TLSv1.2', 'TLSv1.2'] }, /curve prime256v1/],
    ['another curve with TLS 1.3, where it does not matter', { groups, versions: ['TLSv1.3', 'TLSv1.3'] }, undefined],
    ['signatures of RSA alone', { signatures }, /makes none of the signatures/],
    ['one of its own among them', { signatures: [...signatures, 'ECDSA+SHA256'] }, undefined],
    ['signatures of RSA, and no certificate', { signatures, certificate: 'none' }, undefined],
  ])('and an offer of %s', (_, choices, complaint) => {
    const offered = choices.certificate === undefined && complaint === undefined ? cert : undefined;
    expect(tlsOptionsOf(choices, withOwn).cert).toBe(offered);
    expect(whyLeftOut(choices, withOwn) ?? 'offered').toMatch(complaint ?? /^offered$/);
  });
});

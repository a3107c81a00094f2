import { tlsOptionsOf } from './tls-options';

const endpoint = { address: { kind: 'tcp', host: 'localhost', port: 1 } } as const;

test.each<[string, readonly string[], string | undefined]>([
  ['nothing, so that Node offers its own', [], undefined],
  ['suites of TLS 1.2 at any strength', ['AES128-SHA', 'AES256-SHA'], 'AES128-SHA:AES256-SHA@SECLEVEL=0'],
  ['suites of TLS 1.3 alone, to which no strength belongs', ['TLS_AES_128_GCM_SHA256'], 'TLS_AES_128_GCM_SHA256'],
  ['both', ['AES128-SHA', 'TLS_AES_128_GCM_SHA256'], 'TLS_AES_128_GCM_SHA256:AES128-SHA@SECLEVEL=0'],
])('offers %s', (_, suites, want) => {
  expect(tlsOptionsOf({ suites }, endpoint).ciphers).toBe(want);
});

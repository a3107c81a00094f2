import type tls from 'node:tls';
import type { Endpoint } from './endpoint';
import { makeClientCertificate } from './stranger-certificate';
import type { TlsChoices } from './tls-choices';

/** Suites that our OpenSSL may refuse to speak by default are spoken all the same: it is the target that is judged. */
const anyStrength = '@SECLEVEL=0';

/**
 * The choices as Node's TLS takes them.
 * @throws Error with a code where our own OpenSSL cannot offer what is asked for
 */
export function tlsOptionsOf(
  choices: TlsChoices,
  endpoint: Endpoint,
): tls.ConnectionOptions & tls.SecureContextOptions {
  const { versions, suites, groups, signatures, certificate } = choices;
  const asksForOld = versions?.some((version) => version === 'TLSv1' || version === 'TLSv1.1') === true;
  const ciphers = suites === undefined ? (asksForOld ? ['ALL'] : []) : suites;
  return {
    ...(versions === undefined ? {} : { minVersion: versions[0], maxVersion: versions[1] }),
    ...(ciphers.length === 0 ? {} : { ciphers: ciphersOf(ciphers) }),
    ...(groups === undefined ? {} : { ecdhCurve: groups.join(':') }),
    ...(signatures === undefined ? {} : { sigalgs: signatures.join(':') }),
    ...certificateOf(certificate, endpoint),
  };
}

/** Node takes suites of TLS 1.3 by their registered names, in the same list; whoever offers nothing else offers no lower version. */
function ciphersOf(suites: readonly string[]): string {
  const isOf13 = (suite: string): boolean => suite.startsWith('TLS_');
  const below = suites.filter((suite) => !isOf13(suite));
  return [...suites.filter(isOf13), ...(below.length === 0 ? [] : [`${below.join(':')}${anyStrength}`])].join(':');
}

function certificateOf(
  certificate: TlsChoices['certificate'],
  { tls: own }: Endpoint,
): Pick<tls.SecureContextOptions, 'cert' | 'key'> {
  if (certificate === 'none') return {};
  if (certificate !== undefined) return makeClientCertificate(certificate);
  return {
    ...(own?.cert === undefined ? {} : { cert: own.cert }),
    ...(own?.key === undefined ? {} : { key: own.key }),
  };
}

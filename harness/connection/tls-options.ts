import { X509Certificate } from 'node:crypto';
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
    ...(whyLeftOut(choices, endpoint) === undefined ? certificateOf(certificate, endpoint) : {}),
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

/** Names of curves, as certificates have them and as OpenSSL calls groups. */
const groupNames: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** Beginnings of the names of signature algorithms, by the kind of key that makes them. */
const signaturesOf: Readonly<Record<string, RegExp>> = {
  rsa: /^rsa/i,
  'rsa-pss': /^rsa_pss_pss/i,
  ec: /^ecdsa/i,
  ed25519: /^ed25519/i,
  ed448: /^ed448/i,
};

/**
 * Why the user's own client certificate is not offered with these choices; undefined where it is. What we say that we take binds it as well: its signature has to be of
 * an offered algorithm (RFC 8446 §4.2.3), and below TLS 1.3 its curve one of the offered groups (RFC 8422 §5.1), so that a server that refuses another one is right.
 */
export function whyLeftOut(
  { groups, signatures, versions, certificate }: TlsChoices,
  { tls: own }: Endpoint,
): string | undefined {
  if (certificate !== undefined || own?.cert === undefined) return undefined;
  if (groups === undefined && signatures === undefined) return undefined;
  const key = new X509Certificate(own.cert).publicKey;
  const { asymmetricKeyType: kind = '', asymmetricKeyDetails: { namedCurve = '' } = {} } = key;
  const isSigned = signatures?.some((one) => signaturesOf[kind]?.test(one) === true) ?? true;
  if (!isSigned) return `the key of the client certificate (${kind}) makes none of the signatures`;
  const isOnCurve = kind !== 'ec' || (groups?.includes(groupNames[namedCurve] ?? namedCurve) ?? true);
  if (isOnCurve || versions?.[0] === 'TLSv1.3') return undefined;
  return `the client certificate is on the curve ${namedCurve}, and not on one of the groups`;
}

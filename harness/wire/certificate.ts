import * as der from './der';

/** What an X.509 certificate says. */
export interface CertificateSpec {
  /** Common names. */
  readonly subject: string;
  readonly issuer: string;
  /** First and last year in which it holds, from 1950 to 2049 (RFC 5280 §4.1.2.5). */
  readonly years: readonly [number, number];
  readonly isAuthority: boolean;
  /** The public key as SubjectPublicKeyInfo, in DER. */
  readonly publicKey: Uint8Array;
  /** Signs octets, with ECDSA and SHA-256. */
  readonly sign: (octets: Uint8Array) => Uint8Array;
}

/** ecdsa-with-SHA256 (RFC 5758 §3.2). */
const algorithm = der.sequence(der.objectId([1, 2, 840, 10_045, 4, 3, 2]));

/** An X.509 certificate of version 3 in DER, signed with ECDSA and SHA-256 (RFC 5280 §4.1). */
export function encodeCertificate(spec: CertificateSpec): Uint8Array {
  const { subject, issuer, years, isAuthority, publicKey, sign } = spec;
  const body = der.sequence(
    der.tagged(0, der.integer(Uint8Array.of(2))),
    der.integer(Uint8Array.of(1)),
    algorithm,
    nameOf(issuer),
    der.sequence(der.utcTime(`${twoDigits(years[0])}0101000000Z`), der.utcTime(`${twoDigits(years[1])}1231235959Z`)),
    nameOf(subject),
    publicKey,
    der.tagged(3, der.sequence(basicConstraints(isAuthority))),
  );
  return der.sequence(body, algorithm, der.bitString(sign(body)));
}

const nameOf = (commonName: string): Uint8Array =>
  der.sequence(der.set(der.sequence(der.objectId([2, 5, 4, 3]), der.utf8String(commonName))));

const basicConstraints = (isAuthority: boolean): Uint8Array =>
  der.sequence(
    der.objectId([2, 5, 29, 19]),
    der.boolean(true),
    der.octetString(isAuthority ? der.sequence(der.boolean(true)) : der.sequence()),
  );

const twoDigits = (year: number): string => String(year % 100).padStart(2, '0');

/** DER as PEM (RFC 7468 §2). */
export function toPem(label: string, octets: Uint8Array): string {
  const lines = Buffer.from(octets).toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

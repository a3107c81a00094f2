/** A cipher suite of TLS 1.2: its two octets, its registered name, and what OpenSSL calls it where it knows it. */
export interface CipherSuite {
  readonly id: number;
  readonly name: string;
  readonly openssl?: string;
  /** Of its key exchange. */
  readonly exchange: 'ECDHE' | 'DHE' | 'other';
}

/** Suites with an ephemeral key exchange and an AEAD: none of them is on the list of RFC 9113, Appendix A. */
export const permittedSuites: readonly CipherSuite[] = [
  suite(0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'),
  suite(0xc02c, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'),
  suite(0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'),
  suite(0xc030, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'),
  suite(0xcca8, 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'),
  suite(0xcca9, 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'),
  suite(0xc0ac, 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM', 'ECDHE-ECDSA-AES128-CCM'),
  suite(0xc0ad, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM', 'ECDHE-ECDSA-AES256-CCM'),
  suite(0x009e, 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', 'DHE-RSA-AES128-GCM-SHA256'),
  suite(0x009f, 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384', 'DHE-RSA-AES256-GCM-SHA384'),
  suite(0xccaa, 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'DHE-RSA-CHACHA20-POLY1305'),
];

/** Suites of TLS 1.3 (RFC 8446 §B.4), which Appendix A does not speak of. */
export const modernSuites: readonly string[] = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** Suites of RFC 9113, Appendix A, that servers still have: without an ephemeral key exchange, or with CBC, RC4 or no encryption. */
export const prohibitedSuites: readonly CipherSuite[] = [
  suite(0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'),
  suite(0x0035, 'TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'),
  suite(0x003c, 'TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'),
  suite(0x003d, 'TLS_RSA_WITH_AES_256_CBC_SHA256', 'AES256-SHA256'),
  suite(0x009c, 'TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'),
  suite(0x009d, 'TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'),
  suite(0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'),
  suite(0x0005, 'TLS_RSA_WITH_RC4_128_SHA'),
  suite(0x003b, 'TLS_RSA_WITH_NULL_SHA256', 'NULL-SHA256'),
  suite(0xc013, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'),
  suite(0xc014, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'),
  suite(0xc027, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256'),
  suite(0xc028, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', 'ECDHE-RSA-AES256-SHA384'),
  suite(0xc009, 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'),
  suite(0xc00a, 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'),
  suite(0xc023, 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'ECDHE-ECDSA-AES128-SHA256'),
  suite(0xc024, 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384', 'ECDHE-ECDSA-AES256-SHA384'),
  suite(0xc012, 'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA'),
  suite(0xc011, 'TLS_ECDHE_RSA_WITH_RC4_128_SHA'),
  suite(0x0033, 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA', 'DHE-RSA-AES128-SHA'),
  suite(0x0039, 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA', 'DHE-RSA-AES256-SHA'),
  suite(0x0067, 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256', 'DHE-RSA-AES128-SHA256'),
  suite(0x006b, 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256', 'DHE-RSA-AES256-SHA256'),
];

function suite(id: number, name: string, openssl?: string): CipherSuite {
  const exchange = name.startsWith('TLS_ECDHE_') ? 'ECDHE' : name.startsWith('TLS_DHE_') ? 'DHE' : 'other';
  return { id, name, exchange, ...(openssl === undefined ? {} : { openssl }) };
}

const allSuites = [...permittedSuites, ...prohibitedSuites];

/** Every suite that has a name here; undefined for another. @param name registered or OpenSSL's */
export const findSuite = (name: string | number): CipherSuite | undefined =>
  allSuites.find(({ id, name: registered, openssl }) => name === id || name === registered || name === openssl);

/** True when its key exchange is ephemeral Diffie-Hellman over a finite field. */
export const isDheSuite = (id: number): boolean => findSuite(id)?.exchange === 'DHE';

import { joinOctets } from '../join-octets';

/** Versions of SSL and TLS as the wire has them. */
export const tlsVersions = { 'SSL 3.0': 0x0300, 'TLS 1.0': 0x0301, 'TLS 1.1': 0x0302, 'TLS 1.2': 0x0303 } as const;

/** Groups of supported_groups (RFC 8422 §5.1.1, RFC 7919 §2). */
export const tlsGroups = { 'P-256': 23, 'P-384': 24, 'P-521': 25, X25519: 29, X448: 30 } as const;

/** What a ClientHello of ours says; it offers no more than TLS 1.2, so that the answer can be read without keys. */
export interface ClientHello {
  /** The highest version that it offers (`client_version`), one of {@link tlsVersions}. */
  readonly version: number;
  /** Suites in the client's order, as their two octets. */
  readonly suites: readonly number[];
  /** Compression methods; null alone when absent. */
  readonly compressions?: readonly number[];
  /** Protocols of ALPN, Latin-1; no extension when absent. */
  readonly alpn?: readonly string[];
  /** Host name of SNI; no extension when absent. */
  readonly servername?: string;
  /** Groups of supported_groups; all of {@link tlsGroups} when absent. */
  readonly groups?: readonly number[];
  /** Versions of supported_versions (RFC 8446 §4.2.1); no extension when absent. */
  readonly supportedVersions?: readonly number[];
  /** What its 32 octets of random are filled from. */
  readonly seed: number;
}

/** Signature algorithms that a server with any usual certificate finds one of its own in. */
const signatureAlgorithms = [
  0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0807, 0x0808,
];

const extensionIds = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  supportedVersions: 43,
  renegotiationInfo: 0xff01,
} as const;

/** A ClientHello in one record (RFC 5246 §7.4.1.2), as octets. */
export function encodeClientHello(hello: ClientHello): Uint8Array {
  const { version, suites, compressions = [0], alpn, servername, supportedVersions, seed } = hello;
  const groups = hello.groups ?? Object.values(tlsGroups);
  const extensions = [
    ...(servername === undefined
      ? []
      : [extension(extensionIds.serverName, vector(2, joinOctets([Uint8Array.of(0), vector(2, latin1(servername))])))]),
    extension(extensionIds.supportedGroups, vector(2, uint16s(groups))),
    extension(extensionIds.pointFormats, vector(1, Uint8Array.of(0))),
    extension(extensionIds.signatureAlgorithms, vector(2, uint16s(signatureAlgorithms))),
    ...(alpn === undefined
      ? []
      : [extension(extensionIds.alpn, vector(2, joinOctets(alpn.map((name) => vector(1, latin1(name))))))]),
    ...(supportedVersions === undefined
      ? []
      : [extension(extensionIds.supportedVersions, vector(1, uint16s(supportedVersions)))]),
    extension(extensionIds.renegotiationInfo, vector(1, new Uint8Array(0))),
  ];
  const body = joinOctets([
    uint16s([version]),
    randomOf(seed),
    vector(1, new Uint8Array(0)),
    vector(2, uint16s(suites)),
    vector(1, Uint8Array.from(compressions)),
    // SSL 3.0 knows no extensions; whoever speaks it ignores what follows.
    vector(2, joinOctets(extensions)),
  ]);
  const handshake = joinOctets([Uint8Array.of(1), vector(3, body)]);
  // The record of a first hello says 3.1 whatever it offers, for servers that are old (RFC 8446 §5.1).
  return joinOctets([Uint8Array.of(22), uint16s([Math.min(version, 0x0301)]), vector(2, handshake)]);
}

const extension = (id: number, content: Uint8Array): Uint8Array => joinOctets([uint16s([id]), vector(2, content)]);

/** Octets behind their length, which takes so many octets. */
function vector(lengthOctets: number, content: Uint8Array): Uint8Array {
  const length = Array.from({ length: lengthOctets }, (_, index) =>
    Math.floor(content.length / 256 ** (lengthOctets - 1 - index)),
  );
  return joinOctets([Uint8Array.from(length), content]);
}

const uint16s = (values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The same for the same seed, so that a failure is played again as it was. */
function randomOf(seed: number): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length: 32 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

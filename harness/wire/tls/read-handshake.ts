import { joinOctets } from '../join-octets';

/** What a server answers to a ClientHello of ours, as far as it is in clear text: everything up to its ServerKeyExchange with TLS 1.2 and below. */
export interface ServerFlight {
  readonly hello?: ServerHello;
  /** Its key exchange, where it is an ephemeral one. */
  readonly keyExchange?: KeyExchange;
  /** The description of its fatal alert (RFC 8446 §6). */
  readonly alert?: number;
  /** True for octets that are no TLS records. */
  readonly isOther: boolean;
}

export interface ServerHello {
  /** The version in force: that of supported_versions where it has one. */
  readonly version: number;
  readonly suite: number;
  readonly compression: number;
  /** What ALPN selected, Latin-1; absent when nothing was. */
  readonly alpn?: string;
}

/** `bits` is the size of the group: of the prime of DHE. A curve is a group of supported_groups. */
export type KeyExchange =
  { readonly kind: 'DHE'; readonly bits: number } | { readonly kind: 'ECDHE'; readonly group: number };

/** Octets of a flight that are looked at: far more than an honest one has. */
export const mostOfFlight = 256 * 1024;

/** Suites with ephemeral Diffie-Hellman over finite fields say so in their key exchange only to those who know the suite. */
export type IsDhe = (suite: number) => boolean;

/** Reads the first flight of a server. Whatever the octets are, it ends with what can be made of them. */
export function readServerFlight(octets: Uint8Array, isDhe: IsDhe): ServerFlight {
  const { handshake, alert, isOther } = readRecords(octets.subarray(0, mostOfFlight));
  let hello: ServerHello | undefined;
  let keyExchange: KeyExchange | undefined;
  for (const { type, body } of messagesOf(handshake)) {
    if (type === 2) hello ??= readServerHello(body);
    if (type === 12 && hello !== undefined) keyExchange ??= readKeyExchange(body, isDhe(hello.suite));
  }
  return {
    ...(hello === undefined ? {} : { hello }),
    ...(keyExchange === undefined ? {} : { keyExchange }),
    ...(alert === undefined ? {} : { alert }),
    isOther,
  };
}

/** True when a server of TLS 1.2 and below has said all that it says before it wants our part, or that it wants none. */
export function isFlightComplete(octets: Uint8Array): boolean {
  const { handshake, alert, isOther } = readRecords(octets.subarray(0, mostOfFlight));
  return isOther || alert !== undefined || messagesOf(handshake).some(({ type }) => type === 14);
}

/** The handshake octets of all complete records before the first that is encrypted, and the first fatal alert. */
function readRecords(octets: Uint8Array): {
  readonly handshake: Uint8Array;
  readonly alert?: number;
  readonly isOther: boolean;
} {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < octets.length;) {
    const type = octets[offset] ?? 0;
    const isRecord = type >= 20 && type <= 23 && (octets[offset + 1] ?? 3) === 3;
    if (!isRecord) return { handshake: joinOctets(pieces), isOther: true };
    const length = uint(octets, offset + 3, 2);
    const body = octets.subarray(offset + 5, offset + 5 + length);
    if (octets.length < offset + 5 + length || type === 20 || type === 23) break;
    // A warning, such as unrecognized_name, ends nothing.
    if (type === 21 && body[0] === 2) {
      return { handshake: joinOctets(pieces), alert: body[1] ?? 0, isOther: false };
    }
    if (type === 22) pieces.push(body);
    offset += 5 + length;
  }
  return { handshake: joinOctets(pieces), isOther: false };
}

function messagesOf(octets: Uint8Array): readonly { readonly type: number; readonly body: Uint8Array }[] {
  const messages: { readonly type: number; readonly body: Uint8Array }[] = [];
  for (let offset = 0; offset + 4 <= octets.length;) {
    const length = uint(octets, offset + 1, 3);
    if (offset + 4 + length > octets.length) break;
    messages.push({ type: octets[offset] ?? 0, body: octets.subarray(offset + 4, offset + 4 + length) });
    offset += 4 + length;
  }
  return messages;
}

/** RFC 5246 §7.4.1.3; undefined when it is cut. */
function readServerHello(body: Uint8Array): ServerHello | undefined {
  const session = body[34] ?? 0;
  const after = 35 + session;
  if (body.length < after + 3) return undefined;
  let version = uint(body, 0, 2);
  let alpn: string | undefined;
  for (let offset = after + 5; offset + 4 <= body.length;) {
    const id = uint(body, offset, 2);
    const length = uint(body, offset + 2, 2);
    const content = body.subarray(offset + 4, offset + 4 + length);
    if (id === 43 && content.length === 2) version = uint(content, 0, 2);
    // A list of one name (RFC 7301 §3.1).
    if (id === 16) alpn = String.fromCharCode(...content.subarray(3));
    offset += 4 + length;
  }
  return {
    version,
    suite: uint(body, after, 2),
    compression: body[after + 2] ?? 0,
    ...(alpn === undefined ? {} : { alpn }),
  };
}

/** RFC 5246 §7.4.3, RFC 8422 §5.4. */
function readKeyExchange(body: Uint8Array, isDhe: boolean): KeyExchange | undefined {
  if (!isDhe) return body[0] === 3 ? { kind: 'ECDHE', group: uint(body, 1, 2) } : undefined;
  const prime = body.subarray(2, 2 + uint(body, 0, 2));
  const start = prime.findIndex((octet) => octet !== 0);
  if (start === -1) return undefined;
  return { kind: 'DHE', bits: 8 * (prime.length - start - 1) + (32 - Math.clz32(prime[start] ?? 0)) };
}

const uint = (octets: Uint8Array, offset: number, length: number): number =>
  Array.from({ length }, (_, index) => octets[offset + index] ?? 0).reduce((value, octet) => value * 256 + octet, 0);

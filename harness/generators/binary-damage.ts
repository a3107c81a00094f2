import fc from 'fast-check';
import { encodeBinaryValue } from '../grpc/metadata';
import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { seed } from './message';
import { record } from './shapes';

/** What is wrong with the base64 of a Binary-Header, by name: what the damage does to it, at a place of its own. */
const damages = {
  /** A character of no base64 alphabet. */
  'illegal character': (base64: string, at: number) => insert(base64, at, '!'),
  /** The alphabet of RFC 4648 §5, which PROTOCOL-HTTP2 does not name. */
  'URL-safe alphabet': (base64: string, at: number) => insert(base64, at, at % 2 === 0 ? '-_-_' : '_-_-'),
  /** One character behind whole groups of four holds six bits, too few for an octet. */
  'one character too many': (base64: string) => `${wholeGroups(base64)}A`,
  /** Bits behind the last octet that are not zero (RFC 4648 §3.5). */
  'spare bits': (base64: string, at: number) => `${wholeGroups(base64)}${at % 2 === 0 ? 'AR==' : 'AAF'}`,
  'inner whitespace': (base64: string, at: number) => insert(`${wholeGroups(base64)}AAAA`, 1 + at, ' ', 1),
  /** Padding behind whole groups, which need none. */
  'padding too much': (base64: string) => `${wholeGroups(base64)}====`,
  'inner padding': (base64: string) => `AQ==${wholeGroups(base64)}AAAA`,
  'padding alone': () => '=',
} as const satisfies Readonly<Record<string, (base64: string, at: number) => string>>;

export type BinaryDamageKind = keyof typeof damages;

export const binaryDamageKinds = Object.keys(damages) as readonly BinaryDamageKind[];

/** A value of a Binary-Header that is no base64, and how it came to be. */
export interface DamagedBinary {
  readonly octets: OctetsSpec;
  readonly kind: BinaryDamageKind;
  /** Where; taken modulo the length of what is damaged. */
  readonly at: number;
}

/** Values of 0 to 48 octets, damaged in each way; {@link damagedBinaryOf} makes the text. */
export function damagedBinary(): fc.Arbitrary<DamagedBinary> {
  return record<DamagedBinary>({
    octets: record<OctetsSpec>({ length: fc.nat(48), seed: seed() }),
    kind: fc.constantFrom(...binaryDamageKinds),
    at: fc.nat(64),
  });
}

/** The value as it goes into a field: never base64, never with a comma, never with outer whitespace. */
export const damagedBinaryOf = ({ octets, kind, at }: DamagedBinary): string =>
  damages[kind](encodeBinaryValue(octetsOf(octets)), at);

/** So much of unpadded base64 as is whole groups of four characters. */
const wholeGroups = (base64: string): string => base64.slice(0, base64.length - (base64.length % 4));

/** Puts a text into another, not closer to its ends than `margin`. */
function insert(base64: string, at: number, piece: string, margin = 0): string {
  const room = base64.length - 2 * margin;
  const place = margin + (room <= 0 ? 0 : at % (room + 1));
  return base64.slice(0, place) + piece + base64.slice(place);
}

import fc from 'fast-check';
import { inflate } from '../grpc/compression';
import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { boundaryInteger } from './boundary-integer';
import { seed } from './message';
import { oneOf, record } from './shapes';

/** What is wrong with the octets of one gzip member (RFC 1952 §2.3). Arguments count modulo what there is, and shrink to the least damage. */
export type GzipDamage =
  /** A bit of ID1, ID2 or CM is the other one. */
  | { readonly kind: 'header'; readonly bit: number }
  /** A bit of the DEFLATE data. */
  | { readonly kind: 'contents'; readonly bit: number }
  /** A bit of CRC32. */
  | { readonly kind: 'check-sum'; readonly bit: number }
  /** A bit of ISIZE. */
  | { readonly kind: 'size'; readonly bit: number }
  /** The last octets are missing; one octet at least is left. */
  | { readonly kind: 'truncated'; readonly drop: number }
  /** No octet at all. */
  | { readonly kind: 'nothing' }
  /** Octets that are no member in its place. */
  | { readonly kind: 'no-member'; readonly octets: OctetsSpec }
  /** Octets that are no member behind it. */
  | { readonly kind: 'junk'; readonly octets: OctetsSpec };

export const gzipDamageKinds: readonly GzipDamage['kind'][] = [
  'header',
  'contents',
  'check-sum',
  'size',
  'truncated',
  'nothing',
  'no-member',
  'junk',
];

/** Octets of a plain header (ID1 to OS), of those that damage of it flips (ID1, ID2, CM), of each field behind the contents, and of both together. */
const lengths = { header: 10, flipped: 3, field: 4, trailer: 8 } as const;

/** Octets that are made of a member at most to see whether it is still one. */
const largestInflated = 16 * 1024 * 1024;

/** In one of the ways of {@link GzipDamage}, all of them as likely, for {@link damageGzip}. */
export function gzipDamage(kinds: readonly GzipDamage['kind'][] = gzipDamageKinds): fc.Arbitrary<GzipDamage> {
  return oneOf<GzipDamage>(...kinds.map((kind) => ({ arbitrary: damageOf(kind), weight: 1 })));
}

function damageOf(kind: GzipDamage['kind']): fc.Arbitrary<GzipDamage> {
  switch (kind) {
    case 'header':
      return record<GzipDamage>({ kind: fc.constant(kind), bit: fc.nat(8 * lengths.flipped - 1) });
    case 'contents':
      return record<GzipDamage>({
        kind: fc.constant(kind),
        bit: boundaryInteger({ max: 65_535, boundaries: [1, 2, 7, 8] }),
      });
    case 'check-sum':
    case 'size':
      return fc.nat(8 * lengths.field - 1).map((bit) => ({ kind, bit }));
    case 'truncated':
      return record<GzipDamage>({
        kind: fc.constant(kind),
        drop: boundaryInteger({ min: 1, max: 400, boundaries: [lengths.field, lengths.trailer, lengths.trailer + 1] }),
      });
    case 'nothing':
      return record<GzipDamage>({ kind: fc.constant(kind) });
    case 'no-member':
    case 'junk':
      return record<OctetsSpec>({ length: boundaryInteger({ min: 1, max: 100 }), seed: seed() }).map((octets) => ({
        kind,
        octets,
      }));
  }
}

/**
 * The damaged octets: never those of a complete member, nor of several.
 * @param member one gzip member without optional header fields
 */
export function damageGzip(member: Uint8Array, damage: GzipDamage): Uint8Array {
  const contents = { from: lengths.header, octets: member.length - lengths.header - lengths.trailer };
  switch (damage.kind) {
    case 'header':
      return flipBit(member, { from: 0, octets: lengths.flipped }, damage.bit);
    case 'contents': {
      const flipped = flipBit(member, contents, damage.bit);
      // The bits behind the last code say nothing (RFC 1951 §3.2.3).
      return inflate('gzip', flipped, largestInflated).ok
        ? damageGzip(member, { kind: 'check-sum', bit: damage.bit })
        : flipped;
    }
    case 'check-sum':
      return flipBit(member, { from: member.length - lengths.trailer, octets: lengths.field }, damage.bit);
    case 'size':
      return flipBit(member, { from: member.length - lengths.field, octets: lengths.field }, damage.bit);
    case 'truncated':
      return member.subarray(0, Math.max(1, member.length - damage.drop));
    case 'nothing':
      return new Uint8Array(0);
    case 'no-member':
      return noMember(damage.octets);
    case 'junk':
      return Uint8Array.from([...member, ...noMember(damage.octets)]);
  }
}

/** Octets that neither begin a member nor are zeros, which some programs take for padding between members. */
function noMember(spec: OctetsSpec): Uint8Array {
  const octets = octetsOf(spec);
  octets[0] = (octets[0] ?? 0) | 0x80;
  return octets;
}

function flipBit(
  octets: Uint8Array,
  place: { readonly from: number; readonly octets: number },
  bit: number,
): Uint8Array {
  const flipped = Uint8Array.from(octets);
  const at = bit % (8 * place.octets);
  flipped[place.from + (at >> 3)]! ^= 1 << (at & 7);
  return flipped;
}

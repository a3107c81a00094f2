import fc from 'fast-check';
import { encodeVarint } from '../schema/message-value';
import { wireTypes } from '../schema/wire-types';
import { joinOctets } from '../wire/join-octets';
import { boundaryInteger } from './boundary-integer';
import { record } from './shapes';

/** Fields of a message inside each other, so many deep, none of which anybody knows. */
export interface DeepNesting {
  /** `unfinished`: groups of which none ends, which is no legal message. */
  readonly of: 'groups' | 'unfinished' | 'lengths';
  readonly depth: number;
  /** Number of the field, the same on each level; below 2^11. */
  readonly number: number;
  /** True: they stand inside a field of the message that the server knows. */
  readonly inside: boolean;
}

/** Deeper than any message that is meant (protobuf stops at 100 levels in Java and C++, at 10,000 in Go). */
const deepest = 1_000_000;

/** Octets that one level takes at most: the tags of a group, or a tag and a length. */
const mostOfLevel = 6;

/** @param max octets that all of it may have */
export function deepNesting(max: number): fc.Arbitrary<DeepNesting> {
  return record<DeepNesting>({
    of: fc.constantFrom('groups', 'lengths', 'unfinished'),
    depth: boundaryInteger({
      min: 100,
      max: Math.max(100, Math.min(deepest, Math.floor(max / mostOfLevel))),
      boundaries: [101, 1000, 10_001, 50_000, 100_000, 200_000],
    }),
    // Free in every message of the test service, in one octet and in two.
    number: fc.constantFrom(14, 15, 16, 1500),
    inside: fc.boolean(),
  });
}

const varint = (value: number): Uint8Array => encodeVarint(BigInt(value));

/** The octets that a spec stands for, without the field that they stand inside. */
export function nestedOctetsOf({ of, depth, number }: DeepNesting): Uint8Array {
  const tag = (wire: number): Uint8Array => varint(number * 8 + wire);
  if (of === 'lengths') return nestLengths(tag(wireTypes.lengthPrefixed), depth);
  const begins = repeat(tag(wireTypes.startGroup), depth);
  return of === 'unfinished' ? begins : joinOctets([begins, repeat(tag(wireTypes.endGroup), depth)]);
}

/** A length-delimited field. */
export const lengthDelimited = (number: number, content: Uint8Array): Uint8Array =>
  joinOctets([varint(number * 8 + wireTypes.lengthPrefixed), varint(content.length), content]);

/** From the inside out: each length counts what stands behind it. */
function nestLengths(tag: Uint8Array, depth: number): Uint8Array {
  const levels: Uint8Array[] = [];
  let length = 0;
  for (let level = 0; level < depth; level++) {
    const size = varint(length);
    levels.push(size, tag);
    length += size.length + tag.length;
  }
  return joinOctets(levels.toReversed());
}

function repeat(octets: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(octets.length * times);
  for (let at = 0; at < all.length; at += octets.length) all.set(octets, at);
  return all;
}

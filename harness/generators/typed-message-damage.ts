import fc from 'fast-check';
import { messageType } from '../schema/look-up';
import { encodeMessageValue, encodeTag, encodeVarint, wireTypes, type MessageValue } from '../schema/message-value';
import type { MessageType, Schema, SchemaField } from '../schema/schema';
import { joinOctets } from '../wire/join-octets';
import { boundaryInteger } from './boundary-integer';
import { record } from './shapes';
import { typedMessage, type TypedMessageConstraints } from './typed-message';
import { isMap } from './typed-message-rules';
import { unknownNumbers } from './typed-message-encodings';

/** What is wrong with a message, at its end; every conforming decoder refuses each of these. Arguments shrink to the least damage. */
export type WireDamage =
  /** A number of fixed size that ends too early: `missing` of its octets are not there. */
  | { readonly kind: 'truncated-number'; readonly number: number; readonly size: 4 | 8; readonly missing: number }
  /** A varint that goes on where the message ends. */
  | { readonly kind: 'truncated-varint'; readonly number: number; readonly octets: number }
  /** A tag that goes on where the message ends. */
  | { readonly kind: 'truncated-tag' }
  /** A length that promises more octets than there are. */
  | { readonly kind: 'overlong-length'; readonly number: number; readonly octets: number; readonly by: number }
  /** A varint of more than ten octets. */
  | { readonly kind: 'overlong-varint'; readonly number: number; readonly octets: number }
  /** A wire type that does not exist. */
  | { readonly kind: 'wire-type'; readonly number: number; readonly wireType: 6 | 7 }
  /** A field with the number 0. */
  | { readonly kind: 'number-zero'; readonly wireType: 0 | 1 | 2 | 5 }
  /** A group that does not end. */
  | { readonly kind: 'open-group'; readonly number: number }
  /** The end of a group that was not begun. */
  | { readonly kind: 'stray-end'; readonly number: number }
  /** A group that ends with the number of another. */
  | { readonly kind: 'crossed-groups'; readonly number: number; readonly other: number }
  /** A string that is not UTF-8, of a field whose strings are verified. */
  | { readonly kind: 'invalid-utf8'; readonly number: number; readonly sequence: number };

/** A message that does not decode. */
export interface UndecodableMessage {
  /** What comes before the damage: nothing is wrong with it. */
  readonly value: MessageValue;
  /** Numbers of the fields, from the outside, whose message the damage stands in; empty when it stands in the outermost. */
  readonly inside: readonly number[];
  readonly damage: WireDamage;
}

/** Octets that no UTF-8 has (RFC 3629 §3, §4), after one letter: alone, cut off, overlong, surrogates, beyond Unicode. */
const invalidSequences: readonly (readonly number[])[] = [
  [0xff],
  [0x80],
  [0xc3],
  [0xe4, 0xb8],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0x80],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xc3, 0x28],
];

export interface UndecodableConstraints extends TypedMessageConstraints {
  /** @defaultValue all that the type allows */
  readonly kinds?: readonly WireDamage['kind'][];
}

/**
 * Messages of a type that every conforming decoder must refuse, for {@link encodeUndecodable}: damaged in one way, at the end of the message or of one that
 * it holds. Shrinks to the damage alone.
 */
export function undecodable(
  schema: Schema,
  typeName: string,
  { kinds, ...constraints }: UndecodableConstraints = {},
): fc.Arbitrary<UndecodableMessage> {
  const places = placesIn(schema, typeName);
  const damages = places.map(({ inside, type }) => ({
    arbitrary: record<Omit<UndecodableMessage, 'value'>>({
      inside: fc.constant(inside),
      damage: damageIn(type, kinds),
    }),
    // Damage in the outermost message is half of the attempts, so that every kind of it comes up early.
    weight: inside.length === 0 ? Math.max(1, places.length - 1) : 1,
  }));
  return fc
    .tuple(typedMessage(schema, typeName, constraints), fc.oneof({ withCrossShrink: true }, ...damages))
    .map(([value, damage]) => ({ value, ...damage }));
}

/** The octets of an undecodable message. */
export function encodeUndecodable({ value, inside, damage }: UndecodableMessage): Uint8Array {
  const content = inside.reduceRight<Uint8Array>(
    (octets, number) => joinOctets([encodeTag(number, wireTypes.lengthPrefixed), withLength(octets)]),
    octetsOf(damage),
  );
  return joinOctets([encodeMessageValue(value), content]);
}

function withLength(octets: Uint8Array): Uint8Array {
  return joinOctets([encodeVarint(BigInt(octets.length)), octets]);
}

function octetsOf(damage: WireDamage): Uint8Array {
  switch (damage.kind) {
    case 'truncated-number': {
      const tag = encodeTag(damage.number, damage.size === 4 ? wireTypes.fixed32 : wireTypes.fixed64);
      return joinOctets([tag, new Uint8Array(damage.size - damage.missing)]);
    }
    case 'truncated-varint':
      return joinOctets([encodeTag(damage.number, wireTypes.varint), new Uint8Array(damage.octets).fill(0x80)]);
    case 'truncated-tag':
      return Uint8Array.of(0x80);
    case 'overlong-length': {
      const tag = encodeTag(damage.number, wireTypes.lengthPrefixed);
      const length = encodeVarint(BigInt(damage.octets + damage.by));
      return joinOctets([tag, length, new Uint8Array(damage.octets).fill(0x61)]);
    }
    case 'overlong-varint': {
      const octets = new Uint8Array(damage.octets).fill(0x80);
      octets[octets.length - 1] = 0;
      return joinOctets([encodeTag(damage.number, wireTypes.varint), octets]);
    }
    case 'wire-type':
      return joinOctets([encodeTag(damage.number, damage.wireType), new Uint8Array(8)]);
    case 'number-zero': {
      const length = { 0: 1, 1: 8, 2: 1, 5: 4 }[damage.wireType];
      return joinOctets([encodeTag(0, damage.wireType), new Uint8Array(length)]);
    }
    case 'open-group':
      return encodeTag(damage.number, wireTypes.startGroup);
    case 'stray-end':
      return encodeTag(damage.number, wireTypes.endGroup);
    case 'crossed-groups':
      return joinOctets([encodeTag(damage.number, wireTypes.startGroup), encodeTag(damage.other, wireTypes.endGroup)]);
    case 'invalid-utf8': {
      const text = Uint8Array.of(0x61, ...invalidSequences[damage.sequence]!);
      return joinOctets([encodeTag(damage.number, wireTypes.lengthPrefixed), withLength(text)]);
    }
  }
}

function damageIn(type: MessageType, kinds?: readonly WireDamage['kind'][]): fc.Arbitrary<WireDamage> {
  const unknown = unknownNumbers(type).slice(0, 3);
  const number = fc.constantFrom(...unknown, ...type.fields.slice(0, 8).map((field) => field.number), 19_000);
  const unknownNumber = fc.constantFrom(...unknown, 19_000);
  const strings = type.fields.filter(({ verifiesUtf8 }) => verifiesUtf8).map((field) => field.number);
  const of = <K extends WireDamage['kind']>(
    kind: K,
    model: { readonly [P in Exclude<keyof DamageOf<K>, 'kind'>]: fc.Arbitrary<DamageOf<K>[P]> },
  ) => ({
    kind,
    arbitrary: record<object>({ kind: fc.constant(kind), ...model }) as fc.Arbitrary<WireDamage>,
  });
  const all = [
    of('truncated-number', { number, size: fc.constant(4), missing: fc.integer({ min: 1, max: 4 }) }),
    of('truncated-number', { number, size: fc.constant(8), missing: fc.integer({ min: 1, max: 8 }) }),
    of('truncated-varint', { number, octets: fc.integer({ min: 0, max: 9 }) }),
    of('truncated-tag', {}),
    of('overlong-length', {
      number,
      octets: boundaryInteger({ min: 0, max: 200, boundaries: [127, 128] }),
      by: boundaryInteger({ min: 1, max: 0x7fffff00, boundaries: [2, 127, 128, 0x00ffffff] }),
    }),
    of('overlong-varint', { number, octets: fc.integer({ min: 11, max: 20 }) }),
    of('wire-type', { number, wireType: fc.constantFrom(6, 7) }),
    of('number-zero', { wireType: fc.constantFrom(0, 1, 2, 5) }),
    of('open-group', { number: unknownNumber }),
    of('stray-end', { number }),
    of('crossed-groups', { number: unknownNumber, other: fc.constantFrom(1_000_000, 1_000_001) }),
    ...(strings.length === 0
      ? []
      : [
          of('invalid-utf8', {
            number: fc.constantFrom(...strings),
            sequence: fc.nat(invalidSequences.length - 1),
          }),
        ]),
  ];
  return fc.oneof(...all.filter(({ kind }) => kinds?.includes(kind) ?? true).map(({ arbitrary }) => arbitrary));
}

type DamageOf<K> = Extract<WireDamage, { readonly kind: K }>;

/** Messages that a message can hold in a field of its own, up to two deep, as long as they need not be complete to be read. */
function placesIn(
  schema: Schema,
  typeName: string,
): readonly { readonly inside: readonly number[]; readonly type: MessageType }[] {
  const held = (type: MessageType): readonly SchemaField[] =>
    type.fields.filter((field) => field.type.kind === 'message' && !field.type.delimited && !isMap(schema, field));
  const outermost = { inside: [], type: messageType(schema, typeName) };
  const open: { readonly inside: readonly number[]; readonly type: MessageType }[] = [outermost];
  for (const { inside, type } of open) {
    if (inside.length === 2 || open.length > 12) break;
    for (const field of held(type).slice(0, 6)) {
      if (field.type.kind !== 'message') continue;
      open.push({ inside: [...inside, field.number], type: messageType(schema, field.type.name) });
    }
  }
  return open;
}

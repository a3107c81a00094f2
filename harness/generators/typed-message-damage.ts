import fc from 'fast-check';
import { wireTypeOf } from '../schema/decode-message';
import { messageType } from '../schema/look-up';
import { encodeMessageValue, encodeTag, encodeVarint, type MessageValue } from '../schema/message-value';
import { wireTypes } from '../schema/wire-types';
import type { MessageType, Schema, SchemaField } from '../schema/schema';
import { joinOctets } from '../wire/join-octets';
import { boundaryInteger } from './boundary-integer';
import { oneOf, record } from './shapes';
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
  /** A varint of more than ten octets, in a field that is known: over unknown ones several decoders skip octet by octet. */
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
  const allowed = damageKinds.filter((kind) => kinds?.includes(kind) ?? true);
  const draft = record<Draft>({
    // The outermost message every other time, so that every kind of damage comes up there early.
    place: oneOf({ arbitrary: fc.constant(0), weight: 1 }, { arbitrary: fc.nat(places.length - 1), weight: 1 }),
    kind: fc.constantFrom(...allowed),
    which: fc.nat(31),
    octets: boundaryInteger({ max: 200, boundaries: [127, 128] }),
    more: boundaryInteger({ max: 0x7fffff00, boundaries: [1, 126, 127, 0x00ffffff] }),
  });
  return fc.tuple(typedMessage(schema, typeName, constraints), draft).map(([value, one]) => {
    const { inside, type } = places[one.place]!;
    return { value, inside, damage: damageIn(type, one) };
  });
}

/** A damage before it is known which fields there are. */
interface Draft {
  readonly place: number;
  readonly kind: WireDamage['kind'];
  /** Chooses a field, modulo how many there are. */
  readonly which: number;
  readonly octets: number;
  readonly more: number;
}

/** In the order in which they are preferred; a kind that the type has no field for becomes the first. */
const damageKinds: readonly WireDamage['kind'][] = [
  'truncated-tag',
  'truncated-varint',
  'truncated-number',
  'overlong-length',
  'overlong-varint',
  'wire-type',
  'number-zero',
  'open-group',
  'stray-end',
  'crossed-groups',
  'invalid-utf8',
];

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

function damageIn(type: MessageType, { kind, which, octets, more }: Draft): WireDamage {
  // Where extensions may use every number, those that protobuf keeps for itself are left.
  const unknown = [...unknownNumbers(type).slice(0, 3), 19_000];
  const pick = <T>(from: readonly T[], choice: number): T => from[choice % from.length]!;
  const fields = (isFit: (field: SchemaField) => boolean): readonly number[] =>
    type.fields.filter(isFit).map((field) => field.number);
  // Some decoders do not look at the wire type of a field that they know: what breaks stands where it belongs, or in a field that nobody knows.
  const known = (wireType: number): readonly number[] => fields((field) => wireTypeOf(field.type) === wireType);
  const number = (wireType: number): number => pick([...unknown, ...known(wireType)], which);
  const unknownNumber = pick(unknown, which);
  switch (kind) {
    case 'truncated-number': {
      const size = octets % 2 === 0 ? 4 : 8;
      return {
        kind,
        number: number(size === 4 ? wireTypes.fixed32 : wireTypes.fixed64),
        size,
        missing: 1 + (more % size),
      };
    }
    case 'truncated-varint':
      return { kind, number: number(wireTypes.varint), octets: octets % 10 };
    case 'overlong-length':
      return { kind, number: number(wireTypes.lengthPrefixed), octets, by: 1 + more };
    case 'overlong-varint': {
      const varints = known(wireTypes.varint);
      return varints.length === 0
        ? { kind: 'truncated-tag' }
        : { kind, number: pick(varints, which), octets: 11 + (octets % 10) };
    }
    case 'wire-type':
      return { kind, number: unknownNumber, wireType: octets % 2 === 0 ? 6 : 7 };
    case 'number-zero':
      // upb does not look at what a message without fields holds.
      return type.fields.length === 0
        ? { kind: 'truncated-tag' }
        : { kind, wireType: pick([0, 1, 2, 5] as const, octets) };
    case 'crossed-groups':
      return { kind, number: unknownNumber, other: 1_000_000 + (octets % 2) };
    case 'invalid-utf8': {
      const strings = fields(({ verifiesUtf8 }) => verifiesUtf8);
      const sequence = octets % invalidSequences.length;
      return strings.length === 0 ? { kind: 'truncated-tag' } : { kind, number: pick(strings, which), sequence };
    }
    case 'open-group':
    case 'stray-end':
      return { kind, number: unknownNumber };
    case 'truncated-tag':
      return { kind };
  }
}

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

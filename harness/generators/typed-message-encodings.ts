import fc from 'fast-check';
import { enumType, messageType } from '../schema/look-up';
import type { MessageValue, NumberValue, WireField } from '../schema/message-value';
import type { FieldType, MessageType, Schema, SchemaField } from '../schema/schema';
import { list } from './list';
import { seed } from './message';
import { record } from './shapes';
import { isDefaultValue, isMap } from './typed-message-rules';
import { isNumberType, scalarOf, writeNumber } from './typed-message-values';

/** What may be written in another way without meaning anything else (https://protobuf.dev/programming-guides/encoding/). */
export const encodingChangeKinds = [
  /** A field that the type does not have, of any wire type, also a group with groups in it; not in an entry of a map. */
  'unknown-field',
  /** Fields in another order; those of one number, and members of one oneof, keep theirs. */
  'move',
  /** Numbers of a repeated field one by one in place of packed, packed in place of one by one, or packed in two runs. */
  'unpack',
  'pack',
  'split-packed',
  /** One message in two pieces, which decoders put together. */
  'split-message',
  /** Another value of the same field before the one that counts. */
  'overwrite',
  /** A default that is written although nothing would say the same. */
  'explicit-default',
  /** An earlier entry with the same key. */
  'repeat-key',
  /** Another member of the oneof before the one that counts. */
  'oneof-before',
  /** An entry of a map without its key or value, because it is the default. */
  'omit-default',
  /** Varints of up to nine octets and lengths of up to five, where fewer would do. */
  'wide-varint',
  'wide-length',
] as const;

/** What may be written so, too, but is not read by all large libraries as it should be. A server cannot help which of them it has. */
const disputedKinds = [
  /** A field that the type does not have in an entry of a map: upb 7.36 (Python, Ruby, PHP) then counts the whole entry among the unknown fields. */
  'unknown-in-entry',
  /** A tag of more octets than needed: the library in pure Python compares tags as octets and takes the field for an unknown one. */
  'wide-tag',
  /** A varint of ten octets where fewer would do: Java (protobuf-java 4.31) reads the highest bit as set. */
  'widest-varint',
] as const;

export type EncodingChangeKind = (typeof encodingChangeKinds)[number] | (typeof disputedKinds)[number];

export const disputedChangeKinds: readonly EncodingChangeKind[] = disputedKinds;

/** One change; the numbers choose where and how, modulo what there is. A change that fits nowhere changes nothing. */
export interface EncodingChange {
  readonly kind: EncodingChangeKind;
  /** Which message, of all those inside each other. */
  readonly message: number;
  /** Which field. */
  readonly field: number;
  /** Everything else. */
  readonly seed: number;
}

export interface EncodingChangesConstraints {
  /** @defaultValue all on which the large libraries agree */
  readonly kinds?: readonly EncodingChangeKind[];
  /** @defaultValue 8 */
  readonly maxCount?: number;
}

/** One to eight changes for {@link changeEncoding}: as an input beside the value, so that both shrink. Shrinks to one change. */
export function encodingChanges({
  kinds = encodingChangeKinds,
  maxCount = 8,
}: EncodingChangesConstraints = {}): fc.Arbitrary<readonly EncodingChange[]> {
  const change = record<EncodingChange>({
    kind: fc.constantFrom(...kinds),
    message: fc.nat(31),
    field: fc.nat(63),
    seed: seed(),
  });
  return list(change, { minCount: 1, maxCount });
}

/** Writes a typed message in another way, one change after the other. */
export function changeEncoding(
  schema: Schema,
  typeName: string,
  value: MessageValue,
  changes: readonly EncodingChange[],
): MessageValue {
  const type = messageType(schema, typeName);
  // Messages are cut last: in one piece nothing says what another piece has.
  const cuts = changes.filter(({ kind }) => kind === 'split-message');
  const others = changes.filter(({ kind }) => kind !== 'split-message');
  return [...others, ...cuts].reduce((fields, change) => applyChange(schema, type, fields, change), value);
}

function applyChange(schema: Schema, type: MessageType, value: MessageValue, change: EncodingChange): MessageValue {
  const messages = countMessages(schema, type, value);
  for (let tried = 0; tried < messages; tried++) {
    const target = { left: (change.message + tried) % messages };
    const changed = changeAt(schema, type, value, target, (held, fields) => rewrite(schema, held, fields, change));
    if (changed !== undefined) return changed;
  }
  return value;
}

function countMessages(schema: Schema, type: MessageType, value: MessageValue): number {
  return value.reduce((count, one) => {
    const held = heldMessage(schema, type, one);
    return held === undefined ? count : count + countMessages(schema, held.type, held.fields);
  }, 1);
}

/** The message that a field of the type holds. */
function heldMessage(
  schema: Schema,
  type: MessageType,
  one: WireField,
): { readonly type: MessageType; readonly fields: MessageValue } | undefined {
  if (one.wire !== 'message' && one.wire !== 'group') return undefined;
  const field = fieldOf(type, one);
  if (field?.type.kind !== 'message' || field.type.delimited !== (one.wire === 'group')) return undefined;
  return { type: messageType(schema, field.type.name), fields: one.fields };
}

/** Changes one message of those inside each other, counted from the outside. Undefined when nothing fits there. */
function changeAt(
  schema: Schema,
  type: MessageType,
  value: MessageValue,
  target: { left: number },
  change: (type: MessageType, fields: MessageValue) => MessageValue | undefined,
): MessageValue | undefined {
  if (target.left === 0) return change(type, value);
  target.left--;
  for (const [index, one] of value.entries()) {
    const held = heldMessage(schema, type, one);
    if (held === undefined) continue;
    const inside = countMessages(schema, held.type, held.fields);
    if (target.left >= inside) {
      target.left -= inside;
      continue;
    }
    const fields = changeAt(schema, held.type, held.fields, target, change);
    return fields && value.with(index, { ...one, fields } as WireField);
  }
  return undefined;
}

function fieldOf(type: MessageType, { number }: WireField): SchemaField | undefined {
  return type.fields.find((field) => field.number === number);
}

/** What must stay in order: fields of one number, and members of one oneof. */
function slotOf(type: MessageType, one: WireField): number | string {
  return fieldOf(type, one)?.oneof ?? one.number;
}

function rewrite(
  schema: Schema,
  type: MessageType,
  fields: MessageValue,
  change: EncodingChange,
): MessageValue | undefined {
  if (change.kind === 'unknown-field' || change.kind === 'unknown-in-entry') {
    if (type.mapEntry !== (change.kind === 'unknown-in-entry')) return undefined;
    const at = change.field % (fields.length + 1);
    return fields.toSpliced(at, 0, unknownField(type, change.seed));
  }
  if (change.kind === 'explicit-default') return writeDefault(type, fields, change);
  for (let tried = 0; tried < fields.length; tried++) {
    const at = (change.field + tried) % fields.length;
    const changed = rewriteField(schema, type, fields, at, change);
    if (changed !== undefined) return changed;
  }
  return undefined;
}

function rewriteField(
  schema: Schema,
  type: MessageType,
  fields: MessageValue,
  at: number,
  { kind, seed: choice }: EncodingChange,
): MessageValue | undefined {
  const one = fields[at]!;
  const field = fieldOf(type, one);
  switch (kind) {
    case 'move':
      return move(type, fields, at, choice);
    case 'wide-tag':
      return fields.with(at, { ...one, tagLength: 5 - (choice % 4) });
    case 'wide-varint':
      return widen(fields, at, 9 - (choice % 8));
    case 'widest-varint':
      return widen(fields, at, 10);
    case 'wide-length':
      if (!hasLength(one)) return undefined;
      return fields.with(at, { ...one, lengthLength: 5 - (choice % 4) } as WireField);
    default:
      break;
  }
  if (field === undefined) return undefined;
  switch (kind) {
    case 'unpack':
      if (one.wire !== 'packed') return undefined;
      return fields.toSpliced(at, 1, ...one.elements.map((element) => ({ number: one.number, ...element })));
    case 'split-packed': {
      if (one.wire !== 'packed') return undefined;
      const middle = choice % (one.elements.length + 1);
      const parts = [one.elements.slice(0, middle), one.elements.slice(middle)];
      return fields.toSpliced(at, 1, ...parts.map((elements) => ({ ...one, elements })));
    }
    case 'pack':
      return pack(field, fields, at, choice);
    case 'split-message':
      return splitMessage(schema, field, fields, at, choice);
    case 'overwrite': {
      const isSingular = field.cardinality !== 'repeated' && field.type.kind !== 'message';
      const earlier = isSingular ? otherValue(schema, field.type, one, choice) : undefined;
      return earlier && insertBefore(type, fields, at, { number: field.number, ...earlier } as WireField, choice);
    }
    case 'oneof-before': {
      const members = type.fields.filter((other) => other.oneof !== undefined && other.oneof === field.oneof);
      const others = members.filter((other) => other !== field && !mustHold(schema, other.type));
      const other = others[choice % Math.max(1, others.length)];
      if (other === undefined) return undefined;
      return insertBefore(type, fields, at, plainField(schema, other, choice), choice);
    }
    case 'repeat-key':
      return isMap(schema, field) ? repeatKey(schema, field, fields, at, choice) : undefined;
    case 'omit-default':
      return type.mapEntry && isOmissible(schema, field, fields, one) ? fields.toSpliced(at, 1) : undefined;
    default:
      return undefined;
  }
}

function hasLength(one: WireField): boolean {
  return ['text', 'long-text', 'octets', 'packed', 'message'].includes(one.wire);
}

/**
 * Numbers of fields that neither the type nor an extension of it can have: around those where tags get longer, and the largest. Small ones are left alone,
 * because a server that is newer than the descriptors may have given them away.
 */
export function unknownNumbers(type: MessageType): readonly number[] {
  const known = new Set(type.fields.map(({ number }) => number));
  return edgeNumbers.filter(
    (number) => !known.has(number) && !type.extensions.some(([first, last]) => number >= first && number <= last),
  );
}

/** Tags take three octets from 2^11, four from 2^18 and five from 2^25; 19000 to 19999 are nobody's. */
const edgeNumbers: readonly number[] = [
  2047,
  2048,
  18_999,
  20_000,
  2 ** 18 - 1,
  2 ** 18,
  2 ** 25 - 1,
  2 ** 25,
  2 ** 29 - 2,
  2 ** 29 - 1,
];

function unknownField(type: MessageType, choice: number): WireField {
  const numbers = unknownNumbers(type);
  // Where extensions may use every number, those that protobuf keeps for itself are left.
  const number = numbers[choice % numbers.length] ?? 19_000;
  const size = choice >> 8;
  const inner: WireField = { number: 1 + (size % 20), wire: 'varint', value: String(size) };
  const contents: readonly WireField[] = [
    { number, wire: 'varint', value: size % 2 === 0 ? '1' : '18446744073709551615' },
    { number, wire: 'fixed64', value: String(size) },
    { number, wire: 'octets', length: size % 40, seed: choice },
    { number, wire: 'group', fields: size % 2 === 0 ? [] : [inner, { number: 7, wire: 'group', fields: [inner] }] },
    { number, wire: 'fixed32', value: String(size) },
    { number, wire: 'message', fields: [inner] },
  ];
  return contents[(choice >> 4) % contents.length]!;
}

/** Moves a field over those that it may pass. */
function move(type: MessageType, fields: MessageValue, at: number, choice: number): MessageValue | undefined {
  const slot = slotOf(type, fields[at]!);
  const isFree = (index: number): boolean => fields[index] !== undefined && slotOf(type, fields[index]) !== slot;
  let first = at;
  let last = at;
  while (isFree(first - 1)) first--;
  while (isFree(last + 1)) last++;
  const places = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((place) => place !== at);
  const place = places[choice % Math.max(1, places.length)];
  return place === undefined ? undefined : fields.toSpliced(at, 1).toSpliced(place, 0, fields[at]!);
}

function widen(fields: MessageValue, at: number, length: number): MessageValue | undefined {
  const one = fields[at]!;
  if (one.wire === 'varint') return fields.with(at, { ...one, length });
  if (one.wire !== 'packed' || !one.elements.some(({ wire }) => wire === 'varint')) return undefined;
  const elements = one.elements.map((element) => (element.wire === 'varint' ? { ...element, length } : element));
  return fields.with(at, { ...one, elements });
}

function pack(field: SchemaField, fields: MessageValue, at: number, choice: number): MessageValue | undefined {
  if (field.cardinality !== 'repeated' || !isNumberType(scalarOf(field.type))) return undefined;
  const elements: NumberValue[] = [];
  const most = 1 + (choice % 8);
  for (let index = at; elements.length < most && fields[index]?.number === field.number; index++) {
    const one = fields[index]!;
    if (one.wire !== 'varint' && one.wire !== 'fixed32' && one.wire !== 'fixed64') break;
    const { number: _number, tagLength: _tagLength, ...element } = one;
    elements.push(element);
  }
  if (elements.length === 0) return undefined;
  return fields.toSpliced(at, elements.length, { number: field.number, wire: 'packed', elements });
}

function splitMessage(
  schema: Schema,
  field: SchemaField,
  fields: MessageValue,
  at: number,
  choice: number,
): MessageValue | undefined {
  const one = fields[at]!;
  const isMessage = one.wire === 'message' || one.wire === 'group';
  // Some decoders look for required fields in each piece.
  if (!isMessage || field.cardinality === 'repeated' || mustHold(schema, field.type)) return undefined;
  const middle = choice % (one.fields.length + 1);
  const parts = [one.fields.slice(0, middle), one.fields.slice(middle)];
  return fields.toSpliced(at, 1, ...parts.map((part) => ({ ...one, fields: part })));
}

/** Inserts a field somewhere before the first one that must not come earlier. */
function insertBefore(
  type: MessageType,
  fields: MessageValue,
  at: number,
  earlier: WireField,
  choice: number,
): MessageValue {
  const slot = slotOf(type, fields[at]!);
  const first = fields.findIndex((one) => slotOf(type, one) === slot);
  return fields.toSpliced((choice >> 8) % (first + 1), 0, earlier);
}

/** Another value than the one that is there. */
function otherValue(schema: Schema, type: FieldType, one: WireField, choice: number): object | undefined {
  const scalar = scalarOf(type);
  if (type.kind === 'enum') {
    const { numbers } = enumType(schema, type.name);
    return writeNumber('int32', BigInt(numbers[choice % numbers.length]!));
  }
  if (isNumberType(scalar)) {
    const isOne = 'value' in one && BigInt(one.value) === 1n;
    return writeNumber(scalar, isOne ? 0n : 1n);
  }
  if (scalar === 'string') return { wire: 'text', text: choice % 2 === 0 ? 'earlier' : '' };
  return { wire: 'octets', length: choice % 20, seed: choice };
}

/** A plain value of a field, whatever was there. */
function plainField(schema: Schema, { number, type }: SchemaField, choice: number): WireField {
  if (type.kind === 'message') return { number, wire: type.delimited ? 'group' : 'message', fields: [] };
  return { number, ...otherValue(schema, type, { number, wire: 'varint', value: '0' }, choice) } as WireField;
}

function repeatKey(
  schema: Schema,
  field: SchemaField,
  fields: MessageValue,
  at: number,
  choice: number,
): MessageValue | undefined {
  const one = fields[at]!;
  if (one.wire !== 'message' || field.type.kind !== 'message') return undefined;
  const value = messageType(schema, field.type.name).fields.find(({ number }) => number === 2)!;
  const earlier = one.fields.map((part) => {
    if (part.number !== 2 || value.type.kind === 'message') return part;
    return { number: 2, ...otherValue(schema, value.type, part, choice) } as WireField;
  });
  return fields.toSpliced(at, 0, { ...one, fields: earlier });
}

function writeDefault(type: MessageType, fields: MessageValue, change: EncodingChange): MessageValue | undefined {
  const absent = type.fields.filter(
    (field) =>
      !field.hasPresence &&
      field.cardinality !== 'repeated' &&
      !type.mapEntry &&
      !fields.some(({ number }) => number === field.number),
  );
  const field = absent[change.field % Math.max(1, absent.length)];
  if (field === undefined) return undefined;
  const at = change.seed % (fields.length + 1);
  const { number } = field;
  const scalar = scalarOf(field.type);
  const [value, other] = isNumberType(scalar)
    ? [writeNumber(scalar, 0n), writeNumber(scalar, 1n)]
    : scalar === 'string'
      ? [
          { wire: 'text', text: '' },
          { wire: 'text', text: 'earlier' },
        ]
      : [
          { wire: 'octets', length: 0, seed: 0 },
          { wire: 'octets', length: 3, seed: 1 },
        ];
  const written = (change.seed >> 8) % 4 === 3 ? [other, value] : [value];
  return fields.toSpliced(at, 0, ...written.map((one) => ({ number, ...one }) as WireField));
}

/** True for a part of a map's entry that says what its absence would say. */
function isOmissible(schema: Schema, { type }: SchemaField, fields: MessageValue, one: WireField): boolean {
  // An earlier value would count in its place.
  if (fields.filter(({ number }) => number === one.number).length > 1) return false;
  if (type.kind === 'message') return 'fields' in one && one.fields.length === 0 && !mustHold(schema, type);
  if (type.kind === 'enum') return 'value' in one && Number(one.value) === enumType(schema, type.name).numbers[0];
  return isDefaultValue(one);
}

/** True for messages that are not complete when they are empty. */
function mustHold(schema: Schema, type: FieldType): boolean {
  if (type.kind !== 'message') return false;
  if (type.name === 'google.protobuf.Value') return true;
  return messageType(schema, type.name).fields.some(({ cardinality }) => cardinality === 'required');
}

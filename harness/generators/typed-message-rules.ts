import { enumType, messageType } from '../schema/look-up';
import type { LengthPrefixed, MessageValue, NumberValue, WireField } from '../schema/message-value';
import type { MessageType, Schema, SchemaField } from '../schema/schema';
import { isNumberOf, isNumberType, readNumber, scalarOf } from './typed-message-values';

/**
 * True for what a conforming writer could have written: only fields of the type, each as its type says, with everything that is required, no implicit
 * default, one member of a oneof, no key of a map twice, and well-known types within their ranges.
 */
export function isTypedMessage(schema: Schema, typeName: string, value: MessageValue): boolean {
  const type = messageType(schema, typeName);
  const seen = new Set<number | string>();
  const keys = new Set<string>();
  for (const one of value) {
    const field = type.fields.find(({ number }) => number === one.number);
    if (field === undefined || !isTypedField(schema, type, field, one)) return false;
    if (isMap(schema, field)) {
      const key = 'fields' in one ? JSON.stringify(one.fields.find(({ number }) => number === 1)) : '';
      if (keys.has(`${field.number}=${key}`)) return false;
      keys.add(`${field.number}=${key}`);
    } else if (field.cardinality !== 'repeated') {
      const slot = field.oneof ?? field.number;
      if (seen.has(slot)) return false;
      seen.add(slot);
    }
  }
  const isComplete = type.fields.every(
    ({ number, cardinality }) =>
      (cardinality !== 'required' && !type.mapEntry) || value.some((one) => one.number === number),
  );
  return isComplete && (wellKnownRules.get(typeName)?.(value) ?? true);
}

function isTypedField(schema: Schema, type: MessageType, field: SchemaField, one: WireField): boolean {
  const isSingular = field.cardinality !== 'repeated';
  if (one.wire === 'message' || one.wire === 'group') {
    const held = field.type;
    const isFitting = held.kind === 'message' && held.delimited === (one.wire === 'group');
    return isFitting && isTypedMessage(schema, held.name, one.fields);
  }
  if (one.wire === 'packed') {
    return (
      field.packed && one.elements.length > 0 && one.elements.every((element) => isTypedNumber(schema, field, element))
    );
  }
  if (isSingular && !field.hasPresence && !type.mapEntry && isDefaultValue(one)) return false;
  if (one.wire === 'text' || one.wire === 'long-text' || one.wire === 'octets') {
    const scalar = scalarOf(field.type);
    return one.wire === 'octets' ? scalar === 'bytes' : scalar === 'string';
  }
  return !field.packed && isTypedNumber(schema, field, one);
}

function isTypedNumber(schema: Schema, { type }: SchemaField, number: NumberValue): boolean {
  const scalar = scalarOf(type);
  if (!isNumberType(scalar) || !isNumberOf(scalar, number)) return false;
  if (type.kind !== 'enum') return true;
  const { closed, numbers } = enumType(schema, type.name);
  return !closed || numbers.includes(Number(number.value));
}

export function isMap(schema: Schema, { type }: SchemaField): boolean {
  return type.kind === 'message' && messageType(schema, type.name).mapEntry;
}

/** True for zero and for nothing: what implicit presence does not write. Messages have no default. */
export function isDefaultValue(value: NumberValue | LengthPrefixed | WireField): boolean {
  if ('text' in value) return value.text === '';
  if ('length' in value && 'seed' in value) return value.length === 0;
  return 'value' in value && BigInt(value.value) === 0n;
}

/** Seconds of the years 1 to 9999 (timestamp.proto), and of 10,000 years (duration.proto). */
export const timestampSeconds = { min: -62_135_596_800n, max: 253_402_300_799n };
export const durationSeconds = { min: -315_576_000_000n, max: 315_576_000_000n };
export const largestNanos = 999_999_999n;

/** The type that stands for nothing in an Any of ours: every runtime knows it. */
export const emptyTypeUrl = 'type.googleapis.com/google.protobuf.Empty';
/** Paths that survive the way to JSON and back (field_mask.proto). */
export const maskPaths: readonly string[] = ['a', 'name', 'user.mail_address', 'a.b.c', 'field1'];

/** What well-known types demand beyond their fields, by full name. */
const wellKnownRules: ReadonlyMap<string, (value: MessageValue) => boolean> = new Map([
  [
    'google.protobuf.Timestamp',
    (value) =>
      isWithin(wholeOf(value, 1), timestampSeconds) && isWithin(wholeOf(value, 2), { min: 0n, max: largestNanos }),
  ],
  [
    'google.protobuf.Duration',
    (value) => {
      const seconds = wholeOf(value, 1);
      const nanos = wholeOf(value, 2);
      const isOneSign = seconds === 0n || nanos === 0n || seconds > 0n === nanos > 0n;
      return (
        isWithin(seconds, durationSeconds) && isWithin(nanos, { min: -largestNanos, max: largestNanos }) && isOneSign
      );
    },
  ],
  ['google.protobuf.FieldMask', (value) => value.every((one) => 'text' in one && maskPaths.includes(one.text))],
  [
    'google.protobuf.Any',
    (value) => value.every((one) => 'text' in one && one.number === 1 && one.text === emptyTypeUrl),
  ],
  // Values must be something, and JSON has no NaN and no infinity (struct.proto).
  [
    'google.protobuf.Value',
    (value) =>
      value.length === 1 &&
      value.every((one) => (one.number === 1 ? isDefaultValue(one) : one.number !== 2 || isFinite64(one))),
  ],
]);

function wholeOf(value: MessageValue, number: number): bigint {
  const field = value.find((one) => one.number === number);
  return field?.wire === 'varint' ? readNumber('int64', field) : 0n;
}

function isWithin(value: bigint, { min, max }: { readonly min: bigint; readonly max: bigint }): boolean {
  return value >= min && value <= max;
}

function isFinite64(one: WireField): boolean {
  const exponent = 0x7ff0000000000000n;
  return one.wire === 'fixed64' && (BigInt(one.value) & exponent) !== exponent;
}

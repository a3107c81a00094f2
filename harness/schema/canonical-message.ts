import { decodeMessage, type DecodedMessage, type DecodedValue } from './decode-message';
import { enumType, messageType } from './look-up';
import type { FieldType, MessageType, Schema, SchemaField } from './schema';

export interface CanonicalOptions {
  /** True: unknown fields count as well, as their octets in the order of their numbers. @defaultValue false */
  readonly keepsUnknown?: boolean;
}

/**
 * A text that is equal for two encodings exactly when they mean the same message: pieces are put together, the last value counts, maps have no order, an
 * implicit default is the same as nothing, all NaNs are one, and -0 is not 0. Undefined when the octets are no message of the type.
 */
export function canonicalMessage(
  schema: Schema,
  typeName: string,
  octets: Uint8Array,
  options: CanonicalOptions = {},
): string | undefined {
  const decoded = decodeMessage(schema, typeName, octets);
  if (!decoded.ok) return undefined;
  return JSON.stringify(canonicalFields(schema, messageType(schema, typeName), decoded.message, options));
}

/** Arrays, strings and numbers only, in one order. */
type Canonical = string | number | readonly Canonical[];

function canonicalFields(
  schema: Schema,
  type: MessageType,
  message: DecodedMessage,
  options: CanonicalOptions,
): Canonical {
  const fields = type.fields
    .toSorted((a, b) => a.number - b.number)
    .flatMap((field): readonly Canonical[] => {
      const values = message.fields.get(field.number);
      if (values === undefined) return [];
      const held = field.type.kind === 'message' ? messageType(schema, field.type.name) : undefined;
      if (held?.mapEntry) return [[field.number, canonicalMap(schema, held, values, options)]];
      const isAbsent = !field.hasPresence && field.cardinality !== 'repeated' && isDefault(values[0]!);
      if (isAbsent) return [];
      return [[field.number, values.map((value) => canonicalValue(schema, field.type, value, options))]];
    });
  if (options.keepsUnknown !== true) return fields;
  const unknown = message.unknown.toSorted((a, b) => a.number - b.number);
  return [fields, unknown.map(({ number, wireType, octets }) => [number, wireType, base64(octets)])];
}

/** The last entry of a key counts; what an entry lacks has its default. */
function canonicalMap(
  schema: Schema,
  entry: MessageType,
  values: readonly DecodedValue[],
  options: CanonicalOptions,
): Canonical {
  const entries = new Map<string, Canonical>();
  for (const value of values) {
    const { fields, unknown } = value as DecodedMessage;
    const part = (number: number): Canonical => {
      const field = entry.fields.find((one) => one.number === number)!;
      return canonicalValue(schema, field.type, fields.get(number)?.[0] ?? defaultOf(schema, field), options);
    };
    const key = part(1);
    const rest = options.keepsUnknown === true ? unknown.map(({ number, octets }) => [number, base64(octets)]) : [];
    entries.set(JSON.stringify(key), [key, part(2), ...rest]);
  }
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entryValue]) => entryValue);
}

function canonicalValue(schema: Schema, type: FieldType, value: DecodedValue, options: CanonicalOptions): Canonical {
  if (typeof value === 'bigint') return String(isNaNBits(type, value) ? 'NaN' : value);
  if (value instanceof Uint8Array) return base64(value);
  return type.kind === 'message' ? canonicalFields(schema, messageType(schema, type.name), value, options) : [];
}

/** Bits of the exponent, and of all but the sign (IEEE 754). */
const floatBits = { float: { exponent: 0x7f800000n, size: 31 }, double: { exponent: 0x7ff0000000000000n, size: 63 } };

function isNaNBits(type: FieldType, bits: bigint): boolean {
  if (type.kind !== 'scalar' || (type.scalar !== 'float' && type.scalar !== 'double')) return false;
  const { exponent, size } = floatBits[type.scalar];
  return BigInt.asUintN(size, bits) > exponent;
}

function isDefault(value: DecodedValue): boolean {
  return value instanceof Uint8Array ? value.length === 0 : value === 0n;
}

function defaultOf(schema: Schema, { type }: SchemaField): DecodedValue {
  if (type.kind === 'message') return { fields: new Map(), unknown: [] };
  if (type.kind === 'enum') return BigInt(enumType(schema, type.name).numbers[0]!);
  return type.scalar === 'string' || type.scalar === 'bytes' ? new Uint8Array(0) : 0n;
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64');
}

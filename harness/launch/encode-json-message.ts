import { ConformError } from '../error';
import { didYouMean } from '../nearest';
import { messageType } from '../schema/look-up';
import { encodeMessageValue, type MessageValue, type WireField } from '../schema/message-value';
import type { FieldType, MessageType, ScalarType, Schema, SchemaField } from '../schema/schema';

/** Messages inside of messages; what nobody writes by hand. */
const deepest = 100;

/** Whole numbers: how they are written, and their bounds in bits. */
const integers: Readonly<Partial<Record<ScalarType, { readonly bits: 32 | 64; readonly signed: boolean }>>> = {
  int32: { bits: 32, signed: true },
  int64: { bits: 64, signed: true },
  uint32: { bits: 32, signed: false },
  uint64: { bits: 64, signed: false },
  sint32: { bits: 32, signed: true },
  sint64: { bits: 64, signed: true },
  fixed32: { bits: 32, signed: false },
  fixed64: { bits: 64, signed: false },
  sfixed32: { bits: 32, signed: true },
  sfixed64: { bits: 64, signed: true },
};

/**
 * A message that someone wrote as JSON, in the ordinary mapping (https://protobuf.dev/programming-guides/json/): names as declared or in lowerCamelCase, 64-bit
 * numbers as texts or numbers, bytes in base64 (of UTF-8), maps as
 * objects. Enum values are numbers, and well-known types have no form of their own.
 *
 * @throws ConformError ERR_USAGE where the JSON does not fit the type, with the place.
 */
export function encodeJsonMessage(schema: Schema, typeName: string, json: unknown): Uint8Array {
  return encodeMessageValue(messageOf(schema, messageType(schema, typeName), json, typeName, 0));
}

function messageOf(schema: Schema, type: MessageType, json: unknown, at: string, depth: number): MessageValue {
  if (depth > deepest) throw wrong(at, 'is nested too deeply');
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(at, 'must be an object');
  const entries = Object.entries(json).filter(([, value]) => value !== null);
  const given = new Map(entries.map(([name, value]) => [fieldNamed(type, name, at), value as unknown]));
  const lacking = type.fields.find((field) => field.cardinality === 'required' && !given.has(field));
  if (lacking !== undefined) throw wrong(`${at}.${lacking.name}`, 'is required: give it with --data');
  return [...given].flatMap(([field, value]) => fieldOf(schema, field, value, `${at}.${field.name}`, depth));
}

function fieldNamed(type: MessageType, name: string, at: string): SchemaField {
  const camel = (text: string): string => text.replace(/_+(.)/g, (_match, letter: string) => letter.toUpperCase());
  const found = type.fields.find((field) => field.name === name || camel(field.name) === name);
  if (found !== undefined) return found;
  const names = type.fields.map((field) => field.name);
  throw new ConformError('ERR_USAGE', `--data: ${at} has no field ${JSON.stringify(name)}${didYouMean(name, names)}`);
}

function fieldOf(schema: Schema, field: SchemaField, json: unknown, at: string, depth: number): MessageValue {
  const { type, number, cardinality } = field;
  if (cardinality !== 'repeated') return [valueOf(schema, number, type, json, at, depth)];
  const held = type.kind === 'message' ? messageType(schema, type.name) : undefined;
  if (held?.mapEntry === true) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(at, 'must be an object');
    const keyType = held.fields.find((one) => one.number === 1)?.type;
    return Object.entries(json).map(([text, value]) => {
      const key = keyType?.kind === 'scalar' && keyType.scalar === 'bool' ? text === 'true' : text;
      return valueOf(schema, number, type, { key, value: value as unknown }, at, depth);
    });
  }
  if (!Array.isArray(json)) throw wrong(at, 'must be a list');
  // Readers take numbers one by one, too, whether or not the field is packed.
  return json.map((value: unknown, index) => valueOf(schema, number, type, value, `${at}[${index}]`, depth));
}

function valueOf(schema: Schema, number: number, type: FieldType, json: unknown, at: string, depth: number): WireField {
  switch (type.kind) {
    case 'enum':
      return { number, wire: 'varint', value: String(integerOf(json, 32, true, at)) };
    case 'message': {
      const fields = messageOf(schema, messageType(schema, type.name), json, at, depth + 1);
      return type.delimited ? { number, wire: 'group', fields } : { number, wire: 'message', fields };
    }
    case 'scalar':
      return scalarOf(number, type.scalar, json, at);
  }
}

function scalarOf(number: number, scalar: ScalarType, json: unknown, at: string): WireField {
  const integer = integers[scalar];
  if (integer !== undefined) {
    const { bits, signed } = integer;
    const value = integerOf(json, bits, signed, at);
    if (scalar.includes('fixed')) return { number, wire: bits === 32 ? 'fixed32' : 'fixed64', value: String(value) };
    const isZigzag = scalar === 'sint32' || scalar === 'sint64';
    return { number, wire: 'varint', value: String(isZigzag ? (value >= 0n ? 2n * value : -2n * value - 1n) : value) };
  }
  switch (scalar) {
    case 'bool':
      if (typeof json !== 'boolean') throw wrong(at, 'must be true or false');
      return { number, wire: 'varint', value: json ? '1' : '0' };
    case 'float':
    case 'double': {
      const value =
        typeof json === 'number' ? json : typeof json === 'string' && json.trim() !== '' ? Number(json) : NaN;
      if (Number.isNaN(value) && json !== 'NaN') throw wrong(at, 'must be a number');
      const view = new DataView(new ArrayBuffer(8));
      if (scalar === 'float') view.setFloat32(0, value);
      else view.setFloat64(0, value);
      return scalar === 'float'
        ? { number, wire: 'fixed32', value: String(view.getUint32(0)) }
        : { number, wire: 'fixed64', value: String(view.getBigUint64(0)) };
    }
    case 'string':
      if (typeof json !== 'string') throw wrong(at, 'must be a text');
      return { number, wire: 'text', text: json };
    default: {
      if (typeof json !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(json)) throw wrong(at, 'must be base64');
      const octets = Buffer.from(json, 'base64');
      const text = octets.toString('utf8');
      // Written values hold texts, and octets that are generated; nothing between.
      if (!Buffer.from(text, 'utf8').equals(octets)) throw wrong(at, 'must be base64 of a text in UTF-8');
      return { number, wire: 'text', text };
    }
  }
}

function integerOf(json: unknown, bits: 32 | 64, signed: boolean, at: string): bigint {
  const isInteger = typeof json === 'number' ? Number.isSafeInteger(json) : /^-?\d{1,20}$/.test(String(json));
  const value = isInteger && (typeof json === 'number' || typeof json === 'string') ? BigInt(json) : undefined;
  if (value === undefined || value !== (signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)))
    throw wrong(at, `must be a whole number of ${bits} bits${signed ? '' : ', not below 0'}`);
  return value;
}

const wrong = (at: string, what: string): ConformError => new ConformError('ERR_USAGE', `--data: ${at} ${what}`);

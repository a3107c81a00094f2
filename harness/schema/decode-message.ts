import { FieldReader, largestDepth, type Tag, type WireProblem } from './field-reader';
import { isUtf8 } from './is-utf8';
import { enumType, messageType } from './look-up';
import { wireTypes } from './wire-types';
import type { FieldType, MessageType, ScalarType, Schema, SchemaField } from './schema';

/** Numbers by their value, floating point numbers by their bits; text and bytes by their octets. */
export type DecodedValue = bigint | Uint8Array | DecodedMessage;

/** A field that the type does not have, or that does not look like it. */
export interface UnknownField {
  readonly number: number;
  readonly wireType: number;
  /** What stands behind the tag. */
  readonly octets: Uint8Array;
}

/** A message with all its pieces put together. */
export interface DecodedMessage {
  /** Fields that are there, by number; one value each, unless the field is repeated. Entries of maps are messages, all of them, in order. */
  readonly fields: ReadonlyMap<number, readonly DecodedValue[]>;
  readonly unknown: readonly UnknownField[];
}

export type DecodeResult =
  { readonly ok: true; readonly message: DecodedMessage } | ({ readonly ok: false } & WireProblem);

/**
 * Reads octets as a message of a type, as strictly as a conforming decoder has to be: unknown fields are fine, everything else must be in order
 * (https://protobuf.dev/programming-guides/encoding/). Never throws for what the octets hold.
 */
export function decodeMessage(schema: Schema, typeName: string, octets: Uint8Array): DecodeResult {
  const reader = new FieldReader(octets);
  const message = newMessage();
  const type = messageType(schema, typeName);
  readInto(message, schema, type, reader, { depth: 0 });
  if (reader.problem !== undefined) return { ok: false, ...reader.problem };
  const missing = findMissing(schema, type, message);
  if (missing !== undefined) {
    return { ok: false, problem: `the required field ${missing} is missing`, at: octets.length };
  }
  return { ok: true, message };
}

interface MutableMessage {
  readonly fields: Map<number, DecodedValue[]>;
  readonly unknown: UnknownField[];
}

function newMessage(): MutableMessage {
  return { fields: new Map(), unknown: [] };
}

/** How many messages this one stands in, and the number of the group that it is. */
interface Place {
  readonly depth: number;
  readonly group?: number;
}

const fieldsByNumber = new WeakMap<MessageType, ReadonlyMap<number, SchemaField>>();

function fieldsOf(type: MessageType): ReadonlyMap<number, SchemaField> {
  let fields = fieldsByNumber.get(type);
  if (fields === undefined) {
    fields = new Map(type.fields.map((field) => [field.number, field]));
    fieldsByNumber.set(type, fields);
  }
  return fields;
}

function readInto(message: MutableMessage, schema: Schema, type: MessageType, reader: FieldReader, place: Place): void {
  const start = reader.at;
  if (place.depth > largestDepth) return reader.fail(`messages nested more than ${largestDepth} deep`, start);
  const known = fieldsOf(type);
  for (let tag = reader.next(); tag !== undefined; tag = reader.next()) {
    if (tag.wireType === wireTypes.endGroup && place.group !== undefined) {
      if (tag.number === place.group) return;
      return reader.fail(`the end of group ${tag.number} in group ${place.group}`, reader.at);
    }
    const field = known.get(tag.number);
    const hasRead = field !== undefined && readField(message, schema, type, field, tag, reader, place.depth);
    if (!hasRead) readUnknown(message, tag, reader, place.depth);
  }
  if (place.group !== undefined) reader.fail('a group without an end', start);
}

function readUnknown(message: MutableMessage, tag: Tag, reader: FieldReader, depth: number): void {
  const start = reader.at;
  reader.skip(tag, depth);
  message.unknown.push({ ...tag, octets: reader.octets.subarray(start, reader.at) });
}

/** False, and nothing is read, when the wire type is not the field's. */
function readField(
  message: MutableMessage,
  schema: Schema,
  type: MessageType,
  field: SchemaField,
  tag: Tag,
  reader: FieldReader,
  depth: number,
): boolean {
  const wanted = wireTypeOf(field.type);
  const isRepeated = field.cardinality === 'repeated';
  const isRun = isRepeated && wanted !== tag.wireType && tag.wireType === wireTypes.lengthPrefixed && isPackable(field);
  if (wanted !== tag.wireType && !isRun) return false;
  const clearOthers = (): void => {
    if (field.oneof === undefined) return;
    for (const other of type.fields) {
      if (other.oneof === field.oneof && other !== field) message.fields.delete(other.number);
    }
  };
  if (field.type.kind === 'message') {
    clearOthers();
    readMessage(message, schema, field, field.type, reader, depth);
    return true;
  }
  const values = isRun ? reader.content() : reader;
  do {
    if (isRun && values.at === values.end) break;
    const start = values.at;
    const value = readValue(field, field.type, values);
    if (values.problem !== undefined) break;
    if (field.type.kind === 'enum' && isUndeclared(schema, field.type.name, value)) {
      const octets = values.octets.subarray(start, values.at);
      message.unknown.push({ number: field.number, wireType: wireTypes.varint, octets });
      continue;
    }
    clearOthers();
    add(message, field, value);
  } while (isRun);
  if (values.problem !== undefined) reader.fail(values.problem.problem, values.problem.at);
  return true;
}

function add(message: MutableMessage, field: SchemaField, value: DecodedValue): void {
  const known = message.fields.get(field.number);
  if (field.cardinality === 'repeated' && known !== undefined) known.push(value);
  else message.fields.set(field.number, [value]);
}

function readMessage(
  message: MutableMessage,
  schema: Schema,
  field: SchemaField,
  { name, delimited }: FieldType & { kind: 'message' },
  reader: FieldReader,
  depth: number,
): void {
  const type = messageType(schema, name);
  // Pieces of one message are put together ("Last One Wins", encoding guide).
  const known = field.cardinality === 'repeated' ? undefined : message.fields.get(field.number)?.[0];
  const held = (known as MutableMessage | undefined) ?? newMessage();
  const content = delimited ? reader : reader.content();
  const start = content.at;
  readInto(held, schema, type, content, { depth: depth + 1, ...(delimited ? { group: field.number } : {}) });
  if (content.problem !== undefined) return reader.fail(content.problem.problem, content.problem.at);
  // An entry whose value is an undeclared number of a closed enum is unknown as a whole.
  const isUnknown = type.mapEntry && fieldsOf(type).get(2)?.type.kind === 'enum' && !held.fields.has(2);
  if (isUnknown && held.unknown.some(({ number, wireType }) => number === 2 && wireType === wireTypes.varint)) {
    const octets = reader.octets.subarray(start, content.end);
    message.unknown.push({ number: field.number, wireType: wireTypes.lengthPrefixed, octets });
  } else if (known === undefined) add(message, field, held);
}

function readValue(
  field: SchemaField,
  type: Exclude<FieldType, { kind: 'message' }>,
  reader: FieldReader,
): DecodedValue {
  const scalar = type.kind === 'enum' ? 'int32' : type.scalar;
  switch (scalar) {
    case 'string':
    case 'bytes': {
      const content = reader.content();
      const octets = content.rest();
      if (field.verifiesUtf8 && !isUtf8(octets)) {
        reader.fail(`the string ${field.name} (field ${field.number}) is not UTF-8`, content.at);
      }
      return octets;
    }
    case 'bool':
      return reader.varint() === 0n ? 0n : 1n;
    case 'int32':
      return BigInt.asIntN(32, reader.varint());
    case 'int64':
      return BigInt.asIntN(64, reader.varint());
    case 'uint32':
      return BigInt.asUintN(32, reader.varint());
    case 'uint64':
      return reader.varint();
    case 'sint32':
      return fromZigzag(BigInt.asUintN(32, reader.varint()));
    case 'sint64':
      return fromZigzag(reader.varint());
    case 'sfixed32':
      return BigInt.asIntN(32, reader.fixed(4));
    case 'sfixed64':
      return BigInt.asIntN(64, reader.fixed(8));
    case 'fixed32':
    case 'float':
      return reader.fixed(4);
    case 'fixed64':
    case 'double':
      return reader.fixed(8);
  }
}

function fromZigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

function isUndeclared(schema: Schema, name: string, value: DecodedValue): boolean {
  const { closed, numbers } = enumType(schema, name);
  return closed && !numbers.includes(Number(value));
}

function isPackable({ type }: SchemaField): boolean {
  return type.kind === 'enum' || (type.kind === 'scalar' && type.scalar !== 'string' && type.scalar !== 'bytes');
}

const scalarWireTypes: Readonly<Record<ScalarType, number>> = {
  double: wireTypes.fixed64,
  float: wireTypes.fixed32,
  int32: wireTypes.varint,
  int64: wireTypes.varint,
  uint32: wireTypes.varint,
  uint64: wireTypes.varint,
  sint32: wireTypes.varint,
  sint64: wireTypes.varint,
  fixed32: wireTypes.fixed32,
  fixed64: wireTypes.fixed64,
  sfixed32: wireTypes.fixed32,
  sfixed64: wireTypes.fixed64,
  bool: wireTypes.varint,
  string: wireTypes.lengthPrefixed,
  bytes: wireTypes.lengthPrefixed,
};

/** The wire type of one value. */
export function wireTypeOf(type: FieldType): number {
  if (type.kind === 'scalar') return scalarWireTypes[type.scalar];
  if (type.kind === 'enum') return wireTypes.varint;
  return type.delimited ? wireTypes.startGroup : wireTypes.lengthPrefixed;
}

/** The name of a required field that is missing, in the message or in one that it holds. Messages are at most 100 deep here. */
function findMissing(schema: Schema, type: MessageType, message: DecodedMessage): string | undefined {
  for (const field of type.fields) {
    const values = message.fields.get(field.number);
    if (values === undefined) {
      if (field.cardinality === 'required') return `${type.name}.${field.name}`;
      continue;
    }
    if (field.type.kind !== 'message') continue;
    const held = messageType(schema, field.type.name);
    for (const value of values) {
      const missing = findMissing(schema, held, value as DecodedMessage);
      if (missing !== undefined) return missing;
    }
  }
  return undefined;
}

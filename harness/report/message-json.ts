import { decodeMessage, type DecodedMessage, type DecodedValue } from '../schema/decode-message';
import { messageType } from '../schema/look-up';
import type { FieldType, MessageType, Schema, SchemaField } from '../schema/schema';
import { encodeBase64 } from './base64';

/** A protobuf message as JSON, or why its octets are none. */
export type MessageJson =
  | {
      readonly ok: true;
      readonly value: Readonly<Record<string, unknown>>;
      /** False: it has fields that JSON of its type cannot say. */
      readonly isWhole: boolean;
    }
  | { readonly ok: false; readonly problem: string; readonly at: number };

/** How octets of `bytes` and of unknown fields are written; base64 unless given, as ProtoJSON wants it. */
export type WriteOctets = (octets: Uint8Array) => string;

/** Values that a display shows of one field. */
const mostValues = 1000;

/** Decodes a message by its type and writes it with the names of its fields (https://protobuf.dev/programming-guides/json/). Enums are numbers: names are not kept. */
export function messageJson(
  schema: Schema,
  typeName: string,
  octets: Uint8Array,
  write: WriteOctets = encodeBase64,
): MessageJson {
  const decoded = decodeMessage(schema, typeName, octets);
  if (!decoded.ok) return { ok: false, problem: decoded.problem, at: decoded.at };
  const writer = { schema, write, isWhole: true };
  const value = fieldsJson(writer, messageType(schema, typeName), decoded.message);
  return { ok: true, value, isWhole: writer.isWhole };
}

interface Writer {
  readonly schema: Schema;
  readonly write: WriteOctets;
  isWhole: boolean;
}

function fieldsJson(writer: Writer, type: MessageType, message: DecodedMessage): Readonly<Record<string, unknown>> {
  const entries = type.fields.flatMap((field): readonly (readonly [string, unknown])[] => {
    const values = message.fields.get(field.number);
    if (values === undefined) return [];
    return [[field.name, fieldJson(writer, field, values)]];
  });
  const unknown = message.unknown.map(
    ({ number, octets }) => [`unknown field ${number}`, writer.write(octets)] as const,
  );
  if (unknown.length > 0) writer.isWhole = false;
  return Object.fromEntries([...entries, ...unknown.slice(0, mostValues)]);
}

function fieldJson(writer: Writer, field: SchemaField, values: readonly DecodedValue[]): unknown {
  const held = field.type.kind === 'message' ? messageType(writer.schema, field.type.name) : undefined;
  if (held?.mapEntry === true) return mapJson(writer, held, values);
  if (field.cardinality !== 'repeated') return valueJson(writer, field.type, values.at(-1));
  if (values.length > mostValues) writer.isWhole = false;
  return values.slice(0, mostValues).map((value) => valueJson(writer, field.type, value));
}

function mapJson(writer: Writer, entry: MessageType, values: readonly DecodedValue[]): unknown {
  const [key, value] = [1, 2].map((number) => entry.fields.find((field) => field.number === number));
  if (key === undefined || value === undefined) return {};
  if (values.length > mostValues) writer.isWhole = false;
  return Object.fromEntries(
    values.slice(0, mostValues).map((one) => {
      const { fields } = one as DecodedMessage;
      return [
        String(valueJson(writer, key.type, fields.get(1)?.[0])),
        valueJson(writer, value.type, fields.get(2)?.[0]),
      ];
    }),
  );
}

function valueJson(writer: Writer, type: FieldType, value: DecodedValue | undefined): unknown {
  if (type.kind === 'message') {
    const held = (value as DecodedMessage | undefined) ?? { fields: new Map(), unknown: [] };
    return fieldsJson(writer, messageType(writer.schema, type.name), held);
  }
  const scalar = type.kind === 'enum' ? 'int32' : type.scalar;
  if (scalar === 'string' || scalar === 'bytes') {
    const octets = value instanceof Uint8Array ? value : new Uint8Array(0);
    return scalar === 'string' ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets) : writer.write(octets);
  }
  return numberJson(scalar, typeof value === 'bigint' ? value : 0n);
}

function numberJson(scalar: string, value: bigint): unknown {
  if (scalar === 'bool') return value !== 0n;
  if (scalar === 'float' || scalar === 'double') {
    const view = new DataView(new ArrayBuffer(8));
    if (scalar === 'float') view.setUint32(0, Number(BigInt.asUintN(32, value)));
    else view.setBigUint64(0, BigInt.asUintN(64, value));
    const number = scalar === 'float' ? view.getFloat32(0) : view.getFloat64(0);
    return Number.isFinite(number) ? number : String(number);
  }
  // ProtoJSON writes 64 bits as text, since numbers of JavaScript have 53.
  return scalar.endsWith('64') ? String(value) : Number(value);
}

import { encodeMessageValue, type MessageValue, type WireField } from './message-value';
import { type FieldType, type ScalarType, type Schema, type SchemaField } from './schema';

const text = (number: number, value: string): WireField => ({ number, wire: 'text', text: value });
const varint = (number: number, value: number): WireField => ({ number, wire: 'varint', value: String(value) });
const part = (number: number, ...fields: MessageValue): WireField => ({ number, wire: 'message', fields });

/** FieldDescriptorProto.Type */
const typeNumbers: Readonly<Record<ScalarType, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};

/**
 * A FileDescriptorSet of the messages and enums of one package, written from our model alone: a file of edition 2023 that says every feature of every
 * field. What another implementation makes of it tests the model.
 */
export function describeSchema(schema: Schema, packageName: string): Uint8Array {
  const prefix = packageName === '' ? '' : `${packageName}.`;
  const inScope = (scope: string) => ({
    messages: schema.messages.filter(({ name }) => parentOf(name) === scope),
    enums: schema.enums.filter(({ name }) => parentOf(name) === scope),
  });
  const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const nameOf = (name: string): WireField => text(1, name.slice(name.lastIndexOf('.') + 1));
  const content = (scope: string, messageField: number, enumField: number): MessageValue => {
    const { messages, enums } = inScope(scope);
    return [
      ...messages.map(({ name, fields, mapEntry }) => {
        const oneofs = [...new Set(fields.flatMap(({ oneof }) => oneof ?? []))];
        return part(
          messageField,
          nameOf(name),
          ...fields.map((field) => part(2, ...fieldContent(field, oneofs, mapEntry))),
          ...oneofs.map((oneof) => part(8, text(1, oneof))),
          ...(mapEntry ? [part(7, varint(7, 1))] : []),
          ...content(name, 3, 4),
        );
      }),
      ...enums.map(({ name, numbers, closed }) =>
        part(
          enumField,
          nameOf(name),
          // Names of values are known to everything around the enum.
          ...numbers.map((number, index) =>
            part(2, text(1, `${name.replaceAll('.', '_')}_${index}`), varint(2, number)),
          ),
          part(3, part(7, varint(2, closed ? 2 : 1))),
        ),
      ),
    ];
  };
  const file = [
    text(1, 'described.proto'),
    ...(prefix === '' ? [] : [text(2, packageName)]),
    text(12, 'editions'),
    varint(14, 1000),
    ...content(packageName, 4, 5),
  ];
  return encodeMessageValue([part(1, ...file)]);
}

function fieldContent(field: SchemaField, oneofs: readonly string[], isInMapEntry: boolean): MessageValue {
  const { number, name, type, cardinality, hasPresence, packed, verifiesUtf8, oneof } = field;
  const isSingular = cardinality !== 'repeated' && oneof === undefined;
  const isPackable = cardinality === 'repeated' && type.kind !== 'message' && !isText(type);
  const presence = cardinality === 'required' ? 3 : hasPresence ? 1 : 2;
  const features = [
    ...(isSingular && !isInMapEntry && type.kind !== 'message' ? [varint(1, presence)] : []),
    ...(cardinality === 'required' && type.kind === 'message' ? [varint(1, 3)] : []),
    ...(isPackable ? [varint(3, packed ? 1 : 2)] : []),
    ...(type.kind === 'scalar' && type.scalar === 'string' ? [varint(4, verifiesUtf8 ? 2 : 3)] : []),
    ...(type.kind === 'message' ? [varint(5, type.delimited ? 2 : 1)] : []),
  ];
  return [
    text(1, name),
    varint(3, number),
    varint(4, cardinality === 'repeated' ? 3 : 1),
    varint(5, type.kind === 'scalar' ? typeNumbers[type.scalar] : type.kind === 'enum' ? 14 : 11),
    ...(type.kind === 'scalar' ? [] : [text(6, `.${type.name}`)]),
    ...(oneof === undefined ? [] : [varint(9, oneofs.indexOf(oneof))]),
    ...(features.length === 0 ? [] : [part(8, part(21, ...features))]),
  ];
}

function isText(type: FieldType): boolean {
  return type.kind === 'scalar' && (type.scalar === 'string' || type.scalar === 'bytes');
}

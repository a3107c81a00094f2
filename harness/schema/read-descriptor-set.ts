import { ConformError } from '../error';
import { listBriefly } from '../list-briefly';
import type {
  EnumDescriptor,
  Features,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  MethodDescriptor,
  ServiceDescriptor,
} from './descriptor';
import { rulesOfDescriptor } from './editions';
import { FieldReader } from './field-reader';
import { linkSchema } from './link-schema';
import { wireTypes } from './wire-types';
import type { ScalarType, Schema } from './schema';
import { quoteName, SchemaCounter, schemaLimits } from './schema-limits';

/** An encoded FileDescriptorSet. */
export interface DescriptorSet {
  readonly octets: Uint8Array;
  /** Where it comes from, for messages. */
  readonly from: string;
}

/**
 * Reads an encoded FileDescriptorSet, or several of them one after the other.
 *
 * @param from Where it comes from, for messages: `--protoset user.pb`.
 * @throws ConformError ERR_SCHEMA when the octets are no descriptors, or name what no schema may have.
 */
export function readDescriptorSet(octets: Uint8Array, from: string): Schema {
  return readDescriptorSets([{ octets, from }]);
}

/**
 * Reads several sets as one schema. They may share files; of types that two sets describe differently, the first description counts, and methods that
 * reach them are not usable.
 *
 * @throws ConformError ERR_SCHEMA as {@link readDescriptorSet}
 */
export function readDescriptorSets(sets: readonly DescriptorSet[]): Schema {
  const from = listBriefly(sets.map((set) => set.from));
  checkSize(
    sets.reduce((sum, { octets }) => sum + octets.length, 0),
    from,
  );
  const whole = new SchemaCounter(from);
  const files: FileDescriptor[] = [];
  for (const set of sets) {
    const counter = new SchemaCounter(set.from, whole);
    for (const field of fieldsOf(new FieldReader(set.octets), counter)) {
      if (field.number === 1 && field.content !== undefined) {
        files.push({ ...readFile(field.content, counter), from: set.from });
      }
    }
  }
  return linkSchema(files, from);
}

/**
 * Reads encoded FileDescriptorProtos, as server reflection gives them: in any order, more than once, and with imports that are missing.
 *
 * @throws ConformError ERR_SCHEMA as {@link readDescriptorSet}
 */
export function readFileDescriptors(files: readonly Uint8Array[], from: string): Schema {
  const counter = new SchemaCounter(from);
  checkSize(
    files.reduce((sum, { length }) => sum + length, 0),
    from,
  );
  return linkSchema(
    files.map((octets) => readFile(new FieldReader(octets), counter)),
    from,
  );
}

function checkSize(octets: number, from: string): void {
  if (octets <= schemaLimits.octets) return;
  const limit = schemaLimits.octets / 1024 / 1024;
  throw new ConformError(
    'ERR_SCHEMA',
    `${from} cannot be used: it has more than ${limit} MiB; leave out what the methods do not need`,
  );
}

/** A field as far as descriptors have them: numbers, and what has a length. */
interface DescriptorField {
  readonly number: number;
  readonly varint: bigint | undefined;
  readonly content: FieldReader | undefined;
}

function* fieldsOf(reader: FieldReader, counter: SchemaCounter): Generator<DescriptorField> {
  for (let tag = reader.next(); tag !== undefined; tag = reader.next()) {
    const { number, wireType } = tag;
    if (wireType === wireTypes.varint) yield { number, varint: reader.varint(), content: undefined };
    else if (wireType === wireTypes.lengthPrefixed) yield { number, varint: undefined, content: reader.content() };
    // No field of descriptor.proto, but an option of somebody's own.
    else reader.skip(tag);
  }
  if (reader.problem !== undefined) refuseOctets(reader.problem.problem, reader.problem.at, counter);
}

function refuseOctets(problem: string, at: number, counter: SchemaCounter): never {
  throw new ConformError('ERR_SCHEMA', `${counter.from} is no descriptor set of protobuf: ${problem}, at octet ${at}`);
}

/** Field numbers of descriptor.proto stand behind each case; it has been stable since 2008. */
function readFile(reader: FieldReader, counter: SchemaCounter): FileDescriptor {
  counter.count('files');
  let name = '';
  let packageName = '';
  let syntax = '';
  let edition = 0;
  const features = new FeatureReader();
  const messages: MessageDescriptor[] = [];
  const enums: EnumDescriptor[] = [];
  const services: ServiceDescriptor[] = [];
  for (const { number, content, varint } of fieldsOf(reader, counter)) {
    if (content !== undefined) {
      if (number === 1) name = readText(content);
      else if (number === 2) packageName = readText(content);
      else if (number === 4) messages.push(readMessage(content, counter, 1));
      else if (number === 5) enums.push(readEnum(content, counter));
      else if (number === 6) services.push(readService(content, counter));
      else if (number === 8) features.readOptions(content, 50, counter);
      else if (number === 12) syntax = readText(content);
    } else if (number === 14 && varint !== undefined) edition = int32(varint);
  }
  const rules = rulesOfDescriptor(syntax, edition) ?? counter.refuse(`a file of the syntax ${quoteName(syntax)}`);
  return {
    name,
    package: packageName,
    ...rules,
    features: features.features,
    messages,
    enums,
    services,
  };
}

function readMessage(reader: FieldReader, counter: SchemaCounter, depth: number): MessageDescriptor {
  counter.count('messages');
  counter.nest(depth);
  let name = '';
  let mapEntry = false;
  let messageSet = false;
  const features = new FeatureReader();
  const fields: FieldDescriptor[] = [];
  const messages: MessageDescriptor[] = [];
  const enums: EnumDescriptor[] = [];
  const oneofs: string[] = [];
  const extensions: (readonly [number, number])[] = [];
  for (const { number, content } of fieldsOf(reader, counter)) {
    if (content === undefined) continue;
    if (number === 1) name = readText(content);
    else if (number === 2) fields.push(readFieldDescriptor(content, counter));
    else if (number === 3) messages.push(readMessage(content, counter, depth + 1));
    else if (number === 4) enums.push(readEnum(content, counter));
    else if (number === 5) extensions.push(readRange(content, counter));
    else if (number === 7) {
      const option = features.readOptions(content, 12, counter);
      messageSet = option(1) === undefined ? messageSet : option(1) !== 0n;
      mapEntry = option(7) === undefined ? mapEntry : option(7) !== 0n;
    } else if (number === 8) {
      // Counted with the fields, because each has one at least.
      counter.count('fields');
      oneofs.push(readNameOf(content, counter));
    }
  }
  return { name, fields, messages, enums, oneofs, extensions, mapEntry, messageSet, features: features.features };
}

function readFieldDescriptor(reader: FieldReader, counter: SchemaCounter): FieldDescriptor {
  counter.count('fields');
  let name = '';
  let fieldNumber = 0;
  let label: FieldDescriptor['label'] = 'optional';
  let type: FieldDescriptor['type'] = 'named';
  let typeName: string | undefined;
  let oneofIndex: number | undefined;
  let proto3Optional = false;
  let packed: boolean | undefined;
  const features = new FeatureReader();
  for (const { number, content, varint } of fieldsOf(reader, counter)) {
    if (content !== undefined) {
      if (number === 1) name = readText(content);
      else if (number === 6) typeName = readText(content);
      else if (number === 8) {
        const option = features.readOptions(content, 21, counter)(2);
        if (option !== undefined) packed = option !== 0n;
      }
    } else if (varint !== undefined) {
      if (number === 3) fieldNumber = int32(varint);
      else if (number === 4) label = labels.get(varint) ?? counter.refuse(`the label ${varint} of a field`);
      else if (number === 5) type = types.get(varint) ?? counter.refuse(`the type ${varint} of a field`);
      else if (number === 9) oneofIndex = int32(varint);
      else if (number === 17) proto3Optional = varint !== 0n;
    }
  }
  return {
    name,
    number: fieldNumber,
    label,
    type,
    typeName,
    oneofIndex,
    proto3Optional,
    packed,
    features: features.features,
  };
}

const labels: ReadonlyMap<bigint, FieldDescriptor['label']> = new Map([
  [1n, 'optional'],
  [2n, 'required'],
  [3n, 'repeated'],
]);

/** FieldDescriptorProto.Type, from 1. */
const typesInOrder: readonly (ScalarType | 'group' | 'message' | 'enum')[] = [
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'group',
  'message',
  'bytes',
  'uint32',
  'enum',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
];
const types: ReadonlyMap<bigint, (typeof typesInOrder)[number]> = new Map(
  typesInOrder.map((type, index) => [BigInt(index + 1), type]),
);

function readEnum(reader: FieldReader, counter: SchemaCounter): EnumDescriptor {
  counter.count('enums');
  let name = '';
  const numbers: number[] = [];
  const features = new FeatureReader();
  for (const { number, content } of fieldsOf(reader, counter)) {
    if (content === undefined) continue;
    if (number === 1) name = readText(content);
    else if (number === 2) {
      counter.count('enumValues');
      let value = 0;
      for (const field of fieldsOf(content, counter)) {
        if (field.number === 2 && field.varint !== undefined) value = int32(field.varint);
      }
      numbers.push(value);
    } else if (number === 3) features.readOptions(content, 7, counter);
  }
  return { name, numbers, features: features.features };
}

function readService(reader: FieldReader, counter: SchemaCounter): ServiceDescriptor {
  counter.count('services');
  let name = '';
  const methods: MethodDescriptor[] = [];
  for (const { number, content } of fieldsOf(reader, counter)) {
    if (content === undefined) continue;
    if (number === 1) name = readText(content);
    else if (number === 2) methods.push(readMethod(content, counter));
  }
  return { name, methods };
}

function readMethod(reader: FieldReader, counter: SchemaCounter): MethodDescriptor {
  counter.count('methods');
  let name = '';
  let input = '';
  let output = '';
  let clientStreaming = false;
  let serverStreaming = false;
  let idempotent = false;
  for (const { number, content, varint } of fieldsOf(reader, counter)) {
    if (content !== undefined) {
      if (number === 1) name = readText(content);
      else if (number === 2) input = readText(content);
      else if (number === 3) output = readText(content);
      else if (number === 4) {
        for (const option of fieldsOf(content, counter)) {
          // MethodOptions.idempotency_level: 1 is NO_SIDE_EFFECTS, 2 is IDEMPOTENT.
          if (option.number === 34 && option.varint !== undefined) {
            idempotent = option.varint === 1n || option.varint === 2n;
          }
        }
      }
    } else if (varint !== undefined) {
      if (number === 5) clientStreaming = varint !== 0n;
      else if (number === 6) serverStreaming = varint !== 0n;
    }
  }
  return { name, input, output, clientStreaming, serverStreaming, idempotent };
}

/** An ExtensionRange, whose end is exclusive; counted as a field. */
function readRange(reader: FieldReader, counter: SchemaCounter): readonly [number, number] {
  counter.count('fields');
  let start = 0;
  let end = 0;
  for (const { number, varint } of fieldsOf(reader, counter)) {
    if (number === 1 && varint !== undefined) start = int32(varint);
    if (number === 2 && varint !== undefined) end = int32(varint);
  }
  return [start, end - 1];
}

/** Field 1 of a message: the name of a oneof. */
function readNameOf(reader: FieldReader, counter: SchemaCounter): string {
  let name = '';
  for (const { number, content } of fieldsOf(reader, counter)) {
    if (number === 1 && content !== undefined) name = readText(content);
  }
  return name;
}

/** A name is refused when it is longer than allowed; one character more than that is enough to see it. */
function readText(reader: FieldReader): string {
  const octets = reader.rest();
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('utf8', 0, 4 * schemaLimits.nameLength);
}

function int32(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** Gathers features from the options of one thing; options may come in pieces, as every message may. */
class FeatureReader {
  features: Features = {};

  /** Reads one of the Options messages, whose features stand in that field. Gives its other fields of numbers. */
  readOptions(
    reader: FieldReader,
    featuresField: number,
    counter: SchemaCounter,
  ): (number: number) => bigint | undefined {
    const numbers = new Map<number, bigint>();
    for (const { number, content, varint } of fieldsOf(reader, counter)) {
      if (number === featuresField && content !== undefined) this.#read(content, counter);
      else if (varint !== undefined && number <= 50) numbers.set(number, varint);
    }
    return (number) => numbers.get(number);
  }

  #read(reader: FieldReader, counter: SchemaCounter): void {
    for (const { number, varint } of fieldsOf(reader, counter)) {
      if (varint === undefined || number > 5) continue;
      this.features = { ...this.features, ...featureValues.get(`${number}=${varint}`) };
    }
  }
}

/** FeatureSet by field number and value; what is not here decides nothing on the wire. */
const featureValues: ReadonlyMap<string, Features> = new Map<string, Features>([
  ['1=1', { presence: 'explicit' }],
  ['1=2', { presence: 'implicit' }],
  ['1=3', { presence: 'required' }],
  ['2=1', { enums: 'open' }],
  ['2=2', { enums: 'closed' }],
  ['3=1', { repeated: 'packed' }],
  ['3=2', { repeated: 'expanded' }],
  ['4=2', { utf8: 'verify' }],
  ['4=3', { utf8: 'none' }],
  ['5=1', { messages: 'length-prefixed' }],
  ['5=2', { messages: 'delimited' }],
]);

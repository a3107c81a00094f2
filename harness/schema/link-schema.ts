import { ConformError } from '../error';
import { listBriefly } from '../list-briefly';
import { describeDifference, type LinkedType, type Sides } from './compare-types';
import {
  syntaxFeatures,
  type EnumDescriptor,
  type Features,
  type FieldDescriptor,
  type FileDescriptor,
  type MessageDescriptor,
  type MethodDescriptor,
  type ServiceDescriptor,
  type Syntax,
} from './descriptor';
import { describeUnknownEdition } from './editions';
import { smallestMessages } from './smallest-message';
import { scalarTypes, type EnumType, type FieldType, type MessageType, type Schema, type SchemaField } from './schema';
import type { SchemaMethod, ScalarType, UnusableMethod } from './schema';
import { quoteName, SchemaCounter, showFileName } from './schema-limits';
import { wellKnownFiles } from './well-known-files';

/** Numbers of fields (https://protobuf.dev/programming-guides/proto3/#assigning), without those that protobuf keeps for itself. */
const largestFieldNumber = 2 ** 29 - 1;
const keptNumbers = { from: 19_000, to: 19_999 };

/** Keys of maps (https://protobuf.dev/programming-guides/proto3/#maps): whole numbers, bool and string. */
const keyTypes: ReadonlySet<string> = new Set(
  scalarTypes.filter((type) => !['double', 'float', 'bytes'].includes(type)),
);

/** Types that are never packed. */
const lengthPrefixedTypes: ReadonlySet<string> = new Set(['string', 'bytes', 'message', 'group']);

type Definition =
  | { readonly kind: 'message'; readonly descriptor: MessageDescriptor; readonly context: Context }
  | { readonly kind: 'enum'; readonly descriptor: EnumDescriptor; readonly context: Context };

type DescribedMethod = { readonly file: FileDescriptor; readonly method: SchemaMethod | UnusableMethod };

/** What a definition inherits. */
interface Context {
  readonly file: FileDescriptor;
  readonly syntax: Syntax;
  readonly features: Required<Features>;
}

/**
 * Looks up the types that descriptors name, and checks everything that they say. What is missing makes only those methods unusable that reach it, because
 * some reflection services leave descriptors out; so does what two files describe differently, of which the first counts, and what is of an edition whose
 * rules nobody here knows. What is wrong makes all of it unusable.
 *
 * @throws ConformError ERR_SCHEMA when descriptors name what no schema may have.
 */
export function linkSchema(files: readonly FileDescriptor[], from: string): Schema {
  const linker = new Linker(from);
  for (const file of files) linker.define(file);
  return linker.link(files);
}

class Linker {
  readonly #names: SchemaCounter;
  readonly #definitions = new Map<string, Definition>();
  readonly #wellKnown = new Map<string, Definition>();
  readonly #messages = new Map<string, MessageType>();
  readonly #enums = new Map<string, EnumType>();
  /** Messages that a complete value can be made of. */
  #complete: ReadonlyMap<string, unknown> = new Map();
  /** Messages that cannot be used, with the reason; those that hold them come in later. */
  readonly #broken = new Map<string, string>();
  /** Enums that cannot be used; the same. */
  readonly #brokenEnums = new Map<string, string>();
  /** Further definitions of names, other than the first in words or order at least. */
  readonly #others = new Map<string, Definition[]>();
  /** Names whose definitions differ, by the two files, as a clause. */
  readonly #differing = new Map<string, string[]>();

  constructor(from: string) {
    this.#names = new SchemaCounter(from);
    for (const file of wellKnownFiles()) this.#defineFile(file, this.#wellKnown);
  }

  define(file: FileDescriptor): void {
    this.#defineFile(file, this.#definitions);
  }

  link(files: readonly FileDescriptor[]): Schema {
    for (const name of this.#definitions.keys()) this.#linkType(name);
    const described = files.flatMap((file) => file.services.flatMap((service) => this.#linkService(service, file)));
    // Well-known types come in where something names them; a Map's iteration goes on to what was added.
    for (const { fields } of this.#messages.values()) {
      for (const { type } of fields) if (type.kind !== 'scalar') this.#linkType(type.name);
    }
    for (const [name, others] of this.#others) this.#compareWithFirst(name, others);
    this.#spreadBroken();
    this.#complete = smallestMessages(this.#messages.values());
    const methods = this.#mergeMethods(described);
    const problems = [...this.#differing].map(([pair, names]) => `${pair}: ${listBriefly(names)}`);
    return {
      methods: methods.filter(isUsable),
      messages: [...this.#messages.values()].filter(({ name }) => !this.#broken.has(name)),
      enums: [...this.#enums.values()].filter(({ name }) => !this.#brokenEnums.has(name)),
      unusable: methods.filter((method) => 'reason' in method),
      ...(problems.length === 0 ? {} : { problems }),
    };
  }

  #linkService(service: ServiceDescriptor, file: FileDescriptor): readonly DescribedMethod[] {
    this.#names.identifier(service.name, 'the name of a service');
    const scope = this.#names.fullName(join(file.package, service.name), 'a service');
    return service.methods.map((method) => ({ file, method: this.#linkMethod(method, scope) }));
  }

  #mergeMethods(described: readonly DescribedMethod[]): readonly (SchemaMethod | UnusableMethod)[] {
    const merged = new Map<string, DescribedMethod>();
    for (const { file, method } of described) {
      const checked = this.#checkMethod(method);
      const known = merged.get(checked.path);
      if (known === undefined) merged.set(checked.path, { file, method: checked });
      else if (known.file === file) this.#names.refuse(`two definitions of ${checked.path}`);
      else if (isUsable(known.method) && JSON.stringify(known.method) !== JSON.stringify(checked)) {
        this.#noteDifference(known.file, file, checked.path);
        const reason = `it is not the same in ${describePair(known.file, file)}: its types, its kind or its idempotency differ`;
        merged.set(checked.path, { file, method: { path: checked.path, reason } });
      }
    }
    return [...merged.values()].map(({ method }) => method);
  }

  /** Sets that are put together may hold a file in two versions, and some servers register one file under two names. */
  #compareWithFirst(name: string, others: readonly Definition[]): void {
    const first = this.#definitions.get(name)!;
    const own = this.#linked(name);
    for (const other of others) {
      const why = this.#findDifference(name, own, first, other);
      if (why === undefined) continue;
      this.#noteDifference(first.context.file, other.context.file, name);
      const broken = first.kind === 'enum' ? this.#brokenEnums : this.#broken;
      const reason = `${name} is not the same in ${describePair(first.context.file, other.context.file)}: ${why}`;
      if (!broken.has(name)) broken.set(name, reason);
    }
  }

  #findDifference(name: string, own: LinkedType, first: Definition, other: Definition): string | undefined {
    const isBroken = this.#broken.has(name);
    const sides = namesOfPair(first.context.file, other.context.file);
    // What is missing of the second description alone is no defect of the first.
    const second =
      other.kind === 'enum'
        ? { enumeration: this.#linkEnum(name, other) }
        : { message: this.#linkMessage(name, other) };
    const problem = isBroken ? undefined : this.#broken.get(name);
    if (!isBroken) this.#broken.delete(name);
    return problem ?? describeDifference(own, second, sides);
  }

  #linked(name: string): LinkedType {
    const enumeration = this.#enums.get(name);
    return enumeration === undefined ? { message: this.#messages.get(name)! } : { enumeration };
  }

  #noteDifference(first: FileDescriptor, second: FileDescriptor, name: string): void {
    const pair = `${describePair(first, second)} differ, and the first counts; methods that need these cannot be called`;
    const known = this.#differing.get(pair);
    if (known === undefined) this.#differing.set(pair, [name]);
    else known.push(name);
  }

  #defineFile(file: FileDescriptor, into: Map<string, Definition>): void {
    if (file.package !== '') this.#names.fullName(file.package, 'a package');
    const context = inherit({ file, syntax: file.syntax, features: syntaxFeatures[file.syntax] }, file.features);
    for (const descriptor of file.messages) this.#defineMessage(descriptor, file.package, context, into);
    for (const descriptor of file.enums) this.#defineEnum(descriptor, file.package, context, into);
  }

  #defineMessage(descriptor: MessageDescriptor, scope: string, outer: Context, into: Map<string, Definition>): void {
    const context = inherit(outer, descriptor.features);
    this.#names.identifier(descriptor.name, 'the name of a message');
    const name = this.#names.fullName(join(scope, descriptor.name), 'the name of a message');
    this.#addDefinition(name, { kind: 'message', descriptor, context }, into);
    for (const nested of descriptor.messages) this.#defineMessage(nested, name, context, into);
    for (const nested of descriptor.enums) this.#defineEnum(nested, name, context, into);
  }

  #defineEnum(descriptor: EnumDescriptor, scope: string, outer: Context, into: Map<string, Definition>): void {
    this.#names.identifier(descriptor.name, 'the name of an enum');
    const name = this.#names.fullName(join(scope, descriptor.name), 'the name of an enum');
    this.#addDefinition(name, { kind: 'enum', descriptor, context: inherit(outer, descriptor.features) }, into);
  }

  #addDefinition(name: string, definition: Definition, into: Map<string, Definition>): void {
    const known = into.get(name);
    if (known === undefined) into.set(name, definition);
    else if (known.context.file === definition.context.file) {
      this.#names.refuse(`two definitions of ${quoteName(name)} in one file`);
    } else if (asWritten(known) !== asWritten(definition)) {
      const others = this.#others.get(name);
      if (others === undefined) this.#others.set(name, [definition]);
      else others.push(definition);
    }
  }

  #linkType(name: string): void {
    if (this.#messages.has(name) || this.#enums.has(name)) return;
    const definition = this.#definitions.get(name) ?? this.#wellKnown.get(name);
    if (definition?.kind === 'message') this.#messages.set(name, this.#linkMessage(name, definition));
    if (definition?.kind === 'enum') this.#enums.set(name, this.#linkEnum(name, definition));
  }

  #linkEnum(name: string, { descriptor, context }: Definition & { kind: 'enum' }): EnumType {
    if (descriptor.numbers.length === 0) this.#names.refuse(`the enum ${name} without a value`);
    const { unknownEdition } = context.file;
    if (unknownEdition !== undefined && !this.#brokenEnums.has(name)) {
      this.#brokenEnums.set(name, `${name} is ${describeUnknownEdition(unknownEdition)}`);
    }
    return { name, numbers: [...new Set(descriptor.numbers)], closed: context.features.enums === 'closed' };
  }

  #linkMessage(name: string, { descriptor, context }: Definition & { kind: 'message' }): MessageType {
    const extensions = descriptor.extensions.filter(([first, last]) => first >= 1 && first <= last);
    if (descriptor.messageSet) return { name, fields: [], extensions: [[1, largestFieldNumber]], mapEntry: false };
    for (const oneof of descriptor.oneofs) this.#names.identifier(oneof, `a oneof of ${name}`);
    const { unknownEdition } = context.file;
    if (unknownEdition !== undefined && !this.#broken.has(name)) {
      this.#broken.set(name, `${name} is ${describeUnknownEdition(unknownEdition)}`);
    }
    const fields = descriptor.fields.flatMap((field) => this.#linkField(name, field, descriptor, context));
    for (const key of ['number', 'name'] as const) {
      const seen = new Set<number | string>();
      for (const { [key]: value } of descriptor.fields) {
        if (seen.has(value)) this.#names.refuse(`two fields of ${name} with the ${key} ${value}`);
        seen.add(value);
      }
    }
    if (descriptor.mapEntry && !this.#broken.has(name)) this.#checkMapEntry(name, fields);
    return { name, fields, extensions, mapEntry: descriptor.mapEntry };
  }

  /** Nothing when the field's type is missing. */
  #linkField(
    message: string,
    field: FieldDescriptor,
    { oneofs, mapEntry }: MessageDescriptor,
    context: Context,
  ): readonly SchemaField[] {
    const { number, label } = field;
    this.#names.identifier(field.name, `the name of a field of ${message}`);
    const isKept = number >= keptNumbers.from && number <= keptNumbers.to;
    if (!(number >= 1 && number <= largestFieldNumber) || isKept) {
      this.#names.refuse(`the field ${message}.${field.name} with the number ${number}`);
    }
    if (field.oneofIndex !== undefined && oneofs[field.oneofIndex] === undefined) {
      this.#names.refuse(`the field ${message}.${field.name} in a oneof that is not there`);
    }
    const features = inherit(context, field.features).features;
    const type = this.#linkFieldType(message, field, features, mapEntry);
    if (type === undefined) return [];
    const isRepeated = label === 'repeated';
    const isRequired = label === 'required' || (features.presence === 'required' && !isRepeated && !mapEntry);
    const oneof = field.oneofIndex === undefined || field.proto3Optional ? undefined : oneofs[field.oneofIndex];
    if (isRepeated && oneof !== undefined) this.#names.refuse(`the repeated field ${message}.${field.name} in a oneof`);
    const isExplicit =
      isRequired || type.kind === 'message' || field.oneofIndex !== undefined || features.presence !== 'implicit';
    const isPackable = type.kind === 'enum' || (type.kind === 'scalar' && !lengthPrefixedTypes.has(type.scalar));
    const isString = type.kind === 'scalar' && type.scalar === 'string';
    return [
      {
        number,
        name: field.name,
        type,
        cardinality: isRequired && oneof === undefined ? 'required' : label === 'repeated' ? 'repeated' : 'optional',
        hasPresence: !isRepeated && (isExplicit || field.proto3Optional),
        packed: isRepeated && isPackable && (field.packed ?? features.repeated === 'packed'),
        verifiesUtf8: isString && features.utf8 === 'verify',
        ...(oneof === undefined ? {} : { oneof }),
      },
    ];
  }

  #linkFieldType(
    message: string,
    field: FieldDescriptor,
    features: Required<Features>,
    isInMapEntry: boolean,
  ): FieldType | undefined {
    const { type, typeName = '' } = field;
    if (isScalar(type)) return { kind: 'scalar', scalar: type };
    this.#names.fullName(typeName.replace(/^\./, ''), `the type of ${message}.${field.name}`);
    const found = this.#find(typeName, message, type === 'enum' ? 'enum' : type === 'named' ? undefined : 'message');
    if (found === undefined) {
      if (field.where !== undefined) this.#undefined(field.where, typeName);
      const what = type === 'named' ? 'type' : type === 'enum' ? 'enum' : 'message';
      this.#broken.set(message, `the ${what} ${typeName} of the field ${message}.${field.name} is described nowhere`);
      return undefined;
    }
    const { name, definition } = found;
    if (definition.kind === 'enum') return { kind: 'enum', name };
    // Maps keep their encoding whatever the features say (https://protobuf.dev/editions/features/#message_encoding).
    const isMap = isInMapEntry || definition.descriptor.mapEntry;
    if (definition.descriptor.mapEntry && field.label !== 'repeated') {
      this.#names.refuse(`the map ${message}.${field.name} that is not repeated`);
    }
    return { kind: 'message', name, delimited: !isMap && (type === 'group' || features.messages === 'delimited') };
  }

  #checkMapEntry(name: string, fields: readonly SchemaField[]): void {
    const key = fields.find(({ number }) => number === 1)?.type;
    const isWhole = fields.length === 2 && fields.some(({ number }) => number === 2) && key?.kind === 'scalar';
    const isPlain = fields.every(({ cardinality, oneof }) => cardinality === 'optional' && oneof === undefined);
    if (!isWhole || !isPlain || !keyTypes.has(key.scalar)) this.#names.refuse(`the map entry ${name} that is none`);
  }

  #linkMethod(method: MethodDescriptor, service: string): SchemaMethod | UnusableMethod {
    this.#names.identifier(method.name, `the name of a method of ${service}`);
    const path = `/${service}/${method.name}`;
    for (const name of [method.input, method.output]) {
      this.#names.fullName(name.replace(/^\./, ''), `a type of the method ${service}.${method.name}`);
    }
    const input = this.#find(method.input, service, 'message');
    const output = this.#find(method.output, service, 'message');
    const missing = input === undefined ? method.input : method.output;
    if (method.where !== undefined && (input === undefined || output === undefined))
      this.#undefined(method.where, missing);
    if (input === undefined) return { path, reason: `its request type ${method.input} is described nowhere` };
    if (output === undefined) return { path, reason: `its response type ${method.output} is described nowhere` };
    this.#linkType(input.name);
    this.#linkType(output.name);
    return {
      path,
      kind: method.clientStreaming
        ? method.serverStreaming
          ? 'bidirectional-streaming'
          : 'client-streaming'
        : method.serverStreaming
          ? 'server-streaming'
          : 'unary',
      input: input.name,
      output: output.name,
      idempotent: method.idempotent,
    };
  }

  #checkMethod(method: SchemaMethod | UnusableMethod): SchemaMethod | UnusableMethod {
    if ('reason' in method) return method;
    const { path, input, output } = method;
    const broken = this.#broken.get(input) ?? this.#broken.get(output);
    if (broken !== undefined) return { path, reason: broken };
    const reason = `its request type ${input} requires messages in messages without end, so that none is ever complete`;
    return this.#complete.has(input) ? method : { path, reason };
  }

  /** From the innermost scope outwards, as protobuf does (descriptor.proto, FieldDescriptorProto.type_name), and the well-known types at last. */
  #find(
    name: string,
    scope: string,
    kind: Definition['kind'] | undefined,
  ): { readonly name: string; readonly definition: Definition } | undefined {
    const isFull = name.startsWith('.');
    const relative = isFull ? name.slice(1) : name;
    for (let outer = isFull ? '' : scope; ; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
      const full = join(outer, relative);
      const definition = this.#definitions.get(full) ?? this.#wellKnown.get(full);
      if (definition !== undefined && (kind ?? definition.kind) === definition.kind) return { name: full, definition };
      if (outer === '') return undefined;
    }
  }

  #undefined(where: string, name: string): never {
    throw new ConformError('ERR_SCHEMA', `${where}: ${name} is defined nowhere; import the file that defines it`);
  }

  /** Messages that hold something broken, directly or not, are broken as well. */
  #spreadBroken(): void {
    const holders = new Map<string, string[]>();
    for (const { name, fields } of this.#messages.values()) {
      for (const { type } of fields) {
        const reason = type.kind === 'enum' ? this.#brokenEnums.get(type.name) : undefined;
        if (reason !== undefined && !this.#broken.has(name)) this.#broken.set(name, reason);
        if (type.kind !== 'message') continue;
        const known = holders.get(type.name);
        if (known === undefined) holders.set(type.name, [name]);
        else known.push(name);
      }
    }
    // A Map's iteration goes on to what was added.
    for (const [name, reason] of this.#broken) {
      for (const holder of holders.get(name) ?? []) if (!this.#broken.has(holder)) this.#broken.set(holder, reason);
    }
  }
}

function isUsable(method: SchemaMethod | UnusableMethod): method is SchemaMethod {
  return !('reason' in method);
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

function inherit(outer: Context, features: Features): Context {
  return { ...outer, features: { ...outer.features, ...features } };
}

/** A definition as its file has it, without places and files. */
function asWritten({ kind, descriptor, context }: Definition): string {
  const { syntax, features } = context;
  return JSON.stringify([kind, syntax, features, descriptor], (key, value: unknown) =>
    key === 'where' ? undefined : value,
  );
}

/** What tells two descriptions apart: the sets when both have the file by one name, otherwise the files. */
function namesOfPair(first: FileDescriptor, second: FileDescriptor): Sides {
  const inSet = (from: string | undefined): string => (from === undefined ? '' : ` of ${from}`);
  const name = (file: FileDescriptor): string => (file.name === '' ? 'a file without a name' : showFileName(file.name));
  if (first.name !== second.name)
    return { first: name(first) + inSet(first.from), second: name(second) + inSet(second.from) };
  if (first.from !== second.from && first.from !== undefined && second.from !== undefined) {
    return { first: first.from, second: second.from };
  }
  return { first: 'the first', second: 'the second' };
}

/** The two, with the file's name once. */
function describePair(first: FileDescriptor, second: FileDescriptor): string {
  const sides = namesOfPair(first, second);
  if (first.name !== second.name) return `${sides.first} and ${sides.second}`;
  const name = first.name === '' ? 'two files without a name' : `two versions of ${showFileName(first.name)}`;
  return first.from === second.from ? name : `${name} (${sides.first} and ${sides.second})`;
}

function isScalar(type: FieldDescriptor['type']): type is ScalarType {
  return (scalarTypes as readonly string[]).includes(type);
}

import { ConformError } from '../error';
import {
  syntaxFeatures,
  type EnumDescriptor,
  type Features,
  type FieldDescriptor,
  type FileDescriptor,
  type MessageDescriptor,
  type MethodDescriptor,
  type Syntax,
} from './descriptor';
import { smallestMessages } from './smallest-message';
import { scalarTypes, type EnumType, type FieldType, type MessageType, type Schema, type SchemaField } from './schema';
import type { SchemaMethod, ScalarType, UnusableMethod } from './schema';
import { quoteName, SchemaCounter } from './schema-limits';
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

/** What a definition inherits. */
interface Context {
  readonly syntax: Syntax;
  readonly features: Required<Features>;
}

/**
 * Looks up the types that descriptors name, and checks everything that they say. What is missing makes only those methods unusable that reach it, because
 * some reflection services leave descriptors out; what is wrong makes all of it unusable.
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

  constructor(from: string) {
    this.#names = new SchemaCounter(from);
    for (const file of wellKnownFiles()) this.#defineFile(file, this.#wellKnown);
  }

  define(file: FileDescriptor): void {
    this.#defineFile(file, this.#definitions);
  }

  link(files: readonly FileDescriptor[]): Schema {
    for (const name of this.#definitions.keys()) this.#linkType(name);
    const described = files.flatMap((file) =>
      file.services.flatMap((service) => {
        this.#names.identifier(service.name, 'the name of a service');
        const scope = join(file.package, service.name);
        return service.methods.map((method) => this.#linkMethod(method, this.#names.fullName(scope, 'a service')));
      }),
    );
    // Well-known types come in where something names them; a Map's iteration goes on to what was added.
    for (const { fields } of this.#messages.values()) {
      for (const { type } of fields) if (type.kind !== 'scalar') this.#linkType(type.name);
    }
    this.#spreadBroken();
    this.#complete = smallestMessages(this.#messages.values());
    const methods = new Map<string, SchemaMethod | UnusableMethod>();
    for (const one of described) {
      const method = this.#checkMethod(one);
      const known = methods.get(method.path);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(method)) {
        this.#names.refuse(`two different definitions of ${method.path}`);
      }
      methods.set(method.path, method);
    }
    return {
      methods: [...methods.values()].filter(isUsable),
      messages: [...this.#messages.values()].filter(({ name }) => !this.#broken.has(name)),
      enums: [...this.#enums.values()],
      unusable: [...methods.values()].filter((method) => 'reason' in method),
    };
  }

  #defineFile(file: FileDescriptor, into: Map<string, Definition>): void {
    if (file.package !== '') this.#names.fullName(file.package, 'a package');
    const context = inherit({ syntax: file.syntax, features: syntaxFeatures[file.syntax] }, file.features);
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
    // Sets that are put together share files, and some servers register one file under two names.
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
      this.#names.refuse(`two different definitions of ${quoteName(name)}`);
    }
    into.set(name, definition);
  }

  #linkType(name: string): void {
    if (this.#messages.has(name) || this.#enums.has(name)) return;
    const definition = this.#definitions.get(name) ?? this.#wellKnown.get(name);
    if (definition?.kind === 'message') this.#messages.set(name, this.#linkMessage(name, definition));
    if (definition?.kind === 'enum') this.#enums.set(name, this.#linkEnum(name, definition));
  }

  #linkEnum(name: string, { descriptor, context }: Definition & { kind: 'enum' }): EnumType {
    if (descriptor.numbers.length === 0) this.#names.refuse(`the enum ${name} without a value`);
    return { name, numbers: [...new Set(descriptor.numbers)], closed: context.features.enums === 'closed' };
  }

  #linkMessage(name: string, { descriptor, context }: Definition & { kind: 'message' }): MessageType {
    const extensions = descriptor.extensions.filter(([first, last]) => first >= 1 && first <= last);
    if (descriptor.messageSet) return { name, fields: [], extensions: [[1, largestFieldNumber]], mapEntry: false };
    for (const oneof of descriptor.oneofs) this.#names.identifier(oneof, `a oneof of ${name}`);
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

  /** Messages that hold a broken one, directly or not, are broken as well. */
  #spreadBroken(): void {
    const holders = new Map<string, string[]>();
    for (const { name, fields } of this.#messages.values()) {
      for (const { type } of fields) {
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
  return { syntax: outer.syntax, features: { ...outer.features, ...features } };
}

function isScalar(type: FieldDescriptor['type']): type is ScalarType {
  return (scalarTypes as readonly string[]).includes(type);
}

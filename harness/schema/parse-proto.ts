import type {
  EnumDescriptor,
  Features,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  MethodDescriptor,
  ServiceDescriptor,
} from './descriptor';
import { rulesOfEdition, type FileRules } from './editions';
import { scalarTypes, type ScalarType } from './schema';
import { SchemaCounter, schemaLimits } from './schema-limits';
import { Tokens, type Token } from './tokens';

/** A .proto file as read, before its imports are. */
export interface ParsedFile {
  readonly descriptor: FileDescriptor;
  readonly imports: readonly ProtoImport[];
}

export interface ProtoImport {
  readonly name: string;
  /** `file:line:column` */
  readonly where: string;
}

/**
 * Reads the text of a .proto file: proto2, proto3 and editions (https://protobuf.dev/reference/protobuf/edition-2024-spec/). Nothing of it is ever
 * executed, and options that do not change what is on the wire are read over. (protobufjs has a parser as well; it names no column, refuses some options,
 * and takes much that is no .proto file.)
 *
 * @param file Name, for messages.
 * @throws ConformError ERR_SCHEMA with file, line and column when it does not parse.
 */
export function parseProto(source: string, file: string, counter = new SchemaCounter(file)): ParsedFile {
  return new Parser(new Tokens(source, file), file, counter).parse();
}

/** Numbers of fields, and those of extensions of message sets (https://protobuf.dev/reference/protobuf/proto2-spec/#extensions). */
const largestNumber = 2 ** 29 - 1;
const largestExtension = 2 ** 31 - 2;

/** What is read while a message's block is open. */
interface MessageBlock {
  readonly name: string;
  readonly fields: FieldDescriptor[];
  readonly messages: MessageDescriptor[];
  readonly enums: EnumDescriptor[];
  readonly oneofs: string[];
  readonly extensions: (readonly [number, number])[];
  readonly options: Options;
}

/** Where the definitions of a block go; extensions bring groups of their own. */
type Scope = Pick<MessageBlock, 'messages' | 'enums'>;

/** Options by name, e.g. `packed`, `features.enum_type`: as far as they are plain words. */
type Options = Map<string, string>;

class Parser {
  readonly #tokens: Tokens;
  readonly #file: string;
  readonly #counter: SchemaCounter;
  #rules: FileRules = { syntax: 'proto2' };
  /** Types of numbers by name, as the file writes them. */
  #scalars: ScalarNames = usualScalars;

  constructor(tokens: Tokens, file: string, counter: SchemaCounter) {
    this.#tokens = tokens;
    this.#file = file;
    this.#counter = counter;
  }

  parse(): ParsedFile {
    this.#counter.count('files');
    const tokens = this.#tokens;
    this.#parseSyntax();
    const scope: Scope = { messages: [], enums: [] };
    const services: ServiceDescriptor[] = [];
    const imports: ProtoImport[] = [];
    const options: Options = new Map();
    let packageName: string | undefined;
    while (tokens.peek().kind !== 'end') {
      const start = tokens.peek();
      if (tokens.skip(';')) continue;
      if (tokens.skip('import')) imports.push(...this.#parseImport(start));
      else if (tokens.skip('package')) {
        if (packageName !== undefined) tokens.fail('a second package', start);
        packageName = this.#parseFullName('the name of the package');
        tokens.expect(';');
      } else if (tokens.skip('option')) this.#parseOption(options);
      else if (tokens.skip('service')) services.push(this.#parseService());
      else if (!this.#parseDefinition(scope, 1)) {
        tokens.fail('expected "message", "enum", "service", "extend", "import", "package" or "option"');
      }
    }
    const descriptor: FileDescriptor = {
      name: this.#file,
      package: packageName ?? '',
      ...this.#rules,
      features: featuresOf(options),
      ...scope,
      services,
    };
    return { descriptor, imports };
  }

  #parseSyntax(): void {
    const tokens = this.#tokens;
    const isEdition = tokens.skip('edition');
    if (!isEdition && !tokens.skip('syntax')) return;
    tokens.expect('=');
    const at = tokens.peek();
    const value = tokens.string(isEdition ? 'an edition' : '"proto2" or "proto3"');
    if (isEdition) {
      this.#rules = rulesOfEdition(value) ?? tokens.fail('an edition is a year, such as "2023"', at);
      if (value === 'UNSTABLE') this.#scalars = unstableScalars;
    } else if (value === 'proto2' || value === 'proto3') this.#rules = { syntax: value };
    else tokens.fail('the syntax is "proto2" or "proto3"', at);
    tokens.expect(';');
  }

  /** An import of options alone brings no types (edition 2024). */
  #parseImport(start: Token): readonly ProtoImport[] {
    const tokens = this.#tokens;
    const isOption = tokens.skip('option');
    if (!isOption && !tokens.skip('public')) tokens.skip('weak');
    const name = tokens.string('the name of a file');
    tokens.expect(';');
    return isOption ? [] : [{ name, where: tokens.where(start) }];
  }

  /** A message, an enum or extensions; false when something else comes. */
  #parseDefinition(scope: Scope, depth: number): boolean {
    const tokens = this.#tokens;
    // Visibility (edition 2024) changes nothing on the wire.
    const isVisibility = ['export', 'local'].includes(tokens.peek().text);
    if (isVisibility && ['message', 'enum'].includes(tokens.peek(1).text)) tokens.take();
    if (tokens.skip('message')) {
      const name = tokens.identifier('the name of a message');
      scope.messages.push(this.#parseMessageBlock(name, depth));
    } else if (tokens.skip('enum')) scope.enums.push(this.#parseEnum());
    else if (tokens.skip('extend')) this.#parseExtend(scope, depth);
    else return false;
    return true;
  }

  #parseMessageBlock(name: Token, depth: number): MessageDescriptor {
    this.#counter.count('messages');
    if (depth > schemaLimits.depth) this.#tokens.fail(`messages nested more than ${schemaLimits.depth} deep`, name);
    const tokens = this.#tokens;
    const block: MessageBlock = {
      name: name.text,
      fields: [],
      messages: [],
      enums: [],
      oneofs: [],
      extensions: [],
      options: new Map(),
    };
    tokens.expect('{');
    while (!tokens.skip('}')) this.#parseMessageElement(block, depth);
    this.#checkFields(block, name);
    return closeMessage(block);
  }

  #parseMessageElement(block: MessageBlock, depth: number): void {
    const tokens = this.#tokens;
    if (tokens.skip(';') || this.#parseDefinition(block, depth + 1)) return;
    if (tokens.skip('option')) this.#parseOption(block.options);
    else if (tokens.skip('oneof')) this.#parseOneof(block, depth);
    else if (tokens.skip('extensions')) this.#parseExtensions(block);
    else if (tokens.skip('reserved')) this.#skipStatement();
    else block.fields.push(this.#parseField(block, depth, 'message'));
  }

  /** Of two fields with one number or name the user wants to know the line. */
  #checkFields({ fields }: MessageBlock, name: Token): void {
    for (const key of ['number', 'name'] as const) {
      const seen = new Set<number | string>();
      for (const { [key]: value } of fields) {
        if (seen.has(value)) this.#tokens.fail(`two fields of ${name.text} with the ${key} ${value}`, name);
        seen.add(value);
      }
    }
  }

  #parseField(block: MessageBlock, depth: number, where: 'message' | 'oneof' | 'extend'): FieldDescriptor {
    this.#counter.count('fields');
    const tokens = this.#tokens;
    const start = tokens.peek();
    const label = (['optional', 'required', 'repeated'] as const).find((word) => tokens.skip(word));
    const isOptional = label === 'optional' && this.#rules.syntax === 'proto3';
    this.#checkLabel(label, start, where);
    const type = tokens.peek();
    if (type.text === 'map' && tokens.peek(1).text === '<') {
      tokens.take();
      if (label !== undefined || where !== 'message') tokens.fail('a map has no label and stands in no oneof', start);
      return this.#parseMapField(block);
    }
    if (this.#rules.syntax === 'proto2' && where !== 'oneof' && label === undefined) {
      tokens.fail('expected "optional", "required" or "repeated"', start);
    }
    const field = {
      label: label ?? 'optional',
      proto3Optional: isOptional && where !== 'extend',
      where: tokens.where(type),
    } as const;
    if (tokens.skip('group')) return this.#parseGroup(block, depth, field);
    const held = this.#parseFieldType('a type');
    const name = tokens.identifier('the name of the field');
    const number = this.#parseFieldNumber(where === 'extend' ? largestExtension : largestNumber);
    const options = this.#parseBracketOptions();
    tokens.expect(';');
    return {
      ...field,
      name: name.text,
      number,
      ...held,
      ...packedOf(options),
      features: featuresOf(options),
    };
  }

  #checkLabel(label: FieldDescriptor['label'] | undefined, start: Token, where: 'message' | 'oneof' | 'extend'): void {
    if (label === undefined) return;
    if (where === 'oneof') this.#tokens.fail(`a field of a oneof is not "${label}"`, start);
    if (label === 'required' && this.#rules.syntax === 'proto3') this.#tokens.fail('proto3 has no "required"', start);
    if (label !== 'repeated' && this.#rules.syntax === 'editions') {
      this.#tokens.fail(`editions have the feature field_presence in place of "${label}"`, start);
    }
  }

  #parseGroup(
    block: MessageBlock,
    depth: number,
    field: Pick<FieldDescriptor, 'label' | 'proto3Optional' | 'where'>,
  ): FieldDescriptor {
    const tokens = this.#tokens;
    if (this.#rules.syntax !== 'proto2') tokens.fail('groups belong to proto2');
    const name = tokens.identifier('the name of the group');
    if (!/^[A-Z]/.test(name.text)) tokens.fail('the name of a group begins with a capital letter', name);
    const number = this.#parseFieldNumber();
    const options = this.#parseBracketOptions();
    block.messages.push(this.#parseMessageBlock(name, depth + 1));
    return {
      ...field,
      name: name.text.toLowerCase(),
      number,
      type: 'group',
      typeName: name.text,
      features: featuresOf(options),
    };
  }

  #parseMapField(block: MessageBlock): FieldDescriptor {
    const tokens = this.#tokens;
    tokens.expect('<');
    const keyToken = tokens.peek();
    const key = this.#parseFieldType('the type of the key');
    if (key.typeName !== undefined || ['double', 'float', 'bytes'].includes(key.type)) {
      tokens.fail('the key of a map is a whole number, a bool or a string', keyToken);
    }
    tokens.expect(',');
    const valueToken = tokens.peek();
    const value = this.#parseFieldType('the type of the value');
    tokens.expect('>');
    const name = tokens.identifier('the name of the field');
    const number = this.#parseFieldNumber();
    const features = featuresOf(this.#parseBracketOptions());
    tokens.expect(';');
    const typeName = mapEntryName(name.text);
    const part = { label: 'optional', proto3Optional: false, features, where: tokens.where(valueToken) } as const;
    this.#counter.count('messages');
    block.messages.push({
      name: typeName,
      fields: [
        { ...part, name: 'key', number: 1, ...key },
        { ...part, name: 'value', number: 2, ...value },
      ],
      messages: [],
      enums: [],
      oneofs: [],
      extensions: [],
      mapEntry: true,
      messageSet: false,
      features: {},
    });
    return { ...part, name: name.text, number, label: 'repeated', type: 'message', typeName };
  }

  #parseOneof(block: MessageBlock, depth: number): void {
    const tokens = this.#tokens;
    const name = tokens.identifier('the name of a oneof');
    const oneofIndex = block.oneofs.push(name.text) - 1;
    tokens.expect('{');
    while (!tokens.skip('}')) {
      if (tokens.skip(';')) continue;
      if (tokens.skip('option')) this.#parseOption(new Map());
      else block.fields.push({ ...this.#parseField(block, depth, 'oneof'), oneofIndex });
    }
  }

  #parseExtensions({ extensions }: MessageBlock): void {
    const tokens = this.#tokens;
    do {
      this.#counter.count('fields');
      const first = this.#parseInteger(1, largestExtension, 'the number of a field');
      if (!tokens.skip('to')) extensions.push([first, first]);
      else if (tokens.skip('max')) extensions.push([first, largestNumber]);
      else extensions.push([first, this.#parseInteger(first, largestExtension, 'the number of a field')]);
    } while (tokens.skip(','));
    this.#parseBracketOptions();
    tokens.expect(';');
  }

  /** Extensions are unknown fields to us; only the types of their groups are kept. */
  #parseExtend(scope: Scope, depth: number): void {
    const tokens = this.#tokens;
    this.#parseTypeName('the type that is extended');
    const block: MessageBlock = { ...scope, name: '', fields: [], oneofs: [], extensions: [], options: new Map() };
    tokens.expect('{');
    while (!tokens.skip('}')) {
      if (!tokens.skip(';')) this.#parseField(block, depth - 1, 'extend');
    }
  }

  #parseEnum(): EnumDescriptor {
    this.#counter.count('enums');
    const tokens = this.#tokens;
    const name = tokens.identifier('the name of an enum');
    const options: Options = new Map();
    const numbers: number[] = [];
    tokens.expect('{');
    while (!tokens.skip('}')) {
      if (tokens.skip(';')) continue;
      if (tokens.skip('option')) this.#parseOption(options);
      else if (tokens.skip('reserved')) this.#skipStatement();
      else {
        this.#counter.count('enumValues');
        tokens.identifier('the name of a value');
        tokens.expect('=');
        numbers.push(this.#parseInteger(-(2 ** 31), 2 ** 31 - 1, 'the number of a value'));
        this.#parseBracketOptions();
        tokens.expect(';');
      }
    }
    if (numbers.length === 0) tokens.fail(`the enum ${name.text} has no value`, name);
    return { name: name.text, numbers, features: featuresOf(options) };
  }

  #parseService(): ServiceDescriptor {
    this.#counter.count('services');
    const tokens = this.#tokens;
    const name = tokens.identifier('the name of a service').text;
    const methods: MethodDescriptor[] = [];
    tokens.expect('{');
    while (!tokens.skip('}')) {
      if (tokens.skip(';')) continue;
      if (tokens.skip('option')) this.#parseOption(new Map());
      else if (tokens.skip('rpc')) methods.push(this.#parseMethod());
      else tokens.fail('expected "rpc" or "option"');
    }
    return { name, methods };
  }

  #parseMethod(): MethodDescriptor {
    this.#counter.count('methods');
    const tokens = this.#tokens;
    const name = tokens.identifier('the name of a method');
    const input = this.#parseMethodType();
    tokens.expect('returns');
    const output = this.#parseMethodType();
    const options: Options = new Map();
    if (tokens.skip('{')) {
      while (!tokens.skip('}')) {
        if (tokens.skip(';')) continue;
        tokens.expect('option');
        this.#parseOption(options);
      }
      tokens.skip(';');
    } else tokens.expect(';');
    const level = options.get('idempotency_level');
    return {
      name: name.text,
      input: input.typeName,
      output: output.typeName,
      clientStreaming: input.isStream,
      serverStreaming: output.isStream,
      idempotent: level === 'NO_SIDE_EFFECTS' || level === 'IDEMPOTENT',
      where: tokens.where(name),
    };
  }

  #parseMethodType(): { readonly typeName: string; readonly isStream: boolean } {
    const tokens = this.#tokens;
    tokens.expect('(');
    const isStream = tokens.skip('stream');
    const typeName = this.#parseTypeName('a message type');
    tokens.expect(')');
    return { typeName, isStream };
  }

  #parseFullName(what: string): string {
    let name = this.#tokens.identifier(what).text;
    while (this.#tokens.skip('.')) name += `.${this.#tokens.identifier(what).text}`;
    return name;
  }

  #parseTypeName(what: string): string {
    const dot = this.#tokens.skip('.') ? '.' : '';
    return dot + this.#parseFullName(what);
  }

  #parseFieldType(what: string): Pick<FieldDescriptor, 'type' | 'typeName'> {
    const token = this.#tokens.peek();
    const name = this.#parseTypeName(what);
    const scalar = this.#scalars.get(name);
    if (scalar === undefined) return { type: 'named', typeName: name };
    if (scalar.isObsolete) return this.#tokens.fail(`this edition writes ${scalar.type} in place of ${name}`, token);
    return { type: scalar.type };
  }

  #parseFieldNumber(max = largestNumber): number {
    this.#tokens.expect('=');
    const token = this.#tokens.peek();
    const number = this.#parseInteger(1, max, `the number of the field, 1 to ${max}`);
    if (number >= 19_000 && number <= 19_999) this.#tokens.fail('protobuf keeps the numbers 19000 to 19999', token);
    return number;
  }

  #parseInteger(min: number, max: number, what: string): number {
    const sign = this.#tokens.skip('-') ? -1 : 1;
    const token = this.#tokens.peek();
    const isWhole = token.kind === 'number' && /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(token.text);
    const isOctal = /^0[0-7]+$/.test(token.text);
    const value = sign * (isWhole ? Number(isOctal ? `0o${token.text.slice(1)}` : token.text) : NaN);
    if (!(value >= min && value <= max)) this.#tokens.fail(`expected ${what}`);
    this.#tokens.take();
    // Never -0.
    return value + 0;
  }

  #parseBracketOptions(): Options {
    const options: Options = new Map();
    if (!this.#tokens.skip('[')) return options;
    do this.#parseAssignment(options);
    while (this.#tokens.skip(','));
    this.#tokens.expect(']');
    return options;
  }

  #parseOption(options: Options): void {
    this.#parseAssignment(options);
    this.#tokens.expect(';');
  }

  #parseAssignment(options: Options): void {
    const tokens = this.#tokens;
    let name = '';
    do {
      if (tokens.skip('(')) {
        name += `(${this.#parseTypeName('the name of an option')})`;
        tokens.expect(')');
      } else name += tokens.identifier('the name of an option').text;
      if (tokens.peek().text === '.') name += '.';
    } while (tokens.skip('.'));
    tokens.expect('=');
    this.#parseOptionValue(name, options);
  }

  #parseOptionValue(name: string, options: Options): void {
    const tokens = this.#tokens;
    const token = tokens.peek();
    if (token.kind === 'string') tokens.string('a value');
    else if (token.text === '{') this.#parseAggregate(name, options);
    else {
      const sign = tokens.skip('-') ? '-' : tokens.skip('+') ? '+' : '';
      const { kind, text } = tokens.peek();
      if (kind !== 'identifier' && kind !== 'number') tokens.fail('expected a value');
      tokens.take();
      options.set(name, sign + text);
    }
  }

  /** A message as text: `{ name: VALUE ... }`. Only words directly in it are kept, because features are nothing else. */
  #parseAggregate(name: string, options: Options): void {
    const tokens = this.#tokens;
    const open: string[] = [];
    let key: string | undefined;
    do {
      const token = tokens.take();
      if (token.kind === 'end') tokens.fail('expected "}"', token);
      if (token.kind === 'symbol' && '{[<('.includes(token.text)) open.push(token.text);
      if (token.kind === 'symbol' && '}]>)'.includes(token.text)) {
        if (`${open.pop()}${token.text}` in brackets) continue;
        tokens.fail(`${token.text} closes nothing`, token);
      }
      if (open.length !== 1 || token.kind !== 'identifier') continue;
      if (tokens.peek().text === ':') key = token.text;
      else if (key !== undefined) {
        options.set(`${name}.${key}`, token.text);
        key = undefined;
      }
    } while (open.length > 0);
  }

  /** Reads over the rest of a statement: ranges and reserved names, with their options. */
  #skipStatement(): void {
    const tokens = this.#tokens;
    while (!tokens.skip(';')) {
      const { kind, text } = tokens.peek();
      if (text === '{') this.#parseAggregate('', new Map());
      else if (kind === 'end' || text === '}') tokens.fail('expected ";"');
      else tokens.take();
    }
  }
}

const brackets = { '{}': true, '[]': true, '<>': true, '()': true } as const;

/** `optional` of proto3 makes up a oneof for each field, after those that are written. */
function closeMessage({ options, ...block }: MessageBlock): MessageDescriptor {
  const oneofs = [...block.oneofs];
  const fields = block.fields.map((field) =>
    field.proto3Optional ? { ...field, oneofIndex: oneofs.push(`_${field.name}`) - 1 } : field,
  );
  return {
    ...block,
    fields,
    oneofs,
    mapEntry: false,
    messageSet: options.get('message_set_wire_format') === 'true',
    features: featuresOf(options),
  };
}

type ScalarNames = ReadonlyMap<
  string,
  { readonly isObsolete: false; readonly type: ScalarType } | { readonly isObsolete: true; readonly type: string }
>;

const usualScalars: ScalarNames = new Map(scalarTypes.map((type) => [type, { type, isObsolete: false }]));

/** Edition UNSTABLE: the plain names stand for numbers of a fixed size, varints have names of their own, and the old names are gone. */
const unstableNames: readonly (readonly [name: string, type: ScalarType])[] = [
  ['int32', 'sfixed32'],
  ['int64', 'sfixed64'],
  ['uint32', 'fixed32'],
  ['uint64', 'fixed64'],
  ['varint32', 'int32'],
  ['varint64', 'int64'],
  ['uvarint32', 'uint32'],
  ['uvarint64', 'uint64'],
  ['zigzag32', 'sint32'],
  ['zigzag64', 'sint64'],
];
const unstableScalars: ScalarNames = new Map([
  ...usualScalars,
  ...unstableNames.map(([name, type]) => [type, { type: name, isObsolete: true }] as const),
  ...unstableNames.map(([name, type]) => [name, { type, isObsolete: false }] as const),
]);

function packedOf(options: Options): Pick<FieldDescriptor, 'packed'> {
  const packed = options.get('packed');
  return packed === undefined ? {} : { packed: packed === 'true' };
}

/** The name that protoc gives to the message of a map's entries. */
function mapEntryName(field: string): string {
  return `${field.replace(/(?:^|_)([^_])/g, (_, letter: string) => letter.toUpperCase()).replaceAll('_', '')}Entry`;
}

function featuresOf(options: Options): Features {
  return Object.assign(
    {},
    ...[...options].map(([name, value]) => featureValues.get(`${name}=${value}`) ?? {}),
  ) as Features;
}

/** Features that change what is on the wire, as options write them. */
const featureValues: ReadonlyMap<string, Features> = new Map<string, Features>([
  ['features.field_presence=EXPLICIT', { presence: 'explicit' }],
  ['features.field_presence=IMPLICIT', { presence: 'implicit' }],
  ['features.field_presence=LEGACY_REQUIRED', { presence: 'required' }],
  ['features.enum_type=OPEN', { enums: 'open' }],
  ['features.enum_type=CLOSED', { enums: 'closed' }],
  ['features.repeated_field_encoding=PACKED', { repeated: 'packed' }],
  ['features.repeated_field_encoding=EXPANDED', { repeated: 'expanded' }],
  ['features.utf8_validation=VERIFY', { utf8: 'verify' }],
  ['features.utf8_validation=NONE', { utf8: 'none' }],
  ['features.message_encoding=LENGTH_PREFIXED', { messages: 'length-prefixed' }],
  ['features.message_encoding=DELIMITED', { messages: 'delimited' }],
]);

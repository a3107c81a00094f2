import fc from 'fast-check';
import { ConformError } from '../error';
import { enumType, messageType } from '../schema/look-up';
import type { MessageValue, NumberValue, WireField } from '../schema/message-value';
import type { FieldType, MessageType, Schema, SchemaField } from '../schema/schema';
import { smallestMessages, type SmallestMessage } from '../schema/smallest-message';
import { list } from './list';
import { record, shrunkAs } from './shapes';
import {
  durationSeconds,
  emptyTypeUrl,
  isDefaultValue,
  isMap,
  isTypedMessage,
  largestNanos,
  maskPaths,
  timestampSeconds,
} from './typed-message-rules';
import {
  isNumberType,
  randomContent,
  randomEnum,
  randomNumber,
  readNumber,
  scalarOf,
  shrinkNumber,
  undeclared,
  writeNumber,
} from './typed-message-values';

export interface TypedMessageConstraints {
  /** Messages inside of each other, beyond what is required. @defaultValue 4 */
  readonly maxDepth?: number;
  /** Fields with all those of messages inside, beyond what is required. @defaultValue 30 */
  readonly maxFields?: number;
  /** Octets of a string and of bytes. @defaultValue 300 */
  readonly maxLength?: number;
}

/**
 * Messages of a type as a conforming writer writes them: every kind of field with the boundaries of its type, in the order of their numbers. A strict
 * server has no reason to refuse one. Shrinks to the empty message, or to what is required.
 *
 * @throws ConformError ERR_SCHEMA when no message of the type is ever complete, see `smallestMessages`.
 */
export function typedMessage(
  schema: Schema,
  typeName: string,
  { maxDepth = 4, maxFields = 30, maxLength = 300 }: TypedMessageConstraints = {},
): fc.Arbitrary<MessageValue> {
  if (!smallestOf(schema).has(typeName)) {
    throw new ConformError('ERR_SCHEMA', `No message of ${typeName} can be made: what it requires has no end`);
  }
  return shrunkAs(
    new TypedMessages(schema, messageType(schema, typeName), { maxDepth, maxFields, maxLength }),
    shrinker(schema, typeName),
  );
}

const smallestBySchema = new WeakMap<Schema, ReadonlyMap<string, SmallestMessage>>();

function smallestOf(schema: Schema): ReadonlyMap<string, SmallestMessage> {
  let smallest = smallestBySchema.get(schema);
  if (smallest === undefined) {
    smallest = smallestMessages(schema.messages);
    smallestBySchema.set(schema, smallest);
  }
  return smallest;
}

class TypedMessages extends fc.Arbitrary<MessageValue> {
  readonly #schema: Schema;
  readonly #type: MessageType;
  readonly #limits: Required<TypedMessageConstraints>;

  constructor(schema: Schema, type: MessageType, limits: Required<TypedMessageConstraints>) {
    super();
    this.#schema = schema;
    this.#type = type;
    this.#limits = limits;
  }

  override generate(random: fc.Random): fc.Value<MessageValue> {
    return new fc.Value(new Generation(this.#schema, random, this.#limits).message(this.#type, 0), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is MessageValue {
    return false;
  }

  override shrink(): fc.Stream<fc.Value<MessageValue>> {
    return fc.Stream.nil();
  }
}

/** One value in the making. */
class Generation {
  readonly #schema: Schema;
  readonly #random: fc.Random;
  readonly #limits: Required<TypedMessageConstraints>;
  /** Fields that may still be written beyond what is required. */
  #left: number;

  constructor(schema: Schema, random: fc.Random, limits: Required<TypedMessageConstraints>) {
    this.#schema = schema;
    this.#random = random;
    this.#limits = limits;
    this.#left = limits.maxFields;
  }

  message(type: MessageType, depth: number): MessageValue {
    const special = this.#wellKnown(type, depth);
    if (special !== undefined) return special;
    const required = type.fields.filter(({ cardinality }) => cardinality === 'required');
    return [...required, ...this.#choose(type, depth)]
      .sort((a, b) => a.number - b.number)
      .flatMap((field) => this.#field(field, depth));
  }

  /** Some of the fields that need not be there: none, one of them, a few, or as many as there is room for. */
  #choose(type: MessageType, depth: number): readonly SchemaField[] {
    const slots = new Map<number | string, SchemaField[]>();
    for (const field of type.fields) {
      if (field.cardinality === 'required' || !this.#hasRoom(field, depth)) continue;
      const slot = field.oneof ?? field.number;
      const members = slots.get(slot);
      if (members === undefined) slots.set(slot, [field]);
      else members.push(field);
    }
    const open = [...slots.values()];
    const kind = this.#random.nextInt(0, 7);
    const most = Math.min(open.length, Math.max(0, this.#left));
    const few = depth === 0 ? 6 : 3;
    const count = kind === 0 ? 0 : kind === 1 ? most : Math.min(most, this.#random.nextInt(1, few));
    const chosen: SchemaField[] = [];
    for (let index = 0; index < count; index++) {
      const [members] = open.splice(this.#random.nextInt(0, open.length - 1), 1);
      chosen.push(this.#pick(members!));
    }
    this.#left -= chosen.length;
    return chosen;
  }

  #hasRoom({ type }: SchemaField, depth: number): boolean {
    if (type.kind !== 'message') return true;
    const held = messageType(this.#schema, type.name);
    if (!held.mapEntry) return depth < this.#limits.maxDepth && smallestOf(this.#schema).has(type.name);
    const value = held.fields.find(({ number }) => number === 2);
    return value !== undefined && this.#hasRoom(value, depth + 1);
  }

  #field(field: SchemaField, depth: number): readonly WireField[] {
    const { number } = field;
    if (field.cardinality !== 'repeated') return [{ number, ...this.#singular(field, depth) } as WireField];
    if (isMap(this.#schema, field)) return this.#map(field, depth);
    const values = Array.from({ length: this.#count(field.type) }, () => this.#value(field.type, depth));
    if (field.packed) return [{ number, wire: 'packed', elements: values as readonly NumberValue[] }];
    return values.map((value) => ({ number, ...value }) as WireField);
  }

  /** A value that is there: not the default of a field that is written only when it is not. */
  #singular(field: SchemaField, depth: number): object {
    const value = this.#value(field.type, depth);
    if (field.hasPresence || !isDefaultValue(value as WireField)) return value;
    return this.#plainest(field.type);
  }

  #plainest(type: FieldType): object {
    const scalar = scalarOf(type);
    if (type.kind === 'enum') {
      const { numbers } = enumType(this.#schema, type.name);
      return writeNumber('int32', BigInt(numbers.find((number) => number !== 0) ?? Number(undeclared(numbers)[0])));
    }
    if (isNumberType(scalar)) return writeNumber(scalar, 1n);
    return scalar === 'string' ? { wire: 'text', text: 'a' } : { wire: 'octets', length: 1, seed: 0 };
  }

  #value(type: FieldType, depth: number): object {
    if (type.kind === 'message') {
      const fields = this.message(messageType(this.#schema, type.name), depth + 1);
      return { wire: type.delimited ? 'group' : 'message', fields };
    }
    if (type.kind === 'enum') return writeNumber('int32', randomEnum(this.#schema, type.name, this.#random));
    if (!isNumberType(type.scalar)) return randomContent(type.scalar, this.#random, this.#limits.maxLength);
    return writeNumber(type.scalar, randomNumber(type.scalar, this.#random));
  }

  /** One to three, and of numbers now and then a lot. */
  #count(type: FieldType): number {
    const isMany = type.kind !== 'message' && this.#random.nextInt(0, 7) === 0;
    const count = this.#random.nextInt(1, isMany ? 40 : 3);
    const room = type.kind === 'message' ? Math.max(1, this.#left) : count;
    this.#left -= type.kind === 'message' ? Math.min(count, room) - 1 : 0;
    return Math.min(count, room);
  }

  #map(field: SchemaField, depth: number): readonly WireField[] {
    const entry = messageType(this.#schema, (field.type as FieldType & { kind: 'message' }).name);
    const [key, value] = entry.fields.toSorted((a, b) => a.number - b.number);
    const entries = new Map<string, WireField>();
    for (let left = this.#count(field.type); left > 0; left--) {
      const keyField = { number: 1, ...this.#value(key!.type, depth) } as WireField;
      const valueField = { number: 2, ...this.#value(value!.type, depth + 1) } as WireField;
      entries.set(JSON.stringify(keyField), { number: field.number, wire: 'message', fields: [keyField, valueField] });
    }
    return [...entries.values()];
  }

  /** Types that say more about their values than their fields do, see `isTypedMessage`. */
  #wellKnown(type: MessageType, depth: number): MessageValue | undefined {
    switch (type.name) {
      case 'google.protobuf.Timestamp':
        return this.#time(timestampSeconds, 0n);
      case 'google.protobuf.Duration':
        return this.#time(durationSeconds, -largestNanos);
      case 'google.protobuf.FieldMask':
        return Array.from({ length: this.#random.nextInt(0, 3) }, () => ({
          number: 1,
          wire: 'text' as const,
          text: this.#pick(maskPaths),
        }));
      case 'google.protobuf.Any':
        return this.#random.nextInt(0, 1) === 0 ? [] : [{ number: 1, wire: 'text', text: emptyTypeUrl }];
      case 'google.protobuf.Value':
        return [this.#jsonValue(type, depth)];
      default:
        return undefined;
    }
  }

  #time(seconds: { readonly min: bigint; readonly max: bigint }, minNanos: bigint): MessageValue {
    const whole = this.#within(seconds.min, seconds.max);
    // Both parts of a duration have the same sign.
    const nanos = this.#within(whole > 0n ? 0n : minNanos, whole < 0n && minNanos < 0n ? 0n : largestNanos);
    return [whole, nanos].flatMap((value, index) =>
      value === 0n ? [] : [{ number: index + 1, ...writeNumber('int64', value) }],
    );
  }

  #within(min: bigint, max: bigint): bigint {
    const listed = [min, max, 0n, 1n, -1n].filter((value) => value >= min && value <= max);
    return this.#random.nextInt(0, 1) === 0 ? this.#pick(listed) : this.#random.nextBigInt(min, max);
  }

  #jsonValue(type: MessageType, depth: number): WireField {
    const members = type.fields.filter((field) => this.#left > 0 && this.#hasRoom(field, depth));
    const field = members.length === 0 ? undefined : this.#pick(members);
    if (field === undefined || field.number === 1) return { number: 1, wire: 'varint', value: '0' };
    this.#left--;
    // No NaN and no infinity: an eighth of a small number.
    if (field.number === 2) {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, this.#random.nextInt(-1_000_000, 1_000_000) / 8);
      return { number: 2, ...writeNumber('double', view.getBigUint64(0)) };
    }
    return { number: field.number, ...this.#value(field.type, depth) } as WireField;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.nextInt(0, from.length - 1)]!;
  }
}

/** Shrinks messages of a type: fields are dropped, then made smaller one by one; what is left is a typed message again. */
function shrinker(schema: Schema, typeName: string): fc.Arbitrary<MessageValue> {
  const elements = new FieldShrinker(schema, messageType(schema, typeName));
  // Far above what is generated; values of a user may be longer.
  return list<WireField>(elements, { maxCount: 10_000 }).filter((value) => isTypedMessage(schema, typeName, value));
}

/** Only shrinks: fields of one message type. */
class FieldShrinker extends fc.Arbitrary<WireField> {
  readonly #schema: Schema;
  readonly #type: MessageType;

  constructor(schema: Schema, type: MessageType) {
    super();
    this.#schema = schema;
    this.#type = type;
  }

  override generate(): never {
    throw new ConformError('ERR_INTERNAL', 'A shrinker generates nothing; this is a bug of grpc-conform');
  }

  override canShrinkWithoutContext(value: unknown): value is WireField {
    return typeof value === 'object' && value !== null && 'wire' in value && 'number' in value;
  }

  override shrink(value: WireField, context: unknown): fc.Stream<fc.Value<WireField>> {
    const type = this.#type.fields.find(({ number }) => number === value.number)?.type;
    if (type === undefined) return fc.Stream.nil();
    switch (value.wire) {
      case 'message':
      case 'group': {
        if (type.kind !== 'message') return fc.Stream.nil();
        const inner = shrinker(this.#schema, type.name).shrink(value.fields, context);
        return inner.map((fields) => new fc.Value({ ...value, fields: fields.value }, fields.context));
      }
      case 'text':
        return fc.stream(shorterTexts(value.text)).map((text) => new fc.Value({ ...value, text }, undefined));
      case 'long-text':
      case 'octets':
        return octetsShrinker
          .shrink({ length: value.length, seed: value.seed }, context)
          .map((spec) => new fc.Value({ ...value, ...spec.value }, spec.context));
      case 'packed':
        return list(new NumberShrinker(this.#schema, type), { maxCount: 10_000, minCount: 1 })
          .shrink(value.elements, context)
          .map((elements) => new fc.Value({ ...value, elements: elements.value }, elements.context));
      default:
        return new NumberShrinker(this.#schema, type)
          .shrink(value, context)
          .map((number) => new fc.Value({ ...value, ...number.value }, number.context));
    }
  }
}

const octetsShrinker = record({ length: fc.nat(0x7fffffff), seed: fc.nat(0xffffffff) });

/** Nothing, one letter, and all parts that lack a run of characters. */
function* shorterTexts(text: string): IterableIterator<string> {
  if (text !== '') yield '';
  if (text !== '' && text !== 'a') yield 'a';
  const characters = [...text];
  for (let run = characters.length >> 1; run > 0; run >>= 1) {
    for (let at = 0; at < characters.length; at += run) yield characters.toSpliced(at, run).join('');
  }
}

/** Only shrinks: numbers of one type. */
class NumberShrinker extends fc.Arbitrary<NumberValue> {
  readonly #schema: Schema;
  readonly #type: FieldType;

  constructor(schema: Schema, type: FieldType) {
    super();
    this.#schema = schema;
    this.#type = type;
  }

  override generate(): never {
    throw new ConformError('ERR_INTERNAL', 'A shrinker generates nothing; this is a bug of grpc-conform');
  }

  override canShrinkWithoutContext(value: unknown): value is NumberValue {
    return typeof value === 'object' && value !== null && 'wire' in value && 'value' in value;
  }

  override shrink(value: NumberValue, context: unknown): fc.Stream<fc.Value<NumberValue>> {
    const type = this.#type;
    if (type.kind === 'enum') {
      // Declared numbers in their order, up to this one; then what is simpler by itself.
      const { numbers } = enumType(this.#schema, type.name);
      const at = numbers.indexOf(Number(value.value));
      const before = numbers.slice(0, at === -1 ? numbers.length : at);
      return fc.stream(before.values()).map((number) => new fc.Value(writeNumber('int32', BigInt(number)), undefined));
    }
    const scalar = scalarOf(type);
    if (!isNumberType(scalar)) return fc.Stream.nil();
    return shrinkNumber(scalar, readNumber(scalar, value), context).map(
      (number) => new fc.Value(writeNumber(scalar, number.value), number.context),
    );
  }
}

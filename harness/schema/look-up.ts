import { ConformError } from '../error';
import type { EnumType, MessageType, Schema, SchemaMethod } from './schema';

interface Index {
  readonly messages: ReadonlyMap<string, MessageType>;
  readonly enums: ReadonlyMap<string, EnumType>;
  readonly methods: ReadonlyMap<string, SchemaMethod>;
}

// Names come from the target, and `__proto__` is a legal one: maps, never objects.
const indexes = new WeakMap<Schema, Index>();

/**
 * The message type of that full name.
 * @throws ConformError ERR_INTERNAL when the schema lacks it: a schema holds all types that its methods and fields name.
 */
export function messageType(schema: Schema, name: string): MessageType {
  return indexOf(schema).messages.get(name) ?? missing('message type', name);
}

/**
 * The enum type of that full name.
 * @throws ConformError ERR_INTERNAL when the schema lacks it.
 */
export function enumType(schema: Schema, name: string): EnumType {
  return indexOf(schema).enums.get(name) ?? missing('enum', name);
}

/** The method with that value of :path, if the schema has it. */
export function findMethod(schema: Schema, path: string): SchemaMethod | undefined {
  return indexOf(schema).methods.get(path);
}

function indexOf(schema: Schema): Index {
  let index = indexes.get(schema);
  if (index === undefined) {
    index = {
      messages: new Map(schema.messages.map((type) => [type.name, type])),
      enums: new Map(schema.enums.map((type) => [type.name, type])),
      methods: new Map(schema.methods.map((method) => [method.path, method])),
    };
    indexes.set(schema, index);
  }
  return index;
}

function missing(what: string, name: string): never {
  throw new ConformError('ERR_INTERNAL', `The schema has no ${what} ${name}; this is a bug of grpc-conform`);
}

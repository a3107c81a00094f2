import { enumType, messageType } from './look-up';
import type { EnumType, MessageType, Schema, SchemaMethod } from './schema';

/** The part of a schema that some of its methods reach: small enough for a failure file, and complete for these methods. */
export function restrictSchema(schema: Schema, methods: readonly SchemaMethod[]): Schema {
  const messages = new Map<string, MessageType>();
  const enums = new Map<string, EnumType>();
  const open = methods.flatMap(({ input, output }) => [input, output]);
  // A list in place of recursion: types of a target may refer to each other in chains of any length.
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (messages.has(name)) continue;
    const type = messageType(schema, name);
    messages.set(name, type);
    for (const { type: held } of type.fields) {
      if (held.kind === 'message') open.push(held.name);
      if (held.kind === 'enum') enums.set(held.name, enumType(schema, held.name));
    }
  }
  return {
    methods,
    messages: schema.messages.filter(({ name }) => messages.has(name)),
    enums: schema.enums.filter(({ name }) => enums.has(name)),
    unusable: [],
  };
}

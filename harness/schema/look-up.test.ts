import { enumType, findMethod, messageType } from './look-up';
import { restrictSchema } from './restrict-schema';
import type { FieldType, MessageType, Schema, SchemaMethod } from './schema';

const message = (name: string, ...types: readonly FieldType[]): MessageType => ({
  name,
  mapEntry: false,
  extensions: [],
  fields: types.map((type, index) => ({
    number: index + 1,
    name: `f${index}`,
    type,
    cardinality: 'optional',
    hasPresence: true,
    packed: false,
    verifiesUtf8: true,
  })),
});
const holds = (name: string): FieldType => ({ kind: 'message', name, delimited: false });
const method = (path: string, input: string, output: string): SchemaMethod => ({
  path,
  kind: 'unary',
  input,
  output,
  idempotent: false,
});

const one = method('/S/One', 'A', 'B');
const two = method('/S/Two', 'constructor', 'C');
const schema: Schema = {
  methods: [one, two],
  messages: [
    message('A', holds('A'), { kind: 'enum', name: 'E' }),
    message('B', holds('A')),
    message('C'),
    message('constructor', holds('__proto__')),
    message('__proto__', holds('constructor')),
  ],
  enums: [
    { name: 'E', numbers: [0], closed: false },
    { name: 'F', numbers: [0], closed: false },
  ],
  unusable: [{ path: '/S/Three', reason: 'its request type is described nowhere' }],
};

test('types and methods are found by name, also by names that objects have', () => {
  expect(messageType(schema, '__proto__')).toBe(schema.messages[4]);
  expect(messageType(schema, 'constructor')).toBe(schema.messages[3]);
  expect(enumType(schema, 'E')).toBe(schema.enums[0]);
  expect(findMethod(schema, '/S/Two')).toBe(two);
  expect(findMethod(schema, '/S/Three')).toBeUndefined();
});

test('a type that is missing is our bug', () => {
  expect(() => messageType(schema, 'toString')).toThrow('no message type toString');
  expect(() => enumType(schema, 'toString')).toThrow('no enum toString');
});

test('restrictSchema keeps what the methods reach, and nothing else', () => {
  const names = (of: Schema) => [of.methods, of.messages, of.enums].map((list) => list.length);
  const first = restrictSchema(schema, [one]);
  expect(first).toStrictEqual({
    methods: [one],
    messages: schema.messages.slice(0, 2),
    enums: schema.enums.slice(0, 1),
    unusable: [],
  });
  const second = restrictSchema(schema, [two]);
  expect(names(second)).toEqual([1, 3, 0]);
  expect(restrictSchema(schema, []).messages).toEqual([]);
});

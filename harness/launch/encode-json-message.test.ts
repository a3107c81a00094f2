import type { FieldType, MessageType, Schema, SchemaField } from '../schema/schema';
import { encodeJsonMessage } from './encode-json-message';

const field = (number: number, name: string, type: FieldType, extra: Partial<SchemaField> = {}): SchemaField => ({
  number,
  name,
  type,
  cardinality: 'optional',
  hasPresence: false,
  packed: false,
  verifiesUtf8: true,
  ...extra,
});
const scalar = (name: Extract<FieldType, { kind: 'scalar' }>['scalar']): FieldType => ({
  kind: 'scalar',
  scalar: name,
});
const message = (name: string, fields: readonly SchemaField[], mapEntry = false): MessageType => ({
  name,
  fields,
  mapEntry,
  extensions: [],
});

const schema: Schema = {
  methods: [],
  unusable: [],
  enums: [{ name: 'E', numbers: [0, 1], closed: false }],
  messages: [
    message('M', [
      field(1, 'number', scalar('int32')),
      field(2, 'zigzag', scalar('sint64')),
      field(3, 'short_text', scalar('string')),
      field(4, 'blob', scalar('bytes')),
      field(5, 'ratio', scalar('float')),
      field(6, 'flag', scalar('bool')),
      field(7, 'inner', { kind: 'message', name: 'M', delimited: false }),
      field(8, 'many', scalar('fixed32'), { cardinality: 'repeated', packed: true }),
      field(9, 'by_name', { kind: 'message', name: 'Entry', delimited: false }, { cardinality: 'repeated' }),
      field(10, 'kind', { kind: 'enum', name: 'E' }),
      field(11, 'group', { kind: 'message', name: 'M', delimited: true }),
      field(12, 'big', scalar('uint64')),
    ]),
    message('Entry', [field(1, 'key', scalar('bool')), field(2, 'value', scalar('double'))], true),
    message('R', [field(1, 'needed', scalar('bool'), { cardinality: 'required' })]),
  ],
};

const encode = (json: unknown, type = 'M'): string =>
  Buffer.from(encodeJsonMessage(schema, type, json)).toString('hex');

test.each<[unknown, string]>([
  [{}, ''],
  [{ number: -1 }, `08${'ff'.repeat(9)}01`],
  [{ zigzag: '-2' }, '1003'],
  [{ short_text: 'é' }, '1a02c3a9'],
  [{ shortText: 'a' }, '1a0161'],
  [{ blob: 'YWI=' }, '22026162'],
  [{ ratio: 1 }, '2d0000803f'],
  [{ flag: true, number: null }, '3001'],
  [{ inner: { number: 1 } }, '3a020801'],
  [{ many: [1, '2'] }, '45010000004502000000'],
  [{ byName: { true: 2 } }, '4a0b0801110000000000000040'],
  [{ kind: 1 }, '5001'],
  [{ group: { flag: true } }, '5b30015c'],
  [{ big: '18446744073709551615' }, `60${'ff'.repeat(9)}01`],
])('%j', (json, want) => {
  expect(encode(json)).toBe(want);
});

test.each<readonly [unknown, RegExp]>([
  [[], /M must be an object/],
  ['text', /M must be an object/],
  [{ numbr: 1 }, /M has no field "numbr" \(did you mean number\?\)/],
  [{ number: 1.5 }, /M\.number must be a whole number of 32 bits/],
  [{ number: 2 ** 31 }, /M\.number must be a whole number of 32 bits/],
  [{ big: -1 }, /M\.big must be a whole number of 64 bits, not below 0/],
  [{ inner: { flag: 1 } }, /M\.inner\.flag must be true or false/],
  [{ many: 1 }, /M\.many must be a list/],
  [{ byName: [] }, /M\.by_name must be an object/],
  [{ ratio: 'x' }, /M\.ratio must be a number/],
  [{ blob: '%' }, /M\.blob must be base64/],
  [{ blob: '/w==' }, /must be base64 of a text in UTF-8/],
])('%j is refused', (json, want) => {
  expect(() => encode(json)).toThrow(want);
});

test('a required field that is missing is refused', () => {
  expect(() => encode({}, 'R')).toThrow(/R\.needed is required: give it with --data/);
});

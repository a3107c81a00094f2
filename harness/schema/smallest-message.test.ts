import type { MessageType, SchemaField } from './schema';
import { smallestMessages } from './smallest-message';

const field = (number: number, name: string, cardinality: SchemaField['cardinality']): SchemaField => ({
  number,
  name: `f${number}`,
  type: { kind: 'message', name, delimited: false },
  cardinality,
  hasPresence: true,
  packed: false,
  verifiesUtf8: false,
});
const type = (name: string, ...fields: readonly SchemaField[]): MessageType => ({
  name,
  fields,
  extensions: [],
  mapEntry: false,
});

test('smallestMessages counts what must be there', () => {
  const types = [
    type('Whole', field(1, 'Half', 'required'), field(2, 'Half', 'required'), field(3, 'Whole', 'optional')),
    type('Half', field(1, 'Empty', 'required'), field(2, 'Half', 'repeated')),
    type('Empty', field(1, 'Whole', 'optional')),
    type('Self', field(1, 'Self', 'required')),
    type('Above', field(1, 'Self', 'required')),
    type('Beside', field(1, 'Self', 'optional')),
  ];
  expect(Object.fromEntries(smallestMessages(types))).toEqual({
    Empty: { depth: 1, fields: 0 },
    Half: { depth: 2, fields: 1 },
    Whole: { depth: 3, fields: 4 },
    Beside: { depth: 1, fields: 0 },
  });
});

test('what grows or reaches too deep is no message', () => {
  const chain = (length: number, copies: number) =>
    Array.from({ length }, (_, at) =>
      type(`M${at}`, ...Array.from({ length: copies }, (_1, copy) => field(copy + 1, `M${at + 1}`, 'required'))),
    );
  const sizeOf = (length: number, copies: number) =>
    smallestMessages([...chain(length, copies), type(`M${length}`)]).get('M0');
  expect(sizeOf(79, 1)).toEqual({ depth: 80, fields: 79 });
  expect(sizeOf(80, 1)).toBeUndefined();
  expect(sizeOf(9, 2)).toEqual({ depth: 10, fields: 1022 });
  expect(sizeOf(40, 2)).toBeUndefined();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeMessageValue, type MessageValue, type WireField } from './message-value';
import { readDescriptorSet } from './read-descriptor-set';
import { readProtoFiles } from './read-proto-files';
import type { Schema } from './schema';

const folder = mkdtempSync(path.join(tmpdir(), 'editions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (number: number, value: string): WireField => ({ number, wire: 'text', text: value });
const varint = (number: number, value: number): WireField => ({ number, wire: 'varint', value: String(value) });
const part = (number: number, ...fields: MessageValue): WireField => ({ number, wire: 'message', fields });

/** One message of two fields, an enum, and a method, by the one door. */
function readText(edition: string): Schema {
  const file = path.join(folder, 'a.proto');
  const source = `edition = "${edition}"; message M { bool a = 1; E e = 2; } enum E { Z = 0; } service S { rpc C(M) returns (M); }`;
  writeFileSync(file, source);
  return readProtoFiles([file], []);
}

/** The same by the other door. */
function readSet(edition: number, syntax = 'editions'): Schema {
  const field = (name: string, number: number, ...type: MessageValue) =>
    part(2, text(1, name), varint(3, number), varint(4, 1), ...type);
  return readDescriptorSet(
    encodeMessageValue([
      part(
        1,
        text(1, 'a.proto'),
        ...(syntax === '' ? [] : [text(12, syntax)]),
        ...(edition === 0 ? [] : [varint(14, edition)]),
        part(4, text(1, 'M'), field('a', 1, varint(5, 8)), field('e', 2, varint(5, 14), text(6, '.E'))),
        part(5, text(1, 'E'), part(2, text(1, 'Z'), varint(2, 0))),
        part(6, text(1, 'S'), part(2, text(1, 'C'), text(2, '.M'), text(3, '.M'))),
      ),
    ]),
    'set.pb',
  );
}

const editions2023 = readText('2023');

test.each([
  ['2023', 1000],
  ['2024', 1001],
  ['2026', 1002],
  ['UNSTABLE', 9999],
])('edition %s is the same by both doors', (name, number) => {
  expect(readSet(number)).toEqual(readText(name));
  expect(readText(name)).toEqual(editions2023);
});

test.each<readonly [name: string, number: number, why: string]>([
  ['2025', 1003, 'a year that has none'],
  ['2077', 1500, 'a year to come'],
  ['99999_TEST_ONLY', 99_999, 'for tests of compilers'],
  ['1_TEST_ONLY', 1, 'the same, before all others'],
  ['LEGACY', 900, 'a mark for comparisons'],
  ['MAX', 0x7fffffff, 'the same'],
])('edition %s (%i) is described and not usable by both doors: %s', (name, number) => {
  const reason = (edition: string) =>
    `M is of edition ${edition}, whose rules are not known here; known are 2023, 2024, 2026 and UNSTABLE`;
  const none = { methods: [], messages: [], enums: [] };
  expect(readText(name)).toEqual({ ...none, unusable: [{ path: '/S/C', reason: reason(name) }] });
  expect(readSet(number)).toEqual({ ...none, unusable: [{ path: '/S/C', reason: reason(`number ${number}`) }] });
});

test.each(['', 'next', 'proto2', 'PROTO3', 'unstable', '99999', 'EDITION_2023', '2023 '])(
  'the text %j is no edition',
  (name) => {
    expect(() => readText(name)).toThrow('a.proto:1:11: an edition is a year, such as "2023"');
  },
);

test.each<readonly [syntax: string, edition: number, isClosed: boolean, why: string]>([
  ['', 0, true, 'proto2 is what has no syntax'],
  ['proto2', 0, true, 'or says so'],
  ['editions', 998, true, 'or has the number that stands for it'],
  ['proto3', 0, false, 'proto3'],
  ['editions', 999, false, 'the number that stands for it'],
  ['proto2', 1000, false, 'the edition counts'],
])('syntax %j and edition %i: closed enums are %s (%s)', (syntax, edition, isClosed) => {
  expect(readSet(edition, syntax).enums).toEqual([{ name: 'E', numbers: [0], closed: isClosed }]);
});

test('editions without an edition are of none that is known', () => {
  expect(readSet(0).unusable).toEqual([{ path: '/S/C', reason: expect.stringContaining('M is of edition number 0') }]);
});

describe('edition UNSTABLE in .proto files', () => {
  const readField = (type: string) => {
    const file = path.join(folder, 'unstable.proto');
    writeFileSync(file, `edition = "UNSTABLE"; message M { ${type} a = 1; }`);
    return readProtoFiles([file], []).messages[0]?.fields[0]?.type;
  };
  // What protoc 35.1 makes of them with --experimental_editions.
  test.each([
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
    ['bool', 'bool'],
    ['bytes', 'bytes'],
  ])('%s is %s on the wire', (written, scalar) => {
    expect(readField(written)).toEqual({ kind: 'scalar', scalar });
  });

  test.each([
    ['sint32', 'zigzag32'],
    ['fixed64', 'uint64'],
    ['sfixed32', 'int32'],
  ])('%s is written %s', (old, written) => {
    expect(() => readField(old)).toThrow(`unstable.proto:1:35: this edition writes ${written} in place of ${old}`);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { protoFile } from '../package-root';
import { readDescriptorSet } from './read-descriptor-set';
import { readProtoFiles } from './read-proto-files';
import type { Schema } from './schema';

const fixtures = path.join(__dirname, 'fixtures');
const folder = mkdtempSync(path.join(tmpdir(), 'proto-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, source: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, source);
  return file;
}

/** Order in which types are defined means nothing. */
const sorted = (schema: Schema): Schema => ({
  ...schema,
  methods: schema.methods.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  messages: schema.messages.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  enums: schema.enums.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

test('gives the same as what protoc makes of the files', () => {
  const files = ['edition2024', 'edition2023'].map((name) => path.join(fixtures, `${name}.proto`));
  const compiled = Buffer.from(readFileSync(path.join(fixtures, 'descriptor-set.base64'), 'utf8'), 'base64');
  expect(sorted(readProtoFiles(files, [fixtures]))).toEqual(sorted(readDescriptorSet(compiled, 'set.pb')));
});

test('reads what every target of ours serves', () => {
  const schema = readProtoFiles(['grpc/testing/test.proto'], [protoFile('.')]);
  expect(schema.methods.map((method) => method.path)).toContain('/grpc.testing.TestService/FullDuplexCall');
  expect(schema.unusable).toEqual([]);
});

describe('imports', () => {
  test('are searched below the import paths, in order, and read once', () => {
    write('one/lib/a.proto', 'syntax = "proto3"; message A { int32 from_one = 1; }');
    write('two/lib/a.proto', 'syntax = "proto3"; message A { int32 from_two = 1; }');
    write('two/lib/b.proto', 'syntax = "proto3"; import "lib/a.proto"; import "./lib/c.proto"; message B { A a = 1; }');
    write('two/lib/c.proto', 'syntax = "proto3"; import "lib/b.proto"; message C { B b = 1; }');
    const main = write(
      'main.proto',
      'syntax = "proto3"; import "lib/b.proto"; import "lib/a.proto"; message M { B b = 1; A a = 2; }',
    );
    const roots = [path.join(folder, 'one'), path.join(folder, 'two')];
    const schema = readProtoFiles([main, 'lib/b.proto'], roots);
    expect(schema.messages.map(({ name }) => name).sort()).toEqual(['A', 'B', 'C', 'M']);
    expect(schema.messages.find(({ name }) => name === 'A')?.fields[0]?.name).toBe('from_one');
  });

  test('are searched beside the files when no import path is given', () => {
    write('beside/a.proto', 'syntax = "proto3"; message A {}');
    const file = write('beside/b.proto', 'syntax = "proto3"; import "a.proto"; message B { A a = 1; }');
    expect(readProtoFiles([file], []).messages).toHaveLength(2);
  });

  test('that are missing are named, with who wants them and where they were searched', () => {
    const file = write('lonely.proto', 'syntax = "proto3";\n  import "gone.proto";');
    const roots = [path.join(folder, 'x'), path.join(folder, 'y')];
    expect(() => readProtoFiles([file], roots)).toThrow(
      `${file}:2:3: the import "gone.proto" is found nowhere; searched: ${folder}/x/gone.proto, ${folder}/y/gone.proto; name its folder with --import-path`,
    );
    expect(() => readProtoFiles(['nowhere.proto'], roots)).toThrow(
      `"nowhere.proto" is no file; searched: nowhere.proto, ${folder}/x/nowhere.proto, ${folder}/y/nowhere.proto`,
    );
  });

  test.each(['/etc/hostname', '../secret.proto', 'a/../../b.proto', '', 'a\\..\\b.proto'])(
    'stay below the import paths: %j',
    (name) => {
      const file = write('outside.proto', `import ${JSON.stringify(name).replaceAll('\\\\', '\\')};`);
      expect(() => readProtoFiles([file], [])).toThrow(/outside\.proto:1:1: the import .* is not a name below/);
    },
  );

  test('of many folders and files an error names a few', () => {
    const file = write('many.proto', 'import "gone.proto";');
    const roots = Array.from({ length: 107 }, (_, at) => `/r${at}`);
    const searched = 'searched: /r0/gone.proto, /r1/gone.proto, /r2/gone.proto and 104 more';
    expect(() => readProtoFiles([file], roots)).toThrow(
      `${file}:1:1: the import "gone.proto" is found nowhere; ${searched}; name its folder with --import-path`,
    );
    expect(() => readProtoFiles(['x.proto'], roots)).toThrow(
      'searched: x.proto, /r0/x.proto, /r1/x.proto and 105 more',
    );
    const files = Array.from({ length: 107 }, (_, at) =>
      write(
        `many/${at}.proto`,
        `syntax = "proto3"; message M${at === 106 ? 105 : at} {} ${at === 0 ? 'message M0 {}' : ''}`,
      ),
    );
    expect(() => readProtoFiles(files, [])).toThrow(
      `${files[0]}, ${files[1]}, ${files[2]} and 104 more cannot be used: it has two definitions of "M0" in one file`,
    );
  });

  test('copies of a file may lie in several folders, and only methods that reach what differs are unusable', () => {
    const lib = (more: string) =>
      `syntax = "proto3"; package lib; message Same { int32 a = 1; } message Rule { ${more} }`;
    const calls = (name: string) =>
      `syntax = "proto3"; import "lib.proto"; service ${name} { rpc A(lib.Same) returns (lib.Same); rpc B(lib.Rule) returns (lib.Same); }`;
    write('left/lib.proto', lib('Same same = 1;'));
    const right = write('right/lib.proto', `\n\n${lib('Same same = 1; bool more = 2;')}`);
    const schema = readProtoFiles([write('left/s.proto', calls('S')), right, write('right/t.proto', calls('T'))], []);
    expect(schema.methods.map((method) => method.path)).toEqual(['/S/A', '/T/A']);
    const files = `${right} and ${folder}/left/lib.proto`;
    const reason = `lib.Rule is not the same in ${files}: only ${right} has its field more = 2`;
    expect(schema.unusable).toEqual([
      { path: '/S/B', reason },
      { path: '/T/B', reason },
    ]);
    expect(schema.problems).toEqual([
      `${files} differ, and the first counts; methods that need these cannot be called: lib.Rule`,
    ]);
  });

  test('what cannot be looked at is said, and does not keep us from looking elsewhere', () => {
    symlinkSync(path.join(folder, 'loop'), path.join(folder, 'loop'));
    const file = write('a.txt', '');
    const long = path.join(folder, 'a'.repeat(300));
    for (const [named, reason] of [
      [path.join(folder, 'loop'), 'its links lead in a circle'],
      [path.join(file, 'b.proto'), 'a part of the path is a file, not a folder'],
      [long, 'the name is too long'],
    ] as const) {
      expect(() => readProtoFiles([named], [])).toThrow(
        expect.objectContaining({ code: 'ERR_SCHEMA', message: expect.stringContaining(reason) as string }),
      );
    }
    write('found.proto', 'syntax = "proto3"; service S {}');
    expect(readProtoFiles(['found.proto'], [path.join(folder, 'loop'), file, folder]).methods).toEqual([]);
    const importer = write('importer.proto', 'syntax = "proto3"; import "gone.proto";');
    expect(() => readProtoFiles([importer], [file, path.join(folder, 'loop')])).toThrow(
      /importer\.proto:1:20: the import "gone\.proto" is found nowhere \(.*a\.txt\/gone\.proto: a part of the path is a file/,
    );
  });

  test('folders and devices are no files', () => {
    expect(() => readProtoFiles([folder], [])).toThrow('is no file');
    expect(() => readProtoFiles(['/dev/zero'], [])).toThrow('"/dev/zero" is no file');
  });
});

describe('a file that cannot be used', () => {
  const three = 'syntax = "proto3";\n';
  test.each<readonly [source: string, want: string]>([
    ['syntax = "proto4";', '1:10: the syntax is "proto2" or "proto3"'],
    ['edition = "next";', '1:11: an edition is a year, such as "2023"'],
    ['syntax = proto3;', '1:10: expected "proto2" or "proto3" in quotes, found "proto3"'],
    [`${three}message M {\n  int32 a = 1\n}`, '4:1: expected ";", found "}"'],
    [`${three}message M {`, '2:12: expected a type, found the end of the file'],
    [
      `${three}mesage M {}`,
      '2:1: expected "message", "enum", "service", "extend", "import", "package" or "option", found "mesage"',
    ],
    [`${three}message 1M {}`, '2:9: expected the name of a message, found "1"'],
    [`${three}message M { int32 a = 0; }`, '2:23: expected the number of the field, 1 to 536870911, found "0"'],
    [
      `${three}message M { int32 a = 536870912; }`,
      '2:23: expected the number of the field, 1 to 536870911, found "536870912"',
    ],
    [`${three}message M { int32 a = 1.0; }`, '2:23: expected the number of the field, 1 to 536870911, found "1.0"'],
    [`${three}message M { int32 a = 19000; }`, '2:23: protobuf keeps the numbers 19000 to 19999'],
    [`${three}message M { int32 a = 1; int32 b = 1; }`, '2:9: two fields of M with the number 1'],
    [`${three}message M { required int32 a = 1; }`, '2:13: proto3 has no "required"'],
    [`${three}message M { group A = 1 {} }`, '2:19: groups belong to proto2'],
    [`${three}message M { map<float, int32> a = 1; }`, '2:17: the key of a map is a whole number, a bool or a string'],
    [`${three}message M { repeated map<int32, int32> a = 1; }`, '2:13: a map has no label and stands in no oneof'],
    [`${three}message M { oneof a { repeated int32 b = 1; } }`, '2:23: a field of a oneof is not "repeated"'],
    [`${three}message M { Gone a = 1; }`, '2:13: Gone is defined nowhere; import the file that defines it'],
    [`${three}message M { map<int32, Gone> a = 1; }`, '2:24: Gone is defined nowhere; import the file that defines it'],
    [`${three}service S { rpc Call(M) returns (M); }`, '2:17: M is defined nowhere; import the file that defines it'],
    [`${three}service S { rpc Call(M) }`, '2:25: expected "returns", found "}"'],
    [`${three}enum E {}`, '2:6: the enum E has no value'],
    [`${three}enum E { A = 2147483648; }`, '2:14: expected the number of a value, found "2147483648"'],
    [`${three}option a = { b: 1 ];`, '2:19: ] closes nothing'],
    [`${three}option a = { b: 1;`, '2:19: expected "}", found the end of the file'],
    [`${three}option a = "b`, '2:12: a string that does not end on its line'],
    [`${three}option a = "\\`, '2:12: a string that does not end on its line'],
    [`${three}/* never`, '2:1: a comment that does not end'],
    [`${three}\u202emessage M {}`, '2:1: "\\u202e" does not belong into a .proto file'],
    [`${three}message M { reserved 1 }`, '2:24: expected ";", found "}"'],
    [`${three}package a; package b;`, '2:12: a second package'],
    ['message M { int32 a = 1; }', '1:13: expected "optional", "required" or "repeated", found "int32"'],
    [
      'edition = "2023"; message M { optional int32 a = 1; }',
      '1:31: editions have the feature field_presence in place of "optional"',
    ],
  ])('%j', (source, want) => {
    const file = write('bad.proto', source);
    expect(() => readProtoFiles([file], [])).toThrow(
      expect.objectContaining({ code: 'ERR_SCHEMA', message: `${file}:${want}` }),
    );
  });

  test('more messages than the largest public collection has are none', () => {
    const messages = Array.from({ length: 60_000 }, (_, at) => `message M${at} { M${at ^ 1} f = 1; }`);
    expect(readProtoFiles([write('large.proto', three + messages.join('\n'))], []).messages).toHaveLength(60_000);
  });

  test.each<readonly [reason: string, source: string, want: RegExp]>([
    ['messages in messages', `${three}${'message M {'.repeat(100_000)}`, /:2:\d+: messages nested more than 32 deep/],
    ['brackets in brackets', `${three}option a = ${'{a{'.repeat(500_000)}`, /found the end of the file/],
    ['a million messages', three + 'message M {}'.repeat(200_001), /more than 200000 messages/],
    ['a million fields', `${three}message M {${'int32 a = 1;'.repeat(800_001)}`, /more than 800000 fields/],
    ['a comment of megabytes', `/*${'*'.repeat(9_000_000)}`, /a comment that does not end/],
    ['a string of megabytes', `import "${'\\"'.repeat(4_000_000)}`, /a string that does not end/],
    ['a name of megabytes', `${three}message ${'a'.repeat(9_000_000)} {}`, /as the name of a message/],
    ['a file of megabytes', ' '.repeat(17 * 1024 * 1024), /is longer than 16 MiB/],
  ])('%s', (_reason, source, want) => {
    const file = write('hostile.proto', source);
    expect(() => readProtoFiles([file], [])).toThrow(
      expect.objectContaining({ code: 'ERR_SCHEMA', message: expect.stringMatching(want) }),
    );
  });
});

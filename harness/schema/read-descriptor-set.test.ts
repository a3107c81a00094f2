import { readFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { FileDescriptorProto } from 'protobufjs/ext/descriptor';
import { protoFile } from '../package-root';
import { findMethod, messageType } from './look-up';
import { encodeMessageValue, type MessageValue, type WireField } from './message-value';
import { readDescriptorSet, readDescriptorSets, readFileDescriptors } from './read-descriptor-set';
import { readProtoFiles } from './read-proto-files';
import { restrictSchema } from './restrict-schema';
import type { Schema } from './schema';

/** What protoc 35.1 made of the .proto files beside it: `protoc -I. --descriptor_set_out=/dev/stdout proto3.proto proto2.proto edition2023.proto edition2024.proto | base64 -w 160`. */
const compiled = Buffer.from(readFileSync(path.join(__dirname, 'fixtures', 'descriptor-set.base64'), 'utf8'), 'base64');

const text = (number: number, value: string): WireField => ({ number, wire: 'text', text: value });
const varint = (number: number, value: number): WireField => ({ number, wire: 'varint', value: String(value) });
const part = (number: number, ...fields: MessageValue): WireField => ({ number, wire: 'message', fields });

// Names of descriptor.proto's messages for its field numbers.
const file = (...content: MessageValue) => part(1, ...content);
const message = (name: string, ...content: MessageValue) => part(4, text(1, name), ...content);
const nested = (name: string, ...content: MessageValue) => part(3, text(1, name), ...content);
const enumeration = (name: string, ...numbers: readonly number[]) =>
  part(5, text(1, name), ...numbers.map((number) => part(2, text(1, `V${number}`), varint(2, number))));
const field = (name: string, number: number, ...content: MessageValue) =>
  part(2, text(1, name), varint(3, number), varint(4, 1), ...content);
const int32 = varint(5, 5);
const holds = (name: string): MessageValue => [varint(5, 11), text(6, name)];
const method = (name: string, input: string, output: string) => part(2, text(1, name), text(2, input), text(3, output));
const service = (name: string, ...methods: MessageValue) => part(6, text(1, name), ...methods);

const read = (...files: MessageValue): Schema => readDescriptorSet(encodeMessageValue(files), 'set.pb');
const readOne = (...content: MessageValue): Schema => read(file(...content));

describe('readDescriptorSet', () => {
  const schema = readDescriptorSet(compiled, 'set.pb');

  test('reads methods with their kinds', () => {
    expect(schema.methods.map(({ path: name, kind, idempotent }) => [name, kind, idempotent])).toEqual([
      ['/fixtures.three.Everything/Unary', 'unary', false],
      ['/fixtures.three.Everything/Upload', 'client-streaming', false],
      ['/fixtures.three.Everything/Download', 'server-streaming', true],
      ['/fixtures.three.Everything/Duplex', 'bidirectional-streaming', true],
      ['/fixtures.two.Old/Call', 'unary', false],
      ['/fixtures.two.Old/Answered', 'unary', false],
      ['/fixtures.edition.Modern/Call', 'unary', false],
      ['/fixtures.edition.later.Latest/Call', 'client-streaming', false],
    ]);
  });

  test('tells a method whose request can never be complete', () => {
    expect(schema.unusable).toEqual([
      {
        path: '/fixtures.two.Old/Never',
        reason: expect.stringContaining('fixtures.two.Endless requires messages in messages'),
      },
    ]);
  });

  /** A field in one line: what of it changes the wire. */
  const describeField = (type: string, name: string) => {
    const found = messageType(schema, type).fields.find((one) => one.name === name)!;
    const words = Object.entries({
      [found.cardinality]: true,
      presence: found.hasPresence,
      packed: found.packed,
      verified: found.verifiesUtf8,
      delimited: found.type.kind === 'message' && found.type.delimited,
      oneof: found.oneof !== undefined,
    });
    return words.flatMap(([word, isSo]) => (isSo ? [word] : [])).join(' ');
  };
  test.each([
    ['three.Scalars', 'an_int32', 'optional', 'proto3: no presence'],
    ['three.Scalars', 'a_string', 'optional verified', 'proto3 verifies'],
    ['three.Scalars', 'maybe_int32', 'optional presence', 'optional of proto3, without its made-up oneof'],
    ['three.Lists', 'packed_int32s', 'repeated packed', 'proto3 packs'],
    ['three.Lists', 'expanded_sint64s', 'repeated', 'unless told not to'],
    ['three.Lists', 'strings', 'repeated verified', 'strings are never packed'],
    ['three.Choice', 'text', 'optional presence verified oneof', 'a member of a oneof'],
    ['three.Tree', 'favourite', 'optional presence', 'messages have presence'],
    ['two.Legacy', 'must', 'required presence', 'required'],
    ['two.Legacy', 'text', 'optional presence', 'proto2 does not verify'],
    ['two.Legacy', 'expanded', 'repeated', 'proto2 does not pack'],
    ['two.Legacy', 'run', 'repeated packed', 'unless told to'],
    ['two.Legacy', 'part', 'optional presence delimited', 'a group'],
    ['two.Legacy', 'row', 'repeated delimited', 'groups'],
    ['two.Legacy', 'inline', 'optional presence delimited oneof', 'a group in a oneof'],
    ['edition.Implicit', 'a', 'optional', 'the feature of the file'],
    ['edition.Implicit', 'b', 'optional presence', 'overridden'],
    ['edition.Implicit', 'c', 'required presence', 'LEGACY_REQUIRED'],
    ['edition.Implicit', 'd', 'optional', 'not verified'],
    ['edition.Implicit', 'e', 'optional verified', 'overridden'],
    ['edition.Implicit', 'f', 'repeated', 'expanded'],
    ['edition.Implicit', 'g', 'repeated packed', 'overridden'],
    ['edition.Implicit', 'i', 'optional presence delimited', 'overridden'],
    ['edition.Implicit.MEntry', 'value', 'optional verified', "a map's features count for its values"],
    ['edition.later.Whole', 'part', 'optional presence delimited', 'the feature of the file'],
    ['edition.later.Whole', 'prefixed', 'optional presence', 'overridden'],
    ['edition.later.Whole', 'by_name', 'repeated', 'maps are never delimited'],
    ['edition.later.Whole.ByNameEntry', 'value', 'optional presence', 'nor are their values'],
  ])('%s.%s is %s: %s', (type, name, want) => {
    expect(describeField(`fixtures.${type}`, name)).toBe(want);
  });

  test('knows which enums are closed', () => {
    const closed = schema.enums.filter(({ name }) => name.startsWith('fixtures.')).map((one) => [one.name, one.closed]);
    expect(Object.fromEntries(closed)).toEqual({
      'fixtures.three.Color': false,
      'fixtures.two.Zero': true,
      'fixtures.two.Level': true,
      'fixtures.edition.Open': false,
      'fixtures.edition.Closed': true,
      'fixtures.edition.later.Whole.Kind': false,
    });
    expect(schema.enums.find(({ name }) => name.endsWith('.Color'))?.numbers).toEqual([0, 1, -1, 2147483647]);
  });

  test('knows which numbers extensions may use', () => {
    const ranges = (name: string) => messageType(schema, name).extensions;
    expect(ranges('fixtures.two.Legacy')).toEqual([
      [100, 199],
      [1000, 536870911],
    ]);
    expect(ranges('fixtures.two.Mark')).toEqual([[100, 100]]);
    expect(ranges('fixtures.two.Set')).toEqual([[1, 536870911]]);
    expect(ranges('fixtures.two.Legacy.Leaf')).toEqual([]);
  });

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(schema))).toStrictEqual(schema);
  });

  test('takes the same files twice, in one set or in several', () => {
    const twice = readDescriptorSet(Buffer.concat([compiled, compiled]), 'set.pb');
    expect(twice).toEqual(schema);
  });
});

describe('descriptors with gaps', () => {
  test('relative names are looked up from the inside out', () => {
    const schema = readOne(
      text(2, 'a.b'),
      message('M', field('f', 1, ...holds('N')), field('g', 2, ...holds('b.M.N')), nested('N', field('x', 1, int32))),
      message('N', field('f', 1, ...holds('M.N')), field('g', 2, ...holds('.a.b.N'))),
      service('S', method('Call', 'M.N', 'N')),
    );
    const namesIn = (type: string) =>
      messageType(schema, type).fields.map(({ type: held }) => (held.kind === 'message' ? held.name : ''));
    expect(namesIn('a.b.M')).toEqual(['a.b.M.N', 'a.b.M.N']);
    expect(namesIn('a.b.N')).toEqual(['a.b.M.N', 'a.b.N']);
    expect(findMethod(schema, '/a.b.S/Call')).toMatchObject({ input: 'a.b.M.N', output: 'a.b.N' });
  });

  test('a field whose type is missing makes only those methods unusable that reach it', () => {
    const schema = readOne(
      message('Whole', field('x', 1, int32)),
      message('Broken', field('x', 1, ...holds('.gone.Type'))),
      message('Holder', field('x', 1, ...holds('Holder')), field('y', 2, ...holds('Broken'))),
      service(
        'S',
        method('Fine', 'Whole', 'Whole'),
        method('In', 'Holder', 'Whole'),
        method('Out', 'Whole', 'Broken'),
        method('Gone', 'Nothing', 'Whole'),
      ),
    );
    expect(schema.methods.map(({ path: name }) => name)).toEqual(['/S/Fine']);
    expect(schema.messages.map(({ name }) => name)).toEqual(['Whole']);
    const reason = 'the message .gone.Type of the field Broken.x is described nowhere';
    expect(schema.unusable).toEqual([
      { path: '/S/In', reason },
      { path: '/S/Out', reason },
      { path: '/S/Gone', reason: 'its request type Nothing is described nowhere' },
    ]);
  });

  test('well-known types need no file, also those that others hold', () => {
    const schema = readOne(
      service('S', method('Call', '.google.protobuf.Struct', 'google.protobuf.Empty')),
      message('M', field('x', 1, text(6, '.google.protobuf.Timestamp'))),
    );
    const reached = restrictSchema(schema, schema.methods);
    expect(reached.messages.map(({ name }) => name).sort()).toEqual([
      'google.protobuf.Empty',
      'google.protobuf.ListValue',
      'google.protobuf.Struct',
      'google.protobuf.Struct.FieldsEntry',
      'google.protobuf.Value',
    ]);
    expect(reached.enums.map(({ name }) => name)).toEqual(['google.protobuf.NullValue']);
    expect(messageType(schema, 'M').fields[0]?.type).toMatchObject({ name: 'google.protobuf.Timestamp' });
  });

  test('a field without a type is what its name stands for', () => {
    const schema = readOne(enumeration('E', 3), message('M', field('e', 1, text(6, 'E'))));
    expect(messageType(schema, 'M').fields[0]?.type).toEqual({ kind: 'enum', name: 'E' });
  });

  test('files may come one by one', () => {
    const head = encodeMessageValue([text(1, 'a.proto'), service('S', method('Call', 'M', 'M'))]);
    const tail = encodeMessageValue([text(1, 'b.proto'), message('M')]);
    expect(readFileDescriptors([head, tail, head], 'server reflection v1').methods).toHaveLength(1);
  });

  test('names that objects have are names like others', () => {
    const schema = readOne(
      message('__proto__', field('constructor', 1, ...holds('toString')), field('__proto__', 2, int32)),
      message('toString', field('hasOwnProperty', 1, ...holds('__proto__'))),
      service('constructor', method('valueOf', '__proto__', 'toString')),
    );
    expect(schema.methods).toMatchObject([{ path: '/constructor/valueOf', input: '__proto__', output: 'toString' }]);
    expect(messageType(schema, '__proto__').fields).toHaveLength(2);
  });

  test('descriptors from the future keep what is known of them', () => {
    const group: WireField = { number: 50_000, wire: 'group', fields: [varint(1, 1)] };
    const schema = readOne(
      varint(14, 1001),
      message('M', field('x', 1, int32, part(8, group, part(21, varint(99, 1)))), varint(11, 2)),
      { number: 77, wire: 'fixed64', value: '1' },
    );
    expect(messageType(schema, 'M').fields[0]).toMatchObject({ name: 'x', hasPresence: true });
  });
});

describe('sets that share a file in two versions', () => {
  const set = (from: string, ...files: MessageValue) => ({ from, octets: encodeMessageValue(files) });
  const shared = (...content: MessageValue) => file(text(1, 'lib/http.proto'), text(2, 'lib'), ...content);
  const callsOf = (name: string, ...types: readonly string[]) =>
    file(
      text(1, `${name}.proto`),
      service(name, ...types.map((type) => method(`Use${type}`, `.lib.${type}`, `.lib.${type}`))),
    );
  const old = [message('Rule', field('x', 1, int32)), message('Plain', field('y', 1, int32))];

  test('only methods that reach what differs are unusable, with the files and the difference', () => {
    const holder = message('Holder', field('rule', 1, ...holds('.lib.Rule')));
    const schema = readDescriptorSets([
      set('old.pb', shared(...old, holder), callsOf('A', 'Plain', 'Holder')),
      set(
        'new.pb',
        shared(
          holder,
          message('Plain', field('y', 1, int32)),
          message('Rule', field('x', 1, int32), field('z', 2, int32)),
        ),
        callsOf('B', 'Rule'),
      ),
    ]);
    expect(schema.methods.map(({ path: name }) => name)).toEqual(['/A/UsePlain']);
    const reason =
      'lib.Rule is not the same in two versions of lib/http.proto (old.pb and new.pb): only new.pb has its field z = 2';
    expect(schema.unusable).toEqual([
      { path: '/A/UseHolder', reason },
      { path: '/B/UseRule', reason },
    ]);
    expect(schema.problems).toEqual([
      'two versions of lib/http.proto (old.pb and new.pb) differ, and the first counts; methods that need these cannot be called: lib.Rule',
    ]);
  });

  test('what only one version has is taken from it', () => {
    const schema = readDescriptorSets([
      set('old.pb', shared(...old), callsOf('A', 'Rule')),
      set('new.pb', shared(...old, message('Later', field('x', 1, int32))), callsOf('B', 'Later')),
    ]);
    expect(schema.methods.map(({ path: name }) => name)).toEqual(['/A/UseRule', '/B/UseLater']);
    expect(schema).not.toHaveProperty('problems');
  });

  const rule = (...content: MessageValue): MessageValue => [message('Rule', ...content)];
  test.each<readonly [why: string, first: MessageValue, second: MessageValue, want: string]>([
    ['number', rule(field('x', 1, int32)), rule(field('x', 3, int32)), 'only a.pb has its field x = 1'],
    ['name', rule(field('x', 1, int32)), rule(field('y', 1, int32)), 'its field 1 is x in one and y in the other'],
    [
      'type',
      rule(field('x', 1, int32)),
      rule(field('x', 1, varint(5, 9))),
      'its field 1 (x) has the type int32 in one and string in the other',
    ],
    [
      'label',
      rule(field('x', 1, int32)),
      rule(field('x', 1, int32, varint(4, 3))),
      'its field 1 (x) is optional in one and repeated in the other',
    ],
    [
      'packing',
      rule(field('x', 1, int32, varint(4, 3))),
      rule(field('x', 1, int32, varint(4, 3), part(8, varint(2, 1)))),
      'its field 1 (x) has other rules in one than in the other: presence, packing, UTF-8, encoding or oneof',
    ],
    ['extensions', rule(), rule(part(5, varint(1, 100), varint(2, 200))), 'it has other numbers for extensions'],
    ['kind', rule(), [enumeration('Rule', 0)], 'it is a message in a.pb and an enum in b.pb'],
    [
      'a type that is missing',
      rule(field('x', 1, ...holds('.lib.Plain'))),
      rule(field('x', 1, ...holds('.gone.Type'))),
      'the message .gone.Type of the field lib.Rule.x is described nowhere',
    ],
  ])('the difference is named: %s', (_why, first, second, want) => {
    const plain = message('Plain');
    const { unusable } = readDescriptorSets([
      set('a.pb', shared(...first, plain), callsOf('S', 'Rule', 'Plain')),
      set('b.pb', shared(...second, plain)),
    ]);
    expect(unusable).toEqual([
      {
        path: '/S/UseRule',
        reason: `lib.Rule is not the same in two versions of lib/http.proto (a.pb and b.pb): ${want}`,
      },
    ]);
  });

  test.each<readonly [why: string, first: MessageValue, second: MessageValue, want: string]>([
    ['value', [enumeration('Kind', 0, 1)], [enumeration('Kind', 0, 2)], 'only a.pb has its value 1'],
    ['a value more', [enumeration('Kind', 0)], [enumeration('Kind', 0, 5)], 'only b.pb has its value 5'],
    [
      'default',
      [enumeration('Kind', 0, 1)],
      [enumeration('Kind', 1, 0)],
      'it begins with another value in one than in the other',
    ],
    [
      'closed',
      [enumeration('Kind', 0)],
      [text(12, 'proto3'), enumeration('Kind', 0)],
      'it is open in one and closed in the other',
    ],
  ])('an enum that differs spoils the messages that hold it: %s', (_why, first, second, want) => {
    const holder = file(
      text(1, 'h.proto'),
      text(2, 'lib'),
      message('H', field('k', 1, varint(5, 14), text(6, '.lib.Kind'))),
    );
    const schema = readDescriptorSets([
      set('a.pb', shared(...first), holder, callsOf('S', 'H')),
      set('b.pb', shared(...second)),
    ]);
    expect(schema.unusable).toEqual([{ path: '/S/UseH', reason: expect.stringContaining(want) }]);
    expect(schema.enums).toEqual([]);
  });

  test.each<readonly [why: string, second: MessageValue]>([
    ['order', rule(field('y', 2, int32), field('x', 1, int32))],
    ['options that are not on the wire', rule(field('x', 1, int32, part(8, varint(3, 1))), field('y', 2, int32))],
  ])('is no difference: %s', (_why, second) => {
    const schema = readDescriptorSets([
      set('a.pb', shared(...rule(field('x', 1, int32), field('y', 2, int32))), callsOf('S', 'Rule')),
      set('b.pb', shared(...second)),
    ]);
    expect(schema.methods).toHaveLength(1);
    expect(schema).not.toHaveProperty('problems');
  });

  test('a method that differs is unusable itself', () => {
    const calls = (from: string, input: string) =>
      set(
        from,
        file(
          text(1, 's.proto'),
          service('S', method('Call', input, '.lib.Plain'), method('Same', '.lib.Rule', '.lib.Rule')),
        ),
      );
    const schema = readDescriptorSets([
      set('lib.pb', shared(...old)),
      calls('a.pb', '.lib.Rule'),
      calls('b.pb', '.lib.Plain'),
    ]);
    expect(schema.methods.map(({ path: name }) => name)).toEqual(['/S/Same']);
    expect(schema.unusable).toEqual([
      { path: '/S/Call', reason: expect.stringContaining('two versions of s.proto (a.pb and b.pb)') },
    ]);
  });

  test('a type that two files define is named with both', () => {
    const copy = file(text(1, 'third_party/http.proto'), text(2, 'lib'), ...rule(field('other', 9, int32)));
    const { unusable } = readDescriptorSets([set('a.pb', shared(...old), copy, callsOf('S', 'Rule'))]);
    expect(unusable[0]?.reason).toBe(
      'lib.Rule is not the same in lib/http.proto of a.pb and third_party/http.proto of a.pb: only lib/http.proto of a.pb has its field x = 1',
    );
  });

  test('by reflection as well, and names of files are fit for a terminal', () => {
    const one = (...content: MessageValue) => encodeMessageValue([text(1, 'a\u001b[2J.proto'), ...content]);
    const { unusable } = readFileDescriptors(
      [one(message('M'), service('S', method('Call', 'M', 'M'))), one(message('M', field('f', 1, int32)))],
      'server reflection v1',
    );
    expect(unusable[0]?.reason).toBe(
      'M is not the same in two versions of a\\u001b[2J.proto: only the second has its field f = 1',
    );
  });
});

describe('descriptors as @grpc/reflection serves them, which protobufjs wrote', () => {
  /** protobufjs adds this method when its descriptor extension is loaded, and says nothing of it in its types. */
  const describeRoot = (root: protobuf.Root) =>
    (root as unknown as { toDescriptor: (edition: string) => { file: readonly object[] } }).toDescriptor('proto3');
  /** What counts on the wire; protobufjs has names of its own for the entries of maps. */
  const onTheWire = ({ methods, messages, enums, unusable }: Schema): unknown => {
    const withoutEntry = (name: string) => name.replace(/Entry$/, '');
    const sorted = <T extends { readonly name: string }>(types: readonly T[]) =>
      types.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return {
      methods: methods.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      enums: sorted(enums),
      unusable,
      messages: sorted(
        messages.map(({ name, fields, mapEntry }) => ({
          name: withoutEntry(name),
          mapEntry,
          fields: fields
            .map(({ name: _name, type, oneof, ...rest }) => ({
              ...rest,
              type: type.kind === 'message' ? { ...type, name: withoutEntry(type.name) } : type,
              isInOneof: oneof !== undefined,
            }))
            .sort((a, b) => a.number - b.number),
        })),
      ),
    };
  };

  test.each([
    'examples/search.proto',
    'examples/user_manager.proto',
    'examples/herbarium.proto',
    'helloworld/helloworld.proto',
    'routeguide/route_guide.proto',
    'grpc/testing/test.proto',
  ])('%s', (name) => {
    const root = new protobuf.Root();
    root.resolvePath = (_origin, target) => (path.isAbsolute(target) ? target : protoFile(target));
    root.loadSync(protoFile(name));
    const { file: files } = describeRoot(root);
    const octets = files.map((one) => FileDescriptorProto.encode(one).finish());
    const lossy = readFileDescriptors(octets, 'server reflection v1');
    expect(onTheWire(lossy)).toEqual(onTheWire(readProtoFiles([name], [protoFile('.')])));
  });
});

describe('hostile descriptors end in one sentence', () => {
  const deep = (depth: number): WireField => (depth === 0 ? nested('N') : nested('N', deep(depth - 1)));
  const many = (count: number, octets: Uint8Array): Uint8Array => {
    const all = new Uint8Array(count * octets.length);
    for (let at = 0; at < all.length; at += octets.length) all.set(octets, at);
    return all;
  };
  /** Octets of one length-prefixed field that repeats a part. */
  const wrapped = (number: number, content: Uint8Array): Uint8Array => {
    const head = encodeMessageValue([{ number, wire: 'octets', length: content.length, seed: 0 }]);
    const octets = head.slice();
    octets.set(content, head.length - content.length);
    return octets;
  };
  const encoded = (...fields: MessageValue) => encodeMessageValue(fields);
  const mapEntry = part(7, varint(7, 1));

  test.each<readonly [reason: string, octets: () => Uint8Array, want: RegExp]>([
    ['a million messages', () => wrapped(1, many(1_000_000, encoded(message('M')))), /more than 200000 messages/],
    ['a million files', () => many(1_000_000, encoded(file(text(1, 'f')))), /more than 40000 files/],
    ['millions of fields', () => wrapped(1, wrapped(4, many(1_000_000, encoded(field('f', 1))))), /800000 fields/],
    ['oneofs beyond counting', () => wrapped(1, wrapped(4, many(1_000_000, encoded(part(8))))), /800000 fields/],
    ['millions of enum values', () => wrapped(1, wrapped(5, many(1_000_000, encoded(part(2))))), /300000 enum values/],
    ['a million methods', () => wrapped(1, wrapped(6, many(1_000_000, encoded(part(2))))), /60000 methods/],
    [
      'a gigabyte of name, not there',
      () => Uint8Array.of(0x0a, 0x80, 0x80, 0x80, 0x80, 0x04),
      /a length of 1073741824/,
    ],
    ['a name of megabytes', () => encoded(file(message('a'.repeat(9_000_000)))), /"aaaa.*…" as the name of a message/],
    ['messages in messages', () => encoded(file(message('M', deep(40)))), /nested more than 32 deep/],
    ['more octets than allowed', () => new Uint8Array(257 * 1024 * 1024), /more than 256 MiB/],
    ['no protobuf', () => Buffer.from('syntax = "proto3";\n'), /set\.pb is no descriptor set of protobuf/],
    ['an unfinished group', () => Uint8Array.of(0x0b), /a group without an end, at octet 1/],
    ['groups in groups', () => new Uint8Array(1_000_000).fill(0x0b), /nested more than 100 deep/],
    ['a name from right to left', () => encoded(file(message('a\u202eb'))), /"a\\u202eb" as the name of a message/],
    ['a name that clears the screen', () => encoded(file(message('\u001b[2J'))), /"\\u001b\[2J" as the name of a mess/],
    ['a name of nothing', () => encoded(file(message(''))), /"" as the name of a message/],
    ['a path in a package', () => encoded(file(text(2, 'a/../b'))), /"a\/\.\.\/b" as a package/],
    ['a package of dots', () => encoded(file(text(2, 'a..b'))), /as a package/],
    ['a package of many parts', () => encoded(file(text(2, 'a.'.repeat(99) + 'a'))), /as a package/],
    ['a space in a field', () => encoded(file(message('M', field('a b', 1, int32)))), /"a b" as the name of a field/],
    ['a service with a slash', () => encoded(file(service('S/T'))), /"S\/T" as the name of a service/],
    ['a method with a line', () => encoded(file(service('S', method('a\r\nb', 'M', 'M')))), /"a\\u000d\\u000ab" as/],
    [
      'a type that is no name',
      () => encoded(file(message('M', field('f', 1, ...holds('a b'))))),
      /as the type of M\.f/,
    ],
    [
      'a request that is no name',
      () => encoded(file(service('S', method('C', '', 'M')))),
      /"" as a type of the method S/,
    ],
    ['the number 0', () => encoded(file(message('M', field('f', 0, int32)))), /M\.f with the number 0/],
    ['a number below 0', () => encoded(file(message('M', field('f', -1, int32)))), /M\.f with the number -1/],
    ['a number too large', () => encoded(file(message('M', field('f', 2 ** 29, int32)))), /with the number 536870912/],
    ['a number that is kept', () => encoded(file(message('M', field('f', 19_500, int32)))), /with the number 19500/],
    [
      'a number twice',
      () => encoded(file(message('M', field('f', 1, int32), field('g', 1, int32)))),
      /two fields of M with the number 1/,
    ],
    [
      'a name twice',
      () => encoded(file(message('M', field('f', 1, int32), field('f', 2, int32)))),
      /two fields of M with the name f/,
    ],
    ['a type twice in one file', () => encoded(file(message('M'), message('M'))), /two definitions of "M" in one file/],
    [
      'a message and an enum',
      () => encoded(file(message('M'), enumeration('M', 0))),
      /two definitions of "M" in one file/,
    ],
    [
      'a method twice in one file',
      () => encoded(file(message('M'), message('N'), service('S', method('C', 'M', 'M'), method('C', 'M', 'N')))),
      /two definitions of \/S\/C/,
    ],
    ['a syntax that is none', () => encoded(file(text(12, 'proto4'))), /a file of the syntax "proto4"/],
    ['an enum without values', () => encoded(file(enumeration('E'))), /the enum E without a value/],
    ['a label that is none', () => encoded(file(message('M', field('f', 1, int32, varint(4, 9))))), /the label 9/],
    ['a type that is none', () => encoded(file(message('M', field('f', 1, varint(5, 99))))), /the type 99 of a field/],
    [
      'a oneof that is none',
      () => encoded(file(message('M', field('f', 1, int32, varint(9, 7))))),
      /M\.f in a oneof that/,
    ],
    [
      'a map entry of one field',
      () => encoded(file(message('M', field('key', 1, int32), mapEntry))),
      /the map entry M/,
    ],
    [
      'a map of maps',
      () => encoded(file(message('M', field('key', 1, ...holds('M')), field('value', 2, int32), mapEntry))),
      /the map M\.key that is not repeated/,
    ],
  ])('%s', (_reason, octets, want) => {
    expect(() => readDescriptorSet(octets(), 'set.pb')).toThrow(
      expect.objectContaining({ code: 'ERR_SCHEMA', message: expect.stringMatching(want) }),
    );
  });

  /** Messages that hold the next one each, the last one the first. */
  const ring = (length: number, ...label: MessageValue): MessageValue =>
    Array.from({ length }, (_, at) =>
      message(`M${at}`, part(2, text(1, 'next'), varint(3, 1), ...label, ...holds(`.M${(at + 1) % length}`))),
    );

  test('messages that refer to each other in a long ring are legal', () => {
    const schema = readOne(...ring(5000), service('S', method('Call', 'M0', 'M0')));
    expect(restrictSchema(schema, schema.methods).messages).toHaveLength(5000);
  });

  test('more messages than the largest public collection has are legal', () => {
    const octets = wrapped(
      1,
      Buffer.concat(
        Array.from({ length: 60_000 }, (_, at) => encoded(message(`M${at}`, field('f', 1, ...holds(`.M${at ^ 1}`))))),
      ),
    );
    const schema = readDescriptorSet(
      Buffer.concat([octets, encoded(file(service('S', method('C', 'M7', 'M8'))))]),
      'set.pb',
    );
    expect(schema.messages).toHaveLength(60_000);
    expect(schema.methods).toHaveLength(1);
  });

  test('required fields that double with every message are no message that can be sent', () => {
    const tower = Array.from({ length: 30 }, (_, at) =>
      message(
        `M${at}`,
        ...[1, 2].map((n) => part(2, text(1, `f${n}`), varint(3, n), varint(4, 2), ...holds(`M${at + 1}`))),
      ),
    );
    const { unusable } = readOne(...tower, message('M30'), service('S', method('Call', 'M0', 'M0')));
    expect(unusable).toEqual([{ path: '/S/Call', reason: expect.stringContaining('M0 requires messages') }]);
  });

  test('a ring of required fields is found, however long', () => {
    const schema = readOne(...ring(5000, varint(4, 2)), service('S', method('Call', 'M7', 'M0')));
    expect(schema.unusable).toEqual([{ path: '/S/Call', reason: expect.stringContaining('none is ever complete') }]);
  });
});

import { createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor';
import { protoFile } from '../package-root';
import { canonicalMessage } from '../schema/canonical-message';
import { decodeMessage } from '../schema/decode-message';
import { describeSchema } from '../schema/describe-schema.test-helper';
import { encodeMessageValue, type MessageValue } from '../schema/message-value';
import { readDescriptorSet } from '../schema/read-descriptor-set';
import { readProtoFiles } from '../schema/read-proto-files';
import type { Schema } from '../schema/schema';
import { checkGenerator } from './check-generator';
import { typedMessage } from './typed-message';
import { encodeUndecodable, undecodable } from './typed-message-damage';
import {
  changeEncoding,
  disputedChangeKinds,
  encodingChangeKinds,
  encodingChanges,
  type EncodingChange,
} from './typed-message-encodings';
import { isTypedMessage } from './typed-message-rules';

/** Messages of each type. `GRPC_CONFORM_MESSAGES=10000 npx jest typed-message --selectProjects unit` is the thorough way, and takes minutes. */
const runs = Number(process.env['GRPC_CONFORM_MESSAGES'] ?? 30);

const fixtures = path.join(__dirname, '..', 'schema', 'fixtures');
const compiled = Buffer.from(readFileSync(path.join(fixtures, 'descriptor-set.base64'), 'utf8'), 'base64');

/** Decodes and encodes again, as another implementation does it; throws what it throws. */
type Codec = (octets: Uint8Array) => Uint8Array;

interface Subject {
  readonly schema: Schema;
  readonly name: string;
  readonly protobufjs: Codec;
  readonly bufbuild: Codec;
}

function subjectsOf(schema: Schema, root: protobuf.Root, descriptors: wkt.FileDescriptorSet): readonly Subject[] {
  const registry = createFileRegistry(descriptors);
  const types = schema.messages.filter(({ name, mapEntry }) => !mapEntry && !unfit.test(name));
  return types.map(({ name }) => {
    const type = root.lookupType(name);
    const descriptor = registry.getMessage(name)!;
    return {
      schema,
      name,
      protobufjs: (octets) => type.encode(type.decode(octets)).finish(),
      bufbuild: (octets) => toBinary(descriptor, fromBinary(descriptor, octets)),
    };
  });
}

/**
 * Types that no message can be made of, that hold themselves only in extensions, that come with the compiler, and one whose name @bufbuild/protobuf 2.17 does
 * not get along with.
 */
const unfit = /^google\.|\.Endless$|\.Between$|\.Set$|\.Extra$|\.__proto__/;

/** Everything that descriptors can say, read by all three from what protoc wrote. */
function fixtureSubjects(): readonly Subject[] {
  const set = fromBinary(wkt.FileDescriptorSetSchema, compiled);
  const common = [
    wkt.file_google_protobuf_any,
    wkt.file_google_protobuf_descriptor,
    wkt.file_google_protobuf_duration,
    wkt.file_google_protobuf_empty,
    wkt.file_google_protobuf_field_mask,
    wkt.file_google_protobuf_struct,
    wkt.file_google_protobuf_timestamp,
    wkt.file_google_protobuf_wrappers,
  ];
  set.file.unshift(...common.map(({ proto }) => proto));
  return subjectsOf(readDescriptorSet(compiled, 'fixtures'), rootOf(toBinary(wkt.FileDescriptorSetSchema, set)), set);
}

/** protobufjs adds this function when its descriptor extension is loaded, and says nothing of it in its types. */
function rootOf(descriptors: Uint8Array): protobuf.Root {
  const { fromDescriptor } = protobuf.Root as unknown as { fromDescriptor: (octets: Uint8Array) => protobuf.Root };
  const root = fromDescriptor(descriptors);
  root.resolveAll();
  return root;
}

/** The example services: protobufjs parses the files itself, @bufbuild/protobuf gets our model of them. */
function exampleSubjects(file: string): readonly Subject[] {
  const source = protoFile(file);
  const schema = readProtoFiles([source], [protoFile('.')]);
  const root = new protobuf.Root();
  root.loadSync(source, { keepCase: true });
  root.resolveAll();
  const packageName = /^package ([\w.]+);/m.exec(readFileSync(source, 'utf8'))?.[1] ?? '';
  return subjectsOf(schema, root, fromBinary(wkt.FileDescriptorSetSchema, describeSchema(schema, packageName)));
}

const subjects: readonly Subject[] = [
  ...fixtureSubjects(),
  ...[
    'examples/search.proto',
    'examples/user_manager.proto',
    'examples/yes.proto',
    'examples/herbarium.proto',
    'helloworld/helloworld.proto',
    'routeguide/route_guide.proto',
  ].flatMap(exampleSubjects),
];

/** protobufjs 8.8.1 takes the whole tag for the number of a field in messages that have none: unknown groups in these have the wrong end, and tag 0 goes by. */
const hasEmptyMessages = ({ schema, name }: Subject): boolean => {
  const open = [name];
  const seen = new Set(open);
  for (const one of open) {
    const type = schema.messages.find((message) => message.name === one)!;
    if (type.fields.length === 0) return true;
    for (const { type: held } of type.fields) {
      if (held.kind !== 'message' || seen.has(held.name)) continue;
      seen.add(held.name);
      open.push(held.name);
    }
  }
  return false;
};

describe.each(subjects)('messages of $name', (subject) => {
  const { schema, name, protobufjs, bufbuild } = subject;
  const sample = <T>(generator: fc.Arbitrary<T>, count = runs): T[] =>
    fc.sample(generator, { numRuns: count, seed: 5 });
  const canonical = (octets: Uint8Array) => canonicalMessage(schema, name, octets);
  const attempt = (codec: Codec, octets: Uint8Array): string | undefined => {
    try {
      return canonical(codec(octets));
    } catch (error) {
      return `throws ${String(error)}`;
    }
  };

  test('mean the same to protobufjs, to @bufbuild/protobuf and to us', () => {
    const differing = sample(typedMessage(schema, name)).filter((value) => {
      const octets = encodeMessageValue(value);
      const want = canonical(octets);
      return want === undefined || attempt(protobufjs, octets) !== want || attempt(bufbuild, octets) !== want;
    });
    expect(differing).toEqual([]);
  });

  test('mean the same in every other encoding', () => {
    const all = [...encodingChangeKinds, ...disputedChangeKinds];
    const kinds = fc.record({ value: typedMessage(schema, name), changes: encodingChanges({ kinds: all }) });
    const differing = sample(kinds).filter(({ value, changes }) => {
      const want = canonical(encodeMessageValue(value));
      const octets = encodeMessageValue(changeEncoding(schema, name, value, changes));
      const isTheirBug = hasEmptyMessages(subject) && changes.some(({ kind }) => kind.startsWith('unknown'));
      const results = [
        canonical(octets),
        attempt(bufbuild, octets),
        ...(isTheirBug ? [] : [attempt(protobufjs, octets)]),
      ];
      return results.some((result) => result !== want);
    });
    expect(differing).toEqual([]);
  });

  test('are refused by all when they are undecodable', () => {
    const accepted = sample(undecodable(schema, name)).filter((input) => {
      const octets = encodeUndecodable(input);
      const isTheirBug = hasEmptyMessages(subject) && input.damage.kind === 'number-zero';
      const results = [attempt(bufbuild, octets), ...(isTheirBug ? [] : [attempt(protobufjs, octets)])];
      return canonical(octets) !== undefined || results.some((result) => !result?.startsWith('throws'));
    });
    expect(accepted).toEqual([]);
  });
});

const schema = readDescriptorSet(compiled, 'fixtures');
const deepest = (value: MessageValue): number =>
  1 + Math.max(0, ...value.map((one) => ('fields' in one ? deepest(one.fields) : 0)));
const has = (value: MessageValue, number: number): boolean => value.some((one) => one.number === number);

const scalars = 'fixtures.three.Scalars';
const numberIs = (number: number, wanted: string) => (value: MessageValue) =>
  value.some((one) => one.number === number && 'value' in one && one.value === wanted);
checkGenerator('typedMessage of all scalars', typedMessage(schema, scalars), {
  isCorrect: (value) => isTypedMessage(schema, scalars, value),
  reaches: {
    nothing: (value) => value.length === 0,
    'all fields': (value) => value.length === 18,
    'an int32 of -2^31': numberIs(3, '-2147483648'),
    'a uint64 of 2^64-1': numberIs(6, '18446744073709551615'),
    'a sint64 of -2^63, written in zigzag': numberIs(8, '18446744073709551615'),
    'an sfixed64 of 2^63-1': numberIs(12, '9223372036854775807'),
    'a negative zero': numberIs(1, String(1n << 63n)),
    'an infinity': numberIs(2, String(0x7f800000)),
    NaN: numberIs(2, String(0x7fc00000)),
    'the default of a field with presence': numberIs(16, '0'),
    'an undeclared number of an open enum': numberIs(18, '128'),
    'a surrogate pair': (value) => value.some((one) => 'text' in one && one.text === '\u{10ffff}'),
    'text whose length takes two octets': (value) => value.some((one) => one.wire === 'long-text' && one.length > 127),
  },
  shrinks: [
    { fault: () => true, to: [] },
    { fault: numberIs(13, '1'), to: [{ number: 13, wire: 'varint', value: '1' }] },
    {
      fault: (value) => value.some((one) => one.number === 5 && 'value' in one && Number(one.value) >= 1000),
      to: [{ number: 5, wire: 'varint', value: '1000' }],
    },
    {
      fault: (value) => value.some((one) => one.number === 15 && 'length' in one && (one.length ?? 0) > 20),
      to: [{ number: 15, wire: 'octets', length: 21, seed: 0 }],
    },
  ],
  shrinksExample: {
    from: [
      { number: 3, wire: 'varint', value: '77' },
      { number: 14, wire: 'text', text: 'example' },
    ],
    fault: (value) => has(value, 14),
    to: [{ number: 14, wire: 'text', text: 'a' }],
  },
});

const tree = 'fixtures.three.Tree';
checkGenerator('typedMessage of a recursive type', typedMessage(schema, tree), {
  isCorrect: (value) => isTypedMessage(schema, tree, value) && deepest(value) <= 5,
  reaches: {
    'five messages deep': (value) => deepest(value) === 5,
    'two children': (value) => value.filter(({ number }) => number === 2).length > 1,
  },
  shrinks: [
    {
      fault: (value) => value.some((one) => one.number === 2 && 'fields' in one && has(one.fields, 2)),
      to: [{ number: 2, wire: 'message', fields: [{ number: 2, wire: 'message', fields: [] }] }],
    },
  ],
});

const legacy = 'fixtures.two.Legacy';
checkGenerator('typedMessage with required fields, groups and closed enums', typedMessage(schema, legacy), {
  isCorrect: (value) => isTypedMessage(schema, legacy, value) && has(value, 1),
  reaches: {
    'a group in a oneof': (value) => has(value, 11),
    'a group in a group': (value) => value.some((one) => one.number === 8 && 'fields' in one && has(one.fields, 2)),
    'the last member of the oneof': (value) => has(value, 12),
    'a map': (value) => value.filter(({ number }) => number === 13).length > 1,
  },
  shrinks: [{ fault: () => true, to: [{ number: 1, wire: 'varint', value: '0' }] }],
});

const wellKnown = 'fixtures.three.WellKnown';
checkGenerator('typedMessage of well-known types', typedMessage(schema, wellKnown), {
  isCorrect: (value) => isTypedMessage(schema, wellKnown, value),
  reaches: Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [`field ${number}`, (value) => has(value, number)]),
  ),
});

describe('isTypedMessage', () => {
  test.each<readonly [reason: string, type: string, value: MessageValue]>([
    ['a number that is none of the type', scalars, [{ number: 5, wire: 'varint', value: '4294967296' }]],
    ['another wire type', scalars, [{ number: 5, wire: 'fixed32', value: '1' }]],
    ['an unknown field', scalars, [{ number: 99, wire: 'varint', value: '1' }]],
    ['an implicit default', scalars, [{ number: 5, wire: 'varint', value: '0' }]],
    [
      'a field twice',
      scalars,
      [
        { number: 5, wire: 'varint', value: '1' },
        { number: 5, wire: 'varint', value: '1' },
      ],
    ],
    ['a required field missing', legacy, []],
    [
      'an undeclared number of a closed enum',
      legacy,
      [
        { number: 1, wire: 'varint', value: '0' },
        { number: 7, wire: 'varint', value: '5' },
      ],
    ],
    ['a nanosecond too many', 'google.protobuf.Timestamp', [{ number: 2, wire: 'varint', value: '1000000000' }]],
    ['the year 10000', 'google.protobuf.Timestamp', [{ number: 1, wire: 'varint', value: '253402300800' }]],
    [
      'two signs',
      'google.protobuf.Duration',
      [
        { number: 1, wire: 'varint', value: '1' },
        { number: 2, wire: 'varint', value: '-1' },
      ],
    ],
    ['a value of nothing', 'google.protobuf.Value', []],
    ['NaN in JSON', 'google.protobuf.Value', [{ number: 2, wire: 'fixed64', value: String(0x7ff8n << 48n) }]],
  ])('refuses %s', (_reason, type, value) => {
    expect(isTypedMessage(schema, type, value)).toBe(false);
  });
});

const change = (kind: EncodingChange['kind'], seed = 0, field = 0): EncodingChange => ({
  kind,
  message: 0,
  field,
  seed,
});

describe('changeEncoding', () => {
  const one = (number: number, value: string) => ({ number, wire: 'varint', value }) as const;
  const list = 'fixtures.three.Lists';
  const run: MessageValue = [
    {
      number: 1,
      wire: 'packed',
      elements: [
        { wire: 'varint', value: '1' },
        { wire: 'varint', value: '2' },
      ],
    },
  ];
  test.each<
    readonly [kind: string, type: string, value: MessageValue, changes: readonly EncodingChange[], want: MessageValue]
  >([
    ['unpack', list, run, [change('unpack')], [one(1, '1'), one(1, '2')]],
    [
      'pack',
      list,
      [one(2, '4'), one(2, '6')],
      [change('pack', 1)],
      [
        {
          number: 2,
          wire: 'packed',
          elements: [
            { wire: 'varint', value: '4' },
            { wire: 'varint', value: '6' },
          ],
        },
      ],
    ],
    [
      'split',
      list,
      run,
      [change('split-packed', 1)],
      [
        { number: 1, wire: 'packed', elements: [{ wire: 'varint', value: '1' }] },
        { number: 1, wire: 'packed', elements: [{ wire: 'varint', value: '2' }] },
      ],
    ],
    ['move', scalars, [one(3, '1'), one(4, '1')], [change('move')], [one(4, '1'), one(3, '1')]],
    ['no move over the same number', list, [one(2, '4'), one(2, '6')], [change('move')], [one(2, '4'), one(2, '6')]],
    ['overwrite', scalars, [one(3, '7')], [change('overwrite')], [one(3, '1'), one(3, '7')]],
    ['default', 'fixtures.three.Maps.Inner.Maps', [], [change('explicit-default')], [one(1, '0')]],
    ['wide varint', scalars, [one(3, '7')], [change('wide-varint')], [{ ...one(3, '7'), length: 9 }]],
    ['widest varint', scalars, [one(3, '7')], [change('widest-varint')], [{ ...one(3, '7'), length: 10 }]],
    ['wide tag', scalars, [one(3, '7')], [change('wide-tag')], [{ ...one(3, '7'), tagLength: 5 }]],
    ['nothing to change', scalars, [one(3, '7')], [change('repeat-key')], [one(3, '7')]],
  ])('%s', (_kind, type, value, changes, want) => {
    expect(changeEncoding(schema, type, value, changes)).toEqual(want);
  });
});

checkGenerator('encodingChanges', encodingChanges(), {
  isCorrect: (changes) =>
    changes.length >= 1 && changes.length <= 8 && !changes.some(({ kind }) => disputedChangeKinds.includes(kind)),
  reaches: Object.fromEntries(
    ['unknown-field', 'split-message', 'oneof-before', 'omit-default', 'wide-length'].map((kind) => [
      kind,
      (changes: readonly EncodingChange[]) => changes.some((one) => one.kind === kind),
    ]),
  ),
  shrinks: [
    {
      fault: (changes) => changes.some(({ kind }) => kind === 'wide-length'),
      to: [change('wide-length')],
    },
  ],
});

test('an unknown field stands in an entry of a map only when that is asked for', () => {
  const maps = 'fixtures.three.Maps';
  const entry: MessageValue = [{ number: 1, wire: 'message', fields: [{ number: 1, wire: 'text', text: 'a' }] }];
  const write = (kind: EncodingChange['kind'], message: number) =>
    changeEncoding(schema, maps, entry, [{ ...change(kind), message }]);
  expect([0, 1].map((message) => write('unknown-field', message)).map((fields) => fields.length)).toEqual([2, 2]);
  expect([0, 1].map((message) => write('unknown-in-entry', message)).map((fields) => fields.length)).toEqual([1, 1]);
});

test('a message without fields is not damaged by a field of number 0: upb does not look', () => {
  const kinds = ['number-zero'] as const;
  const damages = (type: string) =>
    new Set(fc.sample(undecodable(schema, type, { kinds }), { numRuns: 50, seed: 1 }).map(({ damage }) => damage.kind));
  expect([...damages('fixtures.three.Nothing')]).toEqual(['truncated-tag']);
  expect([...damages('fixtures.three.Scalars')]).toEqual(['number-zero']);
});

checkGenerator('undecodable', undecodable(schema, 'fixtures.three.Choice'), {
  isCorrect: (input) => !decodeMessage(schema, 'fixtures.three.Choice', encodeUndecodable(input)).ok,
  reaches: Object.fromEntries(
    [
      'truncated-number',
      'truncated-varint',
      'truncated-tag',
      'overlong-length',
      'overlong-varint',
      'wire-type',
      'number-zero',
      'open-group',
      'stray-end',
      'crossed-groups',
      'invalid-utf8',
    ].map((kind) => [kind, ({ damage }) => damage.kind === kind]),
  ),
  shrinks: [
    {
      fault: ({ damage }) => damage.kind === 'overlong-length',
      to: { value: [], inside: [], damage: { kind: 'overlong-length', number: 2047, octets: 0, by: 1 } },
    },
  ],
});

import fc from 'fast-check';
import { HpackDecoder, type DecodedField, type HpackRule, type Representation } from './decoder';
import { HpackEncoder, encodeIndexed, encodeLiteral, encodeSizeUpdate, encodeString, type FieldSpec } from './encoder';
import { staticTable } from './static-table';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const decode = (block: Uint8Array): readonly DecodedField[] => new HpackDecoder().decode(block).fields;

describe('HpackEncoder left alone', () => {
  test.each<[why: string, spec: FieldSpec, representation: Representation, index: number, valueHuffman: boolean]>([
    ['a field of the static table', { name: ':method', value: 'POST' }, 'indexed', 3, false],
    ['a known name', { name: ':path', value: '/a/b' }, 'incremental', 4, true],
    ['an unknown name', { name: 'te', value: 'trailers' }, 'incremental', 0, true],
    ['Huffman only when it is shorter', { name: 'te', value: '{}' }, 'incremental', 0, false],
    ['a field larger than the table', { name: 'a', value: 'x'.repeat(4096) }, 'without-indexing', 0, true],
  ])('writes %s', (_why, spec, representation, index, valueHuffman) => {
    expect(decode(new HpackEncoder().encode([spec]))).toMatchObject([
      { name: spec.name, value: spec.value, representation, index, valueHuffman },
    ]);
  });

  test('refers to a field that it has sent before, even in the same block', () => {
    const encoder = new HpackEncoder();
    const field = { name: 'te', value: 'trailers' };
    const first = decode(encoder.encode([field, field]));
    expect(first.map(({ representation, index }) => [representation, index])).toEqual([
      ['incremental', 0],
      ['indexed', 62],
    ]);
    expect(hex(encoder.encode([field]))).toBe('be');
  });
});

describe('a field chooses', () => {
  test.each<[why: string, spec: FieldSpec, want: Partial<DecodedField>]>([
    [
      'not to be indexed, although a table has it',
      { name: ':method', value: 'GET', representation: 'without-indexing' },
      { representation: 'without-indexing', index: 2 },
    ],
    [
      'never to be indexed',
      { name: ':method', value: 'GET', representation: 'never-indexed' },
      { representation: 'never-indexed', index: 2 },
    ],
    [
      'a literal name',
      { name: ':method', value: 'GET', representation: 'incremental', nameIndex: 'literal' },
      { representation: 'incremental', index: 0 },
    ],
    [
      'a literal name and no representation',
      { name: ':method', value: 'GET', nameIndex: 'literal' },
      { representation: 'incremental', index: 0 },
    ],
    [
      'another index of the same name',
      { name: ':path', value: '/x', nameIndex: 5 },
      { representation: 'incremental', index: 5 },
    ],
    [
      'the exact index of the field',
      { name: ':path', value: '/index.html', representation: 'indexed', nameIndex: 5 },
      { representation: 'indexed', index: 5 },
    ],
    [
      'indexed, which falls back when no table has it',
      { name: 'te', value: 'trailers', representation: 'indexed' },
      { representation: 'incremental', index: 0 },
    ],
    ['Huffman although longer', { name: 'te', value: '{}', huffman: true }, { nameHuffman: true, valueHuffman: true }],
    ['no Huffman', { name: 'te', value: 'aaaa', huffman: false }, { nameHuffman: false, valueHuffman: false }],
    [
      'Huffman for one of both',
      { name: 'te', value: 'aaaa', huffman: { name: true, value: false } },
      { nameHuffman: true, valueHuffman: false },
    ],
  ])('%s', (_why, spec, want) => {
    expect(decode(new HpackEncoder().encode([spec]))).toMatchObject([{ name: spec.name, value: spec.value, ...want }]);
  });

  test('an index that names something else: the octets say so, and the table follows the decoder', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    decoder.decode(encoder.encode([{ name: 'x', value: 'v', representation: 'incremental', nameIndex: 31 }]));
    expect(encoder.table.entries).toEqual([{ name: 'content-type', value: 'v' }]);
    expect(encoder.table.entries).toEqual(decoder.table.entries);
  });

  test('octets in its place, which the table does not follow', () => {
    const encoder = new HpackEncoder();
    const octets = encodeLiteral({ representation: 'incremental', name: 'x', value: 'v', huffman: false });
    const block = encoder.encode([
      { name: 'told', value: 'so', octets },
      { name: ':method', value: 'GET' },
    ]);
    expect(hex(block)).toBe('40' + '0178' + '0176' + '82');
    expect(encoder.table.entries).toEqual([]);
  });

  test('behind such octets it refers to no entry: the peer may have one more than it knows of, or not', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const known = { name: 'x-known', value: 'v' };
    const octets = encodeLiteral({ representation: 'incremental', name: 'x', value: 'v', huffman: false });
    decoder.decode(encoder.encode([known, { name: 'x', value: 'v', octets }]));
    expect(decoder.decode(encoder.encode([known, { ...known, value: 'w' }]))).toMatchObject({
      ok: true,
      fields: [known, { name: 'x-known', value: 'w' }],
    });
  });

  test('an index beyond the tables', () => {
    const block = new HpackEncoder().encode([{ name: 'x', value: 'v', representation: 'indexed', nameIndex: 1000 }]);
    expect(new HpackDecoder().decode(block)).toMatchObject({ ok: false, error: { rule: 'index-range' } });
  });
});

describe('table size', () => {
  const field: FieldSpec = { name: ':method', value: 'GET' };

  test.each<[why: string, limits: readonly number[], want: string]>([
    ['nothing changed', [], '82'],
    ['a higher limit is not used', [65_536], '82'],
    ['a lower limit is announced', [0], '2082'],
    ['the smallest of several, then the last', [0, 100], '203f4582'],
    ['lowered and raised: back to the size at the start', [100, 65_536], '3f453fe11f82'],
    ['lowered in steps: the last is the smallest', [100, 0], '2082'],
  ])('%s', (_why, limits, want) => {
    const encoder = new HpackEncoder();
    for (const limit of limits) encoder.setMaxTableSize(limit);
    expect(hex(encoder.encode([field]))).toBe(want);
    expect(hex(encoder.encode([field]))).toBe('82');
  });

  test('a limit raised in a later block is used again', () => {
    const encoder = new HpackEncoder();
    encoder.setMaxTableSize(0);
    encoder.encode([]);
    encoder.setMaxTableSize(4096);
    expect(hex(encoder.encode([field]))).toBe('3fe11f82');
  });

  test('a script chooses the updates, and the table follows them', () => {
    const encoder = new HpackEncoder();
    expect(hex(encoder.encode([field], { sizeUpdates: [0, 4097, 50] }))).toBe('203fe21f3f1382');
    expect(encoder.table.maxSize).toBe(50);
    expect(hex(encoder.encode([field]))).toBe('82');
  });

  test('a script leaves out the update that is due', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    encoder.setMaxTableSize(0);
    decoder.setMaxTableSize(0);
    const result = decoder.decode(encoder.encode([field], { sizeUpdates: [] }));
    expect(result).toMatchObject({ ok: false, error: { rule: 'size-update-missing' } });
  });
});

describe('pieces for damage', () => {
  test.each<[why: string, block: Uint8Array, rule: HpackRule]>([
    ['index 0', encodeIndexed(0), 'index-zero'],
    ['an index far out', encodeIndexed(2 ** 20), 'index-range'],
    ['a size update that is too large', encodeSizeUpdate(2 ** 31), 'size-update-too-large'],
    [
      'a value that announces more than there is',
      encodeLiteral({ representation: 'incremental', name: 'a', value: 'b', announcedValueLength: 9 }),
      'truncated',
    ],
    [
      'EOS in a name',
      encodeLiteral({ representation: 'incremental', name: 'a', value: 'b', huffman: true, padding: { name: 'eos' } }),
      'huffman-eos',
    ],
    [
      'over-long padding in a value',
      encodeLiteral({
        representation: 'incremental',
        nameIndex: 4,
        value: 'b',
        huffman: true,
        padding: { value: 'overlong' },
      }),
      'huffman-padding',
    ],
  ])('%s', (_why, block, rule) => {
    expect(new HpackDecoder().decode(block)).toMatchObject({ ok: false, error: { rule } });
  });

  test('a string with and without Huffman', () => {
    const plain = hex(encodeString('aaa', { huffman: false }));
    expect([plain, hex(encodeString('aaa', { huffman: true }))]).toEqual(['03616161', '8218c7']);
    // Unless told: the shorter form, and plain when Huffman saves nothing.
    expect([hex(encodeString('aaa')), hex(encodeString('{}')), hex(encodeString(''))]).toEqual([
      '8218c7',
      '027b7d',
      '00',
    ]);
  });

  test('a character that is no octet is a mistake of ours', () => {
    expect(() => new HpackEncoder().encode([{ name: 'a', value: '\u20ac' }])).toThrow(
      expect.objectContaining({ code: 'ERR_SCRIPT' }),
    );
  });
});

describe('any fields in any form come back', () => {
  const strings = fc.oneof(
    fc.constantFrom('', 'a', 'te', 'grpc-status', ...staticTable.slice(0, 20).map(({ name }) => name)),
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
    fc.integer({ min: 0, max: 300 }).map((length) => 'v'.repeat(length)),
  );
  const huffman = fc.option(fc.boolean(), { nil: undefined });
  const specs: fc.Arbitrary<FieldSpec> = fc.record({
    name: strings,
    value: strings,
    representation: fc.constantFrom(undefined, 'indexed', 'incremental', 'without-indexing', 'never-indexed'),
    huffman: fc.oneof(huffman, fc.record({ name: huffman, value: huffman })),
    nameIndex: fc.constantFrom(undefined, 'auto', 'literal'),
  });
  const blocks = fc.array(
    fc.record({
      fields: fc.array(specs, { maxLength: 8 }),
      limits: fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  test('through changing limits, with equal tables after every block', () => {
    fc.assert(
      fc.property(blocks, fc.constantFrom(0, 100, 4096), (list, maxTableSize) => {
        const encoder = new HpackEncoder({ maxTableSize });
        const decoder = new HpackDecoder({ maxTableSize });
        for (const { fields, limits } of list) {
          for (const limit of limits) {
            encoder.setMaxTableSize(limit);
            decoder.setMaxTableSize(limit);
          }
          const result = decoder.decode(encoder.encode(fields));
          const got = result.ok ? result.fields.map(({ name, value }) => [name, value]) : result.error;
          expect(got).toEqual(fields.map(({ name, value }) => [name, value]));
          expect(encoder.table.entries).toEqual(decoder.table.entries);
          expect(encoder.table.maxSize).toBe(decoder.table.maxSize);
        }
      }),
      { seed: 7541, numRuns: 500 },
    );
  });
});

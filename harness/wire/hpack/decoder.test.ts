import fc from 'fast-check';
import { HpackDecoder, mostSizeUpdates, leavesTableRight, type HpackRule } from './decoder';
import { HpackEncoder, encodeIndexed, encodeLiteral, encodeSizeUpdate } from './encoder';
import { joinOctets } from '../join-octets';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const insert = (name: string, value: string): Uint8Array =>
  encodeLiteral({ representation: 'incremental', name, value });

describe('HpackDecoder refuses', () => {
  test.each<[why: string, hex: string, rule: HpackRule, offset: number]>([
    ['index 0', '80', 'index-zero', 0],
    ['the first index beyond an empty table', 'be', 'index-range', 0],
    ['the same after a good field', '82 be', 'index-range', 1],
    ['a name beyond an empty table: incremental', '7e 00', 'index-range', 0],
    ['a name beyond an empty table: without indexing', '0f 2f 00', 'index-range', 0],
    ['a name beyond an empty table: never indexed', '1f 2f 00', 'index-range', 0],
    ['an index of 2^20', 'ff 81 ff 3f', 'index-range', 0],
    ['an index above 2^32', 'ff ff ff ff ff 1f', 'integer-overflow', 0],
    ['a name length above 2^32', '40 7f ff ff ff ff 7f', 'integer-overflow', 1],
    ['ten continuation octets', 'ff 80 80 80 80 80 80 80 80 80 00', 'integer-overflow', 0],
    ['an index that goes on', 'ff 80', 'truncated', 0],
    ['no name', '40', 'truncated', 1],
    ['a name longer than the block', '40 03 61 62', 'truncated', 1],
    ['no value', '40 01 61', 'truncated', 3],
    ['a value longer than the block', '40 01 61 05 62', 'truncated', 3],
    ['a value of nearly 2^32 octets', '00 01 61 7f 80 ff ff ff 0f', 'truncated', 3],
    ['a Huffman value longer than the block', '41 8c f1 e3', 'truncated', 1],
    ['Huffman padding of zeros', '44 81 18', 'huffman-padding', 2],
    ['Huffman padding of eight bits, in a name', '40 82 1f ff 00', 'huffman-padding', 3],
    ['EOS in a value', '44 84 ff ff ff fc', 'huffman-eos', 5],
    ['a size update after a field', '82 20', 'size-update-misplaced', 1],
    ['a size update between fields', '82 3f 81 1f 84', 'size-update-misplaced', 1],
    ['a size update of 4097', '3f e2 1f', 'size-update-too-large', 0],
    ['a second size update that is too large', '20 3f e2 1f', 'size-update-too-large', 1],
    ['a size update that goes on', '3f', 'truncated', 0],
    ['a size update above 2^32', '3f ff ff ff ff 7f', 'integer-overflow', 0],
  ])('%s', (_why, hex, rule, offset) => {
    const result = new HpackDecoder().decode(octets(hex));
    expect(result).toMatchObject({ ok: false, error: { rule, offset, reason: expect.stringMatching(/^[ -~]+$/) } });
  });

  test('every cut of a block inside a field, and no cut between two', () => {
    const block = joinOctets([insert('name', 'value'), encodeIndexed(2), insert(':path', '/')]);
    const whole = [0, insert('name', 'value').length, insert('name', 'value').length + 1, block.length];
    const cuts = Array.from({ length: block.length + 1 }, (_, at) => new HpackDecoder().decode(block.subarray(0, at)));
    const accepted = cuts.flatMap((result, at) => (result.ok ? [at] : []));
    const rules = new Set(cuts.flatMap((result) => (result.ok ? [] : [result.error.rule])));
    expect({ accepted, rules }).toEqual({ accepted: whole, rules: new Set(['truncated']) });
  });

  test('and hands over the fields before the fault', () => {
    expect(new HpackDecoder().decode(octets('82 80'))).toMatchObject({ ok: false, fields: [{ name: ':method' }] });
  });
});

describe('HpackDecoder accepts', () => {
  test('an empty block', () => {
    expect(new HpackDecoder().decode(octets(''))).toEqual({ ok: true, fields: [], sizeUpdates: [], headerListSize: 0 });
  });

  test('empty names and values, and octets above 0x7f', () => {
    const result = new HpackDecoder().decode(octets('00 00 00 00 02 ff 80 01 fe'));
    expect(result).toMatchObject({
      ok: true,
      fields: [
        { name: '', value: '' },
        { name: '\xff\x80', value: '\xfe' },
      ],
    });
  });

  test('size updates alone, in any number', () => {
    const decoder = new HpackDecoder();
    expect(decoder.decode(octets('20 3f 81 1f 22'))).toMatchObject({ ok: true, sizeUpdates: [0, 4000, 2], fields: [] });
    expect(decoder.table.maxSize).toBe(2);
  });

  test('a size update at the limit', () => {
    expect(new HpackDecoder().decode(encodeSizeUpdate(4096))).toMatchObject({ ok: true, sizeUpdates: [4096] });
    // A million of them take a thousand numbers, and none can hide that the table was emptied.
    const many = new Uint8Array(1_000_000).fill(0x22);
    many[500_000] = 0x20;
    const decoded = new HpackDecoder().decode(many);
    expect(decoded).toMatchObject({ ok: true });
    expect(decoded.ok && [decoded.sizeUpdates.length, decoded.sizeUpdates.at(-1)]).toEqual([mostSizeUpdates, 0]);
  });

  test('a string longer than one call of fromCharCode may take', () => {
    const value = 'x'.repeat(300_000);
    const block = encodeLiteral({ representation: 'without-indexing', name: 'a', value });
    const plain = encodeLiteral({ representation: 'without-indexing', name: 'a', value, huffman: false });
    expect(new HpackDecoder().decode(block).fields[0]?.value === value).toBe(true);
    expect(new HpackDecoder().decode(plain).fields[0]?.value === value).toBe(true);
  });

  test('and says which strings were Huffman-coded', () => {
    const block = encodeLiteral({
      representation: 'never-indexed',
      name: 'name',
      value: 'v',
      huffman: { name: true, value: false },
    });
    expect(new HpackDecoder().decode(block).fields).toEqual([
      { name: 'name', value: 'v', representation: 'never-indexed', index: 0, nameHuffman: true, valueHuffman: false },
    ]);
  });
});

describe('a changed table size limit', () => {
  const field = encodeIndexed(2);
  const block = (...sizes: number[]): Uint8Array => joinOctets([...sizes.map(encodeSizeUpdate), field]);

  test.each<[why: string, limits: readonly number[], sizes: readonly number[], want: HpackRule | 'ok']>([
    ['lowered and announced', [100], [100], 'ok'],
    ['lowered, announced even lower', [100], [0], 'ok'],
    ['lowered and not announced', [100], [], 'size-update-missing'],
    ['lowered twice, the smaller announced', [50, 100], [50, 100], 'ok'],
    ['lowered twice, only the larger announced', [50, 100], [100], 'smallest-size-missing'],
    ['lowered and raised again, both announced', [0, 4096], [0, 4096], 'ok'],
    ['lowered and raised again, only the smaller announced', [0, 4096], [0], 'ok'],
    ['lowered and raised again, only the larger announced', [0, 4096], [4096], 'smallest-size-missing'],
    ['lowered and raised again, nothing announced', [0, 4096], [], 'smallest-size-missing'],
    ['lowered, the old size announced', [100], [4096], 'size-update-too-large'],
    ['raised, which demands nothing', [65_536], [], 'ok'],
    ['raised and used', [65_536], [65_536], 'ok'],
    ['the same again', [4096], [], 'ok'],
  ])('%s', (_why, limits, sizes, want) => {
    const decoder = new HpackDecoder();
    for (const limit of limits) decoder.setMaxTableSize(limit);
    const result = decoder.decode(block(...sizes));
    expect(result.ok ? 'ok' : result.error.rule).toBe(want);
  });

  test('demands nothing when the encoder already uses less', () => {
    const decoder = new HpackDecoder();
    decoder.decode(block(50));
    decoder.setMaxTableSize(100);
    expect(decoder.decode(field).ok).toBe(true);
  });

  test('demands it of an empty block too, and only once', () => {
    const decoder = new HpackDecoder();
    decoder.setMaxTableSize(0);
    expect(decoder.decode(new Uint8Array(0))).toMatchObject({ ok: false, error: { rule: 'size-update-missing' } });
    expect(decoder.decode(field).ok).toBe(true);
  });

  test('a raised limit alone leaves the size as it is (RFC 7541 §4.2: the encoder chooses)', () => {
    const decoder = new HpackDecoder();
    decoder.setMaxTableSize(65_536);
    expect(decoder.table.maxSize).toBe(4096);
  });

  test('a missing update leaves fields and table readable', () => {
    const decoder = new HpackDecoder();
    decoder.setMaxTableSize(0);
    const result = decoder.decode(insert('a', 'b'));
    expect(result).toMatchObject({ ok: false, fields: [{ name: 'a', value: 'b' }] });
    expect(decoder.decode(encodeIndexed(62))).toMatchObject({ ok: true, fields: [{ name: 'a', value: 'b' }] });
  });
});

describe('eviction', () => {
  test('an entry is gone when there is no room, and indices move on (RFC 7541 §2.3.3)', () => {
    const decoder = new HpackDecoder({ maxTableSize: 70 });
    decoder.decode(joinOctets([insert('a', '1'), insert('b', '2')]));
    const both = decoder.decode(joinOctets([encodeIndexed(62), encodeIndexed(63)]));
    expect(both.fields.map(({ name }) => name)).toEqual(['b', 'a']);
    decoder.decode(insert('c', '3'));
    const later = decoder.decode(joinOctets([encodeIndexed(62), encodeIndexed(63), encodeIndexed(64)]));
    expect(later).toMatchObject({ ok: false, fields: [{ name: 'c' }, { name: 'b' }], error: { rule: 'index-range' } });
  });

  test('a new entry may take its name from the entry that it evicts (RFC 7541 §4.4)', () => {
    const decoder = new HpackDecoder({ maxTableSize: 40 });
    decoder.decode(insert('name', '1'));
    decoder.decode(encodeLiteral({ representation: 'incremental', nameIndex: 62, value: '2' }));
    expect(decoder.table.entries).toEqual([{ name: 'name', value: '2' }]);
  });

  test('an entry larger than the table is delivered and empties it (RFC 7541 §4.4)', () => {
    const decoder = new HpackDecoder({ maxTableSize: 40 });
    decoder.decode(insert('a', '1'));
    expect(decoder.decode(insert('a', 'x'.repeat(50)))).toMatchObject({ ok: true, fields: [{ name: 'a' }] });
    expect(decoder.decode(encodeIndexed(62))).toMatchObject({ ok: false, error: { rule: 'index-range' } });
  });
});

describe('limits of ours', () => {
  test('a string above the limit, by one octet', () => {
    const block = (length: number): Uint8Array =>
      encodeLiteral({ representation: 'without-indexing', name: 'a', value: 'x'.repeat(length) });
    const decoder = new HpackDecoder({ maxStringLength: 10 });
    expect(decoder.decode(block(10)).ok).toBe(true);
    expect(decoder.decode(block(11))).toMatchObject({ ok: false, error: { rule: 'string-overflow' } });
  });

  test('a list above the limit is cut, but read to its end, so that the table stays right', () => {
    const decoder = new HpackDecoder({ maxHeaderListSize: 100 });
    const result = decoder.decode(joinOctets([insert('a', '1'), insert('b', '2'), insert('c', '3')]));
    expect(result).toMatchObject({
      ok: false,
      error: { rule: 'list-too-large' },
      fields: [{ name: 'a' }, { name: 'b' }],
    });
    expect(decoder.decode(encodeIndexed(62))).toMatchObject({ ok: true, fields: [{ name: 'c' }] });
  });

  test('a bomb of references costs no more than the limit', () => {
    const decoder = new HpackDecoder({ maxHeaderListSize: 100_000 });
    decoder.decode(insert('bomb', 'x'.repeat(4000)));
    const result = decoder.decode(new Uint8Array(100_000).fill(0xbe));
    expect(result).toMatchObject({ ok: false, error: { rule: 'list-too-large' } });
    expect(result.fields).toHaveLength(24);
  });

  test('the reason of a fault stays short, whatever the block repeats', () => {
    const decoder = new HpackDecoder();
    for (const limit of [0, 4096]) decoder.setMaxTableSize(limit);
    const result = decoder.decode(joinOctets(Array.from({ length: 10_000 }, () => encodeSizeUpdate(4096))));
    expect(result).toMatchObject({
      ok: false,
      error: { rule: 'smallest-size-missing', reason: expect.stringMatching(/^.{1,200}$/) },
    });
  });

  test('only these and a missing update leave the table right', () => {
    const rules: HpackRule[] = ['truncated', 'index-range', 'size-update-missing', 'list-too-large', 'huffman-eos'];
    const intact = rules.filter((rule) => leavesTableRight({ rule, reason: '', offset: 0 }));
    expect(intact).toEqual(['size-update-missing', 'list-too-large']);
  });
});

test('arbitrary blocks never throw, and the table never outgrows its limit', () => {
  const likely = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x20, 0x3f, 0x40, 0x7f, 0x80, 0x82, 0xbe, 0xff, 0x00, 0x10, 0x01, 0x81),
  );
  const blocks = fc.array(fc.array(likely, { maxLength: 40, size: 'max' }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(blocks, (list) => {
      const decoder = new HpackDecoder();
      const results = list.map((block) => decoder.decode(Uint8Array.from(block)));
      const inside = results.every((result, at) => result.ok || result.error.offset <= list[at]!.length);
      expect({ inside, size: decoder.table.size <= 4096 }).toEqual({ inside: true, size: true });
    }),
    { seed: 7541, numRuns: 2000 },
  );
});

test('a good block with one changed octet never throws', () => {
  const good = new HpackEncoder().encode([
    { name: ':method', value: 'POST' },
    { name: ':path', value: '/grpc.testing.TestService/UnaryCall' },
    { name: 'te', value: 'trailers', representation: 'never-indexed' },
    { name: 'x-bin', value: '\x00\xff', huffman: true },
  ]);
  const results = Array.from(good, (octet, at) =>
    [0x01, 0x80, 0xff].map((mask) => {
      const damaged = good.slice();
      damaged[at] = octet ^ mask;
      return typeof new HpackDecoder().decode(damaged).ok;
    }),
  );
  expect(new Set(results.flat())).toEqual(new Set(['boolean']));
});

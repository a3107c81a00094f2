import { HpackDecoder } from '../wire/hpack/decoder';
import { HpackEncoder } from '../wire/hpack/encoder';
import { checkGenerator } from './check-generator';
import { represent, representations } from './representation';

const fields = [
  { name: ':method', value: 'POST' },
  { name: 'x-a', value: 'some value' },
  { name: 'x-a', value: 'some value' },
  { name: 'te', value: 'trailers' },
];

checkGenerator('representations', representations(), {
  isCorrect: (ways) => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    // Twice: the second block refers to what the first has left in the table.
    return [0, 1].every(() => {
      const got = decoder.decode(encoder.encode(represent(fields, ways))).fields;
      return JSON.stringify(got.map(({ name, value }) => ({ name, value }))) === JSON.stringify(fields);
    });
  },
  reaches: {
    'all four forms at once': (ways) => new Set(ways.map(({ representation }) => representation)).size === 4,
    'strings coded apart': (ways) => ways.some(({ huffman }) => huffman.name !== huffman.value),
  },
  shrinks: [
    { fault: () => true, to: [] },
    {
      fault: (ways) => ways.some(({ representation }) => representation === 'never-indexed'),
      to: [{ representation: 'never-indexed', huffman: { name: false, value: false }, nameIndex: 'auto' }],
    },
  ],
});

test('represent gives the ways in rotation and leaves names and values alone', () => {
  const plain = { huffman: { name: false, value: false }, nameIndex: 'auto' } as const;
  const ways = [
    { representation: 'indexed', ...plain },
    { representation: 'incremental', ...plain },
  ] as const;
  const written = represent(fields, ways);
  expect(written.map(({ representation }) => representation)).toEqual([
    'indexed',
    'incremental',
    'indexed',
    'incremental',
  ]);
  expect(written.map(({ name, value }) => ({ name, value }))).toEqual(fields);
  expect(represent(fields, [])).toBe(fields);
});

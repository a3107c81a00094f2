import { checkGenerator } from './check-generator';
import { deepNesting, lengthDelimited, nestedOctetsOf, type DeepNesting } from './deep-nesting';

const most = 100_000;
const octetsOf = (nesting: Partial<DeepNesting>): string =>
  Buffer.from(nestedOctetsOf({ of: 'groups', depth: 2, number: 15, inside: false, ...nesting })).toString('hex');

checkGenerator('deepNesting', deepNesting(most), {
  isCorrect: (nesting) => nesting.depth >= 100 && nestedOctetsOf(nesting).length <= most,
  reaches: {
    'more levels than protobuf of Go takes': ({ depth }) => depth > 10_000,
    'as few as there may be': ({ depth }) => depth === 100,
    'groups without an end in a known field': ({ of, inside }) => of === 'unfinished' && inside,
  },
  shrinks: [
    {
      fault: ({ of, depth }) => of === 'lengths' && depth > 300,
      to: { of: 'lengths', depth: 301, number: 14, inside: false } as const,
    },
  ],
});

test.each<[string, Partial<DeepNesting>, string]>([
  ['groups', {}, '7b7b7c7c'],
  ['groups whose tags take two octets', { number: 16, depth: 1 }, '83018401'],
  ['groups that do not end', { of: 'unfinished' }, '7b7b'],
  ['lengths', { of: 'lengths', depth: 3 }, '7a047a027a00'],
])('%s', (_, nesting, want) => {
  expect(octetsOf(nesting)).toBe(want);
});

test('a length counts what stands inside it, also where it takes two octets', () => {
  const octets = nestedOctetsOf({ of: 'lengths', depth: 100, number: 15, inside: false });
  // 64 levels of two octets fill 128.
  expect([...octets.subarray(0, 4)]).toEqual([0x7a, 0x80 | ((octets.length - 3) % 128), 1, 0x7a]);
});

test('a field around other octets', () => {
  expect([...lengthDelimited(3, Uint8Array.of(8, 1))]).toEqual([0x1a, 2, 8, 1]);
});

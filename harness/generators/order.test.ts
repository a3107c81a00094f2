import fc from 'fast-check';
import { checkGenerator } from './check-generator';
import { choices, interleave, permute } from './order';

checkGenerator('choices', choices({ maxCount: 30 }), {
  isCorrect: (picks) => picks.length <= 30 && picks.every((pick) => pick >= 0),
  reaches: { 'a place in a long queue': (picks) => picks.some((pick) => pick > 200) },
  shrinks: [{ fault: (picks) => picks.some((pick) => pick > 0), to: [1] }],
});

test.each([
  ['no choice: one after the other', [], 'abcxy'],
  ['turn by turn', [0, 1, 0, 1], 'axbyc'],
  ['the last first', [1, 1], 'xyabc'],
  ['a choice for more queues than there are', [3], 'xabcy'],
])('interleave: %s', (_, picks, want) => {
  expect(interleave([['a', 'b', 'c'], [], ['x', 'y']], picks).join('')).toBe(want);
});

test('interleave keeps everything, and the order within each queue', () => {
  const sizes = fc.array(fc.nat(5), { maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(20)), (lengths, picks) => {
      const queues = lengths.map((length, queue) => Array.from({ length }, (_, index) => ({ queue, index })));
      const sequence = interleave(queues, picks);
      expect(queues.map((_, queue) => sequence.filter((one) => one.queue === queue))).toEqual(queues);
      expect(sequence).toHaveLength(queues.flat().length);
    }),
    { seed: 1 },
  );
});

test.each([
  ['no choice: as written', [], 'abcd'],
  ['reversed', [3, 2, 1, 0], 'dcba'],
  ['one pulled to the front', [2], 'cabd'],
  ['choices past the end count on', [6], 'cabd'],
])('permute: %s', (_, picks, want) => {
  expect(permute([...'abcd'], picks).join('')).toBe(want);
});

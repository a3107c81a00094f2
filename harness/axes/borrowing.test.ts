import fc from 'fast-check';
import { labelsOf } from './axes';
import { borrowing, BorrowedInput, splitInput } from './borrowing';

const numbers = fc.nat({ max: 1000 });
const all = ['before', 'fields', 'ending', 'arrival'] as const;
const sample = (arbitrary: fc.Arbitrary<BorrowedInput>, numRuns = 2000): readonly BorrowedInput[] =>
  fc.sample(arbitrary, { numRuns, seed: 3 });

/** What a fault shrinks to, from the first input that shows it or from an example. */
function shrink(fault: (value: BorrowedInput) => boolean, examples: readonly BorrowedInput[] = []) {
  let failed = false;
  let attempts = 0;
  const details = fc.check(
    fc.property(borrowing(numbers, all), (value) => {
      if (failed) attempts++;
      failed ||= fault(value);
      return !fault(value);
    }),
    { seed: 5, numRuns: 5000, examples: examples.map((example) => [example]) },
  );
  const found = details.counterexample?.[0];
  return { input: found?.input, axes: found?.axes, attempts };
}

test('the inputs are those that the property would have without axes', () => {
  const own = fc.sample(numbers, { numRuns: 500, seed: 3 });
  expect(sample(borrowing(numbers, all), 500).map(({ input }) => input)).toEqual(own);
});

test('most are said in the plainest way, and each axis has its turn', () => {
  const drawn = sample(borrowing(numbers, all));
  expect(drawn.filter(({ axes }) => Object.keys(axes).length === 0).length).toBeGreaterThan(drawn.length / 2);
  const share = (name: string): number => drawn.filter(({ axes }) => name in axes).length / drawn.length;
  expect(all.map(share).every((one) => one > 0.05 && one < 0.25)).toBe(true);
});

test('only what is borrowed is drawn, and what says nothing is not there', () => {
  const drawn = sample(borrowing(numbers, ['arrival']));
  expect(drawn.some(({ axes }) => 'arrival' in axes)).toBe(true);
  expect(drawn.every(({ axes }) => Object.keys(axes).every((name) => name === 'arrival'))).toBe(true);
  const named = sample(borrowing(numbers, all)).flatMap(({ axes }) => Object.entries(axes));
  expect(named.every(([name, value]) => labelsOf({ [name]: value }).length > 0)).toBe(true);
});

test('examples are tried again, never in the plainest way', () => {
  const again = sample(borrowing(numbers, all, [5000, 6000])).filter(({ input }) => Number(input) > 1000);
  expect(new Set(again.map(({ input }) => input))).toEqual(new Set([5000, 6000]));
  expect(again.every(({ axes }) => Object.keys(axes).length > 0)).toBe(true);
});

describe('shrinking', () => {
  test('leaves the axes out where the input alone is at fault', () => {
    expect(shrink(({ input }) => Number(input) >= 100)).toMatchObject({ input: 100, axes: {} });
  });

  test('keeps the axis that it takes, as small as it gets, and the input too', () => {
    const fault = ({ input, axes }: BorrowedInput): boolean =>
      Number(input) >= 100 && axes.before?.includes('a refused call') === true;
    const found = shrink(fault);
    expect(found).toMatchObject({ input: 100, axes: { before: ['a refused call'] } });
    expect(found.attempts).toBeLessThan(200);
  });

  test('does so from an example with axes, too', () => {
    const from = new BorrowedInput(900, { ending: 'empty DATA', arrival: [4, 5], before: ['PING'] });
    const found = shrink(({ input, axes }) => Number(input) >= 100 && axes.arrival !== undefined, [from]);
    expect(found).toMatchObject({ input: 100, axes: { arrival: [1] } });
  });
});

test('an input that was given as it stands has the plainest axes', () => {
  expect(splitInput(7)).toEqual({ input: 7, axes: {} });
  expect(splitInput(new BorrowedInput(7, { arrival: [1] }))).toMatchObject({ input: 7, axes: { arrival: [1] } });
});

import fc from 'fast-check';
import { boundaryInteger } from './boundary-integer';
import { checkGenerator } from './check-generator';
import { list } from './list';

checkGenerator('list', list(fc.nat(99), { minCount: 2, maxCount: 200 }), {
  isCorrect: (values) => values.length >= 2 && values.length <= 200,
  reaches: {
    'the shortest': (values) => values.length === 2,
    'the longest': (values) => values.length === 200,
    'something short': (values) => values.length > 2 && values.length < 10,
    'something long': (values) => values.length > 150 && values.length < 200,
  },
  shrinks: [
    { fault: () => true, to: [0, 0] },
    { fault: (values) => values.filter((value) => value > 30).length > 1, to: [31, 31] },
    { fault: (values) => values.length > 4, to: [0, 0, 0, 0, 0] },
  ],
  shrinksExample: { from: [5, 6, 7], fault: (values) => values.includes(6), to: [6, 0] },
});

checkGenerator(
  'list without a minimum',
  list(boundaryInteger({ max: 70_000, boundaries: [16_384] }), { maxCount: 40 }),
  {
    isCorrect: (values) => values.length <= 40,
    shrinks: [
      { fault: () => true, to: [] },
      { fault: (values) => values.some((value) => value >= 16_384), to: [16_384] },
    ],
  },
);

test('a list of one possible length has that length', () => {
  expect(
    fc.sample(list(fc.nat(), { minCount: 3, maxCount: 3 }), { numRuns: 50, seed: 1 }).map(({ length }) => length),
  ).toEqual(Array.from({ length: 50 }, () => 3));
});

test('two elements that only matter together are both kept', () => {
  const fault = (values: readonly number[]) => values.filter((value) => value > 90).length >= 2;
  const details = fc.check(
    fc.property(list(fc.nat(99), { maxCount: 60 }), (values) => !fault(values)),
    { seed: 1, numRuns: 1000 },
  );
  expect(details.counterexample).toEqual([[91, 91]]);
});

import fc from 'fast-check';
import { checkGenerator } from './check-generator';
import { listWithin, oneOf, record, shrunkAs, sorted, text } from './shapes';

const within = listWithin(fc.nat(10), { minCount: 2, maxCount: 20, maxTotal: 12, sizeOf: (value) => value });

checkGenerator('listWithin', within, {
  isCorrect: (values) =>
    values.length === 2 || (values.length > 2 && values.reduce((sum, value) => sum + value, 0) <= 12),
  reaches: {
    'the total': (values) => values.reduce((sum, value) => sum + value, 0) === 12,
    'more than the total where the count demands it': (values) => values.reduce((sum, value) => sum + value, 0) > 12,
  },
});

checkGenerator('sorted', sorted(fc.array(fc.nat(99))), {
  isCorrect: (values) => values.every((value, index) => index === 0 || values[index - 1]! <= value),
});

checkGenerator('text', text('xyz', { minLength: 1, maxLength: 30 }), {
  isCorrect: (value) => /^[xyz]{1,30}$/.test(value),
  reaches: { 'the longest': (value) => value.length === 30 },
  shrinks: [{ fault: (value) => value.includes('z'), to: 'z' }],
});

test('records have the ordinary prototype and all keys', () => {
  const values = fc.sample(record({ a: fc.nat(1), b: fc.boolean() }), { numRuns: 200, seed: 1 });
  expect(
    values.every((value) => Object.getPrototypeOf(value) === Object.prototype && 'a' in value && 'b' in value),
  ).toBe(true);
});

checkGenerator(
  'oneOf',
  oneOf({ arbitrary: fc.constant('none'), weight: 1 }, { arbitrary: text('xy', { maxLength: 4 }), weight: 3 }),
  {
    isCorrect: (value) => value === 'none' || /^[xy]{0,4}$/.test(value),
    reaches: { 'the first': (value) => value === 'none', 'the second': (value) => value === 'yx' },
    shrinks: [
      { fault: () => true, to: 'none' },
      { fault: (value) => value.includes('y'), to: 'y' },
    ],
  },
);

checkGenerator('shrunkAs', shrunkAs(fc.constantFrom(70, 80), fc.nat(100)), {
  isCorrect: (value) => value <= 80,
  reaches: { '80': (value) => value === 80 },
  shrinks: [{ fault: (value) => value > 40, to: 41 }],
  shrinksExample: { from: 99, fault: (value) => value > 98, to: 99 },
});

import { boundaryInteger } from './boundary-integer';
import { checkGenerator } from './check-generator';

checkGenerator('boundaryInteger', boundaryInteger({ min: 2, max: 70_000, boundaries: [16_384, 99_999, 0] }), {
  isCorrect: (value) => Number.isInteger(value) && value >= 2 && value <= 70_000,
  reaches: {
    min: (value) => value === 2,
    max: (value) => value === 70_000,
    'a boundary': (value) => value === 16_384,
    'something small': (value) => value > 2 && value < 40,
    'something large': (value) => value > 50_000 && value < 70_000,
  },
  shrinks: [
    { fault: () => true, to: 2 },
    { fault: (value) => value > 16_384, to: 16_385 },
  ],
  shrinksExample: { from: 65_536, fault: (value) => value >= 300, to: 300 },
});

checkGenerator('boundaryInteger over 32 bits', boundaryInteger({ max: 2 ** 32 - 1 }), {
  isCorrect: (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
  reaches: { 'the upper half': (value) => value > 2 ** 31 && value < 2 ** 32 - 1 },
  shrinks: [{ fault: (value) => value >= 2 ** 31, to: 2 ** 31 }],
});

checkGenerator('boundaryInteger below zero', boundaryInteger({ min: -1, max: 255 }), {
  isCorrect: (value) => value >= -1 && value <= 255,
  reaches: { '-1': (value) => value === -1 },
  shrinks: [{ fault: () => true, to: 0 }],
});

checkGenerator('boundaryInteger of one value', boundaryInteger({ min: 5, max: 5 }), {
  isCorrect: (value) => value === 5,
});

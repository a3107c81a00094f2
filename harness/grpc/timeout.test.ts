import fc from 'fast-check';
import { encodeTimeout, parseTimeout } from './timeout';

test.each([
  ['1H', 3_600_000],
  ['1M', 60_000],
  ['1S', 1000],
  ['1m', 1],
  ['1u', 0.001],
  ['1n', 0.000001],
  ['0S', 0],
  ['00000010S', 10_000],
  ['99999999H', 359_999_996_400_000],
])('%s lasts %d ms', (value, milliseconds) => {
  expect(parseTimeout(value)).toBeCloseTo(milliseconds, 9);
});

test.each(['', '1', 'S', '1s', '1 S', '-1S', '+1S', '1.5S', '1e3m', '0x1S', '100000000S', 'S1', '1S1S', '1S\n', ' 1S'])(
  '%j is malformed',
  (value) => {
    expect(parseTimeout(value)).toBeUndefined();
  },
);

test.each([
  [0, '0m'],
  [0.5, '1m'],
  [250, '250m'],
  [99_999_999, '99999999m'],
  [100_000_000, '100000S'],
  [100_000_000_001, '1666667M'],
  [1e18, '99999999H'],
])('%d ms are written %s', (milliseconds, value) => {
  expect(encodeTimeout(milliseconds)).toBe(value);
});

test('what is written is legal and never shorter than asked for', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 3e14, noNaN: true }), (milliseconds) => {
      expect(parseTimeout(encodeTimeout(milliseconds))).toBeGreaterThanOrEqual(milliseconds);
    }),
    { seed: 1 },
  );
});

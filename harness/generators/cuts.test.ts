import { checkGenerator } from './check-generator';
import { continuationCuts, cuts, fitCuts, padLengths, pauses, segments } from './cuts';

const isSorted = (offsets: readonly number[]) =>
  offsets.every((offset, index) => index === 0 || offsets[index - 1]! <= offset);

checkGenerator('cuts', cuts(), {
  isCorrect: (offsets) => offsets.length <= 40 && isSorted(offsets) && offsets.every((offset) => offset >= 0),
  reaches: {
    none: (offsets) => offsets.length === 0,
    'all 40': (offsets) => offsets.length === 40,
    'every octet of the prefix': (offsets) => [1, 2, 3, 4, 5].every((offset) => offsets.includes(offset)),
    'an empty frame': (offsets) => offsets.some((offset, index) => offset === offsets[index + 1]),
    'a full frame': (offsets) => offsets.includes(16_384),
  },
  shrinks: [
    { fault: (offsets) => offsets.some((offset) => offset > 0 && offset < 5), to: [1] },
    { fault: (offsets) => offsets.some((offset) => offset > 300), to: [301] },
    { fault: (offsets) => offsets.length > 2, to: [0, 0, 0] },
  ],
  shrinksExample: { from: [1, 2, 3], fault: (offsets) => offsets.includes(3), to: [3] },
});

checkGenerator('cuts of octets whose number is known', cuts({ min: 1, max: 3, length: 10 }), {
  isCorrect: (offsets) => offsets.length >= 1 && offsets.length <= 3 && offsets.every((offset) => offset <= 10),
  reaches: { 'the end': (offsets) => offsets.includes(10) },
});

test.each([
  ['within', [1, 5], 5, [1, 5]],
  ['one past the end goes to the start', [6], 5, [0]],
  ['stays sorted', [1, 7, 9], 5, [1, 1, 3]],
  ['nothing to cut', [0, 3, 9], 0, [0, 0, 0]],
])('fitCuts: %s', (_, offsets, length, want) => {
  expect(fitCuts(offsets, length)).toEqual(want);
});

checkGenerator('continuationCuts', continuationCuts(), {
  isCorrect: (offsets) => offsets.length <= 5 && isSorted(offsets),
  reaches: {
    '5 CONTINUATION frames': (offsets) => offsets.length === 5,
    'an empty HEADERS': (offsets) => offsets[0] === 0,
  },
  shrinks: [{ fault: (offsets) => offsets.length > 1, to: [0, 0] }],
});

checkGenerator('padLengths', padLengths(), {
  isCorrect: (lengths) => lengths.length >= 1 && lengths.every((length) => length >= -1 && length <= 255),
  reaches: {
    'no padding': (lengths) => lengths.includes(-1),
    'the PADDED flag with nothing after it': (lengths) => lengths.includes(0),
    'as much as fits': (lengths) => lengths.includes(255),
  },
});

checkGenerator('segments', segments(), {
  isCorrect: (sizes) => sizes.length >= 1 && sizes.every((size) => size >= 1),
  reaches: { 'octet by octet': (sizes) => sizes.length === 1 && sizes[0] === 1 },
  shrinks: [{ fault: (sizes) => sizes.some((size) => size > 9), to: [10] }],
});

checkGenerator('pauses', pauses(), {
  isCorrect: (all) => all.length <= 5 && all.every((milliseconds) => milliseconds >= 0 && milliseconds <= 50),
  shrinks: [{ fault: () => true, to: [] }],
});

import { checkGenerator } from './check-generator';
import { sizeUpdates, tableCalls } from './table-call';

checkGenerator('tableCalls', tableCalls({ minCount: 2, maxCount: 6, inserts: { min: 0, max: 9 } }), {
  isCorrect: (calls) => calls.length >= 2 && calls.length <= 6 && calls.every(({ inserts }) => inserts <= 9),
  reaches: {
    'a reference behind an insertion': (calls) => calls[0]?.copied === 'insert' && calls[1]?.copied === 'refer',
    'an entry that fills the table, and a call that moves nothing': (calls) =>
      calls[0]?.copied === 'fit' && calls[1]?.isQuiet === true,
    'large entries': (calls) => calls.some(({ more }) => more > 2000),
  },
});

checkGenerator('sizeUpdates', sizeUpdates({ limit: 4096 }), {
  isCorrect: ([first = -1, second = first, ...more]) =>
    first >= 0 && first <= second && second <= 4096 && more.length === 0,
  reaches: {
    'one to 0': (sizes) => sizes.length === 1 && sizes[0] === 0,
    'a small one and the limit': (sizes) => sizes.length === 2 && sizes[0]! < 100 && sizes[1] === 4096,
  },
  shrinks: [{ fault: (sizes) => (sizes.at(-1) ?? 0) >= 200, to: [200] }],
});

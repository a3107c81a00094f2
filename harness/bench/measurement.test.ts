import { alternate, formatTable, judge, median, medianRatio } from './measurement';

test.each([
  { samples: [3], want: 3, reason: 'one sample' },
  { samples: [10, 2, 9], want: 9, reason: 'sorted as numbers, not as texts' },
  { samples: [4, 1, 3, 2], want: 2.5, reason: 'an even number of samples' },
])('median of $samples is $want: $reason', ({ samples, want }) => {
  const before = [...samples];
  expect(median(samples)).toBe(want);
  expect(samples).toEqual(before);
});

test('a median needs samples', () => {
  expect(() => median([])).toThrow(RangeError);
});

test.each([
  { limit: { atLeast: 2 }, measured: 2, ok: true },
  { limit: { atLeast: 2 }, measured: 1.99, ok: false },
  { limit: { atMost: 20 }, measured: 20, ok: true },
  { limit: { atMost: 20 }, measured: 20.01, ok: false },
  { limit: { atMost: 20 }, measured: Number.NaN, ok: false },
  { limit: { atLeast: 2 }, measured: Number.NaN, ok: false },
])('$measured with $limit: ok is $ok', ({ limit, measured, ok }) => {
  expect(judge('x', 's', limit, measured).ok).toBe(ok);
});

test('sides take turns, and the first round only warms up', async () => {
  const order: string[] = [];
  const side = (name: string) => async () => order.push(name);
  expect(await alternate(2, side('a'), side('b'))).toEqual({ first: [3, 5], second: [4, 6] });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
});

test('a ratio is taken pair by pair', () => {
  // The machine is ten times slower in the last two rounds; the sides are 2, 3 and 4 to one.
  expect(medianRatio({ first: [200, 30, 40], second: [100, 10, 10] })).toBe(3);
});

test('the table says what was measured, what was not, and why', () => {
  const table = formatTable([
    judge('raw: ratio', 'times', { atLeast: 2 }, 2.7512),
    judge('run: time', 's', { atMost: 20 }, 123.4),
    { kind: 'skipped', name: 'h2load', reason: 'h2load is not installed' },
  ]);
  expect(table.split('\n')).toEqual([
    '         what        measured                 limit',
    'ok       raw: ratio  2.75 times               at least 2',
    'BROKEN   run: time   123 s                    at most 20',
    'skipped  h2load      h2load is not installed',
  ]);
});

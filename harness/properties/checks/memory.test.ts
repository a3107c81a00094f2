import { staysSmall, tolerableGrowth } from './memory';

const before = 100_000_000;

test.each<[string, Readonly<Record<string, number>>, number]>([
  ['shrinks', { small: before, large: before - 1 }, 0],
  ['grows as much as it may', { small: before, large: before + tolerableGrowth }, 0],
  ['grows by more', { small: before, large: before + tolerableGrowth + 1 }, 1],
  ['could not be read', { small: before }, 0],
])('memory that %s', (_, samples, want) => {
  expect(staysSmall({ samples }, { from: 'small', to: 'large', because: 'the response' })).toHaveLength(want);
});

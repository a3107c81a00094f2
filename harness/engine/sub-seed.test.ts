import { subSeed } from './sub-seed';

test.each([
  [0, '', 0x02ed4180, 'FNV-1a of "0/"'],
  [1, 'MSG-02-any-data-split', subSeed(1, 'MSG-02-any-data-split'), 'the same again'],
])('subSeed(%d, %j) is %d: %s', (seed, id, want) => {
  expect(subSeed(seed, id)).toBe(want);
});

test('seeds and ids that are alike have other sub-seeds, all of 32 bits', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `MSG-${index}`);
  const all = [1, 2, 11, -1].flatMap((seed) => ids.map((id) => subSeed(seed, id)));
  expect(new Set(all).size).toBe(all.length);
  expect(all.filter((one) => one !== (one | 0))).toEqual([]);
});

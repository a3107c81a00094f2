import fc from 'fast-check';
import type { AnyProperty } from '../properties/property';
import { loadCatalogue } from './catalogue-rows';
import { estimateRun } from './estimate-run';
import { describeShard, propertiesOfShard } from './shards';

const all = loadCatalogue().rows.flatMap(({ property }) => (property === undefined ? [] : [property]));
const costOf = (few: readonly AnyProperty[]): number =>
  estimateRun(few, { runs: 100, concurrency: 8, roundTrip: 0 }).milliseconds;

test('every property is in one shard, in its order, however many shards there are', () => {
  fc.assert(
    fc.property(fc.subarray(all), fc.integer({ min: 1, max: 12 }), (some, of) => {
      const shards = Array.from({ length: of }, (_, index) => propertiesOfShard(some, { index: index + 1, of }));
      expect(new Set(shards.flat()).size).toBe(some.length);
      expect(shards.flat()).toHaveLength(some.length);
      for (const shard of shards) expect(shard).toEqual(some.filter((property) => shard.includes(property)));
    }),
    { numRuns: 30 },
  );
});

test('shards take about equally long', () => {
  for (const of of [2, 3, 8]) {
    const costs = Array.from({ length: of }, (_, index) => costOf(propertiesOfShard(all, { index: index + 1, of })));
    expect(Math.max(...costs) / Math.min(...costs)).toBeLessThan(1.2);
  }
});

test('a shard is named as it was asked for', () => {
  expect(describeShard({ index: 2, of: 3 })).toBe('2/3');
});

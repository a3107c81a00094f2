import fc from 'fast-check';
import { IntegerMap } from './integer-map';

const keys = fc.oneof(
  fc.nat(70),
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000),
);

test('holds what a Map holds, and each earlier one what it held', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.integer())), (entries) => {
      const wanted = new Map<number, number>();
      let map = IntegerMap.empty<number>();
      const earlier: (readonly [IntegerMap<number>, ReadonlyMap<number, number>])[] = [];
      for (const [key, value] of entries) {
        earlier.push([map, new Map(wanted)]);
        wanted.set(key, value);
        map = map.set(key, value);
      }
      for (const [had, want] of [...earlier, [map, wanted] as const]) {
        expect(new Map(had.entries())).toEqual(want);
        expect(had.size).toBe(want.size);
        for (const [key] of entries) expect(had.get(key)).toBe(want.get(key));
      }
    }),
  );
});

test.each([
  ['ids of streams', (index: number) => 2 * index + 1],
  ['neighbours', (index: number) => index],
  ['keys that differ in their highest bits alone', (index: number) => (index << 27) >>> 0],
  ['keys far from each other', (index: number) => Math.imul(index, 0x9e37_79b1) >>> 0],
])('finds all of %s', (_, keyOf) => {
  const all = Array.from({ length: 2000 }, (__, index) => keyOf(index));
  const map = all.reduce((before, key) => before.set(key, key), IntegerMap.empty<number>());
  expect(all.filter((key) => map.get(key) !== key)).toEqual([]);
});

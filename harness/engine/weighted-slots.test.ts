import { WeightedSlots } from './weighted-slots';

/** Takers that note when they begin, and end when told to. */
async function enterAll(slots: WeightedSlots, weights: readonly number[]) {
  const inside = new Map<number, () => void>();
  const entered = weights.map(async (weight, taker) => {
    inside.set(taker, await slots.enter(weight));
  });
  await settle();
  return { inside: () => [...inside.keys()], leave: (taker: number) => inside.get(taker)?.(), entered };
}

/** Everything that can go on without another event has gone on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each<[string, number, readonly number[], readonly number[]]>([
  ['as many as there is room for', 3, [1, 1, 1, 1], [0, 1, 2]],
  ['one that wants all', 3, [3, 1], [0]],
  ['one that wants more than all gets all', 2, [5, 1], [0]],
  ['nobody overtakes who wants more', 3, [2, 2, 1], [0]],
  ['who wants nothing waits for nothing', 1, [1, 0], [0, 1]],
])('%s', async (_, size, weights, want) => {
  const { inside } = await enterAll(new WeightedSlots(size), weights);
  expect(inside()).toEqual(want);
});

test('places that are given back are taken by the next in line, however often they are given back', async () => {
  const { inside, leave, entered } = await enterAll(new WeightedSlots(2), [2, 1, 1, 1]);
  leave(0);
  leave(0);
  await settle();
  expect(inside()).toEqual([0, 1, 2]);
  leave(1);
  await Promise.all(entered);
  expect(inside()).toEqual([0, 1, 2, 3]);
});

import fc from 'fast-check';
import { checkGenerator } from './check-generator';
import { grant, grantsFor, windowSchedule } from './window-schedule';

checkGenerator('windowSchedule', windowSchedule({ maxGrant: 5000 }), {
  isCorrect: ({ initialWindow, grants }) =>
    initialWindow >= 0 &&
    initialWindow <= 1_048_576 &&
    grants.length >= 1 &&
    grants.every((octets) => octets >= 1 && octets <= 5000),
  reaches: {
    'no window at all': ({ initialWindow }) => initialWindow === 0,
    'the ordinary window': ({ initialWindow }) => initialWindow === 65_535,
    'single octets only': ({ grants }) => grants.every((octets) => octets === 1),
  },
  shrinks: [
    { fault: () => true, to: { initialWindow: 0, grants: [1] } },
    { fault: ({ grants }) => grants.some((octets) => octets > 4), to: { initialWindow: 0, grants: [5] } },
  ],
});

checkGenerator('grant', grant({ max: 100 }), { isCorrect: (octets) => octets >= 1 && octets <= 100 });

test.each([
  ['enough from the start', { initialWindow: 10, grants: [1] }, 10, []],
  ['in rotation', { initialWindow: 0, grants: [1, 2] }, 5, [1, 2, 1, 2]],
  ['the last step makes up for small ones', { initialWindow: 0, grants: [1] }, 100, [1, 1, 1, 97]],
])('grantsFor: %s', (_, schedule, octets, want) => {
  expect(grantsFor(schedule, octets, { maxSteps: 4 })).toEqual(want);
});

test('grantsFor always lets all octets through, within its steps', () => {
  fc.assert(
    fc.property(windowSchedule(), fc.nat(2_000_000), (schedule, octets) => {
      const increments = grantsFor(schedule, octets);
      expect(increments.length).toBeLessThanOrEqual(64);
      expect(increments.every((increment) => increment >= 1)).toBe(true);
      expect(increments.reduce((sum, increment) => sum + increment, schedule.initialWindow)).toBeGreaterThanOrEqual(
        octets,
      );
    }),
    { seed: 1 },
  );
});

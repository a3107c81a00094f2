import fc from 'fast-check';
import { checkGenerator } from './check-generator';
import { grant, grantsFor, incrementsTo, windowChange, windowSchedule, windowStops } from './window-schedule';

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

checkGenerator('windowChange', windowChange({ maxInitialWindow: 70_000 }), {
  isCorrect: ({ initialWindow, grant: octets, connectionGrant }) =>
    initialWindow >= 0 && initialWindow <= 70_000 && octets >= 0 && connectionGrant >= 0,
  reaches: {
    'no window at all': ({ initialWindow }) => initialWindow === 0,
    'a window and nothing else': (change) => change.grant === 0 && change.connectionGrant === 0,
    'credit beside it': (change) => change.grant > 0 && change.connectionGrant > 0,
  },
});

checkGenerator('windowStops', windowStops({ min: -500 }), {
  isCorrect: (stops) => stops.length >= 1 && stops.every((stop) => stop >= -500),
  reaches: {
    'one octet below': (stops) => stops.includes(-1),
    'exactly nothing': (stops) => stops.includes(0),
    'one octet': (stops) => stops.includes(1),
  },
});

test.each([
  ['across zero', [-1, 0, 1], -10, [9, 1, 1]],
  ['without those that lie behind', [-20, -10, 5, 5, 7], -10, [15, 2]],
  ['nothing above', [-1], 0, []],
])('incrementsTo: %s', (_, stops, from, want) => {
  expect(incrementsTo(stops, from)).toEqual(want);
});

import fc from 'fast-check';
import type { TargetFacts } from '../facts/target-facts';
import { bystanderKinds } from '../moves/bystanders';
import { allBystanders, bystanders } from './bystanders';
import { checkGenerator } from './check-generator';
import { defaultTimes } from '../connection/script';

const facts: TargetFacts = {
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
  settings: [],
  roundTrip: 1,
  times: defaultTimes,
};

checkGenerator('bystanders', bystanders(facts, { minCount: 1 }), {
  isCorrect: (kinds) => kinds.length >= 1 && kinds.length <= 4,
  reaches: {
    'several of one kind': (kinds) => new Set(kinds).size < kinds.length,
    'every kind': (kinds) => new Set(kinds).size === bystanderKinds.length,
  },
  shrinks: [{ fault: (kinds) => kinds.includes('a conversation'), to: ['a conversation'] }],
});

test.each([
  [{ streams: 1 }, 0],
  [{ streams: 3 }, 2],
  [{ handlers: 2 }, 1],
  [{}, 4],
])('beside one call of the script, limits %j leave room for %i', (limits, most) => {
  const limited = { ...facts, limits };
  const lengths = fc
    .sample(bystanders(limited, { minCount: 1 }), { seed: 1, numRuns: 100 })
    .map(({ length }) => length);
  expect(Math.max(...lengths)).toBe(most);
  expect(allBystanders(limited)).toHaveLength(most);
});

test('a target that offers nothing has no bystanders', () => {
  expect(fc.sample(bystanders({ ...facts, offers: [] }), { seed: 1, numRuns: 20 })).toEqual(
    Array.from({ length: 20 }, () => []),
  );
});

import fc from 'fast-check';
import { isAsciiValue } from '../grpc/metadata';
import { checkGenerator } from './check-generator';
import { key } from './key';

checkGenerator('key', key('CANC-01'), {
  isCorrect: (value) => /^CANC-01-[0-9a-f]{16}$/.test(value) && isAsciiValue(value),
});

test('no two keys are equal, whoever asks with whatever seed', () => {
  const keys = ['CANC-01', 'DL-05'].flatMap((of) =>
    [1, 2].flatMap((seed) => fc.sample(key(of), { numRuns: 5000, seed })),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('a key does not shrink, because a smaller one might be in use', () => {
  expect(
    fc.check(
      fc.property(key('A'), () => false),
      { seed: 1 },
    ).numShrinks,
  ).toBe(0);
});

import { unlocks, type Need } from '../facts/need';
import { judgeTestability } from './locked-properties';

const service = 'serve grpc.testing.TestService (the interop service)';

test.each<[string, readonly (readonly Need[])[], readonly Need[], readonly (readonly [number, string])[]]>([
  ['nothing is missing', [['unary'], []], ['unary'], []],
  ['several needs, one thing to do', [['unary'], ['unary', 'slow'], ['status']], [], [[3, service]]],
  ['one need alone is named', [['slow'], ['unary']], ['unary'], [[1, unlocks.slow]]],
  [
    'the most rewarding first, and a property that waits for two things with both',
    [['unary', 'health'], ['health'], ['tls'], ['health']],
    ['tls'],
    [
      [3, unlocks.health],
      [1, unlocks.unary],
    ],
  ],
])('%s', (_reason, needs, offers, want) => {
  const { locked = [] } = judgeTestability(needs, offers);
  expect(locked.map(({ properties, unlock }) => [properties, unlock])).toEqual(want);
});

test('what is broken is not unlocked by serving it, and what else the property lacks would not help', () => {
  const { locked, missing } = judgeTestability([['unary'], ['unary', 'health'], ['health']], [], ['unary']);
  expect(locked).toEqual([{ properties: 1, unlock: unlocks.health }]);
  expect(missing.map(({ need, properties }) => [need, properties])).toEqual([
    ['unary', 2],
    ['health', 2],
  ]);
});

test('how much can be tested, and each need with those that wait for it', () => {
  expect(judgeTestability([['unary'], ['tls', 'health'], []], ['unary'])).toMatchObject({
    testable: 2,
    missing: [
      { need: 'tls', properties: 1 },
      { need: 'health', properties: 1 },
    ],
  });
});

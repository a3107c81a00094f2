import { chooseReporter } from './open-console';
import { chooseSeed, isContinuousIntegration } from './seed';

test.each<[string, 'json' | undefined, NodeJS.ProcessEnv, boolean, string]>([
  ['asked for', 'json', { GITHUB_ACTIONS: 'true' }, true, 'json'],
  ['a terminal', undefined, {}, true, 'pretty'],
  ['a pipe', undefined, {}, false, 'line'],
  ['a terminal of a CI system', undefined, { CI: 'true' }, true, 'line'],
  ["a runner of GitHub's", undefined, { CI: 'true', GITHUB_ACTIONS: 'true' }, false, 'github'],
])('reporter: %s', (_name, asked, environment, isTerminal, want) => {
  expect(chooseReporter(asked, { environment, stdout: { isTerminal } })).toBe(want);
});

test('seeds', () => {
  expect(chooseSeed(5, { CI: 'true' })).toBe(5);
  expect(chooseSeed(undefined, { CI: 'true' })).toBe(chooseSeed(undefined, { CI: '1' }));
  const random = Array.from({ length: 5 }, () => [
    chooseSeed(undefined, {}),
    chooseSeed('random', { CI: 'true' }),
  ]).flat();
  expect(new Set(random).size).toBeGreaterThan(1);
  expect(['', '0', 'false', undefined].map((CI) => isContinuousIntegration({ CI }))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

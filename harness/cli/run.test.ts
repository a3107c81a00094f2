import { chooseReporter, hideHeaderValues } from './run';
import { chooseSeed, isContinuousIntegration } from './seed';

test.each([
  [
    ['-H', 'authorization: Bearer abc'],
    ['-H', 'authorization: …'],
  ],
  [
    ['--header', 'x-key: abc', '--target', 'h:1'],
    ['--header', 'x-key: …', '--target', 'h:1'],
  ],
  [
    ['-header', 'x-key: abc'],
    ['-header', 'x-key: …'],
  ],
  [['--header=x-key: abc'], ['--header=x-key: …']],
  [['-Hx-key: abc'], ['-Hx-key: …']],
  [
    ['-H', 'authorization: Bearer ${TOKEN}'],
    ['-H', 'authorization: Bearer ${TOKEN}'],
  ],
  [
    ['-H', 'authorization: ${USER} abc'],
    ['-H', 'authorization: …'],
  ],
  [
    ['--target', 'h:1'],
    ['--target', 'h:1'],
  ],
])('secrets of %j stay out of reports', (words, want) => {
  expect(hideHeaderValues(words)).toEqual(want);
});

test.each<[string, 'json' | undefined, NodeJS.ProcessEnv, boolean, string]>([
  ['asked for', 'json', { GITHUB_ACTIONS: 'true' }, true, 'json'],
  ['a terminal', undefined, {}, true, 'pretty'],
  ['a pipe', undefined, {}, false, 'line'],
  ['a terminal of a CI system', undefined, { CI: 'true' }, true, 'line'],
  ["a runner of GitHub's", undefined, { CI: 'true', GITHUB_ACTIONS: 'true' }, false, 'github'],
])('reporter: %s', (_name, asked, environment, isTerminal, want) => {
  expect(
    chooseReporter(asked, { environment, stdout: { isTerminal, write: () => undefined, columns: () => 80 } }),
  ).toBe(want);
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

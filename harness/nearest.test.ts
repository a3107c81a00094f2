import { didYouMean, findNearest } from './nearest';

test.each([
  ['targt', ['--target', 'target', 'timeout'], 'target', 'a letter is missing'],
  ['taregt', ['target', 'tls'], 'target', 'a swap counts once'],
  ['MGS-02', ['MSG-02', 'MSG-03'], 'MSG-02', 'a swap, other case'],
  ['msg-02', ['MSG-02'], 'MSG-02', 'case does not matter'],
  ['zebra', ['target', 'tls'], undefined, 'nothing is near'],
  ['xy', ['ab'], undefined, 'a short word must not match everything'],
  ['tls', [], undefined, 'no candidates'],
])('%s among %j', (word, candidates, want, _reason) => {
  expect(findNearest(word, candidates)).toBe(want);
});

test('a suggestion is ready to be appended', () => {
  expect(didYouMean('lst', ['list'])).toBe(' (did you mean list?)');
  expect(didYouMean('qqqq', ['list'])).toBe('');
});

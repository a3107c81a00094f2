import type { Level } from '../catalogue/requirement';
import type { Violation } from '../rules/violation';
import { gravityOf, isAsBadAs, type Gravity } from './verdicts';

const violation = (more: Partial<Violation> = {}): Violation => ({
  rule: 'MSG-01-a',
  observed: 'this',
  expected: 'that',
  reaction: 'status 13',
  ...more,
});

test.each<[Level, Partial<Violation>, Gravity]>([
  ['must', {}, 'fail'],
  ['must', { severity: 'warn' }, 'warn'],
  ['must', { severity: 'info' }, 'info'],
  ['should', {}, 'warn'],
  ['should', { severity: 'info' }, 'info'],
  ['may', {}, 'warn'],
  ['convention', {}, 'warn'],
  ['convention', { severity: 'warn' }, 'warn'],
  ['convention', { mark: 'hang' }, 'fail'],
  ['may', { mark: 'crash' }, 'fail'],
  ['must', { mark: 'hang', severity: 'info' }, 'fail'],
])('a %s that is broken with %o: %s', (level, more, gravity) => {
  expect(gravityOf(violation(more), level)).toBe(gravity);
});

test.each<[Gravity, Gravity, boolean]>([
  ['fail', 'fail', true],
  ['fail', 'info', true],
  ['warn', 'fail', false],
  ['warn', 'info', true],
  ['info', 'warn', false],
])('%s is as bad as %s: %s', (left, right, want) => {
  expect(isAsBadAs(left, right)).toBe(want);
});

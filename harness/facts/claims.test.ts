import { keepaliveOf, maxAgeOf, maxIdleOf, type Claims } from './claims';

test.each<[string, Claims, unknown, unknown, unknown]>([
  ['nothing', {}, undefined, undefined, undefined],
  ['a keepalive', { keepaliveTime: 1000, keepaliveTimeout: 9000 }, { time: 1000, timeout: 9000 }, undefined, undefined],
  ['one that takes too long', { keepaliveTime: 1001, keepaliveTimeout: 9000 }, undefined, undefined, undefined],
  ['half of one', { keepaliveTime: 1 }, undefined, undefined, undefined],
  ['an age', { maxAge: 10_000 }, undefined, { age: 10_000, grace: undefined }, undefined],
  ['an age with grace', { maxAge: 1000, maxAgeGrace: 500 }, undefined, { age: 1000, grace: 500 }, undefined],
  ['an age with grace that takes too long', { maxAge: 1000, maxAgeGrace: 9001 }, undefined, undefined, undefined],
  ['a grace alone', { maxAgeGrace: 1 }, undefined, undefined, undefined],
  ['an idle time', { maxIdle: 10_000 }, undefined, undefined, 10_000],
  ['one that takes too long', { maxIdle: 10_001 }, undefined, undefined, undefined],
])('of %s can be tested what is short enough', (_, claims, keepalive, age, idle) => {
  expect([keepaliveOf(claims), maxAgeOf(claims), maxIdleOf(claims)]).toEqual([keepalive, age, idle]);
});

test('nothing claimed is nothing to test', () => {
  expect([keepaliveOf(undefined), maxAgeOf(undefined), maxIdleOf(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

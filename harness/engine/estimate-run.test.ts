import type { AnyProperty } from '../properties/property';
import { estimateRun } from './estimate-run';
import { loadCatalogue } from './catalogue-rows';

const property = (over: Partial<AnyProperty> = {}): AnyProperty =>
  ({ id: 'MSG-02-any-data-split', ...over }) as unknown as AnyProperty;

const options = { runs: 100, concurrency: 8, roundTrip: 1 };

test('counts inputs by their effort, and at least one of each property', () => {
  expect(estimateRun([property(), property({ effort: 0.25 }), property({ effort: 0.001 })], options).inputs).toBe(126);
});

test('a far target takes as long as the way there; a slow property takes its time', () => {
  const near = estimateRun([property()], options).milliseconds;
  expect(estimateRun([property()], { ...options, roundTrip: 200 }).milliseconds).toBeGreaterThan(5 * near);
  const slow = estimateRun([property({ slow: true, effort: 0.08 })], options);
  expect(slow).toEqual({ inputs: 8, milliseconds: 3000 });
  expect(estimateRun([property({ lane: 'restart', effort: 0.08 })], options)).toEqual(slow);
});

test('attacks take their time, and nothing is played beside them', () => {
  const attack = property({ lane: 'hostile', effort: 0.04 });
  expect(estimateRun([attack], options)).toEqual({ inputs: 4, milliseconds: 8000 });
  expect(estimateRun([attack], { ...options, concurrency: 1 }).milliseconds).toBe(8000);
  const slow = property({ lane: 'hostile', slow: true, effort: 0.04 });
  expect(estimateRun([slow], options).milliseconds).toBe(20_000);
});

test('ten times the inputs take about ten times as long', () => {
  const properties = loadCatalogue().rows.flatMap(({ property: one }) => (one === undefined ? [] : [one]));
  const usual = estimateRun(properties, options);
  const deep = estimateRun(properties, { ...options, runs: 1000 });
  expect(deep.milliseconds / usual.milliseconds).toBeGreaterThan(8);
  expect(deep.milliseconds / usual.milliseconds).toBeLessThan(12);
});

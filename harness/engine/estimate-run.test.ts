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

test('ten times the inputs take about ten times as long', () => {
  const properties = loadCatalogue().rows.flatMap(({ property: one }) => (one === undefined ? [] : [one]));
  const usual = estimateRun(properties, options);
  const deep = estimateRun(properties, { ...options, runs: 1000 });
  expect(deep.milliseconds / usual.milliseconds).toBeGreaterThan(8);
  expect(deep.milliseconds / usual.milliseconds).toBeLessThan(12);
});

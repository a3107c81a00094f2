import { suites } from '../../suites';
import { defaultTimes } from '../connection/script';
import { areaOf } from '../catalogue';
import { unlocks, type Need } from '../facts/need';
import { PlanBuilder } from '../grpc/plan-builder';
import type { Property } from './property';
import type { TargetFacts } from '../facts/target-facts';

const needs = Object.keys(unlocks) as readonly Need[];
const facts: TargetFacts = {
  authority: 'localhost:50051',
  scheme: 'http',
  metadata: [],
  offers: needs,
  settings: [],
  messageLimit: 4 * 1024 * 1024,
  roundTrip: 1,
  times: defaultTimes,
};

// The engine, too, gives a property its own inputs back.
const properties = suites.flatMap((suite) => suite.properties) as unknown as readonly Property<unknown>[];

test('suites have names of their own', () => {
  const names = suites.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
});

/** What a whole session shows can be of any area. */
const ofOneArea = suites.filter(({ name }) => name !== 'sessions');

test.each(ofOneArea)('$name holds one area, in the order of the catalogue', ({ properties: own }) => {
  const ids = own.map(({ id }) => id);
  expect(new Set(ids.map(areaOf)).size).toBe(1);
  expect(ids).toEqual(ids.toSorted());
});

test.each(properties)(
  '$id says what it generates and accepts',
  ({ generates, accepts, needs: wanted = [], effort = 1 }) => {
    expect(generates).toMatch(/^\S.*[^.\s]$/);
    expect(accepts).not.toHaveLength(0);
    expect(accepts.filter((phrase) => !/^\S(.*[^.\s])?$/.test(phrase))).toEqual([]);
    expect(wanted.filter((need) => !needs.includes(need))).toEqual([]);
    expect(effort).toBeGreaterThan(0);
    expect(effort).toBeLessThanOrEqual(1);
  },
);

test.each(properties)('$id has examples that survive JSON, as failure files need it', ({ examples }) => {
  const inputs = examples?.(facts) ?? [];
  expect(JSON.parse(JSON.stringify(inputs))).toEqual(inputs);
});

test.each(properties)('$id judges something: it has a check, or each script says what must come', (property) => {
  const { check, examples, script: write } = property;
  const scripts = (examples?.(facts) ?? []).map((input) => {
    const script = new PlanBuilder(facts);
    write(script, input, facts);
    return script;
  });
  expect(check !== undefined || scripts.length > 0).toBe(true);
  expect(check !== undefined || scripts.every(({ hasExpectations }) => hasExpectations)).toBe(true);
});

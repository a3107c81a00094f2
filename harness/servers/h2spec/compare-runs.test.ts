import { record } from '../../engine/records.test-helper';
import type { PropertyRecord } from '../../report/model';
import { compareRuns, describeComparison, type CompareOptions } from './compare-runs';
import type { PlayedCase } from './read-junit';

const compare = (
  properties: readonly PropertyRecord[],
  played: Readonly<Record<string, PlayedCase>>,
  options: Partial<CompareOptions> = {},
) =>
  compareRuns({
    record: { properties },
    played: new Map(Object.entries(played)),
    patience: 2,
    seconds: { h2spec: 10, ours: 4 },
    ...options,
  });

const passed = { outcome: 'passed', seconds: 0.5 } as const;
const failed = { outcome: 'failed', seconds: 4.25 } as const;

test('a case is as bad as the worst of its rows', () => {
  const id = 'REQ-03-method-not-post';
  const oursOf = (verdict: PropertyRecord['verdict']) =>
    compare([record({ id, verdict }), record({ id: 'REQ-39-head-without-content', verdict: 'pass' })], {}).cases.find(
      (each) => each.case === 'generic/4/2',
    )?.ours;
  expect(oursOf('pass')).toBe('passed');
  expect(oursOf('info')).toBe('passed');
  expect(oursOf('warn')).toBe('warned');
  expect(oursOf('fail')).toBe('failed');
  expect(oursOf('known')).toBe('failed');
  expect(compare([record({ id, verdict: 'untestable' })], {}).cases[0]?.ours).toBe('not judged');
});

test('what was not played has no verdict of h2spec', () => {
  const { cases } = compare([], { 'generic/1/1': passed });
  expect(cases).toHaveLength(147);
  expect(cases[0]).toEqual({ case: 'generic/1/1', h2spec: 'passed', ours: 'not judged', rows: [] });
  expect(cases[1]?.h2spec).toBeUndefined();
});

test('waiting is what ran into the patience of h2spec, and what we say of ourselves', () => {
  const { paces } = compare([record({ runs: 8, playedMs: 6000, waitedMs: 1500 })], {
    'generic/1/1': passed,
    'generic/2/1': failed,
  });
  expect(paces.h2spec).toEqual({ exchanges: 2, seconds: 10, waited: 4, played: 4.75 });
  expect(paces.ours).toEqual({ exchanges: 8, seconds: 4, waited: 1.5, played: 6 });
});

test('shows where the two differ, and why they may', () => {
  const comparison = compare(
    [
      record({ id: 'CONN-01-settings-first', verdict: 'pass' }),
      record({ id: 'MSG-02-any-data-split', verdict: 'fail' }),
    ],
    { 'generic/1/1': passed, 'generic/3.1/2': passed, 'http2/5.1/8': failed },
  );
  const text = describeComparison(comparison, false);
  expect(text).not.toMatch(/^generic\/1\/1/m);
  expect(text).toMatch(/^generic\/3\.1\/2 +passed +failed +MSG-02-any-data-split fail$/m);
  expect(text).toMatch(/^http2\/5\.1\/8 +failed +not judged\n {4}a MUST of RFC 7540/m);
  expect(text).toContain('1 passed by h2spec, failed here');
  expect(text).toContain('h2spec: 3 exchanges in 10.0 s, 0.3 per second, 76 % of the time');
  expect(describeComparison(comparison, true)).toMatch(/^generic\/1\/1 +passed +passed +CONN-01-settings-first pass$/m);
});

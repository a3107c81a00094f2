import { failingFinding } from './fixtures/run';
import { blockedText, findingVerdict, propertyVerdict } from './finding-words';
import type { FindingRecord } from './model';

const finding = (changes: Partial<FindingRecord>): FindingRecord => ({
  ...failingFinding,
  gravity: undefined,
  ...changes,
});

test.each<[string, Partial<FindingRecord>, string]>([
  ['a failure says it itself', { verdict: 'fail', gravity: 'fail' }, 'fail'],
  ['a mark is named', { verdict: 'fail', mark: 'crash' }, 'fail, crash'],
  ['known hides a warning', { verdict: 'known', gravity: 'warn' }, 'known (warn)'],
  ['known hides a hang', { verdict: 'known', gravity: 'fail', mark: 'hang' }, 'known (fail), hang'],
  ['a crash is a failure in older files, too', { verdict: 'known', mark: 'crash' }, 'known (fail), crash'],
  ['an older file does not say', { verdict: 'known' }, 'known'],
  ['flaky hides a MUST', { verdict: 'flaky', gravity: 'fail' }, 'flaky (fail)'],
  ['a free choice has no gravity', { verdict: 'info' }, 'info'],
])('of a finding: %s', (_why, changes, want) => expect(findingVerdict(finding(changes))).toBe(want));

test('a property says the worst of the findings that its verdict stands on', () => {
  const findings = [
    finding({ verdict: 'known', gravity: 'warn' }),
    finding({ verdict: 'known', gravity: 'fail' }),
    finding({ verdict: 'info', mark: 'hang' }),
  ];
  expect(propertyVerdict({ verdict: 'known', findings })).toBe('known (fail)');
  expect(propertyVerdict({ verdict: 'pass', findings: [] })).toBe('pass');
});

test.each([
  [undefined, ''],
  [[], ''],
  [['A-01-x'], 'and 1 row with it'],
  [['A-01-x', 'A-02-x'], 'and 2 rows with it'],
])('blocks %j: %s', (blocks, want) => expect(blockedText({ blocks })).toBe(want));

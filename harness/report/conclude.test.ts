import { catalogue } from '../properties/catalogue';
import { must } from '../catalogue/row';
import { rfc9113 } from '../catalogue/requirement';
import { blankRecordOf } from './blank-record';
import { conclude, gradeFinding, type RunEnd, type RunRecords } from './conclude';
import { failingFinding } from './fixtures/run';
import type { Baseline, BaselineEntry } from './baseline-entries';
import type { FindingRecord, PropertyRecord } from './model';

const id = 'MSG-02-any-data-split';
const watched = 'RESP-03-content-type';
const rows = catalogue([]);
const now = new Date('2026-06-15T12:00:00Z');

const record = (more: Partial<PropertyRecord> = {}): PropertyRecord => ({
  ...blankRecordOf({ id, requirement: must(rfc9113('5.1'), 'a rule') }),
  runs: 10,
  ...more,
});
const finding = (more: Partial<FindingRecord> = {}): FindingRecord => ({
  ...failingFinding,
  rule: id,
  verdict: 'fail',
  gravity: 'fail',
  mark: undefined,
  reaction: 'status 13',
  inputsTried: 3,
  ...more,
});
const broken = (more: Partial<FindingRecord> = {}): PropertyRecord => {
  const one = finding(more);
  return record({ verdict: one.verdict, findings: [one] });
};
const known = (entry: Partial<BaselineEntry> = {}): Baseline => ({
  file: 'baseline.json',
  entries: [{ id, rule: id, reason: 'an old friend', ...entry }],
});

interface Given {
  readonly properties?: readonly PropertyRecord[];
  readonly end?: RunEnd;
  readonly strict?: boolean;
  readonly baseline?: Baseline;
  readonly lost?: RunRecords['lost'];
  readonly evidence?: RunRecords['evidence'];
  readonly unsettled?: readonly string[];
  readonly isQuick?: true;
}

const seen = { inputs: 10, calls: 20, connections: 10, judged: 12 };

const concluded = ({ properties = [record()], end = { is: 'complete' }, strict = false, ...given }: Given) =>
  conclude(
    {
      properties,
      end,
      lost: given.lost ?? [],
      evidence: given.evidence ?? new Map([[id, seen]]),
      unsettled: new Set(given.unsettled),
      ...(given.isQuick === undefined ? {} : { isQuick: given.isQuick }),
    },
    given.baseline,
    { rows, strict, now },
  );

describe('what a run comes to', () => {
  const unlock = 'offer it';
  const whole = { failed: 5, of: 5 };
  const cases: readonly (readonly [why: string, given: Given, verdict: string, run: string, exitCode: number])[] = [
    ['nothing was broken', {}, 'pass', 'pass', 0],
    ['a MUST is broken', { properties: [broken()] }, 'fail', 'fail', 1],
    ['a warning does not gate', { properties: [broken({ verdict: 'warn', gravity: 'warn' })] }, 'warn', 'pass', 0],
    [
      'a warning gates with --strict',
      { properties: [broken({ verdict: 'warn', gravity: 'warn' })], strict: true },
      'warn',
      'fail',
      1,
    ],
    ['a flaky MUST does not gate', { properties: [broken({ verdict: 'flaky' })] }, 'flaky', 'pass', 0],
    [
      'a flaky MUST gates with --strict',
      { properties: [broken({ verdict: 'flaky' })], strict: true },
      'flaky',
      'fail',
      1,
    ],
    [
      'a flaky warning never gates',
      { properties: [broken({ verdict: 'flaky', gravity: 'warn' })], strict: true },
      'flaky',
      'pass',
      0,
    ],
    ['a free choice', { properties: [record({ verdict: 'info' })], strict: true }, 'info', 'pass', 0],
    ['what the baseline lists', { properties: [broken()], baseline: known() }, 'known', 'pass', 0],
    [
      'a crash that the baseline lists as a plain failure',
      { properties: [broken({ mark: 'crash' })], baseline: known() },
      'fail',
      'fail',
      1,
    ],
    [
      'what is known no longer, since no baseline lists it',
      { properties: [broken({ verdict: 'known', known: { reason: 'once' }, confirmed: whole })] },
      'fail',
      'fail',
      1,
    ],
    ['an entry in vain', { baseline: known() }, 'stale', 'fail', 1],
    ['an entry that a quick run did not show', { baseline: known(), isQuick: true }, 'pass', 'pass', 0],
    [
      'an entry whose day is over, also in a quick run',
      { baseline: known({ expires: '2026-06-14' }), isQuick: true },
      'stale',
      'fail',
      1,
    ],
    ['an entry about a race', { baseline: known({ intermittent: true }) }, 'pass', 'pass', 0],
    [
      'an entry whose day is over',
      { baseline: known({ intermittent: true, expires: '2026-06-14' }) },
      'stale',
      'fail',
      1,
    ],
    [
      'an entry of a row that was not played',
      { properties: [record({ runs: 0, verdict: 'untestable' })], baseline: known() },
      'untestable',
      'error',
      2,
    ],
    [
      'an entry of a row that something else kept from being judged',
      { properties: [record({ verdict: 'blocked' })], baseline: known() },
      'blocked',
      'error',
      2,
    ],
    [
      'an entry in a run that was cut short',
      { baseline: known(), end: { is: 'cut-short', why: 'the time budget was used up' } },
      'pass',
      'pass',
      0,
    ],
    [
      'a run that was cut short after a failure',
      { properties: [broken()], end: { is: 'cut-short', why: 'the time budget was used up' } },
      'fail',
      'fail',
      1,
    ],
    ['a capability that is lost', { lost: [{ need: 'unary', because: '--expect tier-2', unlock }] }, 'pass', 'fail', 1],
    ['no connection', { properties: [record({ verdict: 'error', reason: 'refused' })] }, 'error', 'error', 3],
    ['a fault of ours', { properties: [record({ verdict: 'error', isOurFault: true })] }, 'error', 'error', 70],
    ['what only our client sees', { properties: [broken({ verdict: 'error' })] }, 'error', 'error', 70],
    [
      'a broken MUST beside a fault of ours',
      { properties: [broken(), record({ id: watched, verdict: 'error', isOurFault: true })] },
      'fail',
      'fail',
      1,
    ],
    ['nothing could be tested', { properties: [record({ runs: 0, verdict: 'untestable' })] }, 'untestable', 'error', 2],
    ['everything is left out', { properties: [record({ runs: 0, verdict: 'skipped' })] }, 'skipped', 'error', 2],
    ['Ctrl-C, whatever was found', { properties: [broken()], end: { is: 'interrupted' } }, 'fail', 'error', 130],
    [
      'a target that is gone',
      { properties: [broken()], end: { is: 'target-lost', why: 'it is gone' } },
      'fail',
      'error',
      4,
    ],
  ];
  test.each(cases)('%s', (_, given, verdict, run, exitCode) => {
    const conclusion = concluded(given);
    expect(conclusion.properties.find((one) => one.id === id)?.verdict).toBe(verdict);
    expect([conclusion.verdict, conclusion.exitCode]).toEqual([run, exitCode]);
  });

  test.each(cases)('the same again when it is concluded again: %s', (_, given) => {
    const once = concluded(given);
    expect(concluded({ ...given, properties: once.properties })).toEqual(once);
  });

  test('an entry of a row that is watched only is in vain when everything was asked for', () => {
    const baseline = known({ id: watched, rule: watched });
    const evidence = new Map([[watched, seen]]);
    expect(concluded({ baseline, evidence }).properties.find((one) => one.id === watched)).toMatchObject({
      verdict: 'stale',
      reason: expect.stringContaining('an old friend') as string,
    });
    // Nothing came by that the rule could look at.
    expect(concluded({ baseline }).properties.map((one) => one.id)).toEqual([id]);
  });

  test('an end of the process that no input explains is never known', () => {
    const standing = finding({ inputsTried: 0 });
    expect(gradeFinding(standing, id, known(), now)).toEqual(standing);
  });
});

describe('what is said of each row', () => {
  const none = { inputs: 0, calls: 0, connections: 0, judged: 0 };
  test.each([
    ['looked at and not broken', { evidence: new Map([[watched, seen]]) }, { verdict: 'pass', ...seen }],
    ['nothing to look at', {}, { verdict: 'not-seen', ...none }],
    [
      'broken, and not shown again',
      { unsettled: [watched], evidence: new Map([[watched, seen]]) },
      { verdict: 'error' },
    ],
    [
      'broken, with no time left to show it again',
      { unsettled: [watched], end: { is: 'interrupted' } },
      { verdict: 'not-run' },
    ],
    ['broken', { properties: [{ ...broken(), id: watched }] }, { verdict: 'fail' }],
  ] satisfies readonly (readonly [string, Given, object])[])('%s', (_, given: Given, expected) => {
    expect(concluded(given).rows.find(({ row }) => row === watched)).toMatchObject(expected);
  });

  test('a row that was not seen changes neither verdict nor exit code', () => {
    const { rows: all, verdict, exitCode } = concluded({});
    expect(all.filter((row) => row.verdict === 'not-seen').length).toBeGreaterThan(0);
    expect([verdict, exitCode]).toEqual(['pass', 0]);
  });

  test('every row that is watched has a record, in the order of the catalogue', () => {
    const ids = concluded({}).rows.map(({ row }) => row);
    const wanted = rows.filter((one) => one.id === id || one.state === 'watched').map((one) => one.id);
    expect(ids).toEqual(wanted);
  });
});

describe('of several baselines it is said which one', () => {
  const of = (entry: Partial<BaselineEntry>): Baseline => known({ from: 'team.json', ...entry });

  test('knows a finding, and it is forgotten with another', () => {
    const graded = gradeFinding(finding(), id, of({}), now);
    expect(graded.known).toEqual({ reason: 'an old friend', file: 'team.json' });
    expect(gradeFinding(graded, id, known(), now).known).toEqual({ reason: 'an old friend' });
  });

  test('lists the rule otherwise', () => {
    expect(gradeFinding(finding(), id, of({ reactions: ['no end'] }), now).summary).toMatch(
      / The baseline team\.json lists this rule, but with "no end", and this is "status 13"\.$/,
    );
  });

  test.each([
    ['is stale', {}, /^the baseline team\.json lists .* held in every run/],
    [
      'is over',
      { intermittent: true, expires: '2026-06-14' },
      /in the baseline team\.json \(an old friend\) expired on 2026-06-14/,
    ],
  ])('has an entry that %s', (_, entry, want) => {
    expect(concluded({ baseline: of(entry) }).properties[0]).toMatchObject({
      verdict: 'stale',
      reason: expect.stringMatching(want),
    });
  });
});

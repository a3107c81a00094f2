import { must } from '../catalogue/row';
import { rfc9113 } from '../catalogue/requirement';
import { catalogue } from '../properties/catalogue';
import type { Baseline } from '../report/baseline-entries';
import { blankRecordOf } from '../report/blank-record';
import { cleanRun, failingFinding } from '../report/fixtures/run';
import type { FindingRecord, PropertyRecord, PropertyVerdict, RowRecord, RunRecord } from '../report/model';
import { doubtfulRows, replaceRows } from './settle-run';

const rows = catalogue([]);
const now = new Date('2026-06-15T12:00:00Z');

/** Rows with a property, rows that are watched only. */
const [a, b] = ['MSG-01-framing-roundtrip', 'MSG-02-any-data-split'];
const [watched, other] = ['RESP-03-content-type', 'RESP-02-http-status-200'];

const findingVerdicts: readonly string[] = ['fail', 'warn', 'info', 'flaky', 'known', 'error'];

function row(id: string, verdict: PropertyVerdict, provokedBy?: string): PropertyRecord {
  const finding = {
    ...failingFinding,
    rule: id,
    verdict: verdict as FindingRecord['verdict'],
    gravity: 'fail',
    mark: undefined,
    reaction: 'status 13',
    inputsTried: 3,
    confirmed: verdict === 'flaky' ? { failed: 2, of: 5 } : { failed: 5, of: 5 },
    provokedBy,
    failureFile: 'failures/x.json',
  } as FindingRecord;
  return {
    ...blankRecordOf({ id, requirement: must(rfc9113('5.1'), 'a rule') }),
    runs: 10,
    verdict,
    findings: findingVerdicts.includes(verdict) ? [finding] : [],
  };
}

const evidence = (id: string, verdict: RowRecord['verdict'], judged = 7): RowRecord => ({
  row: id,
  verdict,
  inputs: judged,
  calls: judged,
  connections: judged,
  judged,
});

function runOf(properties: readonly PropertyRecord[], seen: readonly RowRecord[] = []): RunRecord {
  return { ...cleanRun, properties, rows: seen, header: { ...cleanRun.header, selected: [a, b] } };
}

const known: Baseline = { file: 'baseline.json', entries: [{ id: a, rule: a, reason: 'an old friend' }] };

/** What a first run comes to when a second one played these rows again. */
const settle = (first: RunRecord, run: RunRecord, ids: readonly string[], baseline?: Baseline): RunRecord =>
  replaceRows(first, { run, ids, folder: '../one-again' }, baseline, { rows, now });

const verdictsOf = ({ properties }: RunRecord) => properties.map(({ id, verdict }) => [id, verdict]);
const rowOf = (run: RunRecord, id: string) => run.rows?.find((one) => one.row === id);

test('rows that chance may have decided are worth a second look, by what shows them again', () => {
  const run = runOf([
    row(a, 'flaky'),
    row(b, 'fail'),
    row(watched, 'flaky', b),
    // Nothing is known to provoke it.
    row(other, 'stale'),
  ]);
  expect(doubtfulRows(run)).toEqual([
    { id: a, playAgain: [a] },
    { id: watched, playAgain: [b] },
  ]);
});

describe('the second look counts', () => {
  test('for those rows only, and what the second run looked at and did not see broken goes', () => {
    const first = runOf([row(a, 'flaky'), row(b, 'fail'), row(watched, 'flaky', b)]);
    const second = runOf([row(a, 'fail'), row(b, 'pass')], [evidence(watched, 'pass')]);
    const settled = settle(first, second, [a, watched]);
    expect(verdictsOf(settled)).toEqual([
      [a, 'fail'],
      [b, 'fail'],
    ]);
    expect(settled.properties.map(({ findings }) => findings[0]?.failureFile)).toEqual([
      '../one-again/failures/x.json',
      'failures/x.json',
    ]);
  });

  test('unless it had nothing to look at', () => {
    const first = runOf([row(b, 'pass'), row(watched, 'flaky', b)], [evidence(watched, 'flaky')]);
    const second = runOf([row(b, 'pass')], [evidence(watched, 'not-seen', 0)]);
    const settled = settle(first, second, [watched]);
    expect(verdictsOf(settled)).toEqual([
      [b, 'pass'],
      [watched, 'flaky'],
    ]);
    expect(rowOf(settled, watched)).toEqual(evidence(watched, 'flaky'));
  });

  test('with its evidence, and that of other rows stays', () => {
    const first = runOf([row(a, 'flaky'), row(b, 'pass')], [evidence(a, 'flaky', 90), evidence(b, 'pass', 80)]);
    const second = runOf([row(a, 'pass'), row(b, 'pass')], [evidence(a, 'pass', 50), evidence(b, 'pass', 40)]);
    const settled = settle(first, second, [a]);
    expect([rowOf(settled, a), rowOf(settled, b)]).toEqual([evidence(a, 'pass', 50), evidence(b, 'pass', 80)]);
  });

  test.each<[why: string, first: PropertyVerdict, second: PropertyVerdict, verdict: string]>([
    ['what the baseline lists is broken again', 'stale', 'fail', 'known'],
    ['what the baseline lists is not broken either time', 'stale', 'pass', 'stale'],
    ['what the baseline lists held once', 'known', 'pass', 'stale'],
  ])('by the baseline of the run: %s', (_, before, after, verdict) => {
    const first = runOf([row(a, before)], [evidence(a, before)]);
    const second = runOf([row(a, after)], [evidence(a, after)]);
    const settled = settle(first, second, [a], known);
    expect(verdictsOf(settled)).toEqual([[a, verdict]]);
    expect(rowOf(settled, a)?.verdict).toBe(verdict);
    expect([settled.verdict, settled.exitCode]).toEqual(verdict === 'stale' ? ['fail', 1] : ['pass', 0]);
  });

  test.each<{ now: PropertyVerdict; strict?: boolean; verdict: string; exitCode: number }>([
    { now: 'pass', verdict: 'pass', exitCode: 0 },
    { now: 'fail', verdict: 'fail', exitCode: 1 },
    { now: 'flaky', verdict: 'pass', exitCode: 0 },
    { now: 'flaky', strict: true, verdict: 'fail', exitCode: 1 },
    { now: 'error', verdict: 'error', exitCode: 70 },
  ])('for the verdict of the run: $now, strict $strict', ({ now: then, strict = false, verdict, exitCode }) => {
    const first = runOf([row(a, 'error')]);
    const header = { ...first.header, options: { ...first.header.options, strict } };
    const settled = settle({ ...first, header }, runOf([row(a, then)], [evidence(a, then)]), [a]);
    expect(settled).toMatchObject({ verdict, exitCode, status: 'complete' });
  });
});

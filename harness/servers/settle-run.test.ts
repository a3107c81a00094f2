import { cleanRun, fullRun } from '../report/fixtures/run';
import type { PropertyRecord, PropertyVerdict, RunRecord } from '../report/model';
import { doubtfulRows, replaceRows } from './settle-run';

const [template] = cleanRun.properties;
const [finding] = fullRun.properties.flatMap(({ findings }) => findings);

const row = (id: string, verdict: PropertyVerdict, provokedBy?: string): PropertyRecord =>
  ({
    ...template,
    id,
    verdict,
    findings: verdict === 'pass' ? [] : [{ ...finding, provokedBy, failureFile: 'failures/x.json' }],
  }) as PropertyRecord;

function runOf(...properties: readonly PropertyRecord[]): RunRecord {
  return { ...cleanRun, properties, header: { ...cleanRun.header, selected: ['MSG-01-a', 'MSG-02-b'] } };
}

test('rows that chance may have decided are worth a second look, by what shows them again', () => {
  const run = runOf(
    row('MSG-01-a', 'flaky'),
    row('MSG-02-b', 'fail'),
    row('RESP-02-c', 'flaky', 'MSG-02-b'),
    // Nothing is known to provoke it.
    { ...row('RESP-03-d', 'stale'), findings: [] },
  );
  expect(doubtfulRows(run)).toEqual([
    { id: 'MSG-01-a', playAgain: ['MSG-01-a'] },
    { id: 'RESP-02-c', playAgain: ['MSG-02-b'] },
  ]);
});

test('the second look counts, for those rows only; what was not seen again goes', () => {
  const first = runOf(row('MSG-01-a', 'flaky'), row('MSG-02-b', 'known'), row('RESP-02-c', 'flaky', 'MSG-02-b'));
  const second = runOf(row('MSG-01-a', 'known'), row('MSG-02-b', 'fail'));
  const settled = replaceRows(first, second, ['MSG-01-a', 'RESP-02-c'], '../one-again');
  expect(settled.properties.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['MSG-01-a', 'known'],
    ['MSG-02-b', 'known'],
  ]);
  expect(settled.properties.map(({ findings }) => findings[0]?.failureFile)).toEqual([
    '../one-again/failures/x.json',
    'failures/x.json',
  ]);
});

test.each<{ now: PropertyVerdict; verdict: string; exitCode: number }>([
  { now: 'pass', verdict: 'pass', exitCode: 0 },
  { now: 'stale', verdict: 'fail', exitCode: 1 },
  { now: 'error', verdict: 'error', exitCode: 70 },
])('the verdict of the run follows: $now', ({ now, verdict, exitCode }) => {
  const settled = replaceRows(runOf(row('MSG-01-a', 'error')), runOf(row('MSG-01-a', now)), ['MSG-01-a'], '..');
  expect(settled).toMatchObject({ verdict, exitCode });
});

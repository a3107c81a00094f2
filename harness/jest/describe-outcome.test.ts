import { catalogue } from '../properties/catalogue';
import { shortId } from '../catalogue';
import { describeOutcome } from './describe-outcome';
import { palette } from '../report/console/palette';
import { summaryLines } from '../report/console/summary-lines';
import { describeWatched } from '../report/describe-watched';
import { cleanRun } from '../report/fixtures/run';
import type { RowRecord, RunRecord } from '../report/model';

const ids = catalogue([])
  .filter(({ state }) => state === 'watched')
  .map(({ id }) => id);
const row = (id: string, judged: number): RowRecord => ({
  row: id,
  verdict: judged === 0 ? 'not-seen' : 'pass',
  inputs: judged,
  calls: judged,
  connections: judged,
  judged,
});
/** A run in which nothing came by for the first so many of all watched rows. */
const runOf = (unseen: number, all = ids.length): RunRecord => ({
  ...cleanRun,
  rows: ids.slice(0, all).map((id, index) => row(id, index < unseen ? 0 : 5)),
});
const shortIds = (count: number): readonly string[] => ids.slice(0, count).map(shortId);
const judging = 'watched on all traffic had something to judge';

test.each<[why: string, run: RunRecord, page: string | undefined, said: string]>([
  ['all were seen', runOf(0, 3), 'r/index.html', `3 of 3 rows ${judging}`],
  ['one row alone', runOf(0, 1), 'r/index.html', `1 of 1 row ${judging}`],
  ['few were not', runOf(2, 3), 'r/index.html', `1 of 3 rows ${judging}; 2 not seen: ${shortIds(2).join(', ')}`],
  [
    'many were not, and the page names all',
    runOf(15, 20),
    'r/index.html',
    `5 of 20 rows ${judging}; 15 not seen: ${shortIds(12).join(', ')} and 3 more; all of them in r/index.html`,
  ],
  [
    'many were not, and there is no page',
    runOf(15, 20),
    undefined,
    `5 of 20 rows ${judging}; 15 not seen: ${shortIds(15).join(', ')}`,
  ],
])('what the rules of all traffic looked at: %s', (_, run, page, said) => {
  expect(describeWatched(run, page)).toBe(said);
});

test('a run of an older version does not say', () => {
  const { rows: _, ...older } = runOf(3);
  expect(describeWatched(older, undefined)).toBeUndefined();
});

test('the last lines of the command line and of jest say the same', () => {
  const run = runOf(15);
  const terminal = summaryLines(run, { width: 1000, colors: palette(false), outputDirectory: 'r' });
  const said = describeWatched(run, 'r/index.html');
  expect(terminal).toContain(said);
  expect(describeOutcome(run, 'r')).toContain(`  ${said}`);
  expect(describeOutcome(run, undefined)).toContain(`  ${describeWatched(run, undefined)}`);
});

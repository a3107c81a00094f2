import { formatJunit } from './junit';
import { summaryLines } from './console/summary-lines';
import { palette } from './console/palette';
import { compareRuns } from './compare/comparison';
import { allRows } from './compare/comparison-model';
import { fullRun } from './fixtures/run';
import { formatRun, parseRun } from './json';
import { staticReport } from './html/static-report';
import { pageData } from './html/page-data';
import type { PropertyRecord, RowRecord, RunRecord } from './model';
import { describeEvidence, watchedRowsOf } from './row-words';

const judged: RowRecord = {
  row: 'RESP-03-content-type',
  verdict: 'pass',
  inputs: 40,
  calls: 80,
  connections: 40,
  judged: 120,
};
const unseen: RowRecord = {
  row: 'RESP-06-interim-responses',
  verdict: 'not-seen',
  inputs: 0,
  calls: 0,
  connections: 0,
  judged: 0,
};
const own: RowRecord = { ...judged, row: fullRun.properties[0]!.id, verdict: fullRun.properties[0]!.verdict };
const run: RunRecord = { ...fullRun, rows: [own, judged, unseen] };
const { rows: _, ...older } = run;

test('watched rows are those without a property in the run; an older file has none', () => {
  expect(watchedRowsOf(run)).toEqual([judged, unseen]);
  expect(watchedRowsOf(older)).toEqual([]);
});

test.each([
  ['what was judged', judged, 'judged 120 times, in 40 inputs with 80 calls on 40 connections'],
  [
    'one of each',
    { ...judged, inputs: 1, calls: 1, connections: 1, judged: 1 },
    'judged 1 time, in 1 input with 1 call on 1 connection',
  ],
  ['nothing to look at', unseen, 'nothing came by that the rule could look at'],
  ['nothing was played', { ...unseen, verdict: 'not-run' }, 'nothing was judged'],
] satisfies readonly (readonly [string, RowRecord, string])[])('evidence in words: %s', (_why, row, words) => {
  expect(describeEvidence(row)).toBe(words);
});

test('run.json holds the rows, and a file without them is read as well', () => {
  expect(parseRun(formatRun(run), 'run.json').rows).toEqual(run.rows);
  expect(parseRun(formatRun(older), 'run.json').rows).toBeUndefined();
});

describe('what had nothing to judge is said', () => {
  const summary = (record: RunRecord): string =>
    summaryLines(record, { width: 200, colors: palette(false) }).join('\n');

  test('in the console', () => {
    expect(summary(run)).toContain('1 of 2 rows watched on all traffic had something to judge; 1 not seen: RESP-06');
    expect(summary(older)).not.toContain('watched on all traffic');
  });

  test('in junit.xml', () => {
    expect(formatJunit(run)).toContain('<property name="not seen" value="RESP-06-interim-responses"/>');
    expect(formatJunit(older)).not.toContain('not seen');
  });

  test('on the page, with the words of the catalogue', () => {
    const page = pageData(run);
    const told = page.catalogue.filter(({ sends }) => sends !== undefined).map(({ id }) => id);
    expect(told).toEqual([judged.row, unseen.row]);
    expect(page.rows).toEqual(run.rows);
  });

  test('on the page without a script, escaped', () => {
    const hostile: RowRecord = { ...unseen, row: 'RESP-99-<img src=x onerror=alert(1)>' };
    const page = staticReport({ ...run, rows: [...(run.rows ?? []), hostile] }, true);
    expect(page).toContain(
      '<p>1 of 3 rows watched on all traffic had something to judge; 2 not seen: RESP-06, RESP-99.</p>',
    );
    expect(page).toMatch(
      /<tr><td>pass<\/td><th scope="row">RESP-03-content-type<\/th><td>must<\/td><td>[^<]+<br>judged 120 /,
    );
    expect(page).toMatch(/<tr><td>not seen<\/td><th scope="row">RESP-06-interim-responses<\/th>.*<br>nothing came by/);
    expect(page).toContain('RESP-99-&#60;img');
    expect(page).not.toContain('<img');
    expect(staticReport(older, true)).not.toContain('Watched on every call');
  });

  test('in a comparison with a run that broke the row', () => {
    const broken = (row: string): PropertyRecord => ({
      ...fullRun.properties[0]!,
      id: row,
      area: 'RESP',
      verdict: 'fail',
    });
    const other = { ...older, properties: [...older.properties, broken(judged.row), broken(unseen.row)] };
    const compared = compareRuns([
      { name: 'a', record: run },
      { name: 'b', record: other },
      { name: 'c', record: older },
    ]);
    const outcomes = (row: string) =>
      allRows(compared)
        .find(({ id }) => id === row)
        ?.cells.map(({ outcome }) => outcome);
    expect(outcomes(judged.row)).toEqual(['pass', 'fail', 'unseen']);
    expect(outcomes(unseen.row)).toEqual(['unseen', 'fail', 'unseen']);
  });
});

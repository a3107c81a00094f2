import { cleanRun, fullRun, hostileText } from '../fixtures/run';
import { compareRuns } from './comparison';
import { formatComparisonCsv } from './comparison-csv';
import { allRows } from './comparison-model';

const comparison = compareRuns([
  { name: 'full', record: fullRun },
  { name: '=1+1', record: cleanRun },
]);
const lines = formatComparisonCsv(comparison).split('\r\n');

test('a line for each row, two columns for each run', () => {
  expect(lines).toHaveLength(allRows(comparison).length + 2);
  expect(lines[0]).toBe("area,row,level,rule,difference,full,full: reaction,'=1+1,'=1+1: reaction");
  expect(lines.find((line) => line.includes('MSG-02'))).toMatch(
    /^Messages,MSG-02-any-data-split,must,.*,fail,status 13,/,
  );
});

test('what a run file says is one field of one line, and no formula', () => {
  const hostile = compareRuns([
    { name: hostileText, record: fullRun },
    { name: 'a "b", c', record: cleanRun },
  ]);
  const text = formatComparisonCsv(hostile);
  expect(text.split('\r\n')).toHaveLength(lines.length);
  expect(text).toContain('"a ""b"", c"');
  expect(text).not.toMatch(/(?:^|,)[=+@-]/m);
});

import { cleanRun, fullRun, hostileText } from '../fixtures/run';
import { compareRuns, onlyDifferences } from './comparison';
import { formatComparison } from './comparison-markdown';

const comparison = compareRuns([
  { name: 'full', record: fullRun, page: 'full.html' },
  { name: 'a|b', record: cleanRun },
]);
const text = formatComparison(comparison);

test('says first how many rows differ, then which runs were compared', () => {
  expect(text).toMatch(/^# 2 runs compared\n\n\d+ rows; the runs behave differently in \d+, and \d+ more/);
  expect(text).toContain('| [full](full.html) |');
});

test('a cell is the verdict and the reaction class', () => {
  expect(text).toMatch(/^\| ≠ {3}\| MSG-02-any-data-split +\| fail: status 13 +\| not in it/m);
});

test('tables are aligned, so that they can be read as they are', () => {
  const matrix = text.slice(text.indexOf('## Matrix'), text.indexOf('## Findings'));
  const widths = matrix
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(({ length }) => length);
  expect(widths.length).toBeGreaterThan(5);
  expect(new Set(widths).size).toBe(1);
});

test('findings stand side by side, with what the baseline says of them', () => {
  expect(text).toMatch(
    /### DL-02-deadline-exceeded\n\n.*\n\n- \*\*full\*\*: known \(warn\): RST CANCEL\n(?: {2}- .*\n)+ {2}- known: resets instead/,
  );
});

test('where a run had several baselines, a known deviation says which of them lists it', () => {
  const properties = fullRun.properties.map((property) => ({
    ...property,
    findings: property.findings.map((finding) =>
      finding.known === undefined ? finding : { ...finding, known: { ...finding.known, file: 'team.json' } },
    ),
  }));
  const compared = compareRuns([
    { name: 'full', record: { ...fullRun, properties } },
    { name: 'clean', record: cleanRun },
  ]);
  expect(formatComparison(compared)).toContain('  - known: by team.json: resets instead of a status.');
});

test('nothing that a run file says is formatting, a control, or a new line', () => {
  expect(text).toContain('a\\|b');
  expect(text).not.toMatch(/[^\\]<(?:script|img)/);
  expect(text).not.toContain('\u001b');
  const hostile = compareRuns([
    { name: hostileText, record: { ...fullRun, target: { ...fullRun.target, name: hostileText } } },
    { name: 'b', record: cleanRun },
  ]);
  expect(formatComparison(hostile).split('\n')).toHaveLength(text.split('\n').length);
});

test('two runs that are alike have no difference to show', () => {
  const same = compareRuns([
    { name: 'a', record: cleanRun },
    { name: 'b', record: cleanRun },
  ]);
  expect(formatComparison(onlyDifferences(same))).toMatch(
    /0 rows; in none of them do the runs differ\.[^]*There are no rows to show\./,
  );
});

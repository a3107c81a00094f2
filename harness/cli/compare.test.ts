import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanRun, fullRun } from '../report/fixtures/run';
import { formatRun } from '../report/json';
import { callCli } from './call-cli.test-helper';

let folder: string;
let good: string;
let other: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compare-'));
  for (const [name, run] of Object.entries({ good: cleanRun, other: { ...fullRun, seed: 7 } })) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'run.json'), formatRun(run));
  }
  [good, other] = [join(folder, 'good', 'run.json'), join(folder, 'other', 'run.json')];
});
afterEach(() => rmSync(folder, { recursive: true }));

const compare = (...words: readonly string[]) => callCli(['compare', ...words], { folder });

test('prints Markdown: columns are named after their folders, and circumstances that differ are said', async () => {
  const { exitCode, stdout, stderr } = await compare(good, other);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\| {5}\| row +\| good +\| other +\|$/m);
  expect(stdout).toContain('- Different seeds, so different inputs: 424242 (good); 7 (other).');
  expect(stdout).toMatch(/^\| {5}\| FRAME-07-reserved-bit-ignored +\| pass +\| pass +\|$/m);
});

test('--only-differences leaves out what is alike', async () => {
  const { stdout } = await compare(good, other, '--only-differences');
  expect(stdout).toMatch(/^\| ≠ {3}\| MSG-02-any-data-split /m);
  expect(stdout).not.toContain('FRAME-07');
});

test('--out takes both forms, and says where they are; so do --markdown and --html', async () => {
  const out = join(folder, 'new', 'place');
  const [markdown, html] = [join(folder, 'm.md'), join(folder, 'h.html')];
  const { exitCode, stdout } = await compare(good, other, '--out', out, '--markdown', markdown, '--html', html);
  expect(exitCode).toBe(0);
  expect(readdirSync(out)).toEqual(['comparison.html', 'comparison.md']);
  expect(readFileSync(join(out, 'comparison.md'), 'utf8')).toBe(readFileSync(markdown, 'utf8'));
  expect(readFileSync(join(out, 'comparison.html'), 'utf8')).toBe(readFileSync(html, 'utf8'));
  expect(stdout.trim().split('\n').sort()).toEqual(
    [markdown, html, join(out, 'comparison.md'), join(out, 'comparison.html')].sort(),
  );
});

test('--csv writes a line for each row, and with --only-differences for each that differs', async () => {
  const csv = join(folder, 'c.csv');
  const linesOf = async (...words: readonly string[]): Promise<readonly string[]> => {
    expect((await compare(good, other, '--csv', csv, ...words)).stdout).toBe(`${csv}\n`);
    return readFileSync(csv, 'utf8').trimEnd().split('\r\n');
  };
  const [head, ...rows] = await linesOf();
  expect(head).toBe('area,row,level,rule,difference,good,good: reaction,other,other: reaction');
  expect(rows.some((row) => row.includes(',FRAME-07-reserved-bit-ignored,must,'))).toBe(true);
  expect((await linesOf('--only-differences')).some((row) => row.includes(',FRAME-07'))).toBe(false);
});

test('report --badge writes a picture of how much was judged and how much is broken', async () => {
  const badge = join(folder, 'b.svg');
  const written = await callCli(['report', other, '--badge', badge], { folder });
  expect([written.exitCode, written.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, badge]);
  expect(readFileSync(badge, 'utf8')).toMatch(/^<svg [^>]*aria-label="gRPC: \d+ of \d+ rules judged, \d+ fail/);
  expect((await callCli(['report', other, '--badge', folder], { folder })).exitCode).toBe(2);
});

test('--fail-on-new makes a gate of what got worse since the first run, and only of that', async () => {
  const worse = await compare(good, other, '--fail-on-new');
  expect(worse.exitCode).toBe(1);
  expect(worse.stderr).toMatch(/^grpc-conform: worse than in good: \d+\n {2}\S+, other: \w/);
  const better = await compare(other, good, '--fail-on-new', '--out', join(folder, 'out'));
  expect(better.stderr).not.toMatch(/: fail/);
  const same = await compare(good, good, '--fail-on-new', '--strict');
  expect([same.exitCode, same.stderr]).toEqual([0, expect.stringMatching(/^grpc-conform: nothing is worse than in /)]);
});

test('--json gives every cell, and nothing else', async () => {
  const { exitCode, stdout } = await compare(good, other, '--json', '--out', join(folder, 'out'));
  const { runs, rows } = JSON.parse(stdout) as {
    runs: { name: string }[];
    rows: { id: string; difference: string; cells: { outcome: string; reactions: string[] }[] }[];
  };
  expect([exitCode, runs.map(({ name }) => name)]).toEqual([0, ['good', 'other']]);
  const row = rows.find(({ id }) => id.startsWith('MSG-02'));
  expect(row?.difference).not.toBe('none');
  expect(row?.cells[1]).toMatchObject({ outcome: 'fail', reactions: ['status 13'] });
  expect(readdirSync(join(folder, 'out'))).toEqual(['comparison.html', 'comparison.md']);
});

test('--strict alone is no gate', async () => {
  const { exitCode, stderr } = await compare(good, other, '--strict');
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/--fail-on-new: give both \[ERR_USAGE\]/)]);
});

test.each<{ text: string | undefined; want: RegExp; reason: string }>([
  { text: undefined, want: /cannot be read: there is no such file/, reason: 'no such file' },
  { text: '', want: /is not valid: it is empty/, reason: 'empty' },
  { text: '{"schemaVersion":1,', want: /line 1, column 20: it ends too early/, reason: 'cut short' },
  {
    text: '{"schemaVersion":99}',
    want: /its schemaVersion is 99, and this program reads 1/,
    reason: 'of another version',
  },
  {
    text: '[]',
    want: /is not valid: (?:it holds no object|schemaVersion is missing)/,
    reason: 'something else',
  },
  {
    text: formatRun({ ...cleanRun, properties: [{ ...cleanRun.properties[0], verdict: 'passed' } as never] }),
    want: /properties\.0\.verdict must be one of fail, warn, /,
    reason: 'a verdict that there is not',
  },
])('a bad file is one sentence and exit code 2: $reason', async ({ text, want }) => {
  const bad = join(folder, 'bad.json');
  if (text !== undefined) writeFileSync(bad, text);
  const { exitCode, stdout, stderr } = await compare(good, bad);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(want);
  expect(stderr).toMatch(/^grpc-conform: .*bad\.json.*\[ERR_RUN_FILE\]\n$/);
});

test.each([
  { words: [], want: /ERR_USAGE/, reason: 'no file' },
  { words: ['one.json'], want: /compare needs two run files or more.*\[ERR_USAGE\]/, reason: 'one file' },
  {
    words: ['a', 'b', '--htm', 'x'],
    want: /unknown option '--htm' \(did you mean --html\?\)/,
    reason: 'a typing error',
  },
])('wrong words: $reason', async ({ words, want }) => {
  const { exitCode, stderr } = await compare(...words);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(want);
});

test('a place that cannot be written is said', async () => {
  const { exitCode, stderr } = await compare(good, other, '--html', join(good, 'x.html'));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /cannot be written \(a part of the path is a file.*ENOTDIR\)\. Name another file.*\[ERR_OUTPUT\]/,
  );
});

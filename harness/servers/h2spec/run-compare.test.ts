import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatRun } from '../../report/json';
import { cleanRun } from '../../report/fixtures/run';
import { runCompare } from './run-compare';

const folder = mkdtempSync(path.join(tmpdir(), 'compare-h2spec-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (args: readonly string[], cli = '/no/such/cli.js') => {
  const written: string[] = [];
  const exitCode = await runCompare(args, {
    cli,
    write: (text) => void written.push(text),
    say: () => undefined,
    signal: new AbortController().signal,
  });
  return { exitCode, text: written.join('') };
};

/** A program of Node. */
function script(name: string, code: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!${process.execPath}\n${code}`);
  chmodSync(file, 0o755);
  return file;
}

const h2spec = script(
  'h2spec',
  `const args = process.argv.slice(2);
if (args.includes('--version')) console.log('Version: 2.6.0 (0)');
else require('node:fs').writeFileSync(args[args.indexOf('--junit-report') + 1],
  '<testsuites><testsuite name="1" package="generic/1" id="1"><testcase package="generic/1" time="0.1"></testcase></testsuite></testsuites>');
process.exitCode = args.includes('--version') ? 0 : 1;`,
);

test.each<[readonly string[], string, RegExp]>([
  [['--onyl', 'x'], 'ERR_USAGE', /Usage: npm run compare-h2spec/],
  [['localhost:1'], 'ERR_USAGE', /Usage: npm run compare-h2spec/],
  [['--h2spec', process.execPath], 'ERR_MISSING_TOOLCHAIN', /is not h2spec/],
  [['--h2spec', h2spec, '--target', '127.0.0.1:1'], 'ERR_TARGET_UNREACHABLE', /127\.0\.0\.1:1/],
])('%j: %s', async (args, code, message) => {
  await expect(run(args)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('--help names every option', async () => {
  const { exitCode, text } = await run(['--help']);
  expect(exitCode).toBe(0);
  expect(text.match(/--\w+/g)).toEqual(
    expect.arrayContaining(['--target', '--exec', '--path', '--h2spec', '--seed', '--all', '--json']),
  );
});

test('runs both on a server that it starts, and leaves nothing behind', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('compare-h2spec-'));
  const cli = script(
    'cli.js',
    `const args = process.argv.slice(2);
const out = args[args.indexOf('--out') + 1];
require('node:fs').mkdirSync(out, { recursive: true });
require('node:fs').writeFileSync(out + '/run.json', ${JSON.stringify(formatRun(cleanRun))});`,
  );
  const { exitCode, text } = await run(['--h2spec', h2spec, '--json'], cli);
  expect(exitCode).toBe(0);
  const { cases, paces } = JSON.parse(text) as {
    cases: { case: string; h2spec?: string }[];
    paces: { h2spec: { exchanges: number }; ours: { exchanges: number } };
  };
  expect(cases[0]).toMatchObject({ case: 'generic/1/1', h2spec: 'passed' });
  expect(paces.h2spec.exchanges).toBe(1);
  expect(paces.ours.exchanges).toBe(cleanRun.properties.reduce((total, { runs }) => total + runs, 0));
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('compare-h2spec-'))).toEqual(before);
});

test('a suite that writes nothing is our fault, with its last words', async () => {
  const cli = script('silent.js', "console.error('cannot'); process.exitCode = 70;");
  await expect(run(['--h2spec', h2spec], cli)).rejects.toMatchObject({
    code: 'ERR_INTERNAL',
    details: expect.arrayContaining(['cannot']),
  });
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMutate } from './run-mutate';

const run = (args: readonly string[], say: (line: string) => void = () => undefined): Promise<number> =>
  runMutate(args, { cli: '/no/such/cli.js', say, signal: new AbortController().signal });

test.each<[readonly string[], RegExp, string]>([
  [['--count', '0'], /--count 0 is no number from 1 to/, 'nothing to play'],
  [['--seed', 'x'], /--seed x is no number/, 'no number'],
  [['--jobs', '65'], /--jobs 65 is no number from 1 to 64/, 'too many'],
  [['--from', '101'], /--from 101 is no number from 1 to 100/, 'after the last'],
  [['server.js'], /Usage: npm run mutate/, 'files are named with --only'],
  [['--onyl', 'x'], /Usage: npm run mutate/, 'no such option'],
])('%j is refused: %#', async (args, message) => {
  await expect(run(args)).rejects.toMatchObject({ code: 'ERR_USAGE', message: expect.stringMatching(message) });
});

test('--help names every option, and starts nothing', async () => {
  const said: string[] = [];
  expect(await run(['--help'], (line) => said.push(line))).toBe(0);
  expect(said.join('\n').match(/--\w+/g)).toEqual(
    expect.arrayContaining(['--count', '--seed', '--from', '--only', '--runs', '--jobs', '--json', '--list']),
  );
});

test('leaves no copy behind when the unchanged server cannot be judged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mutate-test-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    await expect(run([])).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true });
  }
});

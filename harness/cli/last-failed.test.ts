import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanRun, fullRun } from '../report/fixtures/run';
import { formatRun } from '../report/json';
import type { RunRecord } from '../report/model';
import { callCli } from './call-cli.test-helper';
import { readLastFailed } from './last-failed';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'last-failed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function lastFailed(run: RunRecord, strict = false) {
  writeFileSync(join(folder, 'run.json'), formatRun(run));
  return readLastFailed(folder, strict);
}

const idsWith = (...verdicts: readonly string[]): readonly string[] =>
  fullRun.properties.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);

test('what gated, what was flaky and what broke off is looked at again, with the seed of that run', () => {
  const { ids, seed } = lastFailed(fullRun);
  expect([...ids]).toEqual(expect.arrayContaining(idsWith('fail', 'lost', 'stale', 'error', 'flaky') as string[]));
  const provoking = fullRun.properties.flatMap(({ findings }) => findings.map(({ provokedBy }) => provokedBy));
  const others = idsWith('pass', 'warn', 'known', 'skipped').filter((id) => !provoking.includes(id));
  for (const id of others) expect(ids).not.toContain(id);
  expect(seed).toBe(fullRun.seed);
});

test('strictly, warnings are looked at as well', () => {
  const { ids } = lastFailed(fullRun, true);
  expect([...ids]).toEqual(expect.arrayContaining(idsWith('warn') as string[]));
});

test('the property that found what is filed under another row is played again', () => {
  const [property] = fullRun.properties.filter(({ findings }) => findings.length > 0);
  const findings = property?.findings.map((finding) => ({ ...finding, provokedBy: 'KA-01-ping-echo' })) ?? [];
  const { ids } = lastFailed({ ...fullRun, properties: [{ ...property, verdict: 'fail', findings } as never] });
  expect(ids).toContain('KA-01-ping-echo');
});

test.each([
  [
    'nothing failed',
    formatRun(cleanRun),
    /--last-failed: nothing failed in the last run \(.*run\.json\).*\[ERR_NOTHING_SELECTED\]/,
  ],
  ['no run', undefined, /run\.json cannot be read: there is no such file.*\[ERR_RUN_FILE\]/],
])('%s: one sentence, exit code 2, and nothing is overwritten', async (_what, text, message) => {
  if (text !== undefined) writeFileSync(join(folder, 'run.json'), text);
  const { exitCode, stderr } = await callCli(['--last-failed', '--out', folder, '--target', 'localhost:1'], { folder });
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
});

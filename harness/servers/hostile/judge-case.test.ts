import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatRun } from '../../report/json';
import { formatJunit } from '../../report/junit';
import { cleanRun } from '../../report/fixtures/run';
import { renderReportPage } from '../../report/html/report-page';
import type { Attacker } from './attacker';
import { judgeCase } from './judge-case';
import type { Observed } from './observe-case';
import type { Selection } from './selections';

const attacker: Attacker = {
  name: 'some',
  does: 'harms',
  means: { moment: 'accept', attack: () => undefined },
  exitCodes: [0],
  selections: ['plain'],
};
const selection: Selection = { words: [] };
const interrupted: Selection = { words: [], isInterrupted: true };

let out: string;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'judge-case-'));
  writeFileSync(join(out, 'run.json'), formatRun(cleanRun));
  writeFileSync(join(out, 'index.html'), renderReportPage(cleanRun, 'x'));
  writeFileSync(join(out, 'junit.xml'), formatJunit(cleanRun));
});

afterEach(() => rmSync(out, { recursive: true }));

const observed = (changes: Partial<Observed> = {}): Observed => ({
  milliseconds: 1000,
  exitCode: 0,
  signal: null,
  memory: 100 * 2 ** 20,
  stdout: Buffer.from('Conformant\n'),
  stderr: Buffer.alloc(0),
  out,
  files: ['run.json', 'index.html', 'junit.xml'],
  strays: [],
  orphans: [],
  ...changes,
});

test('a run within all bounds has no problem', () => {
  expect(judgeCase(attacker, selection, observed())).toEqual([]);
});

test.each<[string, Partial<Observed>, RegExp]>([
  [
    'too long',
    { stopped: 'by SIGTERM', exitCode: 130, milliseconds: 61_000 },
    /did not end within 60\.0 s .* 1\.0 s later/,
  ],
  [
    'another exit code',
    { exitCode: 3, files: [], stderr: Buffer.from('\ngrpc-conform: no [X]\n') },
    /ended with 3, expected 0: no \[X\]/,
  ],
  ['death', { exitCode: null, signal: 'SIGSEGV' }, /ended with SIGSEGV/],
  ['too much memory', { memory: 512 * 2 ** 20 }, /took 512 MiB/],
  ['a process that stays', { orphans: ['node x'] }, /left a process behind: node x/],
  ['a stray file', { strays: ['tmp/x'] }, /left tmp\/x/],
  [
    'a file that was not finished',
    { files: ['run.json', 'index.html', 'junit.xml', 'run.json.1.tmp'] },
    /left run\.json\.1\.tmp/,
  ],
  ['no report', { files: [] }, /left no report/],
  ['half a report', { files: ['run.json', 'junit.xml'] }, /left no index\.html/],
  ['an escape on standard error', { stderr: Buffer.from('\x1b[2J') }, /standard error/],
])('%s is a problem', (_what, changes, problem) => {
  expect(judgeCase(attacker, selection, observed(changes)).join('\n')).toMatch(problem);
});

test.each<[string, string, string, RegExp]>([
  [
    'a run that has not finished',
    'run.json',
    formatRun({ ...cleanRun, exitCode: undefined, reason: 'the run has not finished' }),
    /says "the run has not finished"/,
  ],
  ['a run with another exit code', 'run.json', formatRun({ ...cleanRun, exitCode: 1 }), /says exit code 1, it was 0/],
  ['half a run', 'run.json', formatRun(cleanRun).slice(0, 100), /run\.json cannot be read/],
  [
    'a control in run.json',
    'run.json',
    formatRun({ ...cleanRun, warnings: ['CONTROL'] }).replace('CONTROL', '\x9b'),
    /run\.json has/,
  ],
  [
    'an element of the target',
    'index.html',
    renderReportPage(cleanRun, 'x').replace('<h1>', '<img><h1>'),
    /index\.html has an element/,
  ],
])('%s is a problem', (_what, name, text, problem) => {
  writeFileSync(join(out, name), text);
  expect(judgeCase(attacker, selection, observed()).join('\n')).toMatch(problem);
});

test('a failure file that cannot be read is a problem', () => {
  mkdirSync(join(out, 'failures'));
  writeFileSync(join(out, 'failures/x.json'), '{}');
  const files = [...observed().files, 'failures/x.json'];
  expect(judgeCase(attacker, selection, observed({ files })).join('\n')).toMatch(/failures\/x\.json cannot be read/);
});

test('a run that was interrupted ends in time, and with 130', () => {
  const end = (exitCode: number, interruption: number, words = '') =>
    judgeCase(
      attacker,
      interrupted,
      observed({ exitCode, interruption, ...(exitCode === 0 ? {} : { files: [] }), stderr: Buffer.from(words) }),
    );
  expect(end(130, 4999, 'interrupted')).toEqual([]);
  expect(end(130, 5001, 'interrupted')).toEqual(['ended 5.0 s after SIGTERM']);
  expect(end(3, 100)).toEqual(['ended with 3 after SIGTERM']);
  expect(end(0, 100)).toEqual([]);
  expect(end(0, 100, 'interrupted')).toEqual(['ended with 0 after SIGTERM']);
});

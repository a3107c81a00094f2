import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CliContext } from './context';
import { show } from './show';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'show-'));
  mkdirSync(join(folder, 'a report'));
  writeFileSync(join(folder, 'a report', 'index.html'), '');
  writeFileSync(join(folder, 'a report', 'run.json'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Shows a place on a terminal or not. @returns what was printed and what was opened */
function showOn(isTerminal: boolean, place: string, environment: NodeJS.ProcessEnv = {}) {
  let printed = '';
  const opened: string[] = [];
  const stdout = { write: (text: string) => void (printed += text), isTerminal };
  const exitCode = show(join(folder, place), { stdout, environment } as CliContext, (_program, words) => {
    opened.push(...words);
  });
  return { exitCode, printed, opened };
}

test.each(['a report', 'a report/run.json', 'a report/index.html'])('%s: the page is opened on a terminal', (place) => {
  const address = pathToFileURL(join(folder, 'a report', 'index.html')).href;
  expect(showOn(true, place)).toEqual({ exitCode: 0, printed: `${address}\n`, opened: [address] });
});

test.each<[string, boolean, NodeJS.ProcessEnv]>([
  ['in a pipe', false, {}],
  ['under CI', true, { CI: 'true' }],
])('%s it is only named', (_where, isTerminal, environment) => {
  const { printed, opened } = showOn(isTerminal, 'a report', environment);
  expect([printed.startsWith('file://'), opened]).toEqual([true, []]);
});

test.each(['.', 'nowhere'])('%s: where there is no report it says what to do', (place) => {
  expect(() => showOn(true, place)).toThrow(/^there is no report in .*: run grpc-conform first, or name the folder/);
});

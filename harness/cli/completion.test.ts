import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callCli } from './call-cli.test-helper';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  writeFileSync(join(folder, 'run.json'), '{}');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { exitCode, stdout } = await callCli(['completion', shell], { folder });
    expect(exitCode).toBe(0);
    writeFileSync(join(folder, shell), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** True where a shell is installed; bash is wherever this project is built. */
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** What bash offers behind words of which the last one is being typed. */
function completeInBash(words: readonly string[]): readonly string[] {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _grpc_conform; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script, 'bash', join(folder, 'bash'), ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

/** What fish offers behind a line, without its descriptions. */
function completeInFish(words: readonly string[]): readonly string[] {
  const script = `source ${join(folder, 'fish')}; complete -C '${words.join(' ')}'`;
  const { stdout, status } = spawnSync('fish', ['-c', script], { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/\t.*/, '')]));
}

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['a verb', ['li'], ['list']],
  ['an option of a verb', ['list', '--summ'], ['--summary']],
  ['an option of a run, whose verb is not named', ['--upd'], ['--update-baseline']],
  ['an option that only another verb has', ['list', '--upd'], []],
  ['an id of a rule', ['MSG-02-a'], ['MSG-02-any-data-split']],
  ['one to explain', ['explain', 'KA-01'], ['KA-01-ping-echo']],
  ['one to leave out', ['--skip', 'KA-01'], ['KA-01-ping-echo']],
  ['a word that an option takes', ['--reporter', 'gi'], ['github']],
  ['a level', ['list', '--level', 'sh'], ['should']],
  ['a suite', ['--suite', 'mess'], ['messages']],
  ['a file', ['replay', 'run.j'], ['run.json']],
  ['a file that an option takes', ['--baseline', 'run.j'], ['run.json']],
  ['what a verb has below it', ['baseline', 'che'], ['check']],
];

test.each(cases)('bash completes %s', (_what, words, want) => {
  expect(completeInBash(['grpc-conform', ...words])).toEqual(want);
});

(has('fish') ? test.each(cases) : test.skip.each(cases))('fish completes %s', (_what, words, want) => {
  const found = completeInFish(['grpc-conform', ...words]);
  for (const word of want) expect(found).toContain(word);
  // Fish also offers what has the word somewhere inside.
  if (want.length === 0) expect(found.filter((word) => word.startsWith(words.at(-1) ?? ''))).toEqual([]);
});

test('an option that takes anything completes nothing', () => {
  expect(completeInBash(['grpc-conform', '--target', ''])).toEqual([]);
});

(has('zsh') ? test : test.skip)('zsh reads its script', () => {
  const script = `autoload -U compinit; compinit -u -D; source ${join(folder, 'zsh')}; print -- $_comps[grpc-conform]`;
  const { stdout, stderr } = spawnSync('zsh', ['-fc', script], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['_grpc_conform\n', '']);
});

test('another shell is one sentence', async () => {
  const { exitCode, stderr } = await callCli(['completion', 'fisch'], { folder });
  expect([exitCode, stderr]).toEqual([
    2,
    'grpc-conform: there is no completion for "fisch" (did you mean fish?): the shells are bash, zsh, fish [ERR_USAGE]\n',
  ]);
});

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { formatRun } from '../report/json';
import { fullRun } from '../report/fixtures/run';
import { inFolder, ourProgram, runCli, shellLine } from './cli-process.test-helper';

/** Files that somebody else wrote, and names that lead to what is no file, through the real command line. */

const reference = `${shellLine(ourProgram('servers/reference/server'))} --port {port}`;
const reported = join(packageRoot(), 'reports/unreported/grpc-java/MSG-02-any-data-split.status-1.json');
const escape = '\u001b]52;c;AAAA\u0007';

/** One sentence, with its code at the end of the only line, and nothing that a terminal obeys. */
const oneSentence = /^grpc-conform: [^\p{Cc}\p{Cf}]+ \[ERR_[A-Z_]+\]\n$/u;

describe('replay', () => {
  test('a file that is none, one of a rule that never was, and one that is played do not stop each other', async () => {
    const { exitCode, stdout, stderr } = await runCli((folder) => {
      copyFileSync(reported, join(folder, 'good.json'));
      const json = JSON.parse(readFileSync(reported, 'utf8')) as Record<string, unknown>;
      writeFileSync(join(folder, 'rule.json'), JSON.stringify({ ...json, rule: `NOPE${escape}` }));
      writeFileSync(join(folder, `name${escape}.json`), '{');
      const files = [`name${escape}.json`, 'none.json', '/dev/zero', 'rule.json', 'good.json'];
      return ['replay', ...files, '--exec', reference];
    });
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ERROR {2}name\\x1b\S* {2}the failure file \S+ is not valid: line 1, column 2: it ends/),
      'ERROR  none.json  the failure file none.json cannot be read: there is no such file',
      'ERROR  /dev/zero  the failure file /dev/zero cannot be read: it is longer than 256 MiB',
      expect.stringMatching(
        /^ERROR {2}rule\.json {2}The failure file is about NOPE\\x1b.*, which this version .* does not/,
      ),
      'FIXED  good.json  MSG-02-any-data-split holds',
      '',
    ]);
    expect(exitCode).toBe(2);
  });

  test('no target is started for files of which none can be played', async () => {
    const { exitCode, stdout } = await runCli(['replay', 'a', 'b', '--exec', 'touch started']);
    expect(stdout).toMatch(/^ERROR {2}a .*\nERROR {2}b .*\n$/);
    expect(exitCode).toBe(2);
  });
});

describe('baseline', () => {
  const withId = (id: string): string =>
    formatRun({ ...fullRun, properties: fullRun.properties.map((one) => ({ ...one, id })) });

  test('ids of a stranger are printed escaped', async () => {
    const { exitCode, stdout } = await runCli((folder) => {
      writeFileSync(join(folder, 'run.json'), withId(`MSG${escape}\u202e`));
      writeFileSync(join(folder, 'b.json'), '{"schemaVersion":2,"entries":[]}');
      return ['baseline', 'check', 'run.json', '--baseline', 'b.json', '--strict'];
    });
    expect(stdout).toMatch(/^ {2}unexpected {2}MSG\\x1b\]52;c;AAAA\\x07\\u\{202e\} by rule /m);
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(exitCode).toBe(1);
  });

  test('what no rule is called is not written', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'run.json'), withId(`MSG${escape}`));
      const words = ['baseline', 'update', join(folder, 'run.json'), '--baseline', join(folder, 'b.json')];
      const { exitCode, stderr } = await runCli(words);
      expect(stderr).toMatch(oneSentence);
      expect(stderr).toMatch(/has a finding of "MSG.*", which is no id of the rule catalogue/);
      expect([exitCode, readdirSync(folder)]).toEqual([2, ['run.json']]);
    });
  });
});

test.each<[string, (folder: string) => readonly string[], RegExp]>([
  [
    'a device as a run file',
    () => ['report', '/dev/zero'],
    /the run file \/dev\/zero cannot be read: it is longer than/,
  ],
  ['as a baseline', () => ['--target', 'h:1', '--baseline', '/dev/zero'], /cannot be read: it is longer than 16 MiB/],
  [
    'as a certificate',
    () => ['--target', 'h:1', '--tls', '--cacert', '/dev/zero'],
    /--cacert \/dev\/zero cannot be read: it is longer than 4 MiB/,
  ],
  [
    'a FIFO as a run file',
    (folder) => (execFileSync('mkfifo', [join(folder, 'a')]), ['report', 'a']),
    /the run file a cannot be read: it did not come to its end within \d+ ms/,
  ],
  [
    'a link to a device as a configuration',
    (folder) => (symlinkSync('/dev/zero', join(folder, 'a.json')), ['list', '--config', 'a.json']),
    /a\.json cannot be read: it is longer than 4 MiB/,
  ],
  [
    'a folder as a configuration',
    (folder) => (mkdirSync(join(folder, 'a.json')), ['list', '--config', 'a.json']),
    /a\.json cannot be read: it is a folder, not a file/,
  ],
  ['a name with a line break', () => ['report', 'a\nb'], /the run file a\\x0ab cannot be read: there is no such file/],
  ['an option of 100,000 letters', () => [`--${'a'.repeat(100_000)}`], /^grpc-conform: .{200,700}\n$/],
  [
    'a failure file for report',
    (folder) => (copyFileSync(reported, join(folder, 'f.json')), ['report', 'f.json']),
    /the run file f\.json is not valid: that is a failure file: play it with "replay"/,
  ],
  [
    'a failure file as a configuration',
    (folder) => (copyFileSync(reported, join(folder, 'f.json')), ['list', '--config', 'f.json']),
    /f\.json is not valid: that is a failure file: play it with "replay"/,
  ],
  [
    'a configuration that throws nothing',
    (folder) => (writeFileSync(join(folder, 'a.js'), 'throw null'), ['list', '--config', 'a.js']),
    /a\.js cannot be read: it threw null/,
  ],
  [
    'an ES module that is no JavaScript',
    (folder) => (writeFileSync(join(folder, 'a.mjs'), 'this is none'), ['list', '--config', 'a.mjs']),
    /a\.mjs cannot be read: syntax error: Unexpected/,
  ],
  [
    'a module that is missing',
    (folder) => (writeFileSync(join(folder, 'a.mjs'), 'import "nope"'), ['list', '--config', 'a.mjs']),
    /a\.mjs cannot be read: it needs nope, which is not there/,
  ],
])('%s is one sentence', async (_name, words, want) => {
  const { exitCode, stdout, stderr } = await runCli(words);
  expect(stderr).toMatch(want);
  expect(stderr).toMatch(oneSentence);
  expect([exitCode, stdout]).toEqual([2, '']);
});

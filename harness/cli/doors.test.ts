import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ourProgram, runCli, shellLine } from './cli-process.test-helper';
import { startUserServer } from './user-server.test-helper';

const reference = (defect?: string): string => {
  const words = shellLine(ourProgram('servers/reference/server'));
  return `${words} --port {port}${defect === undefined ? '' : ` --defect ${defect}`}`;
};

describe('a server that is named and comes to nothing is refused: no other is tested in its place', () => {
  test.concurrent.each<[string, readonly string[], Readonly<Record<string, string>>, object | undefined, RegExp]>([
    ['a secret that is not set', ['MSG-02'], { GRPC_CONFORM_TARGET: '' }, undefined, /GRPC_CONFORM_TARGET is empty/],
    ['one of blanks', ['MSG-02'], { GRPC_CONFORM_TARGET: '  ' }, undefined, /GRPC_CONFORM_TARGET is empty/],
    ['a command', ['MSG-02'], { GRPC_CONFORM_EXEC: '' }, undefined, /GRPC_CONFORM_EXEC is empty/],
    ['a configuration', ['MSG-02'], { GRPC_CONFORM_CONFIG: '' }, undefined, /GRPC_CONFORM_CONFIG is empty/],
    ['a configuration by a flag', ['MSG-02', '--config', ''], {}, undefined, /--config is empty/],
    ['a flag', ['MSG-02', '--target', ''], {}, undefined, /--target is empty/],
    ['a command by a flag', ['MSG-02', '--exec', ' '], {}, undefined, /--exec is empty/],
    ['a target of the file', ['MSG-02'], {}, { target: '' }, /target is empty.*\[ERR_CONFIG\]/],
    ['a command of the file', ['MSG-02'], {}, { exec: ' ' }, /exec is empty.*\[ERR_CONFIG\]/],
    ['two servers', ['MSG-02', '--target', 'bundled', '--exec', 'true'], {}, undefined, /leave --exec out/],
  ])('%s', async (_reason, words, environment, config, message) => {
    const result = await runCli(
      (folder) => {
        if (config !== undefined) writeFileSync(join(folder, 'grpc-conform.config.json'), JSON.stringify(config));
        return words;
      },
      { environment },
    );
    expect(result.stderr).toMatch(message);
    expect(result.stderr.split('\n')).toHaveLength(2);
    expect([result.exitCode, result.stdout, result.files]).toEqual([2, '', []]);
  });
});

describe('against whom', () => {
  test.concurrent.each<[string, readonly string[], RegExp]>([
    [
      'nobody named a server',
      ['--reporter', 'line'],
      /^ +target +the bundled grpc-js server, as neither --target nor --exec names another$/m,
    ],
    [
      'the bundled server by name',
      ['--target', 'bundled', '--reporter', 'line'],
      /^ +target +the bundled grpc-js server$/m,
    ],
    [
      'for GitHub',
      ['--target', 'bundled', '--reporter', 'github'],
      /^::notice title=grpc-conform::.*%0Aagainst the bundled grpc-js server, tier 2 /m,
    ],
    [
      'for programs',
      ['--target', 'bundled', '--reporter', 'json'],
      /^\{"schemaVersion".*"name":"the bundled grpc-js server"/,
    ],
  ])('%s', async (_reason, words, said) => {
    const result = await runCli(['CONN-01', '--runs', '2', '--seed', '1', ...words]);
    expect(result.stdout).toMatch(said);
    expect(result.exitCode).toBe(0);
  });
});

describe('replay', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'doors-'));
    await Promise.all(
      ['MSG-02', 'KA-01'].map((id) => runCli([id, '--seed', '1', '--exec', reference(id), '--out', join(folder, id)])),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileOf = (id: string): string => {
    const failures = join(folder, id, 'failures');
    return join(failures, readdirSync(failures)[0] ?? 'no failure file');
  };

  test('needs a target', async () => {
    const { exitCode, stdout, stderr } = await runCli(['replay', fileOf('MSG-02')]);
    expect(stderr).toMatch(/^grpc-conform: replay needs to know which server .* \[ERR_USAGE\]\n$/);
    expect([exitCode, stdout]).toEqual([2, '']);
  });

  test.each<[string, string, () => readonly string[], number, RegExp]>([
    [
      'the server of the file',
      'MSG-02',
      () => ['--exec', reference('MSG-02')],
      1,
      /^against 127\.0\.0\.1:\d+ \(started by .*\), tier 2 \(grpc\.testing\.TestService\)\nFAILS  \S+  MSG-02-any-data-split: /,
    ],
    [
      'a server without the defect',
      'MSG-02',
      () => ['--exec', reference()],
      0,
      /^against .*\nFIXED  \S+  MSG-02-any-data-split holds\n$/,
    ],
    [
      'the bundled server, by name',
      'MSG-02',
      () => ['--target', 'bundled'],
      0,
      /^against the bundled grpc-js server, tier 2 \(grpc\.testing\.TestService\)\nFIXED /,
    ],
  ])('says against whom: %s', async (_reason, id, target, want, said) => {
    const { exitCode, stdout } = await runCli(['replay', fileOf(id), ...target()]);
    expect(stdout).toMatch(said);
    expect(exitCode).toBe(want);
  });

  test('the command that a run prints works as it stands, in the folder where the run was', async () => {
    const { seen } = await runCli(['MSG-02', '--seed', '1', '--exec', reference('MSG-02')], {
      inspect: ({ stdout, out }) => {
        const command = /played again by:\n {2}(.*)\n/.exec(stdout)?.[1] ?? 'no command';
        const [file = 'no file'] = readdirSync(join(out, 'failures'));
        const words = command.replace('FILE', join('report', 'failures', file));
        return spawnSync('sh', ['-c', words], { cwd: dirname(out), encoding: 'utf8', timeout: 50_000 });
      },
    });
    expect(seen?.stdout).toMatch(/^against .*\nFAILS {2}report\/failures\/MSG-02-\S+ {2}MSG-02-any-data-split: /);
    expect(seen?.status).toBe(1);
  });

  test.each([
    ['-v shows the frames of what fails', '-v', 'MSG-02', true],
    ['-v shows none of what is fixed', '-v', undefined, false],
    ['-vv shows all', '-vv', undefined, true],
  ])('%s', async (_what, flag, defect, want) => {
    const { stdout } = await runCli(['replay', fileOf('MSG-02'), flag, '--exec', reference(defect)]);
    expect(/^ {2}frames {4}on main; /m.test(stdout)).toBe(want);
    expect(/< HEADERS END_STREAM END_HEADERS on stream 1: (?:[\s\S]*)grpc-status: \d+/.test(stdout)).toBe(want);
  });

  test('a correct server that has not what the files need is not blamed, and nothing is called fixed', async () => {
    const server = await startUserServer();
    const result = await runCli(['replay', fileOf('MSG-02'), fileOf('KA-01'), '--target', server.address]).finally(
      server.close,
    );
    const [against, message, ping] = result.stdout.split('\n');
    expect(against).toBe(`against ${server.address}, tier 0 (unknown methods only)`);
    expect(message).toMatch(/^ERROR  \S+MSG-02\S+  cannot be judged here: the target does not offer /);
    expect(ping).toMatch(
      /^ERROR  \S+KA-01\S+  cannot be judged here: the target does not offer the method: .*EmptyCall/,
    );
    expect(result.exitCode).toBe(2);
    expect(server.called).toEqual([]);
  });
});

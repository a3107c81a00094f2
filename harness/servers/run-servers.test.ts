import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { packageRoot } from '../package-root';
import { readManifests } from './manifest';
import { runServers, type RunServersOptions } from './run-servers';

let root: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run-servers-'));
  said = [];
  // Stands in for the command line: writes down how it was called and ends with the code that --code names.
  writeFileSync(
    join(root, 'cli.js'),
    `const args = process.argv.slice(2);
     require('node:fs').appendFileSync('calls.ndjson', JSON.stringify(args) + '\\n');
     process.exit(Number(args[args.indexOf('--code') + 1]) || 0);`,
  );
});

afterEach(() => rmSync(root, { recursive: true }));

function addServer(name: string, changes: object = {}): void {
  mkdirSync(join(root, name));
  const manifest = {
    name,
    title: `The ${name} server`,
    language: 'JavaScript',
    version: '1.0.0',
    role: 'conformance',
    toolchains: [{ command: process.execPath, args: ['--version'], install: 'Node' }],
    build: [[process.execPath, '-e', `require('node:fs').mkdirSync('build')`]],
    exec: 'build/server --port {port}',
    baseline: 'baseline.json',
    ...changes,
  };
  writeFileSync(join(root, name, 'manifest.json'), JSON.stringify(manifest));
}

function run(...args: string[]): Promise<number> {
  const options: RunServersOptions = {
    folder: root,
    cli: join(root, 'cli.js'),
    workingDirectory: root,
    say: (line) => said.push(line),
  };
  return runServers(args, options);
}

const calls = (): string[][] =>
  readFileSync(join(root, 'calls.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

const missing = { toolchains: [{ command: 'no-such-toolchain', args: ['--version'], install: 'it from nowhere' }] };
const broken = { build: [[process.execPath, '-e', `console.error('undefined: x'); process.exit(3)`]] };

test('builds a server and runs the command line against it', async () => {
  addServer('one', { gracefulSignal: 'SIGTERM' });
  expect(await run('one', 'MSG', '--runs', '7', '--code', '1')).toBe(1);
  expect(existsSync(join(root, 'one', 'build'))).toBe(true);
  const exec = './one/build/server --port {port}';
  const [baseline, out] = [join('one', 'baseline.json'), join('grpc-conform-report', 'one')];
  const ours = ['run', '--exec', exec, '--baseline', baseline, '--out', out, '--graceful-signal', 'SIGTERM'];
  expect(calls()).toEqual([[...ours, 'MSG', '--runs', '7', '--code', '1']]);
});

test("leaves the user's own baseline and output alone", async () => {
  addServer('one');
  await run('one', '--baseline=mine.json', '--out', 'here');
  expect(calls()).toEqual([
    ['run', '--exec', './one/build/server --port {port}', '--baseline=mine.json', '--out', 'here'],
  ]);
});

test('without a name runs all, passes over a missing toolchain and goes on after a failure', async () => {
  addServer('absent', missing);
  addServer('broken', broken);
  addServer('good');
  expect(await run('--runs', '1')).toBe(3);
  expect(calls()).toHaveLength(1);
  expect(said).toEqual(
    expect.arrayContaining([
      'good  The good server 1.0.0 (JavaScript)',
      expect.stringMatching(/^absent: The server absent needs no-such-toolchain/),
      expect.stringMatching(/^broken: The server broken cannot be built/),
    ]),
  );
});

test('one server that is passed over does not fail the others', async () => {
  addServer('absent', missing);
  addServer('good');
  expect(await run()).toBe(0);
});

test.each([
  { name: 'nosuch', changes: {}, code: 'ERR_USAGE', message: /The servers are: one\./, reason: 'unknown name' },
  {
    name: 'one',
    changes: missing,
    code: 'ERR_MISSING_TOOLCHAIN',
    message: /needs no-such-toolchain \("no-such-toolchain --version" does not work here; install it from nowhere\)\.$/,
    reason: 'toolchain',
  },
  {
    name: 'one',
    changes: broken,
    code: 'ERR_TARGET_NOT_READY',
    message: /exit code 3\.\n {2}\| undefined: x/,
    reason: 'build',
  },
  {
    name: 'one',
    changes: { exec: 'build/server' },
    code: 'ERR_CONFIG',
    message: /exec: must say where/,
    reason: 'no port',
  },
  { name: '--runs', changes: missing, code: 'ERR_NOTHING_EXECUTED', message: /No server/, reason: 'all passed over' },
])('says what is wrong: $reason', async ({ name, changes, code, message }) => {
  addServer('one', changes);
  await expect(run(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a build that hangs is ended', async () => {
  addServer('slow', { build: [[process.execPath, '-e', 'setInterval(() => undefined, 1000)']] });
  const options = { folder: root, cli: '', workingDirectory: root, say: () => undefined, buildTimeout: 50 };
  await expect(runServers(['slow'], options)).rejects.toThrow('it took too long');
});

test('the manifests that we ship are sound', () => {
  const manifests = readManifests(join(packageRoot(), 'harness', 'servers'));
  expect(manifests.map(({ name }) => name)).toEqual(expect.arrayContaining(['grpc-go', 'grpc-js']));
  expect(manifests.filter(({ name, folder }) => name !== basename(folder))).toEqual([]);
});

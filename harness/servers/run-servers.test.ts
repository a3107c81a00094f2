import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { packageRoot } from '../package-root';
import { cleanRun } from '../report/fixtures/run';
import type { PropertyVerdict, RunRecord } from '../report/model';
import { readManifests } from './manifest';
import { runServers, type RunServersOptions } from './run-servers';

// A process for each run of the command line: on a busy machine each takes a second.
jest.setTimeout(30_000);

let root: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run-servers-'));
  said = [];
  // Stands in for the command line: writes down how it was called, leaves the run that lies ready for this --out, and ends with the code that --code names.
  writeFileSync(
    join(root, 'cli.js'),
    `const args = process.argv.slice(2);
     const fs = require('node:fs');
     const after = (flag) => args[args.indexOf(flag) + 1];
     fs.appendFileSync('calls.ndjson', JSON.stringify(args) + '\\n');
     fs.writeFileSync('environment', process.env.GRPC_CONFORM_RUNS ?? 'not set');
     const ready = 'ready-' + require('node:path').basename(after('--out')) + '.json';
     if (fs.existsSync(ready)) {
       fs.mkdirSync(after('--out'), { recursive: true });
       fs.copyFileSync(ready, after('--out') + '/run.json');
     }
     if (fs.existsSync('interrupted-' + require('node:path').basename(after('--out')))) process.exit(130);
     const words = 'words-' + require('node:path').basename(after('--out'));
     if (fs.existsSync(words)) {
       process.stderr.write(fs.readFileSync(words, 'utf8'));
       process.exit(3);
     }
     process.exit(args.includes('--code') ? Number(after('--code')) : 0);`,
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
    toolchains: [{ command: 'true', args: [], install: 'a shell' }],
    build: [['mkdir', '-p', 'build']],
    exec: 'build/server --port {port}',
    baseline: 'baseline.json',
    ...changes,
  };
  writeFileSync(join(root, name, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(root, name, 'baseline.json'), JSON.stringify({ schemaVersion: 2, entries: [] }));
}

/** Lays a run ready for the next time that the server is run with that output; the verdicts are of its properties, in their order. */
function prepareRun(out: string, verdicts: readonly PropertyVerdict[], changes: Partial<RunRecord> = {}): void {
  const [template] = cleanRun.properties;
  const properties = verdicts.flatMap((verdict, index) =>
    template === undefined ? [] : [{ ...template, id: `MSG-0${index + 1}-rule`, area: 'MSG', verdict, findings: [] }],
  );
  const header = { ...cleanRun.header, selected: properties.map(({ id }) => id) };
  writeFileSync(join(root, `ready-${out}.json`), JSON.stringify({ ...cleanRun, header, properties, ...changes }));
}

const options = (): RunServersOptions => ({
  folder: root,
  reports: join(root, 'reports'),
  cli: join(root, 'cli.js'),
  workingDirectory: root,
  say: (line) => said.push(line),
});

const run = (...args: string[]): Promise<number> => runServers(args, options());

const calls = (): string[][] =>
  readFileSync(join(root, 'calls.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

const reports = (): string[] => readdirSync(join(root, 'reports')).sort();
const published = (file: string): string => readFileSync(join(root, 'reports', file), 'utf8');

const missing = { toolchains: [{ command: 'no-such-toolchain', args: ['--version'], install: 'it from nowhere' }] };
const broken = { build: [[process.execPath, '-e', `console.error('undefined: x'); process.exit(3)`]] };

describe('one server', () => {
  test('is built, and the command line runs against it with the words of its manifest, then those of the user', async () => {
    addServer('one', { gracefulSignal: 'SIGTERM', run: ['--method', '*'] });
    expect(await run('one', 'MSG', '--runs', '7', '--code', '1')).toBe(1);
    expect(existsSync(join(root, 'one', 'build'))).toBe(true);
    const exec = './one/build/server --port {port}';
    const [baseline, out] = [join('one', 'baseline.json'), join('grpc-conform-report', 'one')];
    const ours = ['run', '--exec', exec, '--baseline', baseline, '--out', out, '--graceful-signal', 'SIGTERM'];
    const budget = ['--time-budget', '25m'];
    expect(calls()).toEqual([[...ours, ...budget, '--method', '*', 'MSG', '--runs', '7', '--code', '1']]);
    expect(existsSync(join(root, 'reports'))).toBe(false);
  });

  test("leaves the user's own baseline and output alone", async () => {
    addServer('one');
    await run('one', '--baseline=mine.json', '--out', 'here', '--time-budget', '5s');
    expect(calls()).toEqual([
      [
        'run',
        '--exec',
        './one/build/server --port {port}',
        '--baseline=mine.json',
        '--out',
        'here',
        '--time-budget',
        '5s',
      ],
    ]);
  });
});

describe('all servers', () => {
  test('of the matrix are run alike and published; examples are not', async () => {
    for (const name of ['one', 'two']) {
      addServer(name);
      prepareRun(name, ['pass']);
    }
    addServer('shown', { role: 'example' });
    expect(await run()).toBe(0);
    expect(calls().map((words) => words.slice(words.indexOf('--out')))).toEqual(
      ['one', 'two'].map((name) => ['--out', join('grpc-conform-report', name), '--time-budget', '25m', '--seed', '1']),
    );
    expect(reports()).toEqual(['matrix.md', 'one.json', 'two.json']);
    expect(published('matrix.md')).toMatch(/\| one .*\n\| two /);
  });

  test('one of them cannot be had: the others are run, and each that was not has its sentence', async () => {
    addServer('absent', missing);
    addServer('broken', broken);
    addServer('good');
    prepareRun('good', ['pass']);
    addServer('malformed', { exec: 'build/server' });
    addServer('silent');
    writeFileSync(join(root, 'words-silent'), 'grpc-conform: the target was never ready [ERR_TARGET_NOT_READY]\nmore');
    addServer('failing');
    const words = 'grpc-conform: it ended; its last output: [ERR_TARGET_EXITED]\n  | listening\n  | no such file\n';
    writeFileSync(join(root, 'words-failing'), words);
    expect(await run()).toBe(2);
    expect(reports()).toContain('good.json');
    expect(said).toEqual(
      expect.arrayContaining([
        'good: The good server 1.0.0 (JavaScript)',
        expect.stringMatching(/^absent: not run: The server absent needs no-such-toolchain/),
        expect.stringMatching(/^broken: not run: The server broken cannot be built/),
        expect.stringMatching(/^malformed: not run: .*exec: must say where/),
        'silent: not run: the target was never ready [ERR_TARGET_NOT_READY]',
        'failing: not run: it ended; its last output: [ERR_TARGET_EXITED] | no such file',
      ]),
    );
  });

  test('the environment sets no option of a published run, but of one that is not', async () => {
    addServer('one');
    prepareRun('one', ['pass']);
    process.env['GRPC_CONFORM_RUNS'] = '7';
    try {
      await run('--publish', 'one');
      expect(readFileSync(join(root, 'environment'), 'utf8')).toBe('not set');
      await run('one');
      expect(readFileSync(join(root, 'environment'), 'utf8')).toBe('7');
    } finally {
      delete process.env['GRPC_CONFORM_RUNS'];
    }
  });

  test('a missing toolchain alone is no failure', async () => {
    addServer('absent', missing);
    addServer('good');
    prepareRun('good', ['pass']);
    expect(await run()).toBe(0);
  });

  test('rows that chance may have decided are played again alone, and that counts', async () => {
    addServer('one');
    prepareRun('one', ['pass', 'flaky', 'error']);
    prepareRun('one-again', ['fail', 'pass', 'pass']);
    expect(await run()).toBe(0);
    expect(calls()[1]).toEqual(expect.arrayContaining(['MSG-02-rule', 'MSG-03-rule', '--concurrency', '1']));
    expect(published('one.json').match(/"verdict": ?"\w+"/g)).toEqual([
      '"verdict": "pass"',
      ...Array<string>(3).fill('"verdict":"pass"'),
    ]);
  });

  test('an interruption ends all, also that of a second look', async () => {
    for (const name of ['one', 'two']) {
      addServer(name);
      prepareRun(name, ['pass', 'flaky']);
    }
    writeFileSync(join(root, 'interrupted-one-again'), '');
    expect(await run()).toBe(130);
    expect(calls()).toHaveLength(2);
    expect(existsSync(join(root, 'reports'))).toBe(false);
  });

  test('what could not be judged then is not published', async () => {
    addServer('one');
    prepareRun('one', ['pass', 'error']);
    prepareRun('one-again', ['pass', 'error']);
    await expect(run()).rejects.toThrow('No server could be run.');
    expect(said.at(-1)).toBe('one: not run: could not be judged: MSG-02-rule');
    expect(existsSync(join(root, 'reports'))).toBe(false);
  });

  test('a run that takes too long is stopped, and said', async () => {
    addServer('endless');
    writeFileSync(join(root, 'cli.js'), 'setInterval(() => undefined, 1000)');
    await expect(runServers([], { ...options(), runTimeout: 50 })).rejects.toThrow('No server could be run.');
    expect(said.at(-1)).toMatch(/^endless: not run: the run took more than/);
  });

  test('what is published names neither the machine nor a time, and is not touched by a run that says the same', async () => {
    addServer('one');
    prepareRun('one', ['pass'], { exits: [{ code: 1, signal: null, output: `${root}/one/main.js failed` }] });
    await run('--publish', 'one');
    const before = published('one.json');
    expect(before).not.toContain(root);
    expect(before).not.toContain(cleanRun.header.startedAt);
    prepareRun('one', ['pass'], { durationMs: 1 });
    await run('--publish', 'one');
    expect(published('one.json')).toBe(before);
    prepareRun('one', ['warn']);
    await run('--publish', 'one');
    expect(published('one.json')).not.toBe(before);
    expect(said).toContain('one: MSG-01-rule was published as pass, and is warn');
  });

  test('of those published, one can be done again alone: the matrix keeps the others', async () => {
    for (const name of ['one', 'two']) {
      addServer(name);
      prepareRun(name, ['pass']);
    }
    await run();
    prepareRun('two', ['warn']);
    rmSync(join(root, 'calls.ndjson'));
    await run('--publish', 'two');
    expect(calls()).toHaveLength(1);
    expect(published('matrix.md')).toMatch(/\| ≠ +\| MSG-01-rule \| pass +\| warn/);
  });
});

test('--build builds, also examples, and runs nothing', async () => {
  addServer('broken', broken);
  addServer('shown', { role: 'example' });
  expect(await run('--build', 'shown')).toBe(0);
  expect(said.at(-1)).toBe('shown: built');
  expect(await run('--build')).toBe(3);
  expect(said).toContainEqual(expect.stringMatching(/^broken: not built: The server broken cannot be built/));
  expect(existsSync(join(root, 'calls.ndjson'))).toBe(false);
});

describe('--check', () => {
  beforeEach(async () => {
    addServer('one');
    prepareRun('one', ['pass', 'known', 'flaky']);
    prepareRun('one-again', ['pass', 'known', 'flaky']);
    await run();
    rmSync(join(root, 'calls.ndjson'));
    said = [];
  });

  test('passes when all is as published, also what was flaky', async () => {
    prepareRun('one', ['pass', 'known', 'pass']);
    expect(await run('--check')).toBe(0);
    expect(said.at(-1)).toBe('one: as published');
    expect(calls()).toHaveLength(1);
  });

  test('fails when a verdict changed and a second run sees it again, and names it', async () => {
    prepareRun('one', ['fail', 'known', 'flaky']);
    prepareRun('one-again', ['fail']);
    expect(await run('--check')).toBe(1);
    expect(said.slice(-2)).toEqual([
      'one: MSG-01-rule was published as pass, and is fail',
      '1 published verdict changed',
    ]);
    const alone = calls().at(-1);
    expect(alone).toEqual(expect.arrayContaining(['--seed', '1', 'MSG-01-rule', '--concurrency']));
    expect(alone).not.toContain('MSG-02-rule');
  });

  test('passes when the second run sees what was published', async () => {
    prepareRun('one', ['fail', 'known', 'flaky']);
    prepareRun('one-again', ['pass']);
    expect(await run('--check')).toBe(0);
  });

  test('leaves the published files alone', async () => {
    const before = reports().map(published);
    prepareRun('one', ['warn', 'known', 'flaky']);
    prepareRun('one-again', ['warn']);
    await run('--check');
    expect(reports().map(published)).toEqual(before);
  });

  test('says when a published file cannot be read, or is of another version, and --publish writes it anew', async () => {
    prepareRun('one', ['pass', 'known', 'flaky']);
    const file = join(root, 'reports', 'one.json');
    writeFileSync(file, published('one.json').replaceAll('one 1.0.0', 'one 0.9.9'));
    expect(await run('--check')).toBe(0);
    expect(said).toContain('one: what is published is one 0.9.9, this is one 1.0.0');
    writeFileSync(file, '{');
    await expect(run('--check')).rejects.toThrow('No server could be run.');
    expect(said.at(-1)).toMatch(/^one: not checked: .*it ends too early/);
    expect(await run('--publish', 'one')).toBe(0);
    expect(published('one.json')).toContain('one 1.0.0');
  });

  test('names what is not published or cannot be run, and does not count it', async () => {
    addServer('absent', missing);
    writeFileSync(join(root, 'reports', 'absent.json'), published('one.json'));
    addServer('fresh');
    prepareRun('one', ['pass', 'known', 'flaky', 'pass']);
    expect(await run('--check')).toBe(0);
    expect(said).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^absent: not run: .* needs no-such-toolchain/),
        expect.stringMatching(/^fresh: not checked: nothing is published of it/),
        'one: not published yet: MSG-04-rule',
      ]),
    );
  });
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
  {
    name: '--publish',
    changes: missing,
    code: 'ERR_NOTHING_EXECUTED',
    message: /No server/,
    reason: 'all passed over',
  },
  { name: '--runs', changes: {}, code: 'ERR_USAGE', message: /no option --runs without a server/, reason: 'option' },
])('says what is wrong: $reason', async ({ name, changes, code, message }) => {
  addServer('one', changes);
  await expect(run(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test.each([
  { words: ['--check', '--runs', '7'], message: /--runs is not possible here/, reason: 'options of a published run' },
  { words: ['--publish', 'shown'], message: /shown is an example/, reason: 'an example' },
  { words: ['one', 'shown'], message: /One server at a time takes options/, reason: 'several without a verb' },
  { words: ['--check', 'nosuch'], message: /The servers are: one, shown\./, reason: 'unknown name among several' },
])('says what is wrong with the words: $reason', async ({ words, message }) => {
  addServer('one');
  addServer('shown', { role: 'example' });
  await expect(run(...words)).rejects.toMatchObject({ code: 'ERR_USAGE', message: expect.stringMatching(message) });
});

describe('several at the same time', () => {
  test('each is told in one piece, and what comes of them is the same', async () => {
    addServer('one');
    addServer('two', missing);
    addServer('three');
    prepareRun('one', ['pass']);
    prepareRun('three', ['pass']);
    expect(await run('--parallel', '3')).toBe(0);
    expect(reports()).toEqual(['matrix.md', 'one.json', 'three.json']);
    const names = said.filter((line) => /^\w+: /.test(line)).map((line) => line.split(':')[0]);
    // Each name begins once: no line of another is between those of one.
    const blocks = names.filter((name, index) => name !== names[index - 1]);
    expect(blocks).toHaveLength(3);
    expect(new Set(blocks)).toEqual(new Set(['one', 'two', 'three']));
    expect(await run('--check', '--parallel=2', 'one', 'three')).toBe(0);
    prepareRun('one', ['warn']);
    expect(await run('--parallel', '2', '--check')).toBe(1);
  });

  test('an interruption of one ends all', async () => {
    for (const name of ['one', 'two', 'three']) {
      addServer(name);
      writeFileSync(join(root, `interrupted-${name}`), '');
    }
    expect(await run('--parallel', '2')).toBe(130);
    expect(calls()).toHaveLength(2);
  });

  test.each([
    [['--parallel', '0'], /--parallel "0" is no number from 1 to 64/],
    [['--parallel'], /--parallel "" is no number/],
    [['--parallel=many', '--check'], /--parallel "many" is no number/],
    [['one', '--parallel', '2'], /--parallel is for --publish and --check/],
    [['--build', '--parallel', '2'], /--parallel is for --publish and --check/],
  ])('%j says what is wrong', async (words, message) => {
    addServer('one');
    await expect(run(...words)).rejects.toMatchObject({ code: 'ERR_USAGE', message: expect.stringMatching(message) });
  });
});

test('a build that hangs is ended', async () => {
  addServer('slow', { build: [[process.execPath, '-e', 'setInterval(() => undefined, 1000)']] });
  await expect(runServers(['slow'], { ...options(), buildTimeout: 50 })).rejects.toThrow('it took too long');
});

test('the manifests that we ship are sound', () => {
  const manifests = readManifests(join(packageRoot(), 'harness', 'servers'));
  expect(manifests.map(({ name }) => name)).toEqual(expect.arrayContaining(['grpc-go', 'grpc-js']));
  expect(manifests.filter(({ name, folder }) => name !== basename(folder))).toEqual([]);
});

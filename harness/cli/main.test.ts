import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allRows } from '../catalogue';
import { loadCatalogue } from '../engine/catalogue-rows';
import { bundledTarget } from '../launch/bundled-target';
import { testCertificate, testKey } from '../launch/reach/test-certificate.test-helper';
import { callCli } from './call-cli.test-helper';
import { acceptSingleDash } from './main';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A command line, run in this process. */
const cli = (words: readonly string[], environment: NodeJS.ProcessEnv = {}) => callCli(words, { folder, environment });

/** A small run against the bundled server. */
const smallRun = ['run', 'CONN-01', '--runs', '5', '--seed', '7'];

describe('what is wrong is said in one sentence with a code', () => {
  test.each<[string[], number, RegExp]>([
    [['--targt', 'h:1'], 2, /^grpc-conform: unknown option '--targt' \(did you mean --target\?\): .*\[ERR_USAGE\]\n$/],
    [
      ['lst'],
      2,
      /^grpc-conform: "lst" is neither a rule nor a verb \(did you mean list\?\).*\[ERR_NOTHING_SELECTED\]\n$/,
    ],
    [['shards'], 2, /^grpc-conform: "shards" is neither a rule nor a verb: .*\[ERR_NOTHING_SELECTED\]\n$/],
    [
      ['localhost:50051'],
      2,
      /^grpc-conform: "localhost:50051" is an address \(did you mean --target .*\[ERR_NOTHING_SELECTED\]\n$/,
    ],
    [['--target', 'nowhere'], 2, /^grpc-conform: the target nowhere has no port: .*\[ERR_USAGE\]\n$/],
    [
      ['--target', '127.0.0.1:1'],
      3,
      /^grpc-conform: 127\.0\.0\.1:1: nothing listens there .*\[ERR_TARGET_UNREACHABLE\]\n$/,
    ],
    [
      ['--exec', 'exit 9'],
      3,
      /^grpc-conform: the target ended with exit code 9 .*printed nothing \[ERR_TARGET_EXITED\]\n$/,
    ],
    [
      ['--target', 'h:1', '--cacert', '/none.pem', '--tls'],
      2,
      /^grpc-conform: --cacert \/none\.pem cannot be read.*\[ERR_USAGE\]\n$/,
    ],
    [
      ['--target', 'h:1', '--expect', 'unari'],
      2,
      /^grpc-conform: --expect "unari" is nothing that a target can offer \(did you mean unary\?\).*\[ERR_USAGE\]\n$/,
    ],
    [['--target', 'h:1', '--expect', ','], 2, /^grpc-conform: --expect is empty \[ERR_USAGE\]\n$/],
    [['--target', 'h:1', '-H', 'x'], 2, /^grpc-conform: --header has no colon.*\[ERR_USAGE\]\n$/],
    [
      ['--update-baseline', '--target', 'h:1'],
      2,
      /^grpc-conform: --update-baseline needs --baseline.*\[ERR_USAGE\]\n$/,
    ],
    [
      ['--baseline', '/none.json', '--target', 'h:1'],
      2,
      /^grpc-conform: the baseline file \/none\.json does not exist: .*--update-baseline.*\[ERR_BASELINE\]\n$/,
    ],
    [
      ['--config', 'none.json'],
      2,
      /^grpc-conform: the configuration file .*none\.json does not exist \[ERR_CONFIG\]\n$/,
    ],
    [['explain', 'CON-01'], 2, /^grpc-conform: the rule "CON-01" matches no rule \(did you mean CONN-01\?\).*\n$/],
    [['report', '/none.json'], 2, /^grpc-conform: the run file \/none\.json cannot be read.*\[ERR_RUN_FILE\]\n$/],
    [
      ['replay', '/none.json', '--target', 'h:1'],
      2,
      /^grpc-conform: the failure file \/none\.json cannot be read.*\[ERR_FAILURE_FILE\]\n$/,
    ],
    [['baseline', 'chekc'], 2, /^grpc-conform: baseline chekc is unknown \(did you mean check\?\).*\[ERR_USAGE\]\n$/],
    [['baseline', 'check', 'run.json'], 2, /^grpc-conform: .*--baseline.*\[ERR_USAGE\]\n$/],
    [['self-test', '--seeds', '0'], 2, /^grpc-conform: --seeds "0" is no whole number.*\[ERR_USAGE\]\n$/],
    [['self-test', '--pairs', '-1'], 2, /^grpc-conform: --pairs "-1" is no whole number.*\[ERR_USAGE\]\n$/],
  ])('%j', async (words, want, message) => {
    const { exitCode, stderr } = await cli(words);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(want);
  });

  test('with -vv also where it comes from', async () => {
    expect((await cli(['-vv', '--target', 'nowhere'])).stderr).toMatch(/\[ERR_USAGE\]\n.*\n +at /);
  });
});

test('help says no default that goes without saying, and none in quotes', async () => {
  const texts = await Promise.all(['probe', 'list', 'show', 'self-test'].map((verb) => cli([verb, '--help'])));
  const text = texts.map(({ stdout }) => stdout).join('');
  expect(text).not.toMatch(/default: (?:false|")/);
  expect(text).toMatch(/number of seeds \(default 1\)/);
});

test.each([
  [['--help'], /Usage: grpc-conform.*Examples:.*Exit codes: 0 conformant/s],
  [['run', '--help'], /--graceful-signal <name>.*Generation:.*--time-budget/s],
  [['--version'], /^\d+\.\d+\.\d+\n$/],
])('%j', async (words, want) => {
  const { exitCode, stdout, stderr } = await cli(words);
  expect(stdout).toMatch(want);
  expect([exitCode, stderr]).toEqual([0, '']);
});

test('list --summary counts what list lists', async () => {
  const { exitCode, stdout } = await cli(['list', '--summary']);
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  const numbersOf = (line: string): readonly number[] => (line.match(/\d+(?= |$)/g) ?? []).map(Number).slice(-4);
  const [rows, ...states] = numbersOf(lines.at(-1) ?? '');
  expect(states.reduce((sum, each) => sum + each, 0)).toBe(rows);
  expect((await cli(['list'])).stdout).toContain(`${rows} rows: ${states[0]} built`);
  const areas = JSON.parse((await cli(['list', '--summary', '--json', 'CONN', 'HPACK'])).stdout) as object[];
  expect(areas).toEqual([
    expect.objectContaining({ area: 'CONN', name: 'Connection and preface' }),
    expect.objectContaining({ area: 'HPACK' }),
  ]);
  expect(lines.find((line) => line.startsWith('CONN '))).toContain('Connection and preface');
  expect((await cli(['list', '--summary', '--sentences'])).exitCode).toBe(2);
});

test('--quick plays a tenth, --deep ten times and says for about how long', async () => {
  const runsOf = async (flag: string): Promise<{ runs: number; stderr: string }> => {
    const out = join(folder, flag);
    const words = ['run', 'REQ-21', '--target', 'bundled', flag, '--runs', '20', '--out', out];
    const { stderr } = await cli(words);
    const { properties } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as {
      properties: { id: string; runs: number }[];
    };
    return { runs: properties.find(({ id }) => id.startsWith('REQ-21-'))?.runs ?? 0, stderr };
  };
  const quick = await runsOf('--quick');
  const deep = await runsOf('--deep');
  expect(quick.runs).toBeLessThanOrEqual(2);
  expect(deep.runs).toBeGreaterThan(50);
  expect(quick.stderr).not.toContain('--deep');
  expect(deep.stderr).toMatch(/--deep: about \d+ inputs, which take about \S+ m?s/);
  const both = await cli(['--quick', '--deep']);
  expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('--quick makes a run shorter')]);
});

test('list', async () => {
  const { exitCode, stdout } = await cli(['list', 'CONN', '-level', 'must']);
  expect(stdout).toMatch(/^CONN-01-settings-first +built +must +the first frame/m);
  expect(stdout).not.toMatch(/HPACK|should/);
  expect(exitCode).toBe(0);
});

test('list has every row of the catalogue with its state', async () => {
  const lines = (await cli(['list'])).stdout.split('\n\n')[0]?.split('\n') ?? [];
  expect(lines).toHaveLength(allRows.length);
  expect(lines.filter((line) => !/^\S+ +(built|watched|not built) +(must|should|may|convention) /.test(line))).toEqual(
    [],
  );
});

test('list --sentences says for each sentence what tests it, or why nothing does', async () => {
  const { exitCode, stdout } = await cli(['list', '--sentences']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^RFC 9113: \d+ tested, \d+ watched, (?:\d+ planned, )?\d+ not-observable/m);
  expect(stdout).toMatch(/^ {2}§3\.4 +tested +must +.*\(CONN-01-settings-first\)$/m);
  expect(stdout).toMatch(/^ {2}§6\.8 +not-observable +must +.*\(a log is not on the wire\)$/m);
  const some = await cli(['list', 'CONN-01', '--sentences', '--json']);
  const records = JSON.parse(some.stdout) as { rows: string[] }[];
  expect(records.length).toBeGreaterThan(0);
  expect(records.filter(({ rows }) => !rows.includes('CONN-01-settings-first'))).toEqual([]);
});

test('list --h2spec and --connect say for each case of another suite which rows cover it', async () => {
  const h2spec = await cli(['list', '--h2spec']);
  expect(h2spec.exitCode).toBe(0);
  expect(h2spec.stdout).toMatch(/^http2\/3\.5\/1 +covered +CONN-01-settings-first$/m);
  expect(h2spec.stdout).toMatch(/^147 cases of h2spec: \d+ covered/m);
  const connect = await cli(['list', '--connect', 'MSG-08', '--json']);
  const records = JSON.parse(connect.stdout) as { case: string; coverage: string }[];
  expect(records).toHaveLength(13);
  expect(records).toContainEqual(
    expect.objectContaining({ case: 'unary/request-exceeds-server-limit', coverage: 'covered' }),
  );
  const both = await cli(['list', '--h2spec', '--connect']);
  expect(both.exitCode).toBe(2);
  expect(both.stderr).toContain('--h2spec and --connect list different things');
});

test('list --json gives all that is known of each row', async () => {
  const rows = JSON.parse((await cli(['list', '--json'])).stdout) as Record<string, unknown>[];
  expect(rows).toHaveLength(allRows.length);
  expect(rows.find(({ id }) => id === 'MSG-02-any-data-split')).toMatchObject({
    state: 'built',
    level: 'must',
    sends: expect.any(String),
    generates: expect.any(String),
    h2spec: expect.any(Array),
  });
});

/** A row that nobody tests yet; when there is none any more, nothing is to be told of one. */
const unbuilt = loadCatalogue().rows.find(({ state }) => state === 'planned');
const testUnbuilt = unbuilt === undefined ? test.skip : test;

testUnbuilt('list --json says of a row that nobody tests it yet', async () => {
  const rows = JSON.parse((await cli(['list', '--json'])).stdout) as Record<string, unknown>[];
  expect(rows.find(({ id }) => id === unbuilt?.id)).toMatchObject({ state: 'not built' });
});

test('explain --json gives what it tells, with labels, sentences and mutants', async () => {
  const { exitCode, stdout } = await cli(['explain', 'MSG-02', '--json']);
  const [row] = JSON.parse(stdout) as Record<string, unknown>[];
  expect(exitCode).toBe(0);
  expect(row).toMatchObject({ id: 'MSG-02-any-data-split', state: 'built', level: 'must', lane: 'shared' });
  for (const list of ['labels', 'sentences', 'mutants']) expect(row?.[list]).not.toHaveLength(0);
});

testUnbuilt('explain tells all of a row that is not built, wrapped on a terminal', async () => {
  const { stdout } = await cli(['explain', unbuilt?.id ?? '']);
  expect(stdout).toMatch(/\n +source .*\n +sends +.*\n +passes +.*\n +fails +.*\n +target +/s);
  expect(stdout).toMatch(/\n +state +not tested yet\n$/);
});

test('explain', async () => {
  const { stdout } = await cli(['explain', 'conn-01']);
  expect(stdout).toMatch(/^CONN-01-settings-first\n/);
  expect(stdout).toMatch(
    /level +must: .*\n +rule +.*\n +source +RFC 9113 §3\.4 \(says must\) +https:.*\n(?: +sentence +.*\n)+ +generates +.*\n +accepts /,
  );
});

test.each([
  [
    'MSG-02',
    /level +must: .*; no source has the word.*\n.*\n +source +.* \(states it, without a key word\)/,
    'a definition',
  ],
  [
    'RPC-05',
    /level +must: .*; no source has the word.*\n.*\n +source +.* \(states it, without a key word\)/,
    'a table',
  ],
  ['DOS-01', /level +should: [^;]*\n.*\n +source +CVE-2023-44487 \(does not demand it\)/, 'a weakness beside a should'],
])('explain %s tells how strongly its sources speak: %s', async (id, want) => {
  expect((await cli(['explain', id])).stdout).toMatch(want);
});

test('a run against the bundled server leaves its report, and can be reported and compared again', async () => {
  const out = join(folder, 'out');
  const { exitCode, stdout, stderr } = await cli([...smallRun, '--out', out]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ +target +the bundled grpc-js server, as neither --target nor --exec names another$/m);
  expect(stdout).toMatch(/seed +7/);
  expect(stdout).toMatch(/pass +CONN-01-settings-first/);
  expect(exitCode).toBe(0);
  const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  expect(record).toMatchObject({
    status: 'complete',
    verdict: 'pass',
    exitCode: 0,
    header: { commandLine: ['grpc-conform', ...smallRun, '--out', out] },
  });

  rmSync(join(out, 'index.html'));
  rmSync(join(out, 'junit.xml'));
  expect((await cli(['report', join(out, 'run.json')])).exitCode).toBe(0);
  expect([existsSync(join(out, 'index.html')), existsSync(join(out, 'junit.xml'))]).toEqual([true, true]);

  const baseline = join(folder, 'baseline.json');
  const entry = { id: 'CONN-01-settings-first', rule: 'CONN-01-settings-first', reason: 'once broken' };
  writeFileSync(baseline, JSON.stringify({ schemaVersion: 1, entries: [entry] }));
  const check = await cli(['baseline', 'check', join(out, 'run.json'), '--baseline', baseline]);
  expect(check).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/stale +CONN-01-settings-first.*\n0 known, 0 unexpected, 1 stale/),
  });
  const update = await cli(['baseline', 'update', join(out, 'run.json'), '--baseline', baseline]);
  expect(update).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/0 entries \(before: 1\)\n +gone +CONN-01/),
  });
  expect((await cli(['baseline', 'check', join(out, 'run.json'), '--baseline', baseline])).exitCode).toBe(0);
});

test('a stale entry makes a run fail, and --update-baseline takes it out', async () => {
  const baseline = join(folder, 'baseline.json');
  const entry = { id: 'CONN-01-settings-first', rule: 'CONN-01-settings-first', reason: 'once broken' };
  writeFileSync(baseline, JSON.stringify({ schemaVersion: 1, entries: [entry] }));
  const words = [...smallRun, '--out', join(folder, 'out'), '--baseline', baseline];
  expect((await cli(words)).exitCode).toBe(1);
  expect(await cli([...words, '--update-baseline'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/now lists 0 \(before: 1\)/),
    stdout: expect.stringMatching(/^Exit code 0: the baseline file now lists what was found$/m),
  });
  expect(JSON.parse(readFileSync(join(folder, 'out', 'run.json'), 'utf8'))).toMatchObject({ exitCode: 0 });
  expect((await cli(words)).exitCode).toBe(0);
});

test('of several baselines the last is written, and reports say which one knows what', async () => {
  const [team, own, out] = ['team.json', 'own.json', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const id = 'MSG-10-truncated-message';
  const known = { id, rule: id, reason: 'as grpc-js has it', reactions: ['status 0'], gravity: 'warn' };
  const held = { id: 'CONN-01-settings-first', rule: 'CONN-01-settings-first', reason: 'once broken' };
  writeFileSync(team, JSON.stringify({ schemaVersion: 2, entries: [known, held] }));
  const both = ['--baseline', team, '--baseline', own];
  const words = ['run', 'CONN-01', id, '--runs', '5', '--seed', '7', '--strict', '--out', out, ...both];

  // What is stale in a file that is not written stays so.
  const first = await cli([...words, '--update-baseline']);
  expect(first).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/own\.json now lists 0 \(before: 0\)/) });
  expect(first.stderr).toMatch(
    /team\.json lists CONN-01-settings-first in vain, and is not written: take the entry out/,
  );

  writeFileSync(team, JSON.stringify({ schemaVersion: 2, entries: [known] }));
  expect((await cli(words)).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({
    header: {
      baseline: {
        entries: 1,
        layers: [expect.objectContaining({ entries: 1 }), expect.objectContaining({ entries: 0 })],
      },
    },
    properties: expect.arrayContaining([
      expect.objectContaining({
        id,
        findings: [
          expect.objectContaining({ known: { reason: 'as grpc-js has it', file: expect.stringMatching(/team/) } }),
        ],
      }),
    ]),
  });
  const check = ['baseline', 'check', join(out, 'run.json'), '--strict'];
  expect(await cli([...check, ...both])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^ {2}known .*: by \S*team\.json: as grpc-js has it$/m),
  });
  expect((await cli([...check, '--baseline', own])).exitCode).toBe(1);
  expect(await cli(['baseline', 'update', join(out, 'run.json'), ...both])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/baseline update writes one file/),
  });
  expect(await cli([...words, '--baseline', team])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/team\.json is named twice/),
  });
});

test('what the target offered when the baseline was written, and offers no more, is lost and makes the run fail', async () => {
  const baseline = join(folder, 'baseline.json');
  const { command } = bundledTarget();
  const words = ['run', 'CONN-01', 'REQ-24', '--runs', '3', '--seed', '7', '--out', join(folder, 'out')];
  const written = await cli([...words, '--exec', command, '--baseline', baseline, '--update-baseline']);
  expect(written.exitCode).toBe(0);
  expect(JSON.parse(readFileSync(baseline, 'utf8'))).toMatchObject({
    schemaVersion: 2,
    offers: expect.arrayContaining(['unary', 'metadata']),
    entries: [],
  });
  const mute = `${command} --no-metadata-echo`;
  const lost = await cli([...words, '--exec', mute, '--baseline', baseline]);
  expect(lost.exitCode).toBe(1);
  expect(lost.stdout).toMatch(
    /^Lost\n {2}1 {2}metadata \(offered when the baseline was written\): REQ-24; to have it, serve /m,
  );
  expect(lost.stdout).toMatch(/^Not conformant: lost by the baseline: metadata, 1 of 2 rows judged$/m);
  const check = await cli(['baseline', 'check', join(folder, 'out', 'run.json'), '--baseline', baseline]);
  expect(check).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^ {2}lost .*: metadata$/m) });
  // Rows that do not need it are none the worse.
  const others = await cli(['run', 'CONN-01', ...words.slice(3), '--exec', mute, '--baseline', baseline]);
  expect(others.exitCode).toBe(0);
});

test.each<[string, string[], number, RegExp]>([
  ['what is offered', ['--expect', 'tier-2,health'], 0, /^Conformant: 1 property without a violation$/m],
  [
    'what no selected rule needs',
    ['--expect', 'unary,compressed-responses'],
    1,
    /^Not conformant: lost by --expect compressed-responses: compressed-responses$/m,
  ],
])('--expect and %s', async (_name, expected, exitCode, sentence) => {
  const tried = await cli([...smallRun, '--out', join(folder, 'out'), ...expected]);
  expect(tried).toMatchObject({ exitCode, stdout: expect.stringMatching(sentence) });
});

test('over TLS, with settings from a file and the environment, as events', async () => {
  for (const [name, text] of [
    ['c.pem', testCertificate],
    ['k.pem', testKey],
  ] as const)
    writeFileSync(join(folder, name), text);
  const command = `${bundledTarget().command.replace('--port 0', '--port {port}')} --cert '${join(folder, 'c.pem')}' --key '${join(folder, 'k.pem')}'`;
  writeFileSync(
    join(folder, 'grpc-conform.config.json'),
    JSON.stringify({ exec: command, tls: true, cacert: 'c.pem', selectors: ['CONN-05'], runs: 50, out: 'report' }),
  );
  const { exitCode, stdout } = await cli(['--reporter', 'json'], { GRPC_CONFORM_RUNS: '3', CI: 'true' });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({
    type: 'run-started',
    header: {
      seed: 1,
      runs: 3,
      selected: ['CONN-05-settings-acknowledged'],
      target: { transport: 'tls', tls: { alpn: 'h2' }, offers: expect.arrayContaining(['tls', 'rss']), exec: command },
    },
  });
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'complete', exitCode: 0 });
  expect(exitCode).toBe(0);
  expect(existsSync(join(folder, 'report', 'run.json'))).toBe(true);
});

test('a run that can execute nothing is an error', async () => {
  const server = http2.createServer();
  server.on('stream', (stream) => stream.respond({ ':status': 404 }, { endStream: true }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const { exitCode, stderr } = await cli(['REQ-24', '--target', `127.0.0.1:${port}`, '--out', join(folder, 'out')]);
  server.close();
  expect(stderr).toMatch(/no property could be run: the target offers none.*\[ERR_NOTHING_EXECUTED\]/);
  expect(exitCode).toBe(2);
});

test('a report that cannot be written is told', async () => {
  mkdirSync(join(folder, 'out', 'run.json'), { recursive: true });
  const { exitCode, stderr } = await cli([...smallRun, '--out', join(folder, 'out')]);
  expect(stderr).toMatch(/\[ERR_OUTPUT\]/);
  expect(exitCode).toBe(2);
});

test('Ctrl-C ends the run soon, with exit code 130 and a report marked incomplete', async () => {
  const out = join(folder, 'out');
  const words = ['run', '--runs', '100000', '--out', out, '--reporter', 'line', '-v'];
  const child = spawn(
    process.execPath,
    ['-r', require.resolve('esbuild-register'), join(__dirname, 'main.ts'), ...words],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // Once there is output, the run is on.
  child.stdout.once('data', () => child.kill('SIGINT'));
  child.stdout.resume();
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  expect(stderr).toMatch(/interrupted, finishing the report/);
  expect(exitCode).toBe(130);
  expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({
    status: 'incomplete',
    exitCode: 130,
  });
});

test.each([
  [
    ['-target', 'h:1'],
    ['--target', 'h:1'],
  ],
  [['-max-failures=3'], ['--max-failures=3']],
  [
    ['-vv', '-v', '-H', 'a: b'],
    ['-vv', '-v', '-H', 'a: b'],
  ],
  [['-unknown'], ['-unknown']],
  [
    ['-target', '--', '-target'],
    ['--target', '--', '-target'],
  ],
])('one hyphen will do: %j', (words, want) => {
  expect(acceptSingleDash(words, new Set(['target', 'max-failures']))).toEqual(want);
});

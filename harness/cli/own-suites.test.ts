import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import type { RunRecord } from '../report/model';
import { behave } from '../servers/reference/behaviour';
import { listen, type ReferenceServer } from '../servers/reference/listen';
import { callCli, type CliOutcome } from './call-cli.test-helper';
import { inFolder, inOneLine } from './cli-process.test-helper';

const words = JSON.stringify(join(packageRoot(), 'harness', 'suite'));

/** The example of the documentation, as its users have it; jest has no modules that are imported, and no package of our own. */
const example = readFileSync(join(packageRoot(), 'docs', 'examples', 'own.suite.mjs'), 'utf8')
  .replace(/import \{([^}]*)\} from 'grpc-conform\/suite';/g, `const {$1} = require(${words});`)
  .replace('export default', 'module.exports =');

/** A file of rules, by its code. */
function suiteFile(folder: string, code: string, name = 'own.cjs'): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

let healthy: ReferenceServer;
let cutting: ReferenceServer;
beforeAll(async () => {
  healthy = await listen({ port: 0, behaviour: behave() });
  cutting = await listen({ port: 0, behaviour: behave({ defects: ['REQ-24'] }) });
});
afterAll(async () => {
  await healthy.stop();
  await cutting.stop();
});
const addressOf = ({ port }: ReferenceServer): string => `127.0.0.1:${port}`;

const readRun = (out: string): RunRecord => JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;

/** A run of the example; `inspect` looks at its report. */
function runExample(
  target: string,
  more: readonly string[],
  inspect: (out: string, folder: string, file: string, outcome: CliOutcome) => void | Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const file = suiteFile(folder, example);
    const out = join(folder, 'report');
    const words_ = ['OWN', '--suite-file', file, '--target', target, '--seed', '1', '--runs', '20'];
    const outcome = await callCli([...words_, '--out', out, ...more], { folder });
    await inspect(out, folder, file, outcome);
  });
}

const ids = ['OWN-01-request-id-comes-back', 'OWN-02-large-answers', 'OWN-03-same-answer-twice'];

test('the example holds on the bundled server, and its rules are reported like ours', async () => {
  await runExample('bundled', [], (out, _folder, _file, { exitCode, stderr }) => {
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(readRun(out).properties.map(({ id, area, verdict }) => [id, area, verdict])).toEqual(
      ids.map((id) => [id, 'OWN', 'pass']),
    );
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('Your own rules');
  });
});

test('a broken rule fails, shrinks, is replayed with its file, and can be listed as known', async () => {
  await runExample(addressOf(cutting), [], async (out, folder, file, { exitCode, stdout }) => {
    expect(exitCode).toBe(1);
    expect(inOneLine(stdout)).toMatch(
      /fail OWN-01-request-id-comes-back must, failed 5 of 5, hurts the stream rule the id of a request comes back with its answer, octet for octet \(Shop API guide, Tracing\)/,
    );
    expect(stdout).toContain(`--suite-file ${file}`);
    const [failure = ''] = readdirSync(join(out, 'failures'));
    expect(failure).toMatch(/^OWN-01-request-id-comes-back\./);
    const replay = ['replay', join(out, 'failures', failure)];
    const broken = ['--target', addressOf(cutting), '--suite-file', file];
    expect(await callCli([...replay, ...broken], { folder })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^FAILS .* OWN-01-request-id-comes-back: /m),
    });
    const fixed = ['--target', addressOf(healthy), '--suite-file', file];
    expect((await callCli([...replay, ...fixed], { folder })).exitCode).toBe(0);
    expect(await callCli([...replay, '--target', addressOf(healthy)], { folder })).toMatchObject({
      exitCode: 2,
      printed: expect.stringContaining(
        'is about OWN-01-request-id-comes-back, a rule of a suite of your own: name the file of that suite with --suite-file',
      ),
    });
    const known = join(folder, 'known.json');
    const update = ['baseline', 'update', join(out, 'run.json'), '--baseline', known];
    expect((await callCli(update, { folder })).exitCode).toBe(0);
    expect(
      (await callCli(['baseline', 'check', join(out, 'run.json'), '--baseline', known], { folder })).exitCode,
    ).toBe(0);
    const again = ['OWN-01', '--suite-file', file, ...broken.slice(0, 2), '--runs', '20', '--baseline', known];
    expect((await callCli([...again, '--out', join(folder, 'again')], { folder })).exitCode).toBe(0);
    // Whoever leaves the file out leaves its rules out, and the baseline is still good.
    const without = ['MSG-05', ...broken.slice(0, 2), '--runs', '2', '--baseline', known];
    expect((await callCli([...without, '--out', join(folder, 'without')], { folder })).exitCode).toBe(0);
  });
});

test('shards of them merge into the whole', async () => {
  await inFolder(async (folder) => {
    const file = suiteFile(folder, example);
    const run = ['OWN', '--suite-file', file, '--target', addressOf(cutting), '--seed', '1', '--runs', '20'];
    const outs = [1, 2].map((index) => join(folder, `shard-${index}`));
    for (const [index, out] of outs.entries())
      await callCli([...run, '--shard', `${index + 1}/2`, '--out', out], { folder });
    const merged = join(folder, 'merged');
    const words_ = ['merge', ...outs.map((out) => join(out, 'run.json')), '--out', merged];
    expect((await callCli(words_, { folder })).exitCode).toBe(1);
    const verdicts = Object.fromEntries(readRun(merged).properties.map(({ id, verdict }) => [id, verdict]));
    expect(ids.map((id) => verdicts[id])).toEqual(['fail', 'pass', 'pass']);
    expect(readRun(merged).header.selected).toEqual(ids);
    expect(existsSync(join(merged, 'failures'))).toBe(true);
  });
});

test('they are listed, selected and explained like ours', async () => {
  await inFolder(async (folder) => {
    const given = ['--suite-file', suiteFile(folder, example)];
    const listed = await callCli(['list', '--suite', 'shop', ...given], { folder });
    expect(listed.stdout).toMatch(/^OWN-01-request-id-comes-back +built +must +the id of a request comes back/m);
    expect(listed.stdout).toMatch(/^3 rows: 3 built/m);
    expect((await callCli(['list', '--summary', 'OWN', ...given], { folder })).stdout).toMatch(
      /^OWN +Your own rules +3 /m,
    );
    const explained = await callCli(['explain', 'OWN-01', ...given], { folder });
    expect(explained.stdout).toMatch(/^ *source +Shop API guide Tracing {2}https:\/\/example\.com/m);
    expect(explained.stdout).toMatch(/^ *level +must: a server that breaks it fails$/m);
    expect((await callCli(['explain', 'OWN-01', '--json', ...given], { folder })).stdout).toContain('"area": "OWN"');
    expect((await callCli(['list', 'OWN'], { folder })).stderr).toContain('the selector "OWN" matches no rule');
  });
});

/** A suite file in one expression. */
const made = (body: string): string =>
  `const { suite, experiment, stimulus, fc, rejected } = require(${words});\n${body}`;
const row = (id: string): string =>
  `{ id: '${id}', level: 'must', rule: 'a rule', source: { document: 'D', url: 'https://d' } }`;
const rest =
  "generates: 'nothing', accepts: ['anything'], arbitrary: () => fc.constant(1), script: (script) => void script.open()";
const one = (id: string, more = ''): string => `experiment(${row(id)}, { ${rest}${more} })`;

test.each<[why: string, code: string, said: RegExp]>([
  [
    'it throws',
    'const a = 1;\nthrow new Error("no such thing");',
    /own\.cjs cannot be loaded \(line 2\): no such thing/,
  ],
  ['it is no JavaScript', 'module.exports = {;', /own\.cjs cannot be loaded.*: syntax error/],
  ['it needs what is not there', "require('grpc-conform-nowhere');", /cannot be loaded.*grpc-conform-nowhere/],
  [
    'it exports nothing',
    'const a = 1;',
    /own\.cjs: what is exported is an object that is no suite: export a suite, as in "export default suite\('shop'/,
  ],
  ['it exports a text', "module.exports = 'suite';", /what is exported is a text: export a suite/],
  [
    'a name in upper case',
    made(`module.exports = suite('Shop', [${one('OWN-01-a')}])`),
    /the name of the suite must be words in lower case/,
  ],
  [
    'the name of ours',
    made(`module.exports = suite('messages', [${one('OWN-01-a')}])`),
    /the name "messages" is that of a suite that comes along: choose another one/,
  ],
  ['no rules', made("module.exports = suite('shop', [])"), /the properties of the suite must not be empty/],
  [
    'an id of ours',
    made(`module.exports = suite('shop', [${one('MSG-02-any-data-split')}])`),
    /MSG-02-any-data-split: id must be of your own: OWN-, a number/,
  ],
  [
    'an id twice',
    made(`module.exports = suite('shop', [${one('OWN-01-a')}, ${one('OWN-01-b')}])`),
    /the id OWN-01-b is taken by OWN-01-a: each rule has a number of its own/,
  ],
  [
    'no level',
    made(`module.exports = suite('shop', [experiment({ ...${row('OWN-01-a')}, level: 'musst' }, { ${rest} })])`),
    /OWN-01-a: level must be one of must, should, may, convention \(did you mean must\?\)/,
  ],
  [
    'no source',
    made(`module.exports = suite('shop', [experiment({ ...${row('OWN-01-a')}, source: undefined }, { ${rest} })])`),
    /OWN-01-a: source\.0 must be an object: \{ document: '…', url: /,
  ],
  [
    'an unknown part',
    made(`module.exports = suite('shop', [${one('OWN-01-a', ', effrot: 1')}])`),
    /OWN-01-a: effrot is no part of it \(did you mean effort\?\)/,
  ],
  [
    'an unknown need',
    made(`module.exports = suite('shop', [${one('OWN-01-a', ", needs: ['unray']")}])`),
    /OWN-01-a: needs\.0 must be one of .*\(did you mean unary\?\)/,
  ],
  [
    'nothing accepted',
    made(`module.exports = suite('shop', [experiment(${row('OWN-01-a')}, {})])`),
    /cannot be loaded \(line 2\): OWN-01-a must say in accepts what may come/,
  ],
  [
    'no generator',
    made(
      `module.exports = suite('shop', [stimulus(${row('OWN-01-a')}, { generates: 'x', accepts: [rejected], write: () => {} })])`,
    ),
    /OWN-01-a: arbitrary \(sends\) (?:must be a function|is missing)/,
  ],
])('a file is refused with a sentence: %s', async (_, code, said) => {
  await inFolder(async (folder) => {
    const outcome = await callCli(['list', 'OWN', '--suite-file', suiteFile(folder, code)], { folder });
    expect(outcome.stderr).toMatch(said);
    expect(outcome.stderr).toMatch(/ \[ERR_SUITE\]\n$/);
    expect(outcome.exitCode).toBe(2);
  });
});

test.each<[string, string, RegExp]>([
  ['that is not there', 'none.mjs', /the suite file none\.mjs does not exist/],
  ['of another kind', __filename.replace(/\.ts$/, '.json'), /does not exist/],
  ['that is a folder', '.', /cannot be read: it is a folder/],
])('a file %s', async (_, name, said) => {
  expect(await callCli(['list', '--suite-file', name], { folder: '.' })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(said),
  });
});

test.each<[why: string, property: string, said: RegExp]>([
  [
    'its script throws',
    one('OWN-01-a', ', script: () => { throw new TypeError("oh") }'),
    /its own code failed: TypeError: oh/,
  ],
  [
    'its check says nothing',
    one('OWN-01-a', ', check: () => undefined'),
    /its check: it returned undefined, and must return a list of breaches/,
  ],
  [
    'its check returns something else',
    one('OWN-01-a', ", check: () => [{ observed: 'x' }]"),
    /its check: a breach is \{ observed, expected, reaction \}, and its expected /,
  ],
  [
    'its inputs cannot be stored',
    one('OWN-01-a', ', arbitrary: () => fc.uint8Array({ minLength: 1 })'),
    /one holds a Uint8Array: generate octets as \(length, seed\)/,
  ],
])('a rule whose code is wrong accuses nobody and is no fault of ours: %s', async (_, property, said) => {
  await inFolder(async (folder) => {
    const file = suiteFile(folder, made(`module.exports = suite('shop', [${property}])`));
    const run = [
      'OWN',
      '--suite-file',
      file,
      '--target',
      addressOf(healthy),
      '--runs',
      '5',
      '--out',
      join(folder, 'r'),
    ];
    const { exitCode, stderr } = await callCli(run, { folder });
    expect(stderr).toMatch(said);
    expect(exitCode).toBe(2);
    expect(readRun(join(folder, 'r')).properties.map(({ verdict }) => verdict)).toEqual(['error']);
  });
});

test('modules can import each of the words by its name', () => {
  // Node reads the names of a CommonJS file from its text, and does not see a default that is passed on.
  expect(readFileSync(join(packageRoot(), 'harness', 'suite.ts'), 'utf8')).not.toMatch(/^export .*default as/m);
});

import fc from 'fast-check';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../engine/catalogue-rows';
import { replayFailure } from '../engine/replay';
import { startReference, stopServers, targetAt } from '../engine/try-engine.test-helper';
import { isConformError } from '../error';
import { testCertificate, testKey } from '../launch/reach/test-certificate.test-helper';
import { packageRoot, protoFile } from '../package-root';
import { formatRun } from '../report/json';
import { fullRun } from '../report/fixtures/run';
import { parseFailure, type FailureFile } from '../report/failure-file';
import { runCli } from './cli-process.test-helper';
import { damageFile, jsonDamage, octetDamage, strangeValues, type Damage } from './damage.test-helper';
import { callCli } from './call-cli.test-helper';
import { settingSpecs, type SettingName } from './setting-specs';
import { environmentPrefix, variableOf } from './settings';

/**
 * Whatever a user gives that is damaged ends with a documented exit code and one sentence, in time, and leaves nothing behind. A failing case is made smaller
 * and printed with its seed. `GRPC_CONFORM_FUZZ=20000 npx jest cli/fuzz --selectProjects unit` is the thorough way; GRPC_CONFORM_FUZZ_SEED sets the seed.
 */
const cases = Number(process.env['GRPC_CONFORM_FUZZ'] ?? 1000);
const seed = Number(process.env['GRPC_CONFORM_FUZZ_SEED'] ?? 20_261_128);
/** Of these so many go through a process of their own, which takes some hundred times as long. */
const inProcesses = Math.ceil(cases / 100);

/** Milliseconds that a case may take: what waits on purpose waits less here. */
const longestCase = 60_000;

/** What is given: a command line, variables, files with their octets. */
interface Case {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Names of the files in the folder afterwards. */
  readonly left: readonly string[];
}

/** Nobody listens there. */
const nowhere = '127.0.0.1:1';

/** One sentence with its code, and nothing that a terminal obeys or nobody sees. */
const oneSentence = /^grpc-conform: [^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,16000} \[ERR_[A-Z_0-9]+\]\n$/u;
/** Words of libraries and of the engine, where ours should be. */
const rawWords =
  /\n {4}at |ENOENT: |EISDIR: |Invalid (?:key|type|length)|but received|is not a function|Cannot read prop|is not valid JSON|in JSON at|\[object Object\]|error:[0-9A-F]{8}/;

/** Runs a case in a folder of its own. */
async function play(given: Case, folder: string): Promise<Outcome> {
  for (const [name, octets] of Object.entries(given.files ?? {})) writeFileSync(join(folder, name), octets);
  const words = given.words.map((word) => word.replaceAll('FOLDER', folder));
  const environment = { GRPC_CONFORM_TARGET: nowhere, ...given.environment };
  const { exitCode, stdout, stderr } = await callCli(words, { folder, environment, columns: 100 });
  return { exitCode, stdout, stderr, left: readdirSync(folder) };
}

/** What is wrong with an outcome; nothing when all is well. */
function complaints(given: Case, { exitCode, stdout, stderr, left }: Outcome, milliseconds: number): readonly string[] {
  const isRefused = exitCode === 2 || exitCode === 3;
  const expected = new Set([...Object.keys(given.files ?? {}), ...(isRefused ? [] : made)]);
  const strange = left.filter((name) => !expected.has(name));
  return [
    ...([0, 1, 2, 3].includes(exitCode ?? -1) ? [] : [`exit code ${exitCode}`]),
    ...(isRefused && !oneSentence.test(stderr) ? [`not one sentence: ${JSON.stringify(stderr)}`] : []),
    ...(!isRefused && stderr !== '' ? [`a success with a complaint: ${JSON.stringify(stderr)}`] : []),
    ...(rawWords.test(stderr) ? [`words of a library: ${JSON.stringify(stderr)}`] : []),
    ...(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(stdout) ? [`controls: ${JSON.stringify(stdout)}`] : []),
    ...(strange.length > 0 ? [`left behind: ${JSON.stringify(strange)}`] : []),
    ...(milliseconds > longestCase ? [`${Math.round(milliseconds)} ms`] : []),
  ];
}

/** What verbs may make where they succeed. */
const made = ['index.html', 'junit.xml', 'comparison.md', 'comparison.html', 'out'];

/** Fails for what is wrong with a case. @returns its exit code */
async function check(given: Case): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const started = performance.now();
    const outcome = await play(given, folder);
    expect(complaints(given, outcome, performance.now() - started)).toEqual([]);
    return outcome.exitCode;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { rows } = loadCatalogue();
const known = rows.find(({ state }) => state === 'property')?.id ?? '';
const run = Buffer.from(
  formatRun({
    ...fullRun,
    properties: fullRun.properties.map((one) => ({
      ...one,
      id: known,
      findings: one.findings.map((finding) => ({ ...finding, rule: known })),
    })),
  }),
);
const baseline = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    offers: ['unary', 'gzip'],
    entries: [
      {
        id: known,
        rule: known,
        reason: 'a reason',
        reactions: ['status 13', 'no end'],
        gravity: 'fail',
        mark: 'hang',
        link: 'https://example.com/1',
        expires: '2999-12-31',
        intermittent: false,
      },
    ],
  }),
);
const config = Buffer.from(
  JSON.stringify({
    target: nowhere,
    gracefulSignal: 'SIGTERM',
    messageLimit: 4096,
    headerLimit: 8192,
    maxStreams: 4,
    tls: true,
    insecure: false,
    authority: 'a',
    servername: 'localhost',
    header: ['x-a: 1', 'x-b-bin: AAAA'],
    method: ['a.B/*'],
    idempotent: ['a.B/Get*'],
    useReflection: true,
    connectTimeout: '1s',
    timeout: '2s',
    skip: ['HPACK'],
    level: ['must'],
    suite: ['messages'],
    runs: 5,
    seed: 'random',
    timeBudget: '10s',
    shrink: false,
    strict: true,
    expect: ['tier-2'],
    maxFailures: 2,
    concurrency: 2,
    rate: 100,
    reporter: 'line',
    verbose: 0,
    selectors: ['MSG-02'],
  }),
);
const proto = readFileSync(protoFile('examples/user_manager.proto'));
const protoset = Buffer.from(
  readFileSync(join(packageRoot(), 'harness/schema/fixtures/descriptor-set.base64'), 'utf8'),
  'base64',
);
const certificate = Buffer.from(testCertificate);
const key = Buffer.from(testKey);

const damaged = (octets: Uint8Array, damage: fc.Arbitrary<Damage>): fc.Arbitrary<Uint8Array> =>
  fc.array(damage, { minLength: 1, maxLength: 3 }).map((damages) => damageFile(octets, damages));

/** What names of files and folders may be that lead to nothing good; none leads out of the folder of its case. */
const strangeNames = fc.constantFrom(
  '',
  ' ',
  'FOLDER',
  'FOLDER/none',
  'FOLDER/none/none',
  'FOLDER/a\nb\u001b[2J',
  'FOLDER/\u202e',
  'FOLDER/nul\u0000',
  `FOLDER/${'n'.repeat(300)}`,
  `FOLDER/${'n/'.repeat(3000)}`,
  '/dev/null',
  '/dev/zero',
);

/** Values of settings that no setting takes, or only some do. */
const strangeTexts = fc.oneof(
  fc.constantFrom(...strangeValues.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
);

const specs = settingSpecs({});
/** Settings whose values start something, write somewhere, look for a host, or show stacks (-vv). */
const notForAnyValue: readonly SettingName[] = ['exec', 'target', 'out', 'baseline', 'updateBaseline', 'verbose'];
const settings = (Object.keys(specs) as SettingName[]).filter((name) => !notForAnyValue.includes(name));
const flagsOf = (name: SettingName): string => /--[a-z-]+/.exec(specs[name].flags)?.[0] ?? '';

const strangeTargets = fc.constantFrom(
  '',
  'h',
  'h:',
  ':1',
  '127.0.0.1:99999',
  '127.0.0.1:-1',
  '127.0.0.1:1e3',
  '[::1',
  'unix:',
  `unix:/${'s'.repeat(200)}`,
  'ftp://h:1',
  `http://${nowhere}/path`,
  `https://user:pass@${nowhere}`,
  `${nowhere}\u001b[2J`,
  'a b:1',
  '.:1',
);

const flagWords: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.constantFrom<readonly string[]>(['--strict'], ['--runs', '5'], ['-timeout=2s'], ['--seed', '1'], ['-v'], ['MSG']),
  fc
    .tuple(fc.constantFrom(...settings), strangeTexts, fc.boolean())
    .map(([name, text, isOne]) => (isOne ? [`${flagsOf(name)}=${text}`] : [flagsOf(name), text])),
  fc.constantFrom(...settings).map((name) => [flagsOf(name)]),
  fc
    .tuple(fc.constantFrom(...settings), fc.nat({ max: 20 }), fc.constantFrom('', 'x', '\u001b', 'é'))
    .map(([name, at, text]) => [`${flagsOf(name).slice(0, at + 2)}${text}${flagsOf(name).slice(at + 3)}`]),
  strangeTargets.map((text) => ['--target', text]),
  strangeNames.map((name) => ['--baseline', name]),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => [text.replaceAll('\0', '')]),
  strangeTexts.map((text) => [text]),
);

const verbs = fc.constantFrom<readonly string[]>(['run'], ['list'], ['probe'], ['explain'], []);

/** A case as a failing test prints it. */
const shown = (given: Case): Case => {
  const files = Object.entries(given.files ?? {}).map(([name, octets]) => {
    const text = Buffer.from(octets).toString('latin1');
    return `${name}: ${JSON.stringify(text.length > 3000 ? `${text.slice(0, 3000)}…` : text)}`;
  });
  const { words, environment } = given;
  return { ...given, [fc.toStringMethod]: () => [JSON.stringify({ words, environment }), ...files].join('\n') } as Case;
};

interface Subject {
  readonly name: string;
  /** Of all cases, in hundredths. */
  readonly share: number;
  readonly cases: fc.Arbitrary<Case>;
  /** Exit codes of the same without any damage: what is damaged is otherwise well. */
  readonly sound?: readonly [given: Case, exitCode: number];
}

const overTls = ['CONN-01', '--target', `https://${nowhere}`];

const subjects: readonly Subject[] = [
  {
    name: 'flags',
    share: 20,
    cases: fc.tuple(verbs, fc.array(flagWords, { minLength: 1, maxLength: 3 })).map(([verb, flags]) => ({
      words: [...verb, ...flags.flat()],
    })),
    sound: [{ words: ['run', '--target', nowhere] }, 3],
  },
  {
    name: 'names of files',
    share: 6,
    cases: fc
      .tuple(
        fc.constantFrom<readonly string[]>(
          ['report'],
          ['compare', 'FOLDER/run.json'],
          ['replay', '--target', nowhere],
          ['list', '--config'],
          ['run', '--proto'],
          ['run', '--protoset'],
          [...overTls, '--cacert'],
          [...overTls, '--key', 'FOLDER/run.json', '--cert'],
          ['report', 'FOLDER/run.json', '--out'],
          ['baseline', 'check', 'FOLDER/run.json', '--baseline'],
        ),
        strangeNames,
      )
      // A folder that can be made is made.
      .filter(([words, name]) => !words.includes('--out') || /^ ?$|nnn|\0|dev/.test(name))
      .map(([words, name]) => ({ words: [...words, name], files: { 'run.json': run } })),
  },
  {
    name: 'variables',
    share: 14,
    cases: fc
      .array(
        fc.tuple(
          fc.oneof(
            fc.constantFrom(...settings.map(variableOf)),
            fc.constantFrom('CONFIG', 'TARGETS', 'RUN', '', 'é', '\u001b').map((name) => `${environmentPrefix}${name}`),
          ),
          strangeTexts.map((text) => text.replaceAll('\0', '')),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((variables) => ({ words: ['list'], environment: Object.fromEntries(variables) })),
  },
  {
    name: 'configurations',
    share: 14,
    cases: damaged(config, jsonDamage).map((octets) => ({
      words: ['list', 'MSG-02', '--config', 'c.json'],
      files: { 'c.json': octets },
    })),
    sound: [{ words: ['list', 'MSG-02', '--config', 'c.json'], files: { 'c.json': config } }, 0],
  },
  {
    name: 'baselines',
    share: 12,
    cases: fc.tuple(fc.constantFrom('check', 'update'), damaged(baseline, jsonDamage)).map(([verb, octets]) => ({
      words: ['baseline', verb, 'FOLDER/run.json', '--baseline', 'FOLDER/b.json'],
      files: { 'run.json': run, 'b.json': octets },
    })),
    sound: [
      {
        words: ['baseline', 'update', 'FOLDER/run.json', '--baseline', 'FOLDER/b.json'],
        files: { 'run.json': run, 'b.json': baseline },
      },
      0,
    ],
  },
  {
    name: 'run files',
    share: 12,
    cases: fc
      .tuple(
        fc.constantFrom<readonly string[]>(
          ['report', 'FOLDER/a.json'],
          ['compare', 'FOLDER/a.json', 'FOLDER/run.json'],
          ['compare', 'FOLDER/run.json', 'FOLDER/a.json', '--out', 'FOLDER/out'],
          ['baseline', 'check', 'FOLDER/a.json', '--baseline', 'FOLDER/b.json'],
          ['baseline', 'update', 'FOLDER/a.json', '--baseline', 'FOLDER/b.json'],
        ),
        damaged(run, jsonDamage),
      )
      .map(([words, octets]) => ({ words, files: { 'run.json': run, 'a.json': octets, 'b.json': baseline } })),
    sound: [{ words: ['report', 'FOLDER/run.json'], files: { 'run.json': run } }, 0],
  },
  {
    name: '.proto files',
    share: 6,
    cases: damaged(proto, octetDamage).map((octets) => ({
      words: ['run', 'CONN-01', '--method', '*', '--proto', 'FOLDER/a.proto'],
      files: { 'a.proto': octets },
    })),
    sound: [
      { words: ['run', 'CONN-01', '--method', '*', '--proto', 'FOLDER/a.proto'], files: { 'a.proto': proto } },
      3,
    ],
  },
  {
    name: 'protosets',
    share: 6,
    cases: damaged(protoset, octetDamage).map((octets) => ({
      words: ['run', 'CONN-01', '--method', '*', '--protoset', 'FOLDER/a.pb'],
      files: { 'a.pb': octets },
    })),
    sound: [
      { words: ['run', 'CONN-01', '--method', '*', '--protoset', 'FOLDER/a.pb'], files: { 'a.pb': protoset } },
      3,
    ],
  },
  {
    name: 'certificates',
    share: 6,
    cases: fc
      .tuple(
        fc.constantFrom('ca.pem', 'cert.pem', 'key.pem'),
        damaged(certificate, octetDamage),
        damaged(key, octetDamage),
      )
      .map(([name, otherCertificate, otherKey]) => ({
        words: [...overTls, '--cacert', 'FOLDER/ca.pem', '--cert', 'FOLDER/cert.pem', '--key', 'FOLDER/key.pem'],
        files: {
          'ca.pem': name === 'ca.pem' ? otherCertificate : certificate,
          'cert.pem': name === 'cert.pem' ? otherCertificate : certificate,
          'key.pem': name === 'key.pem' ? otherKey : key,
        },
      })),
    sound: [{ words: [...overTls, '--cacert', 'FOLDER/ca.pem'], files: { 'ca.pem': certificate } }, 3],
  },
];

const parameters = (share: number, runs = cases): fc.Parameters<unknown> => ({
  seed,
  numRuns: Math.max(1, Math.round((runs * share) / 100)),
});

const withSound = subjects.flatMap(({ name, sound }) => (sound === undefined ? [] : [{ name, sound }]));

test.each(withSound)('$name that are not damaged are well', async ({ sound: [given, exitCode] }) => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const outcome = await play(given, folder).finally(() => rmSync(folder, { recursive: true }));
  expect([outcome.exitCode, outcome.stderr.replace(/^.*\[ERR_TARGET_UNREACHABLE\]\n$/, '')]).toEqual([exitCode, '']);
});

describe('damaged', () => {
  test.each(subjects)(
    '$name',
    async ({ share, cases: given, sound }) => {
      const seen = new Set<number | null>();
      await fc.assert(
        fc.asyncProperty(given.map(shown), async (one) => void seen.add(await check(one))),
        parameters(share),
      );
      // Most damages are found, and some are none: else only the first look at a file would have been tried.
      expect([...seen]).toEqual(expect.arrayContaining(sound === undefined ? [2] : [2, sound[1]]));
    },
    600_000,
  );
});

describe('damaged failure files', () => {
  afterAll(stopServers);
  const folders = join(packageRoot(), 'reports/unreported');
  const files = readdirSync(folders, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readFileSync(join(folders, name)));

  test('are refused, or played and judged, in time', async () => {
    const times = { reply: 300, close: 200, quiet: 50, cancel: 200, connect: 1000 };
    const target = targetAt(await startReference(), { facts: { times } });
    const strange = fc
      .tuple(fc.constantFrom(...files), fc.array(jsonDamage, { minLength: 1, maxLength: 2 }))
      .map(([octets, damages]) => damageFile(octets, damages));
    const outcomes: Record<string, number> = {};
    const one = async (octets: Uint8Array): Promise<void> => {
      const started = performance.now();
      const outcome = await playFile(Buffer.from(octets).toString(), target);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      expect(['FIXED', 'FAILS', 'ERROR', 'refused']).toContain(outcome);
      expect(performance.now() - started).toBeLessThan(longestCase);
    };
    await fc.assert(fc.asyncProperty(strange, one), parameters(20));
    // Many are refused, and not all: else nothing would have been played.
    expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['refused', 'FIXED']));
  }, 600_000);

  /** FIXED, FAILS, ERROR, `refused`, or what it should not have said. */
  async function playFile(text: string, target: Parameters<typeof replayFailure>[1]): Promise<string> {
    try {
      const file: FailureFile = parseFailure(text, 'a.json');
      const { outcome, text: said } = await replayFailure(file, target, rows, undefined, 2000);
      return /^[^\p{Cc}\p{Cf}]+$/u.test(said) ? outcome : said;
    } catch (error) {
      const isOurs = isConformError(error) && error.code === 'ERR_FAILURE_FILE';
      return isOurs && !rawWords.test(error.message) ? 'refused' : String(error);
    }
  }
});

test('a share of all goes through a process of its own', async () => {
  const everything = fc.oneof(
    ...subjects.map(({ cases: given, share: weight }) => ({ weight, arbitrary: given.map(shown) })),
  );
  const inProcess = async (given: Case): Promise<void> => {
    let left: readonly string[] = [];
    const started = performance.now();
    const result = await runCli(
      (folder) => {
        for (const [name, octets] of Object.entries(given.files ?? {})) writeFileSync(join(folder, name), octets);
        // No word of a command line can hold a NUL, and no test writes outside of its folder.
        const words = given.words.map((word) => word.replaceAll('FOLDER', folder).replaceAll('\0', ''));
        return words;
      },
      {
        environment: { GRPC_CONFORM_TARGET: nowhere, ...given.environment },
        meanwhile: async ({ process: child, folder }) => {
          await new Promise<void>((resolve) => void child.once('close', () => resolve()));
          left = readdirSync(folder).filter((name) => name !== 'report');
        },
      },
    );
    expect(complaints(given, { ...result, left }, performance.now() - started)).toEqual([]);
    expect(result.orphans).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(everything, inProcess), { seed, numRuns: inProcesses });
}, 600_000);

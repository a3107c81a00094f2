import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root';

interface FileResult {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

interface JestResult {
  readonly exitCode: number | null;
  readonly printed: string;
  readonly files: ReadonlyMap<string, FileResult>;
}

/** Runs jest itself, in a process of its own, on test files with this code. */
async function runJest(codeOf: Readonly<Record<string, string>>): Promise<JestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'jest-process-'));
  try {
    for (const [name, code] of Object.entries(codeOf)) {
      const door = JSON.stringify(join(packageRoot(), 'harness', 'jest'));
      writeFileSync(join(folder, `${name}.test.js`), `const { conformance } = require(${door});\n${code}`);
    }
    const transform = join(packageRoot(), 'harness', 'build', 'jest-transform.cjs');
    const config = { rootDir: folder, testEnvironment: 'node', transform: { '\\.tsx?$': transform } };
    const report = join(folder, 'report.json');
    // jest itself sets FORCE_COLOR for its workers when its own terminal has colours: what is read here has none.
    const { GRPC_TARGET: _unset, FORCE_COLOR: _colours, ...inherited } = process.env;
    const env = { ...inherited, NO_COLOR: '1' };
    const words = ['--config', JSON.stringify(config), '--json', '--outputFile', report, '--maxWorkers', '2'];
    const child = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...words], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: readonly FileResult[] };
    const files = new Map(
      testResults.map((result) => [/([^/\\]+)\.test\.js$/.exec(result.name)?.[1] ?? result.name, result]),
    );
    return { exitCode, printed, files };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const small = "selectors: ['CONN-01'], runs: 2";
let result: JestResult;
beforeAll(async () => {
  result = await runJest({
    'undefined-address': `const server = {}; conformance({ ${small}, target: () => server.address });`,
    'unset-variable': `conformance({ ${small}, target: process.env.GRPC_TARGET });`,
    misspelt: "conformance({ taget: 'localhost:1' });",
    'wrong-types': "conformance({ target: 'localhost:1', runs: 'many', selectors: 'MSG-02' });",
    unnamed: 'conformance();',
    unresolved: `conformance({ ${small}, connectTimeout: 100, target: () => new Promise(() => {}) });`,
    'no-baseline': `conformance({ ${small}, target: 'localhost:1', baseline: 'known.json' });`,
    bundled: `conformance({ ${small}, target: 'bundled' });`,
  });
});

test('jest fails', () => {
  expect(result.exitCode).toBe(1);
});

test.each<[string, RegExp]>([
  ['unset-variable', /conformance\(\): target is there and undefined: give it a value, or leave it out/],
  ['misspelt', /conformance\(\): taget is no option \(did you mean target\?\)/],
  ['wrong-types', /conformance\(\): selectors is "MSG-02": it must be a list of texts, as in \['MSG-02'\]/],
  ['no-baseline', /the baseline file known\.json does not exist: leave it out/],
  ['unnamed', /conformance\(\): no server is named: give target: /],
])('%s: the test file is refused with one sentence', (name, message) => {
  expect(result.files.get(name)?.message).toMatch(message);
  expect(result.files.get(name)?.assertionResults).toEqual([]);
  // The line that is shown is the user's.
  expect(result.files.get(name)?.message).toMatch(/> 2 \| .*conformance\(/);
});

test.each<[string, RegExp]>([
  ['undefined-address', /conformance\(\): the target function gave undefined: it must give an address/],
  ['unresolved', /conformance\(\): the target function gave no address within 100 ms/],
])('%s: every test fails with the sentence', (name, message) => {
  const tests = result.files.get(name)?.assertionResults ?? [];
  expect(tests.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(tests.filter(({ failureMessages: [first = ''] }) => !message.test(first) || first.includes('\n'))).toEqual([]);
});

test('the bundled server is tested when it is asked for by name, and the report says so', () => {
  const tests = result.files.get('bundled')?.assertionResults ?? [];
  expect(tests.map(({ fullName, status }) => [fullName, status])).toEqual([
    ['Target the bundled grpc-js server can be tested', 'passed'],
    ['Connection and preface CONN-01-settings-first', 'passed'],
    [expect.stringMatching(/^Rules on every call and connection /), 'passed'],
  ]);
  expect(result.printed).toMatch(
    /grpc-conform against the bundled grpc-js server, tier 2 \(grpc\.testing\.TestService\): 1 of 1 rule can be tested there\n/,
  );
  expect(result.printed).toMatch(/grpc-conform: Conformant: 1 property without a violation\n/);
});

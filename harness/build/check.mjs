// `npm test`: everything that must hold before a change lands, in steps; those that leave a core idle run side by side, and what they print comes
// when they are done. At the end what failed, once more, what was skipped, and one line that counts. With --fast: without the self-test and the suites.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bin = (name) => path.join(root, 'node_modules/.bin', name);
const fast = process.argv.includes('--fast');
const scratch = mkdtempSync(path.join(tmpdir(), 'grpc-conform-check-'));

/** How many of the last lines of a step that failed are shown again at the end. */
const LAST_LINES = 40;
/** How many lines of a failed test's message are shown again at the end. */
const MESSAGE_LINES = 12;
/** Exit code of a step that cannot be done here, as test runners of other languages have it. */
const SKIPPED = 77;
/** What failed, a piece of text each: whoever has only the end of this output still learns what it was. */
const failures = [];

/** Steps that are running. */
let running = 0;
/** What those have printed that began beside another one. */
const held = [];

/** Runs a command with its output shown: at once, or when another, beside which it begins, is done. @returns whether it exits 0, and its last lines. */
function run(title, command, args) {
  const isBeside = running > 0;
  running++;
  const own = [];
  const write = (stream, text) => (isBeside ? own.push([stream, text]) : stream.write(text));
  write(process.stdout, `\n== ${title}\n`);
  if (isBeside) process.stdout.write(`== beside it: ${title}\n`);
  const started = Date.now();
  return new Promise((resolve) => {
    let tail = '';
    const show = (stream) => (octets) => {
      write(stream, octets);
      tail = (tail + octets.toString()).split('\n').slice(-LAST_LINES).join('\n');
    };
    const child = spawn(command, args, { cwd: root, stdio: ['inherit', 'pipe', 'pipe'] });
    child.stdout.on('data', show(process.stdout));
    child.stderr.on('data', show(process.stderr));
    child.on('error', (error) => {
      tail += `\n${error.message}`;
    });
    child.on('close', (status) => {
      const isSkipped = status === SKIPPED;
      const ok = status === 0 || isSkipped;
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      write(process.stdout, `== ${title}: ${isSkipped ? 'SKIPPED' : ok ? 'passed' : 'FAILED'} (${seconds} s)\n`);
      held.push(...own);
      running--;
      resolve({ ok, isSkipped, tail });
    });
  });
}

/** Runs a command that counts as one test. */
async function single(title, command, args) {
  const { ok, isSkipped, tail } = await run(title, command, args);
  if (isSkipped) return { passed: 0, failed: 0, skipped: [title] };
  if (!ok) {
    failures.push(`${title}, its last lines:\n${tail.trimEnd()}`);
  }
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

/** The failed tests of jest's own record, a piece of text each. */
const failedTests = (title, { testResults }) =>
  testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const told = failed.map(({ fullName, failureMessages }) => [fullName, failureMessages.join('\n')]);
    const pieces = told.length > 0 || message === '' ? told : [['cannot be run', message]];
    return pieces.map(([test, text]) => {
      const lines = text.split('\n').slice(0, MESSAGE_LINES);
      return `${title}: ${path.relative(root, name)}: ${test}\n${lines.join('\n')}`;
    });
  });

/** Runs jest and counts its tests. */
async function jest(title, args) {
  const outputFile = path.join(scratch, `${title.replace(/\W+/g, '-')}.json`);
  const { ok, tail } = await run(title, process.execPath, [
    bin('jest'),
    ...args,
    '--json',
    `--outputFile=${outputFile}`,
  ]);
  try {
    const record = JSON.parse(readFileSync(outputFile, 'utf8'));
    const failed = record.numFailedTests + record.numRuntimeErrorTestSuites;
    const named = failedTests(title, record);
    failures.push(...(ok || named.length > 0 ? named : [`${title}, its last lines:\n${tail.trimEnd()}`]));
    return { passed: record.numPassedTests, failed: ok ? failed : Math.max(failed, 1) };
  } catch {
    failures.push(`${title} left no record, its last lines:\n${tail.trimEnd()}`);
    return { passed: 0, failed: 1 };
  }
}

/** Each line is done when the one above it is; what stands in one line runs side by side. */
const steps = [
  [() => single('build', process.execPath, ['harness/build/build.mjs'])],
  [
    () => single('types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']),
    () => single('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']),
  ],
  [
    () =>
      single('types of the report page', bin('tsc'), ['--noEmit', '-p', 'harness/report/html/client/tsconfig.json']),
    () => single('lint', bin('oxlint'), ['--type-aware']),
  ],
  // On two cores jest would use one; many tests wait for processes, sockets and bounds for longer than they work.
  [
    () =>
      jest('unit tests', ['--selectProjects', 'unit', '--maxWorkers', String(Math.ceil(1.5 * availableParallelism()))]),
  ],
  ...(fast
    ? []
    : [
        [() => single('self-test', process.execPath, ['dist/harness/cli/main.js', 'self-test'])],
        // One thread, which waits for nearly half of its time.
        [
          () => jest('suites on the bundled server', ['--selectProjects', 'suites']),
          () => single('pages in a browser', process.execPath, ['harness/build/pages/check-pages.mjs']),
        ],
      ]),
];

const total = { passed: 0, failed: 0 };
const skippedSteps = [];
for (const beside of steps) {
  const results = await Promise.all(beside.map((step) => step()));
  for (const [stream, text] of held.splice(0)) stream.write(text);
  for (const { passed, failed, skipped = [] } of results) {
    skippedSteps.push(...skipped);
    total.passed += passed;
    total.failed += failed;
  }
}
rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) {
  process.stdout.write(`\n== what failed\n\n${failures.join('\n\n')}\n`);
}
if (skippedSteps.length > 0) process.stdout.write(`\nSKIPPED here: ${skippedSteps.join(', ')}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

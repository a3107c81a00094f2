// `npm test`: everything that must hold before a change lands, one step after the other, and one line that counts at the end.
// With --fast: without the self-test and the suites.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bin = (name) => path.join(root, 'node_modules/.bin', name);
const fast = process.argv.includes('--fast');
const scratch = mkdtempSync(path.join(tmpdir(), 'grpc-conform-check-'));

/** Runs a command with its output shown. @returns true when it exits 0. */
function run(title, command, args) {
  process.stdout.write(`\n== ${title}\n`);
  const started = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  process.stdout.write(
    `== ${title}: ${status === 0 ? 'passed' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  return status === 0;
}

/** Runs jest and counts its tests. */
function jest(title, args) {
  const outputFile = path.join(scratch, `${title.replace(/\W+/g, '-')}.json`);
  const ok = run(title, process.execPath, [bin('jest'), ...args, '--json', `--outputFile=${outputFile}`]);
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(outputFile, 'utf8'));
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: ok ? failed : Math.max(failed, 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const single = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });

const steps = [
  () => single(run('build', process.execPath, ['harness/build/build.mjs'])),
  () => single(run('types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])),
  () =>
    single(run('types of the report page', bin('tsc'), ['--noEmit', '-p', 'harness/report/html/client/tsconfig.json'])),
  () => single(run('lint', bin('oxlint'), ['--type-aware'])),
  () => single(run('format', bin('prettier'), ['--check', '--log-level', 'warn', '.'])),
  // On two cores jest would use one; most tests wait for a process or a socket now and then.
  () => jest('unit tests', ['--selectProjects', 'unit', '--maxWorkers', '100%']),
  ...(fast
    ? []
    : [
        () => single(run('self-test', process.execPath, ['dist/harness/cli/main.js', 'self-test'])),
        () => jest('suites on the bundled server', ['--selectProjects', 'suites']),
      ]),
];

const total = { passed: 0, failed: 0 };
for (const step of steps) {
  const { passed, failed } = step();
  total.passed += passed;
  total.failed += failed;
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

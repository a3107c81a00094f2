import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { h2specCases } from '../../catalogue/side-by-side/h2spec';
import { describeAddress } from '../../connection/endpoint';
import { ConformError, exitCodes } from '../../error';
import { loadCatalogue } from '../../engine/catalogue-rows';
import { attachTarget } from '../../launch/attach';
import { bundledName } from '../../launch/bundled-target';
import { packageRoot } from '../../package-root';
import { parseRun } from '../../report/json';
import { outputFiles } from '../../report/output-files';
import { visibleJson } from '../../report/visible-json';
import { endWith } from '../end-with';
import { lastWords } from '../last-words';
import { orUsage } from '../or-usage';
import { compareRuns, describeComparison } from './compare-runs';
import { findH2spec } from './find-h2spec';
import { readJunit } from './read-junit';

const usage = `Usage: npm run compare-h2spec -- [options]

Runs h2spec and the rows that cover its cases on the same server, one after the other, and says where they differ.

  --target HOST:PORT  a server that runs (default: the bundled one is started)
  --exec COMMAND      or one to start, with {port} in its words
  --path PATH         what h2spec requests (/grpc.health.v1.Health/Check): a method that is there, or many cases have no answer to look at
  --h2spec FILE       the program (default: h2spec on the PATH, else Go builds it)
  --seed S            of our inputs (1)
  --all               also the cases that both pass
  --json              one JSON value
`;

/** Seconds that h2spec waits for an answer: its own default. */
const patience = 2;

/** Milliseconds for each of the two runs. */
const longest = 15 * 60_000;

export interface RunCompareOptions {
  /** The script of the command line. */
  readonly cli: string;
  readonly write: (text: string) => void;
  /** Takes one line about what is going on. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs both suites and prints the comparison. That a server fails is no failure of the comparison.
 * @returns 0; 130 when it was aborted.
 * @throws ConformError ERR_USAGE, ERR_MISSING_TOOLCHAIN without h2spec, one of the ERR_TARGET_ codes, ERR_INTERNAL when one of the suites says nothing
 */
export async function runCompare(args: readonly string[], options: RunCompareOptions): Promise<number> {
  const { cli, write, say, signal } = options;
  const values = readArguments(args);
  if (values.help) {
    write(usage);
    return exitCodes.conformant;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'compare-h2spec-'));
  try {
    const program = findH2spec({ folder, say, ...(values.h2spec !== undefined && { given: values.h2spec }) });
    const named = values.exec === undefined ? { target: values.target ?? bundledName } : { exec: values.exec };
    const server = await attachTarget({
      ...named,
      transport: {},
      metadata: [],
      needs: [],
      signal,
      onWarning: say,
    });
    try {
      const { address } = server.endpoint();
      if (address.kind !== 'tcp')
        throw new ConformError('ERR_USAGE', 'h2spec reaches servers by host and port only: name one with --target.');
      const junit = path.join(folder, 'junit.xml');
      say(`h2spec on ${describeAddress(address)}`);
      const { host, port } = address;
      const where = ['--host', host, '--port', String(port), '--path', values.path];
      const how = ['--timeout', String(patience), '--strict', '--junit-report', junit];
      const theirs = await time(program, [...where, ...how], signal);
      const out = path.join(folder, 'report');
      const rows = builtRows();
      say(`${rows.length} rows on ${describeAddress(address)}`);
      const settings = [
        '--target',
        `${host}:${port}`,
        '--out',
        out,
        '--seed',
        values.seed,
        '--no-shrink',
        '--reporter',
        'line',
      ];
      const ours = await time(process.execPath, [cli, 'run', ...rows, ...settings], signal);
      if (signal.aborted) return exitCodes.interrupted;
      const played = readJunit(readResult(junit, 'h2spec', theirs.words));
      const file = path.join(out, outputFiles.run);
      const record = parseRun(readResult(file, 'grpc-conform', ours.words), file);
      const seconds = { h2spec: theirs.seconds, ours: ours.seconds };
      const comparison = compareRuns({ played, record, patience, seconds });
      write(values.json ? `${visibleJson(comparison, 2)}\n` : describeComparison(comparison, values.all));
      return exitCodes.conformant;
    } finally {
      await server.process?.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readArguments(args: readonly string[]) {
  return orUsage(
    () =>
      parseArgs({
        args: [...args],
        options: {
          target: { type: 'string' },
          exec: { type: 'string' },
          path: { type: 'string', default: '/grpc.health.v1.Health/Check' },
          h2spec: { type: 'string' },
          seed: { type: 'string', default: '1' },
          all: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }).values,
    usage,
  );
}

/** Rows that cover a case and have a property. */
function builtRows(): readonly string[] {
  const covering = new Set<string>(h2specCases.flatMap(({ rows }) => rows));
  return loadCatalogue().rows.flatMap(({ id, state }) => (state === 'property' && covering.has(id) ? [id] : []));
}

interface Timed {
  readonly seconds: number;
  /** The last of what it said on both outputs. */
  readonly words: string;
}

/** Letters kept of what a suite says. */
const keptWords = 4096;

/** Runs a suite to its end, whatever its exit code. @throws ConformError ERR_INTERNAL when it cannot be started */
async function time(program: string, args: readonly string[], signal: AbortSignal): Promise<Timed> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: longest });
  const end = (): void => void child.kill('SIGTERM');
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  const words = lastWords([child.stdout, child.stderr], keptWords);
  try {
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { seconds: (performance.now() - started) / 1000, words: words() };
  } catch (error) {
    throw new ConformError('ERR_INTERNAL', `${program} cannot be run: ${String(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function readResult(file: string, suite: string, words: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConformError('ERR_INTERNAL', `${suite} wrote no result.`, { cause: error, details: words.split('\n') });
  }
}

if (require.main === module) {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
  endWith(
    runCompare(process.argv.slice(2), {
      cli: path.join(packageRoot(), 'dist', 'harness', 'cli', 'main.js'),
      write: (text) => process.stdout.write(text),
      say: (line) => process.stderr.write(`${line}\n`),
      signal: abort.signal,
    }),
  );
}

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConformError } from '../../error';
import { bundledTarget } from '../../launch/bundled-target';
import { parseRun } from '../../report/json';
import type { RunRecord } from '../../report/model';
import { outputFiles } from '../../report/output-files';
import { listMarked } from '../hostile/marked-processes';
import { lastWords } from '../last-words';

/** Milliseconds beyond its time budget that the command line gets to end by itself, and then after SIGTERM. */
const lateness = 20_000;

/** What marks the processes of a run: a server that outlives its command line is found by it. */
const mark = 'MUTATION_RUN';

/** Letters kept of what the command line says on its standard error. */
const keptWords = 4096;

export interface SuiteOptions {
  /** The script of the command line; it runs on the unchanged grpc-js. */
  readonly cli: string;
  /** The script of the server that is started. */
  readonly server: string;
  /** Words of node before the script, and variables of the server's own. */
  readonly nodeOptions?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of the report; what is in it goes. */
  readonly out: string;
  readonly runs: number;
  readonly skip?: readonly string[];
  /** Stop at the first finding. */
  readonly bail: boolean;
  /** Milliseconds after which the run ends whatever happens. */
  readonly time: number;
  readonly signal: AbortSignal;
}

/** How one run of the suite ended. */
export interface SuiteRun {
  /** Undefined when it had to be killed. */
  readonly exitCode: number | undefined;
  readonly tookTooLong: boolean;
  /** The last words of the command line on its standard error. */
  readonly words: string;
  /** Absent when no run.json was written. */
  readonly record?: RunRecord;
}

/** The seed of every run: mutants differ in the server alone. */
const suiteSeed = '1';

/** Runs the command line against a server that it starts, with the baseline of the bundled one. @throws ConformError when run.json cannot be read */
export async function playSuite(options: SuiteOptions): Promise<SuiteRun> {
  rmSync(options.out, { recursive: true, force: true });
  const child = spawn(process.execPath, [options.cli, ...runWords(options)], {
    env: { ...plainEnvironment(), [mark]: options.out },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C reaches us, and we end it in order.
    detached: true,
  });
  const words = lastWords([child.stderr], keptWords);
  let tookTooLong = false;
  let kill: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    kill ??= setTimeout(() => child.kill('SIGKILL'), lateness);
  };
  const timer = setTimeout(() => {
    tookTooLong = true;
    end();
  }, options.time + lateness);
  if (options.signal.aborted) end();
  options.signal.addEventListener('abort', end);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const record = readRecord(join(options.out, outputFiles.run));
    return { exitCode: code ?? undefined, tookTooLong, words: words(), ...(record && { record }) };
  } catch (error) {
    throw new ConformError('ERR_INTERNAL', `The command line cannot be run: ${String(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    clearTimeout(kill);
    endMarked(options.out);
    options.signal.removeEventListener('abort', end);
  }
}

/** Ends what a command line that had to be killed has left behind. */
function endMarked(out: string): void {
  for (const { pid } of listMarked(mark, out)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

function runWords(options: SuiteOptions): readonly string[] {
  const { baselineFile, gracefulSignal } = bundledTarget();
  const server = [
    ...Object.entries(options.environment ?? {}).map(([name, value]) => `${name}=${quote(value)}`),
    ...[process.execPath, ...(options.nodeOptions ?? []), options.server].map(quote),
    '--port 0',
  ];
  return [
    'run',
    '--exec',
    server.join(' '),
    '--graceful-signal',
    gracefulSignal,
    '--baseline',
    baselineFile,
    '--seed',
    suiteSeed,
    '--runs',
    String(options.runs),
    '--reporter',
    'line',
    '--out',
    options.out,
    '--time-budget',
    String(Math.ceil(options.time / 1000)),
    '--connect-timeout',
    '10s',
    '--timeout',
    '3s',
    // What kills is not looked at closely: the first failing input is enough.
    '--no-shrink',
    ...(options.bail ? ['--bail'] : []),
    ...(options.skip === undefined || options.skip.length === 0 ? [] : ['--skip', options.skip.join(',')]),
  ];
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Our own variables set options; those of CI systems a reporter. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GRPC_CONFORM_') && name !== 'GITHUB_ACTIONS'),
  );
}

const readRecord = (file: string): RunRecord | undefined =>
  existsSync(file) ? parseRun(readFileSync(file, 'utf8'), file) : undefined;

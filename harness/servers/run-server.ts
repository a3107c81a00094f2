import { spawn, type ChildProcess } from 'node:child_process';
import { join, relative } from 'node:path';
import { exitCodes } from '../error';
import { lastWords } from './last-words';
import type { ServerManifest } from './manifest';

/** Letters kept of what a silent command line says on its standard error. */
const keptWords = 8192;

/** Milliseconds that a command line which took too long gets to stop its server and write its report. */
const stopping = 15_000;

export interface RunServerOptions {
  /** The script of the command line. */
  readonly cli: string;
  /** Where the command line runs and where its reports go. */
  readonly workingDirectory: string;
  /** Milliseconds that a silent run may take; half an hour when absent. The slowest server of the published ones takes a few minutes. */
  readonly runTimeout?: number;
}

/** How a command line ended that nobody watched. */
export interface SilentRun {
  readonly exitCode: number;
  /** Its standard error, or that it took too long. */
  readonly words: string;
}

const defaultRunTimeout = 30 * 60_000;

/** The time budget of such a run: a little less, so that it ends by itself. */
const publishedBudget = '25m';

/** Where the reports of a run go unless the caller says otherwise, from the working directory. */
export const outputOf = ({ name }: Pick<ServerManifest, 'name'>): string => join('grpc-conform-report', name);

/**
 * Runs the command line against a built server, with this process's own streams; `args` come last, and replace our baseline and output.
 *
 * @returns its exit code.
 */
export async function runServer(
  manifest: ServerManifest,
  args: readonly string[],
  { cli, workingDirectory }: RunServerOptions,
): Promise<number> {
  const words = [cli, ...runWords(manifest, args, workingDirectory)];
  const child = spawn(process.execPath, words, { cwd: workingDirectory, env: process.env, stdio: 'inherit' });
  return (await ended(child)) ?? exitCodes.internal;
}

/**
 * Runs the command line against a built server without a word, with nothing from the environment that would change what is tested, and within a time.
 *
 * @returns how it ended.
 */
export async function runServerSilently(
  manifest: ServerManifest,
  args: readonly string[],
  { cli, workingDirectory, runTimeout = defaultRunTimeout }: RunServerOptions,
): Promise<SilentRun> {
  const child = spawn(process.execPath, [cli, ...runWords(manifest, args, workingDirectory)], {
    cwd: workingDirectory,
    env: plainEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const words = lastWords([child.stderr], keptWords);
  let tookTooLong = false;
  let kill: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    tookTooLong = true;
    child.kill('SIGTERM');
    kill = setTimeout(() => child.kill('SIGKILL'), stopping);
  }, runTimeout);
  const code = await ended(child);
  clearTimeout(timer);
  clearTimeout(kill);
  if (tookTooLong) {
    const minutes = Math.ceil(runTimeout / 60_000);
    return { exitCode: exitCodes.internal, words: `the run took more than ${minutes} minutes and was stopped` };
  }
  return { exitCode: code ?? exitCodes.internal, words: words() };
}

function runWords(manifest: ServerManifest, args: readonly string[], workingDirectory: string): readonly string[] {
  // Relative paths, so that a report that is published does not name the folders of this machine.
  const place = (path: string): string => relative(workingDirectory, join(manifest.folder, path));
  const [program = '', ...rest] = manifest.exec.split(' ');
  const exec = [quote(`./${place(program)}`), ...rest].join(' ');
  const given = (flag: string): boolean => args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return [
    'run',
    '--exec',
    exec,
    ...(given('--baseline') ? [] : ['--baseline', place(manifest.baseline)]),
    ...(given('--out') ? [] : ['--out', outputOf(manifest)]),
    ...(manifest.gracefulSignal === undefined ? [] : ['--graceful-signal', manifest.gracefulSignal]),
    // What is published was run to its end, however slow the machine was.
    ...(given('--time-budget') ? [] : ['--time-budget', publishedBudget]),
    ...manifest.run,
    ...args,
  ];
}

/** An environment that changes nothing of what a command line does: our own variables set options, and those of CI systems a seed and a reporter. */
export function plainEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('GRPC_CONFORM_') && name !== 'GITHUB_ACTIONS'),
  );
}

/** The exit code of a command line; undefined when a signal ended it. */
async function ended(child: ChildProcess): Promise<number | undefined> {
  // A terminal sends Ctrl-C to both of us; the command line still writes its report, so it is the one that ends the run.
  const wait = (): void => undefined;
  const forward = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  // Something beside it, a build for example, may end us first.
  process.on('exit', forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? undefined));
    });
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
    process.off('exit', forward);
  }
}

/** For the shell that `--exec` is given to. */
function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

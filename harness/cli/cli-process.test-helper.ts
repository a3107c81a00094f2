import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { waitForNobody } from '../servers/hostile/marked-processes';

/** A command line that is still running after this is killed, so that its test fails by exit code and not by hanging. Milliseconds: less than jest waits. */
const longestRun = 240_000;
/** For processes that were killed to be gone. Milliseconds. */
const disappearance = 20_000;
/** By this variable of the environment every process is recognized that a command line started, however many there are in between. */
const markerName = 'HOSTILE_TARGETS_TEST';

/** A finished command line. */
export interface CliResult {
  /** null: it was killed, by us or by a fault in Node. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Where the report is, when it got that far. */
  readonly out: string;
  /** Names of the files below {@link out}. */
  readonly files: readonly string[];
  /** Command lines of processes that it left behind. */
  readonly orphans: readonly string[];
}

/** What a test can do while the command line runs. */
export interface RunningCli {
  readonly process: ChildProcess;
  /** Resolves when it has ended, also to who asks later. */
  readonly ended: Promise<unknown>;
  /** A folder that goes away with the run. */
  readonly folder: string;
  /** Resolves when standard output or standard error has that text, or the process has ended. */
  readonly printed: (text: string) => Promise<void>;
}

/** The words that run one of our programs under Node: the build where there is one, which is what users have, else the source. */
export function ourProgram(
  name: 'cli/main' | 'servers/reference/server' | 'servers/hostile/server',
): readonly string[] {
  const built = join(packageRoot(), 'dist/harness', `${name}.js`);
  if (existsSync(built)) return [process.execPath, built];
  return [process.execPath, '-r', require.resolve('esbuild-register'), join(packageRoot(), 'harness', `${name}.ts`)];
}

/** Words as a line for the shell. */
export const shellLine = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

/**
 * What the console said, in one line. The console wraps at a width, so where a line ends depends on how long the paths in it are: a test that looks
 * for a sentence with a path looks here.
 */
export const inOneLine = (printed: string): string => printed.replaceAll(/\s+/g, ' ');

/** A fresh folder for a task, removed afterwards. */
export async function inFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  try {
    return await task(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the command line in a process of its own, as users do, with its report in a fresh folder. `words` get that folder.
 * @param meanwhile acts while it runs.
 * @param inspect looks at the report, where there is one, before it is removed.
 */
export function runCli<T = undefined>(
  words: readonly string[] | ((folder: string) => readonly string[]),
  options: {
    readonly meanwhile?: (running: RunningCli) => Promise<void>;
    readonly inspect?: (result: CliResult) => T;
    /** Variables beside PATH. */
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<CliResult & { readonly seen: T | undefined }> {
  return inFolder(async (folder) => {
    const marker = randomUUID();
    const out = join(folder, 'report');
    const [program = '', ...first] = ourProgram('cli/main');
    const given = typeof words === 'function' ? words(folder) : words;
    const isRun =
      !['replay', 'report', 'probe', 'self-test', 'baseline', 'list'].includes(given[0] ?? '') &&
      !given.includes('--out');
    const child = spawn(program, [...first, ...given, ...(isRun ? ['--out', out] : [])], {
      cwd: folder,
      env: { ...options.environment, PATH: process.env['PATH'], [markerName]: marker },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const listeners = new Set<() => void>();
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      for (const listener of listeners) listener();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      for (const listener of listeners) listener();
    });
    const printed = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (stdout.includes(text) || stderr.includes(text)) resolve();
        };
        listeners.add(look);
        void ended.then(() => resolve());
        look();
      });
    const timer = setTimeout(() => child.kill('SIGKILL'), longestRun);
    void ended.then(() => clearTimeout(timer));
    await options.meanwhile?.({ process: child, ended, folder, printed }).catch(async (error: unknown) => {
      child.kill('SIGKILL');
      await ended;
      throw new Error(`${String(error)}; the command line said: ${stderr}`);
    });
    const exitCode = await ended;
    const left = await waitForNobody(markerName, marker, disappearance);
    const orphans = left.map(({ command }) => command);
    const files = existsSync(out) ? readdirSync(out, { recursive: true, encoding: 'utf8' }) : [];
    const result: CliResult = { exitCode, stdout, stderr, out, files, orphans };
    return { ...result, seen: files.length === 0 ? undefined : options.inspect?.(result) };
  });
}

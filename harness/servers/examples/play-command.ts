import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../../error';
import { printable, printableLines } from '../../report/printable';
import { lastWords } from '../last-words';
import { plainEnvironment } from '../run-server';
import { parseCommand } from './command';
import { steadyLine } from './steady-line';

export interface PlayOptions {
  /** The words that start the command line, in place of `npx grpc-conform`. */
  readonly program: readonly string[];
  /** Where the paths of commands begin: the root of the repository. */
  readonly workingDirectory: string;
  readonly signal?: AbortSignal;
}

/** What a command printed, or why that is not to be had: a clause, and the exit code that goes with it. */
export type Played =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly problem: string; readonly exitCode: number };

/** Characters of what a command prints that are kept; the longest of the document prints some thousands. */
const keptOutput = 1024 * 1024;

/** Milliseconds that a command may take: the longest starts a Java server many times and waits until it stops growing. */
const longestCommand = 15 * 60_000;

/** Milliseconds from asking a command line to end to killing it; it stops its server meanwhile. */
const stopping = 15_000;

/** What a person at a quiet machine need not say: a Java server takes its time to start on a busy one. */
const steadyEnvironment = { NO_COLOR: '1', GRPC_CONFORM_CONNECT_TIMEOUT: '3m' };

/** Exit codes of a command line that did what it was to do: findings are what some examples show. */
const shown: readonly (number | null)[] = [exitCodes.conformant, exitCodes.findings];

/**
 * Plays a command of a document, and gives the lines that the document shows of it. Reports go to a folder that is removed.
 *
 * @throws ConformError ERR_CONFIG for a command that cannot be read.
 */
export async function playCommand(text: string, options: PlayOptions): Promise<Played> {
  const { words, filter } = parseCommand(text);
  const { program, workingDirectory, signal } = options;
  const [node = '', ...rest] = program;
  const out = mkdtempSync(join(tmpdir(), 'grpc-conform-example-'));
  try {
    const child = spawn(node, [...rest, ...words], {
      cwd: workingDirectory,
      env: { ...plainEnvironment(process.env), ...steadyEnvironment, GRPC_CONFORM_OUT: out },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [printed, complained] = [lastWords([child.stdout], keptOutput), lastWords([child.stderr], keptOutput)];
    const end = AbortSignal.any([AbortSignal.timeout(longestCommand), ...(signal === undefined ? [] : [signal])]);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      let kill: NodeJS.Timeout | undefined;
      const stop = (): void => {
        child.kill('SIGTERM');
        kill = setTimeout(() => child.kill('SIGKILL'), stopping);
      };
      if (end.aborted) stop();
      else end.addEventListener('abort', stop, { once: true });
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(kill);
        end.removeEventListener('abort', stop);
        resolve(code);
      });
    });
    if (signal?.aborted === true) return { ok: false, problem: 'interrupted', exitCode: exitCodes.interrupted };
    if (end.aborted) return { ok: false, problem: 'it took too long', exitCode: exitCodes.internal };
    if (!shown.includes(exitCode)) {
      const [said = ''] = complained().trim().split('\n');
      const problem = printable(said) || `it ended with exit code ${exitCode}`;
      return { ok: false, problem, exitCode: exitCode ?? exitCodes.internal };
    }
    const lines = filter(printableLines(printed().trimEnd()).map(steadyLine));
    if (lines.length > 0) return { ok: true, lines };
    return { ok: false, problem: 'it printed no line that its pipe keeps', exitCode: exitCodes.internal };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

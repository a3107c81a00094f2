import { spawn } from 'node:child_process';
import { ConformError } from '../error';

/** Milliseconds after which a command is ended; far beyond what any of ours takes. */
const timeout = 15 * 60_000;

/** Characters of output that are kept. */
const keptOutput = 64 * 1024;

export interface CommandResult {
  readonly output: string;
  /** Milliseconds from the start until the process was gone. */
  readonly elapsed: number;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. @throws ConformError ERR_INTERNAL with the last output when it does not end with 0. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const started = performance.now();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-keptOutput);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const elapsed = performance.now() - started;
  if (ended === 'exit code 0') return { output, elapsed };
  const last = output.trimEnd().split('\n').slice(-10);
  throw new ConformError(
    'ERR_INTERNAL',
    [`"${[program, ...args].join(' ')}" ended with ${ended}.`, ...last].join('\n  | '),
  );
}

import { spawn, spawnSync } from 'node:child_process';
import { ConformError, exitCodes } from '../error';
import { lastWords } from './last-words';
import type { ServerManifest } from './manifest';

/** Milliseconds for a toolchain to say that it is there; the slowest, a cold JVM, takes a second or two. */
const toolchainTimeout = 30_000;

/** Lines of a failed build that are shown; the cause stands at the end. */
const shownLines = 20;

/** Characters of build output that are kept. */
const keptOutput = 64 * 1024;

export interface BuildOptions {
  /** Takes one line before each command. */
  readonly say: (line: string) => void;
  /** Milliseconds for all commands together, in place of what the manifest says. */
  readonly buildTimeout?: number;
}

/**
 * Builds a real server as its manifest says.
 *
 * @throws ConformError ERR_MISSING_TOOLCHAIN; ERR_TARGET_NOT_READY with the last output when a command fails or takes too long.
 */
export async function buildServer(manifest: ServerManifest, options: BuildOptions): Promise<void> {
  checkToolchains(manifest);
  const deadline = Date.now() + (options.buildTimeout ?? manifest.buildMinutes * 60_000);
  for (const command of manifest.build) {
    options.say(`${manifest.name}: ${command.join(' ')}`);
    await build(manifest, command, deadline);
  }
}

function checkToolchains({ name, toolchains, folder }: ServerManifest): void {
  const missing = toolchains.filter(({ command, args }) => {
    const { status } = spawnSync(command, args, { cwd: folder, stdio: 'ignore', timeout: toolchainTimeout });
    return status !== 0;
  });
  if (missing.length === 0) return;
  const parts = missing.map(
    ({ command, args, install }) =>
      `${command} ("${[command, ...args].join(' ')}" does not work here; install ${install})`,
  );
  throw new ConformError('ERR_MISSING_TOOLCHAIN', `The server ${name} needs ${parts.join(' and ')}.`);
}

async function build(manifest: ServerManifest, command: readonly string[], deadline: number): Promise<void> {
  const [program = '', ...args] = command;
  // A group of its own: a compiler that hangs has children.
  const child = spawn(program, args, { cwd: manifest.folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = lastWords([child.stdout, child.stderr], keptOutput);
  let timedOut = false;
  const killGroup = (): void => {
    const runs = child.exitCode === null && child.signalCode === null;
    if (child.pid !== undefined && runs) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup();
  }, deadline - Date.now());
  // Ctrl-C does not reach that group by itself.
  const interrupt = (): void => process.exit(exitCodes.interrupted);
  process.once('exit', killGroup);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `exit code ${code ?? signal}`));
  });
  clearTimeout(timer);
  process.off('exit', killGroup);
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  if (failure === undefined) return;
  const reason = timedOut ? 'it took too long' : failure;
  const last = output().trimEnd().split('\n').slice(-shownLines);
  throw new ConformError(
    'ERR_TARGET_NOT_READY',
    [`The server ${manifest.name} cannot be built, "${command.join(' ')}" failed: ${reason}.`, ...last].join('\n  | '),
  );
}

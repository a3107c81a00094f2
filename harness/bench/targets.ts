import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConformError } from '../error';
import { startTarget } from '../launch/reach/spawn';
import { packageRoot } from '../package-root';

/** Milliseconds until a started server must answer. */
const readyTimeout = 20_000;

/** A file of the build. @throws ConformError when it is missing. */
export function builtFile(...path: readonly string[]): string {
  const file = join(packageRoot(), 'dist', 'harness', ...path);
  if (!existsSync(file)) throw new ConformError('ERR_USAGE', `${file} is missing: run "npm run build" first.`);
  return file;
}

/** The command line of a Node script, for `--exec`. */
export function nodeCommand(script: string, ...args: readonly string[]): string {
  return [process.execPath, script, ...args].map((word) => (/^[\w./{}-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}

/** Starts a server, does something with it, and stops it whatever happens. */
export async function withServer<Result>(
  command: string,
  use: (address: { readonly host: string; readonly port: number }) => Promise<Result>,
): Promise<Result> {
  const target = await startTarget({ command, readyTimeout });
  try {
    const { address } = target.endpoint();
    if (address.kind === 'unix') throw new ConformError('ERR_INTERNAL', 'A benchmark server listens on a port.');
    return await use(address);
  } finally {
    await target.process.stop();
  }
}

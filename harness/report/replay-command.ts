import type { RunRecord } from './model';
import { printable } from './printable';

/** The command that plays a failure file again, for a POSIX shell. `file` is the path from where the command is typed. */
export function replayCommand(run: Pick<RunRecord, 'header' | 'target'>, file: string): string {
  const { exec, name } = run.target;
  const target = exec !== undefined ? ['--exec', exec] : isAddress(name) ? ['--target', name] : [];
  const version = run.header.tool.version;
  return ['npx', `${run.header.tool.name}@${version}`, 'replay', file, ...target].map(quote).join(' ');
}

/** The name of the bundled server is no address: replay starts that server by itself. */
const isAddress = (name: string): boolean => name.includes(':');

const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./{}-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;

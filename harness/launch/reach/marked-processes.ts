import { readdirSync, readFileSync } from 'node:fs';
import { parseProcessStat } from '../../process-stat';
import { printable } from '../../report/printable';

/** A variable of the environment by which whatever a target starts is known again, also where it has left the process group. No option is read from it. */
export const markName = '_GRPC_CONFORM_TARGET';

/** A process of a target, outside of the process group that we gave it. */
export interface StrayProcess {
  readonly pid: number;
  /** Its command line, escaped and cut. */
  readonly command: string;
}

/** Longest command line that is shown. */
const longestCommand = 120;

/**
 * Processes that have a mark in their environment and do not belong to a process group. Looks at what Linux shows of each process; elsewhere, and of processes
 * that cleared their environment or belong to another user, nothing is found.
 */
export function findStrays(mark: string, group: number): readonly StrayProcess[] {
  return findMarked(markName, mark, (pid) => {
    const stat = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    if (pid === process.pid || stat.state === 'Z' || stat.group === String(group)) return [];
    const words = commandOf(pid);
    return [{ pid, command: printable(words.length > longestCommand ? `${words.slice(0, longestCommand)}…` : words) }];
  });
}

/**
 * What is to be known of the processes that have a variable in their environment, so that somebody whom we started has started them, however many there are in
 * between. Where the system does not show environments none are found.
 *
 * @param read what is wanted of a process; when it throws, the process has ended meanwhile.
 */
export function findMarked<T>(variable: string, value: string, read: (pid: number) => readonly T[]): readonly T[] {
  if (process.platform !== 'linux') return [];
  return listProcesses().flatMap((pid) => {
    try {
      const isMarked = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${variable}=${value}`);
      return isMarked ? read(pid) : [];
    } catch {
      // It has ended since we listed it, or belongs to another user.
      return [];
    }
  });
}

/** The command line of a process, its words separated by blanks. @throws what the system says */
export const commandOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();

function listProcesses(): readonly number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** Sends them a signal; those that are gone are passed over. */
export function signalStrays(strays: readonly StrayProcess[], signal: NodeJS.Signals): void {
  for (const { pid } of strays) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone.
    }
  }
}

/** One sentence about processes that had left the group and were ended for it. */
export function describeStrays(strays: readonly StrayProcess[]): string {
  const named = strays.slice(0, mostNamed).map(({ pid, command }) => `${pid} (${command})`);
  const more = strays.length - named.length;
  const which = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return strays.length === 1
    ? `A process that the target had started was no longer in its process group, and we ended it: ${which}. Let the command of --exec stay in the foreground.`
    : `${strays.length} processes that the target had started were no longer in its process group, and we ended them: ${which}. Let the command of --exec stay in the foreground.`;
}

/** Processes that a sentence names. */
const mostNamed = 3;

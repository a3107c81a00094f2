import { spawn } from 'node:child_process';
import { findStrays, markName, signalStrays } from './marked-processes';

/** Groups that must not outlive us, with the marks of what may have left them. */
const heldGroups = new Map<number, string>();

/** Waits for a line; where the pipe ends without one, kills the group $0 and, where the system shows environments, what has $1 in its own. */
const guardScript = `
read -r line && exit
kill -s KILL -- "-$0"
for process in /proc/[0-9]*; do
  grep -qF "$1" "$process/environ" && kill -s KILL "\${process#/proc/}"
done 2>/dev/null`;

/**
 * Ties a process group to our own life. The exit handler serves an orderly end; a shell that waits for the end of our pipe serves everything else, SIGKILL
 * included. The returned function lets the group go.
 */
export function holdGroup(pid: number, mark: string): () => void {
  if (heldGroups.size === 0) process.on('exit', killHeldGroups);
  heldGroups.set(pid, mark);
  const guard =
    process.platform === 'win32'
      ? undefined
      : spawn('/bin/sh', ['-c', guardScript, String(pid), `${markName}=${mark}`], {
          detached: true,
          stdio: ['pipe', 'ignore', 'ignore'],
        });
  guard?.on('error', () => undefined);
  guard?.stdin?.on('error', () => undefined);
  // Neither the guard nor its pipe keeps us running.
  guard?.unref();
  const pipe = guard?.stdin;
  if (pipe !== null && pipe !== undefined && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return () => {
    guard?.stdin?.end('\n');
    heldGroups.delete(pid);
    if (heldGroups.size === 0) process.removeListener('exit', killHeldGroups);
  };
}

function killHeldGroups(): void {
  for (const [pid, mark] of heldGroups) {
    signalGroup(pid, 'SIGKILL');
    signalStrays(findStrays(mark, pid), 'SIGKILL');
  }
}

/** Sends a signal to all processes of a group. @returns false when there is none of that id, or it is none that we may signal */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  // -1 and 0 would signal everybody.
  if (pid <= 1) return false;
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    return false;
  }
}

/** True while the group has a process. */
export function isGroupAlive(pid: number): boolean {
  if (pid <= 1) return false;
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, 0);
  } catch {
    return false;
  }
}

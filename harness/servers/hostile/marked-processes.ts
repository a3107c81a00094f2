import { readdirSync, readFileSync } from 'node:fs';

/** A process that has a variable of ours in its environment, so that it was started by somebody we started, however many there are in between. */
export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Between two looks, in milliseconds. */
const lookPause = 20;

/** Processes whose environment has that variable. Where the system does not show it, none are found. */
export function findMarked(variable: string, value: string): readonly MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${variable}=${value}`)) return [];
        return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ') }];
      } catch {
        // It has ended since we listed it, or belongs to another user.
        return [];
      }
    });
}

/** Those that do not go away within that many milliseconds; `except` is a process that may stay. */
export async function waitForNobody(
  variable: string,
  value: string,
  milliseconds: number,
  except?: number,
): Promise<readonly MarkedProcess[]> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const left = findMarked(variable, value).filter(({ pid }) => pid !== except);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, lookPause));
  }
}

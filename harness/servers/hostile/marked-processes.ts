import { commandOf, findMarked } from '../../launch/reach/marked-processes';

/** A process that has a variable of ours in its environment. */
export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Between two looks, in milliseconds. */
const lookPause = 20;

/** Processes whose environment has that variable. Where the system does not show it, none are found. */
export const listMarked = (variable: string, value: string): readonly MarkedProcess[] =>
  findMarked(variable, value, (pid) => [{ pid, command: commandOf(pid) }]);

/** Those that do not go away within that many milliseconds; `except` is a process that may stay. */
export async function waitForNobody(
  variable: string,
  value: string,
  milliseconds: number,
  except?: number,
): Promise<readonly MarkedProcess[]> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const left = listMarked(variable, value).filter(({ pid }) => pid !== except);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, lookPause));
  }
}

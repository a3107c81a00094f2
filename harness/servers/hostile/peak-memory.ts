import { readFileSync } from 'node:fs';

/** Between two samples, in milliseconds. The peak is the system's own, so that a sample sees all that was before it. */
const pause = 50;

/** The command line of a child that is ours, and not the target. */
const isHelper = (command: string): boolean => /\bharness\/launch\//.test(command);

/** Watches the resident memory of a process of ours and of the helpers that it starts, until it is stopped. */
export class PeakMemory {
  readonly #peaks = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  /** Begins to watch that process. */
  constructor(pid: number) {
    const look = (): void => {
      this.#sample(pid);
      for (const child of childrenOf(pid)) if (isHelper(read(`/proc/${child}/cmdline`))) this.#sample(child);
    };
    look();
    this.#timer = setInterval(look, pause);
  }

  /** Stops watching. @returns octets at the peak of the process that had the most; undefined where the system does not say. */
  stop(): number | undefined {
    clearInterval(this.#timer);
    return this.#peaks.size === 0 ? undefined : Math.max(...this.#peaks.values());
  }

  #sample(pid: number): void {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
    if (kibibytes !== undefined) this.#peaks.set(pid, Math.max(this.#peaks.get(pid) ?? 0, Number(kibibytes) * 1024));
  }
}

const childrenOf = (pid: number): readonly number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process has ended, or the system has no such file.
    return '';
  }
}

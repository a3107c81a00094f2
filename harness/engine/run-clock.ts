import { performance } from 'node:perf_hooks';

export interface RunClockOptions {
  /** When the budget began, by `performance.now()`; now when absent. */
  readonly started?: number;
  /** Milliseconds within which the run ends. */
  readonly budget?: number;
  /** Ctrl-C. */
  readonly signal?: AbortSignal;
  /** True once the failures that were allowed are there. */
  readonly hasEnough: () => boolean;
}

/** The part of the budget that the search for failures gets; the rest is for confirming what was found last. */
const searchPart = 0.85;

/** Milliseconds that confirming gets at least, however short the budget is: what was seen must not be lost. */
const confirmingTime = 10_000;

/** Milliseconds between two estimates. */
const estimateEvery = 1000;

/** When a run ends, and about how long it still takes: the time budget, Ctrl-C and the failures that are allowed. */
export class RunClock {
  readonly #options: RunClockOptions;
  readonly #started: number;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onInterrupt = (): void => this.#stop.abort();
  /** The part of the time for searching that may be used by now. */
  #share = 1;
  #planned = 0;
  #done = 0;
  #ticks = 0;
  #lastEstimate = 0;

  constructor(options: RunClockOptions) {
    this.#options = options;
    this.#started = options.started ?? performance.now();
    const { budget, signal } = options;
    if (budget !== undefined) {
      const end = Math.max(budget, budget * searchPart + confirmingTime);
      this.#timer = setTimeout(() => this.#stop.abort(), Math.max(0, end - this.elapsed));
      // A run that is over does not wait for it.
      this.#timer.unref();
    }
    if (signal?.aborted === true) this.#stop.abort();
    signal?.addEventListener('abort', this.#onInterrupt, { once: true });
  }

  /** Ends every wait of every script: Ctrl-C, the end of the budget, or enough failures. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return performance.now() - this.#started;
  }

  /** Why no further input is to be started; undefined while there is no reason. */
  get whyOver(): string | undefined {
    const { budget, signal, hasEnough } = this.#options;
    if (signal?.aborted === true) return 'the run was interrupted';
    if (hasEnough()) {
      // What is under way would be found out only to be thrown away.
      this.#stop.abort();
      return 'the run stopped after the failures that were allowed';
    }
    const isLate = budget !== undefined && this.elapsed > budget * searchPart * this.#share;
    return isLate || this.#stop.signal.aborted ? 'the time budget was used up' : undefined;
  }

  /** Gives what comes now a part of the time for searching, 0 to 1, counted from the start. */
  share(part: number): void {
    this.#share = part;
  }

  /** Inputs that are planned, one number for each property. */
  plan(runs: readonly number[]): void {
    this.#planned += runs.reduce((sum, count) => sum + count, 0);
  }

  /** A property with so many planned inputs is done, however many it took. */
  finish(runs: number): void {
    this.#done += runs;
  }

  /**
   * Another input was played.
   * @returns milliseconds that the run still takes, about; undefined when the last estimate is young, or nothing can be said yet.
   */
  tick(): number | undefined {
    this.#ticks++;
    const { elapsed } = this;
    if (elapsed - this.#lastEstimate < estimateEvery) return undefined;
    this.#lastEstimate = elapsed;
    const done = Math.min(this.#planned, Math.max(this.#done, this.#ticks));
    const rest = (elapsed / Math.max(1, done)) * (this.#planned - done);
    const { budget } = this.#options;
    return Math.round(budget === undefined ? rest : Math.min(rest, Math.max(0, budget - elapsed)));
  }

  /** Lets go of timers and listeners. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onInterrupt);
  }
}

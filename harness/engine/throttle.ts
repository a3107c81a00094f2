import { performance } from 'node:perf_hooks';
import { pause } from '../connection/play-script';
import type { RunListener } from '../report/events';
import type { Slots } from './slots';

/** How long the first rest of a target takes that could not serve; each one after it takes twice as long. Milliseconds. */
const firstRest = 250;

/**
 * So many inputs in a row that a target has looked at show that it can take more than one that rested it was given: twice as many at a time. Where it cannot after
 * all, the next try waits for twice as many.
 */
const servedInputs = 50;

/** How often an input is played again because the target could not or would not look at it. */
export const mostRetries = 3;

export interface ThrottleOptions {
  /** Calls per second, at most; absent: as many as the target answers. */
  readonly rate?: number;
  readonly slots: Slots;
  readonly listener: RunListener;
  readonly signal?: AbortSignal;
}

/** Why a target rests: what it answered, as a clause, and how long it asked for. */
export interface BackOffCause {
  readonly reason: string;
  /** True where it may have been something that passes, such as a connection behind a proxy that ended: nothing says that it was too much. */
  readonly mayPass?: boolean;
  /** Milliseconds. */
  readonly pushback?: number;
}

/** Keeps a run from asking more of a target than it can take: a pace that the user sets, and rests when the target says that it cannot serve now. */
export class Throttle {
  readonly #options: ThrottleOptions;
  /** When the next call may be made. */
  #next = 0;
  #rest: Promise<void> = Promise.resolve();
  /** Inputs that were looked at since the last rest, or since there are more at a time. */
  #served = 0;
  #wanted = servedInputs;
  #hasWidened = false;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Waits until so many calls may be made. */
  async pace(calls: number): Promise<void> {
    await this.#rest;
    const { rate, signal } = this.#options;
    if (rate === undefined) return;
    const now = performance.now();
    const start = Math.max(now, this.#next);
    this.#next = start + (calls * 1000) / rate;
    if (start > now) await pause(start - now, signal);
  }

  /**
   * Nothing new is asked for a while, and half as much at a time from then on; not yet where it may pass.
   * @param attempt how often this was tried before
   * @returns whether there is less at a time now: what {@link forgive} takes back
   */
  async rest(attempt: number, { reason, pushback = 0, mayPass = false }: BackOffCause): Promise<boolean> {
    const { slots, listener, signal } = this.#options;
    const milliseconds = Math.max(firstRest * 2 ** attempt, pushback);
    const before = slots.size;
    if (!mayPass) slots.narrow();
    const isLess = slots.size < before;
    this.#served = 0;
    if (isLess && this.#hasWidened) this.#wanted *= 2;
    this.#hasWidened = false;
    if (isLess) {
      const inputs = slots.size === 1 ? 'one input' : `${slots.size} inputs`;
      const text = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}: going on after a rest with ${inputs} at a time, and with more when it has served for a while. --concurrency and --rate keep a run smaller from the start.`;
      listener({ type: 'warning', text });
    }
    this.#rest = pause(milliseconds, signal);
    await this.#rest;
    return isLess;
  }

  /** An input was looked at: what a target could not take for a moment, such as a connection behind it that broke, need not make the rest of a run slow. */
  noteServed(): void {
    const { slots } = this.#options;
    if (!slots.isNarrow || ++this.#served < this.#wanted) return;
    this.#served = 0;
    this.#hasWidened = true;
    slots.widen();
  }

  /** It was about what was asked, not about how much: so many rests need not have left less at a time. */
  forgive(rests: number): void {
    const { slots, listener } = this.#options;
    if (rests === 0) return;
    for (let rest = 0; rest < rests; rest++) slots.widen();
    const text = `The target refuses that for what it says, and serves plain calls meanwhile: going on with ${slots.size} inputs at a time.`;
    listener({ type: 'warning', text });
  }
}

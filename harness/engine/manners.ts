import { performance } from 'node:perf_hooks';
import { pause } from '../connection/play-script';
import { status } from '../grpc/status';
import type { Violation } from '../properties/violation';
import type { RunListener } from '../report/events';
import type { Slots } from './slots';

/** How long the first rest of an exhausted target takes; each one after it takes twice as long. Milliseconds. */
const firstRest = 250;

/** How often an input is played again because the target was exhausted when it came. */
export const mostRests = 3;

export interface MannersOptions {
  /** Calls per second, at most; absent: as many as the target answers. */
  readonly rate?: number;
  readonly slots: Slots;
  readonly listener: RunListener;
  readonly signal?: AbortSignal;
}

/** Keeps a run from asking more of a target than it can take: a pace that the user sets, and rests when the target says RESOURCE_EXHAUSTED. */
export class Manners {
  readonly #options: MannersOptions;
  /** When the next call may be made. */
  #next = 0;
  #rest: Promise<void> = Promise.resolve();

  constructor(options: MannersOptions) {
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

  /** Nothing new is asked for a while, and half as much at a time from then on. @param attempt how often this was tried before */
  async rest(attempt: number): Promise<void> {
    const { slots, listener, signal } = this.#options;
    const milliseconds = firstRest * 2 ** attempt;
    const before = slots.size;
    slots.narrow();
    if (slots.size < before) {
      const inputs = slots.size === 1 ? 'one input' : `${slots.size} inputs`;
      const text = `The target answered RESOURCE_EXHAUSTED: going on after a rest with ${inputs} at a time. --concurrency and --rate keep a run smaller from the start.`;
      listener({ type: 'warning', text });
    }
    this.#rest = pause(milliseconds, signal);
    await this.#rest;
  }
}

/** True when a call that should have been served ended with RESOURCE_EXHAUSTED; one that was asked to end so is no violation. */
export const isExhausted = (violations: readonly Violation[]): boolean =>
  violations.some(({ severity, reaction }) => severity !== 'info' && exhausted.test(reaction));

/** In the class of a reaction, see `callReaction`. */
const exhausted = new RegExp(`\\bstatus ${status.RESOURCE_EXHAUSTED}\\b`);

import type { Executor } from './executor';
import type { Slots } from './slots';

/** The plain call that worked at the start, made again now and then: once it fails, nothing is a pass. */
export class Heartbeat {
  readonly #executor: Executor;
  readonly #slots: Slots;

  readonly #onBeat: () => void;
  #last: Promise<boolean> | undefined;

  /** @param onBeat told of each plain call. */
  constructor(executor: Executor, slots: Slots, onBeat: () => void) {
    this.#onBeat = onBeat;
    this.#executor = executor;
    this.#slots = slots;
  }

  /** The plain call, in a place of its own: who plays alone is not disturbed by it. */
  beat(): Promise<boolean> {
    return this.#slots.one(() => {
      const call = this.#executor.heartbeat();
      // Who asks at the same time is answered by one call.
      if (call !== this.#last) this.#onBeat();
      this.#last = call;
      return call;
    });
  }

  /** Begins to watch. @returns what says whether the target has served since: else a hang is nobody's, and silence confirms nothing. */
  watch(): () => Promise<boolean> {
    const falls = this.#executor.downfalls.length;
    return async () => (await this.beat()) && this.#executor.downfalls.length === falls;
  }
}

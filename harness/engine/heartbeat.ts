import type { Laboratory } from './laboratory';
import type { Slots } from './slots';

/** The plain call that worked at the start, made again now and then: once it fails, nothing is a pass. */
export class Heartbeat {
  readonly #laboratory: Laboratory;
  readonly #slots: Slots;

  constructor(laboratory: Laboratory, slots: Slots) {
    this.#laboratory = laboratory;
    this.#slots = slots;
  }

  /** The plain call, in a place of its own: who plays alone is not disturbed by it. */
  beat(): Promise<boolean> {
    return this.#slots.one(() => this.#laboratory.heartbeat());
  }

  /** Begins to watch. @returns what says whether the target has served since: else a hang is nobody's, and silence confirms nothing. */
  watch(): () => Promise<boolean> {
    const falls = this.#laboratory.downfalls.length;
    return async () => (await this.beat()) && this.#laboratory.downfalls.length === falls;
  }
}

import { settingValue } from '../wire/setting-value';
import type { Setting } from '../wire/settings';

/**
 * A setting of one side as it binds the other: the value that was acknowledged, and those on their way, each of which may hold (RFC 9113 §6.5.3).
 */
export class BindingSetting {
  readonly #id: number;
  #acknowledged: number;
  readonly #pending: (number | undefined)[] = [];

  constructor(id: number, initial: number) {
    this.#id = id;
    this.#acknowledged = initial;
  }

  /** A SETTINGS frame has been sent by the side that sets it. */
  announce(settings: readonly Setting[]): void {
    this.#pending.push(settingValue(settings, this.#id));
  }

  /** The other side has acknowledged the first frame that it had not. */
  acknowledge(): void {
    this.#acknowledged = this.#pending.shift() ?? this.#acknowledged;
  }

  /** The most that the other side may rightly believe in now. */
  get largest(): number {
    return Math.max(this.#acknowledged, ...this.#pending.map((value) => value ?? 0));
  }
}

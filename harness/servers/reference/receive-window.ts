/** When used credit is returned: with every frame, at half of the window, or late. */
export type CreditPolicy = 'eager' | 'half' | 'late';

/** Part of the window that must be used up before credit is returned. */
const share: Readonly<Record<CreditPolicy, number>> = { eager: 0, half: 1 / 2, late: 3 / 4 };

/** The credit that the client has on a stream or on the connection (RFC 9113 §5.2, §6.9). */
export class ReceiveWindow {
  #size: number;
  readonly #share: number;
  #left: number;
  #owed = 0;

  constructor(size: number, policy: CreditPolicy) {
    this.#size = size;
    this.#share = share[policy];
    this.#left = size;
  }

  /** Counts a frame. @returns false when the client had no credit for it; one without octets needs none (RFC 9113 §6.9.1). */
  use(octets: number): boolean {
    this.#left -= octets;
    return octets === 0 || this.#left >= 0;
  }

  /** Octets that are dealt with. @returns the increment to send now, or 0. */
  giveBack(octets: number): number {
    this.#owed += octets;
    if (this.#owed === 0 || this.#owed < this.#size * this.#share) return 0;
    const increment = this.#owed;
    this.#left += increment;
    this.#owed = 0;
    return increment;
  }

  /** Follows a change of our own SETTINGS_INITIAL_WINDOW_SIZE, which may be to less, or an increment beyond what was used. */
  enlarge(octets: number): void {
    this.#size += octets;
    this.#left += octets;
  }
}

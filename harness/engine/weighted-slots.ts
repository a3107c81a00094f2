/** A number of places that takers share, each of whom may want several at once; who comes first is served first. */
export class WeightedSlots {
  readonly #size: number;
  #taken = 0;
  readonly #waiting: { readonly weight: number; readonly start: () => void }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Waits for so many places, for all of them where more are wanted than there are.
   * @returns gives them back, once
   */
  async enter(wanted: number): Promise<() => void> {
    const weight = Math.min(wanted, this.#size);
    const started = new Promise<void>((resolve) => this.#waiting.push({ weight, start: resolve }));
    this.#startNext();
    await started;
    let isInside = true;
    return () => {
      if (isInside) this.#taken -= weight;
      isInside = false;
      this.#startNext();
    };
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#taken + next.weight > this.#size) return;
      this.#taken += next.weight;
      this.#waiting.shift();
      next.start();
    }
  }
}

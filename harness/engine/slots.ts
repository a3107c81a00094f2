interface Waiting {
  /** True for a task that wants all places, however many there are by then. */
  readonly wantsAll: boolean;
  /** Takes the places that were handed out. */
  readonly enter: (places: number) => void;
}

/** A number of places for things that run side by side, handed out first come, first served. */
export class Slots {
  readonly #most: number;
  #size: number;
  #free: number;
  /** Places that are withdrawn as soon as they are given back. */
  #withdrawn = 0;
  /** True while a task has all places to itself: those that come back meanwhile are nobody's until it leaves. */
  #isLonely = false;
  readonly #queue: Waiting[] = [];

  constructor(size: number) {
    this.#most = size;
    this.#size = size;
    this.#free = size;
  }

  /** Places that there are. */
  get size(): number {
    return this.#size;
  }

  /** True where there are fewer than at first. */
  get isNarrow(): boolean {
    return this.#size < this.#most;
  }

  /** Halves the places; those who have one keep it until they leave. The last place stays. */
  narrow(): void {
    const size = Math.max(1, Math.floor(this.#size / 2));
    this.#withdrawn += this.#size - size;
    this.#size = size;
    this.#withdraw();
  }

  /** Doubles the places, up to as many as there were at first: what {@link narrow} took when it turned out that it need not have. */
  widen(): void {
    const size = Math.min(this.#most, this.#size * 2);
    this.#free += size - this.#size;
    this.#size = size;
    this.#withdraw();
    this.#admit();
  }

  /** Runs in one place. */
  one<T>(task: () => Promise<T>): Promise<T> {
    return this.#use(false, task);
  }

  /** Runs alone: waits until all others have left and lets nobody in meanwhile. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#use(true, task);
  }

  /** Waits for a place and keeps it until the returned function is called. */
  async enter(): Promise<() => void> {
    const places = await this.#acquire(false);
    return () => this.#release(places);
  }

  async #use<T>(wantsAll: boolean, task: () => Promise<T>): Promise<T> {
    const places = await this.#acquire(wantsAll);
    try {
      return await task();
    } finally {
      if (wantsAll) this.#isLonely = false;
      this.#release(places);
    }
  }

  /** @returns how many places were handed out. */
  #acquire(wantsAll: boolean): Promise<number> {
    return new Promise((enter) => {
      this.#queue.push({ wantsAll, enter });
      this.#admit();
    });
  }

  #release(places: number): void {
    this.#free += places;
    this.#withdraw();
    this.#admit();
  }

  #withdraw(): void {
    const places = Math.min(this.#withdrawn, this.#free);
    this.#withdrawn -= places;
    this.#free -= places;
  }

  #admit(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const places = next.wantsAll ? this.#size : 1;
      // Alone is only who shares with nobody: places that are still to be withdrawn are still in use.
      if (this.#isLonely || places > this.#free || (next.wantsAll && this.#withdrawn > 0)) return;
      this.#queue.shift();
      this.#isLonely = next.wantsAll;
      this.#free -= places;
      next.enter(places);
    }
  }
}

/** A number of places for things that run side by side, handed out first come, first served. */
export class Slots {
  readonly #size: number;
  #free: number;
  readonly #queue: { readonly count: number; readonly enter: () => void }[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  /** Runs in one place. */
  one<T>(task: () => Promise<T>): Promise<T> {
    return this.#use(1, task);
  }

  /** Runs alone: waits until all others have left and lets nobody in meanwhile. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#use(this.#size, task);
  }

  /** Waits for a place and keeps it until the returned function is called. */
  async enter(): Promise<() => void> {
    await this.#acquire(1);
    return () => this.#release(1);
  }

  async #use<T>(count: number, task: () => Promise<T>): Promise<T> {
    await this.#acquire(count);
    try {
      return await task();
    } finally {
      this.#release(count);
    }
  }

  #acquire(count: number): Promise<void> {
    if (this.#queue.length === 0 && this.#free >= count) {
      this.#free -= count;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#queue.push({ count, enter: resolve }));
  }

  #release(count: number): void {
    this.#free += count;
    for (let next = this.#queue[0]; next !== undefined && next.count <= this.#free; next = this.#queue[0]) {
      this.#queue.shift();
      this.#free -= next.count;
      next.enter();
    }
  }
}

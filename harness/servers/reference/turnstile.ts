/** A place in the queue for a handler. */
export interface Ticket {
  /** Settles when it is this one's turn. */
  readonly turn: Promise<void>;
  /** Gives the place back, whether or not its turn has come. */
  readonly leave: () => void;
}

/** Lets so many handlers run at a time; the others wait in the order in which they came. */
export class Turnstile {
  readonly #places: number;
  readonly #inside = new Set<Ticket>();
  readonly #queue = new Map<Ticket, () => void>();

  constructor(places: number) {
    this.#places = places;
  }

  enter(): Ticket {
    let admit = (): void => undefined;
    const turn = new Promise<void>((resolve) => (admit = resolve));
    const ticket: Ticket = { turn, leave: () => this.#leave(ticket) };
    this.#queue.set(ticket, admit);
    this.#admit();
    return ticket;
  }

  #leave(ticket: Ticket): void {
    this.#queue.delete(ticket);
    this.#inside.delete(ticket);
    this.#admit();
  }

  #admit(): void {
    for (const [ticket, admit] of this.#queue) {
      if (this.#inside.size >= this.#places) return;
      this.#queue.delete(ticket);
      this.#inside.add(ticket);
      admit();
    }
  }
}

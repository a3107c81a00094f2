import type { BoundName, ReachedBound } from '../transcript/reached-bound';

/** What may be kept in memory of what targets send, in octets; what is counted is the cost of keeping, not the octets of the wire (see packet-cost.ts). */
export interface MemoryBounds extends Readonly<Record<BoundName, number>> {
  /** Of all connections together. */
  readonly run: number;
  /** Of one connection. */
  readonly connection: number;
  /** Of what comes on one connection without having been asked for. */
  readonly unasked: number;
}

const mebi = 1024 * 1024;

/**
 * `connection`: the largest answer that any property asks for has 16 MiB, and costs twice as much to keep and to read. `unasked`: some ten thousand small
 * frames, many more than any server says of its own accord. `run`: with the program itself, what is kept for the report, and what waits to be collected, the
 * process stays below 512 MiB.
 */
const defaultBounds: MemoryBounds = { run: 64 * mebi, connection: 48 * mebi, unasked: 6 * mebi };

/** The part of all that one connection may always take. */
const smallPart = 1 / 32;

/** So many connections reach a bound before what may come unasked is made half as much for later ones; that often it is halved at most. */
const reachedPerHalving = 8;
const mostHalvings = 3;

/**
 * The memory that all connections of a run may take together. A connection that reaches a bound is told, and ends; when all together reach theirs, the one
 * that takes most is. Who floods us again and again may send less and
 * less of what nobody asked for.
 */
export class MemoryBudget {
  readonly #bounds: MemoryBounds;
  readonly #accounts = new Set<MemoryAccount>();
  #used = 0;
  #reached = 0;

  constructor(bounds: MemoryBounds = defaultBounds) {
    this.#bounds = bounds;
  }

  /** Octets that are taken now. */
  get used(): number {
    return this.#used;
  }

  /** An account for a new connection. @param onReached called once, when the connection must end. */
  open(onReached: (bound: ReachedBound) => void): MemoryAccount {
    const part = 2 ** -Math.min(mostHalvings, Math.floor(this.#reached / reachedPerHalving));
    const { connection, unasked } = this.#bounds;
    const account = new MemoryAccount(
      { connection, unasked: unasked * part },
      {
        onReached: (bound) => {
          this.#reached++;
          onReached(bound);
        },
        onChange: (octets) => this.#change(octets),
        onRelease: () => this.#accounts.delete(account),
      },
    );
    this.#accounts.add(account);
    return account;
  }

  #change(octets: number): void {
    this.#used += octets;
    if (octets <= 0 || this.#used <= this.#bounds.run) return;
    let largest: MemoryAccount | undefined;
    for (const account of this.#accounts) {
      if (!account.isOver && (largest === undefined || account.taken > largest.taken)) largest = account;
    }
    // Who has taken little goes on: what fills the memory has been ended already, and will be let go.
    if (largest !== undefined && largest.taken > this.#bounds.run * smallPart)
      largest.reach({ name: 'run', octets: this.#bounds.run });
  }
}

interface AccountListener {
  readonly onReached: (bound: ReachedBound) => void;
  readonly onChange: (octets: number) => void;
  readonly onRelease: () => void;
}

/** What one connection takes of a {@link MemoryBudget}. */
export class MemoryAccount {
  readonly #bounds: Omit<MemoryBounds, 'run'>;
  readonly #listener: AccountListener;
  #asked = 0;
  #unasked = 0;
  #allowed = 0;
  #isOver = false;

  constructor(bounds: Omit<MemoryBounds, 'run'>, listener: AccountListener) {
    this.#bounds = bounds;
    this.#listener = listener;
  }

  get taken(): number {
    return this.#asked + this.#unasked;
  }

  /** True once a bound was reached, or nothing more can come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What is kept for good: an answer, or what nobody asked for. In octets; negative when something was let go. */
  take(octets: number, what: 'asked' | 'unasked'): void {
    if (what === 'asked') this.#asked += octets;
    else this.#unasked += octets;
    this.#listener.onChange(octets);
    const { connection, unasked } = this.#bounds;
    if (this.#unasked > unasked + this.#allowed) this.reach({ name: 'unasked', octets: unasked });
    else if (this.taken > connection) this.reach({ name: 'connection', octets: connection });
  }

  /** What we say may be answered: that much more may come without being counted as unasked. In octets. */
  allow(octets: number): void {
    this.#allowed += octets;
  }

  reach(bound: ReachedBound): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onReached(bound);
  }

  /** Nothing more comes; what came is still kept. */
  close(): void {
    this.#isOver = true;
  }

  /** What was kept is let go. May be called again. */
  release(): void {
    this.#isOver = true;
    this.#listener.onChange(-this.taken);
    this.#asked = 0;
    this.#unasked = 0;
    this.#listener.onRelease();
  }
}

/** What `grpcconform.v1.Probe` tells about the calls of one key. */
export interface Counters {
  readonly started: number;
  readonly cancelled: number;
  readonly finished: number;
  readonly running: number;
  readonly messages: number;
}

/** The thresholds that a waiting caller asks for; zero asks for nothing. */
export type Thresholds = Pick<Counters, 'started' | 'cancelled' | 'finished'>;

/** One running handler; each method counts what its name says. */
export interface RunningCall {
  readonly receiveMessage: () => void;
  /** The handler learned that the call is over; counts nothing once the handler has ended. */
  readonly cancel: () => void;
  /** The handler ended, in whatever way; counts once. */
  readonly finish: () => void;
}

/** Keys come from clients: the oldest is forgotten beyond this many, so that a long-lived server does not grow. */
const maxKeys = 10_000;

/** setTimeout takes 31 bits; beyond them it would fire at once. */
const longestTimeout = 2 ** 31 - 1;

interface Tally {
  started: number;
  cancelled: number;
  finished: number;
  messages: number;
}

/** Counts handlers per value of `x-grpc-conform-key`. */
export class CallCounters {
  readonly #tallies = new Map<string, Tally>();
  readonly #waiters = new Map<string, Set<() => void>>();

  /** Counts a handler that starts now. After a reset of its key it counts no more. */
  start(key: string): RunningCall {
    const tally = this.#tally(key);
    let finished = false;
    const count = (name: keyof Tally): void => {
      tally[name] += 1;
      this.#notify(key);
    };
    count('started');
    return {
      receiveMessage: () => count('messages'),
      cancel: () => {
        if (!finished) count('cancelled');
      },
      finish: () => {
        if (finished) return;
        finished = true;
        count('finished');
      },
    };
  }

  /** The counters of a key now; all zero for a key never seen. */
  read(key: string): Counters {
    const { started, cancelled, finished, messages } = this.#tallies.get(key) ?? emptyTally();
    return { started, cancelled, finished, running: started - finished, messages };
  }

  reset(key: string): void {
    this.#tallies.delete(key);
    this.#notify(key);
  }

  /** The counters of a key as soon as they reach all thresholds; at the latest after `within` milliseconds or when the signal fires. Never rejects. */
  async waitFor(key: string, thresholds: Thresholds, within: number, signal: AbortSignal): Promise<Counters> {
    if (!this.#reaches(key, thresholds) && within > 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          clearTimeout(timer);
          this.#removeWaiter(key, check);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        const check = (): void => {
          if (this.#reaches(key, thresholds)) settle();
        };
        const timer = setTimeout(settle, Math.min(within, longestTimeout));
        signal.addEventListener('abort', settle);
        this.#addWaiter(key, check);
      });
    }
    return this.read(key);
  }

  #reaches(key: string, thresholds: Thresholds): boolean {
    const { started, cancelled, finished } = this.read(key);
    return started >= thresholds.started && cancelled >= thresholds.cancelled && finished >= thresholds.finished;
  }

  #tally(key: string): Tally {
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally = emptyTally();
    this.#tallies.set(key, tally);
    if (this.#tallies.size > maxKeys) {
      for (const oldest of this.#tallies.keys()) {
        this.#tallies.delete(oldest);
        break;
      }
    }
    return tally;
  }

  #notify(key: string): void {
    for (const check of this.#waiters.get(key) ?? []) check();
  }

  #addWaiter(key: string, check: () => void): void {
    const waiters = this.#waiters.get(key) ?? new Set();
    waiters.add(check);
    this.#waiters.set(key, waiters);
  }

  #removeWaiter(key: string, check: () => void): void {
    const waiters = this.#waiters.get(key);
    waiters?.delete(check);
    if (waiters?.size === 0) this.#waiters.delete(key);
  }
}

function emptyTally(): Tally {
  return { started: 0, cancelled: 0, finished: 0, messages: 0 };
}

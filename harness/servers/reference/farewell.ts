import type { Behaviour } from './behaviour';

/** What a farewell asks of its connection. */
export interface FarewellHost {
  /** Announces the end, with the debug data of gRFC A9 where there is one, lets a round trip pass, and closes when open streams are done (RFC 9113 §6.8). */
  shutDown(why?: string): void;
  /** Names the last stream now, passes over later ones, and closes when open streams are done. */
  shutDownAtOnce(): void;
}

/** The reasons for which one connection is ended by design: it has served enough, is old, or has nothing to do. */
export class Farewell {
  readonly #behaviour: Behaviour;
  readonly #host: FarewellHost;
  readonly #age: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #requests = 0;

  constructor(behaviour: Behaviour, host: FarewellHost) {
    this.#behaviour = behaviour;
    this.#host = host;
    const age = behaviour.value('connection-age');
    this.#age = age === undefined ? undefined : setTimeout(() => this.#shutDown('age'), age);
    this.noteIdle();
  }

  /** A stream was opened. */
  noteRequest(): void {
    clearTimeout(this.#idle);
    this.#requests += 1;
    if (this.#requests === this.#behaviour.value('calls-per-connection')) this.#host.shutDown();
    if (this.#requests === this.#behaviour.value('calls-per-connection-at-once')) this.#host.shutDownAtOnce();
  }

  /** No stream is open. */
  noteIdle(): void {
    const idle = this.#behaviour.value('idle-close');
    if (idle === undefined) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#shutDown('idle'), idle);
  }

  #shutDown(why: 'age' | 'idle'): void {
    if (!this.#behaviour.policy.lives(why)) this.#host.shutDown(`max_${why}`);
  }

  /** The connection is over. */
  end(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#age);
  }
}

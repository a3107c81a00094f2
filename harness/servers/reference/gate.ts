import type { Behaviour } from './behaviour';
import { status } from '../../grpc/status';
import type { Field } from '../../wire/hpack/decoder';
import { TokenBucket } from './token-bucket';

/** What is said to a call that is not let through. */
export type Refusal =
  | { readonly is: 'http'; readonly status: number; readonly reason: string }
  | {
      readonly is: 'status';
      readonly status: number;
      readonly message: string;
      readonly fields?: readonly Field[];
    };

/** What stands in front of the services of one server: an interceptor, a gateway, something that sheds load. It counts calls over all connections. */
export class Gate {
  readonly #behaviour: Behaviour;
  readonly #rate: TokenBucket | undefined;
  readonly #perSecond: number;
  #calls = 0;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.#perSecond = behaviour.value('rate-limit') ?? Infinity;
    this.#rate = behaviour.varies('rate-limit')
      ? new TokenBucket({ capacity: this.#perSecond, perSecond: this.#perSecond })
      : undefined;
  }

  /** Counts a call. @returns true when its stream is to be refused before anybody looks at it (RFC 9113 §8.7). */
  refusesStream(): boolean {
    this.#calls += 1;
    return this.#calls % (this.#behaviour.value('refused-every') ?? Infinity) === 0;
  }

  /** Why a request is not served, whatever it asks for. */
  findRefusal(): Refusal | undefined {
    const code = this.#behaviour.value('refuse-calls');
    if (code !== undefined) return { is: 'status', status: code, message: 'nobody is let through' };
    if (this.#rate === undefined || this.#rate.take()) return undefined;
    const pushback = String(Math.ceil(1000 / this.#perSecond));
    return {
      is: 'status',
      status: status.UNAVAILABLE,
      message: 'too many calls in a second',
      // gRFC A6, Pushback.
      fields: [{ name: 'grpc-retry-pushback-ms', value: pushback }],
    };
  }

  /** What is said when the path names no method. */
  refuseUnknown(): Refusal {
    return this.#behaviour.varies('http-404')
      ? { is: 'http', status: 404, reason: 'nothing has that path' }
      : { is: 'status', status: status.UNIMPLEMENTED, message: 'no such method' };
  }
}

import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Handlers, StatusError } from './handlers';
import type { CallCounters } from './call-counters';

export const healthServiceName = 'grpc.health.v1.Health';

/** HealthCheckResponse.ServingStatus. */
const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

interface HealthCheckRequest {
  readonly service: string;
}

interface HealthCheckResponse {
  readonly status: number;
}

/** Names that are set by hand at the same time; the one that was new first is forgotten first. */
const mostSet = 1000;
/** Changes that wait for a watcher that does not read; of more it is told the latest alone. */
const mostWaiting = 100;

/** What one watcher has yet to be told, and what it will have been told last. */
interface Watcher {
  readonly name: string;
  readonly waiting: number[];
  last: number;
  wake: () => void;
}

/** grpc.health.v1.Health: every named service serves until `shutDown`; `set` names others, and whether they do. */
export class HealthService {
  readonly #services: readonly string[];
  readonly #set = new Map<string, number>();
  readonly #watchers = new Set<Watcher>();
  readonly #shutDown = new AbortController();

  /** The empty name, for the server as a whole, is added to the services. */
  constructor(services: readonly string[]) {
    this.#services = ['', ...services];
  }

  /** From now on nothing serves; watchers are told so and their calls end, which a graceful stop of the server would otherwise wait for. */
  shutDown(): void {
    this.#shutDown.abort();
  }

  /** Says from now on of a name whether it serves. */
  set(name: string, isServing: boolean): void {
    this.#set.set(name, isServing ? serving : notServing);
    for (const oldest of this.#set.keys()) {
      if (this.#set.size <= mostSet) break;
      this.#set.delete(oldest);
    }
    for (const watcher of this.#watchers) {
      const now = this.#statusOf(name);
      if (watcher.name !== name || watcher.last === now) continue;
      watcher.last = now;
      watcher.waiting.push(now);
      if (watcher.waiting.length > mostWaiting) watcher.waiting.splice(0, mostWaiting);
      watcher.wake();
    }
  }

  implementation(counters: CallCounters): UntypedServiceImplementation {
    const handlers = new Handlers({ counters });
    return {
      Check: handlers.unary<HealthCheckRequest, HealthCheckResponse>(async ({ service }) => {
        const found = this.#statusOf(service);
        if (found === serviceUnknown) throw new StatusError(status.NOT_FOUND, 'No service of that name is registered.');
        return { status: found };
      }),
      List: handlers.unary<unknown, { readonly statuses: Readonly<Record<string, HealthCheckResponse>> }>(async () => ({
        statuses: Object.fromEntries(this.#services.map((name) => [name, { status: this.#statusOf(name) }])),
      })),
      Watch: handlers.serverStreaming<HealthCheckRequest, HealthCheckResponse>(
        async ({ service }, { send, signal }) => {
          const first = this.#statusOf(service);
          const watcher: Watcher = { name: service, waiting: [first], last: first, wake: () => undefined };
          this.#watchers.add(watcher);
          try {
            await this.#tell(watcher, send, AbortSignal.any([signal, this.#shutDown.signal]));
          } finally {
            this.#watchers.delete(watcher);
          }
          signal.throwIfAborted();
          if (this.#statusOf(service) !== watcher.last) await send({ status: this.#statusOf(service) });
          throw new StatusError(status.UNAVAILABLE, 'The server is shutting down.');
        },
      ),
    };
  }

  /** Tells a watcher what is new until the signal is given. */
  async #tell(
    watcher: Watcher,
    send: (response: HealthCheckResponse) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const next = watcher.waiting.shift();
      if (next !== undefined) await send({ status: next });
      else await woken(watcher, signal);
    }
  }

  #statusOf(service: string): number {
    const set = this.#set.get(service);
    if (set === undefined && !this.#services.includes(service)) return serviceUnknown;
    return this.#shutDown.signal.aborted ? notServing : (set ?? serving);
  }
}

function woken(watcher: Watcher, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      signal.removeEventListener('abort', wake);
      resolve();
    };
    watcher.wake = wake;
    if (signal.aborted) wake();
    else signal.addEventListener('abort', wake, { once: true });
  });
}

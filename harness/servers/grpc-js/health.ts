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

/** grpc.health.v1.Health: every named service serves until `shutDown`. */
export class HealthService {
  readonly #services: readonly string[];
  readonly #shutDown = new AbortController();

  /** The empty name, for the server as a whole, is added to the services. */
  constructor(services: readonly string[]) {
    this.#services = ['', ...services];
  }

  /** From now on nothing serves; watchers are told so and their calls end, which a graceful stop of the server would otherwise wait for. */
  shutDown(): void {
    this.#shutDown.abort();
  }

  implementation(counters: CallCounters): UntypedServiceImplementation {
    const handlers = new Handlers({ counters });
    return {
      Check: handlers.unary<HealthCheckRequest, HealthCheckResponse>(async ({ service }) => {
        if (!this.#services.includes(service)) {
          throw new StatusError(status.NOT_FOUND, 'No service of that name is registered.');
        }
        return { status: this.#statusOf(service) };
      }),
      List: handlers.unary<unknown, { readonly statuses: Readonly<Record<string, HealthCheckResponse>> }>(async () => ({
        statuses: Object.fromEntries(this.#services.map((name) => [name, { status: this.#statusOf(name) }])),
      })),
      Watch: handlers.serverStreaming<HealthCheckRequest, HealthCheckResponse>(
        async ({ service }, { send, signal }) => {
          const first = this.#statusOf(service);
          await send({ status: first });
          await aborted(AbortSignal.any([signal, this.#shutDown.signal]));
          signal.throwIfAborted();
          if (this.#statusOf(service) !== first) await send({ status: this.#statusOf(service) });
          throw new StatusError(status.UNAVAILABLE, 'The server is shutting down.');
        },
      ),
    };
  }

  #statusOf(service: string): number {
    if (!this.#services.includes(service)) return serviceUnknown;
    return this.#shutDown.signal.aborted ? notServing : serving;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

import { status } from '../../../grpc/status';
import { healthService, servingStatuses } from '../../../grpc/test-service';
import type { Call } from '../call';
import type { RequestMessage } from '../request-body';
import { StatusError } from '../status-error';
import { decodeRequest, encodeResponse } from './messages';
import type { Service } from './service';

const serving = servingStatuses.indexOf('SERVING');
const notServing = servingStatuses.indexOf('NOT_SERVING');
const serviceUnknown = servingStatuses.indexOf('SERVICE_UNKNOWN');

/** grpc.health.v1.Health: every service that is registered serves until the server shuts down; the empty name is the server. */
export class Health {
  readonly #names = new Set(['']);
  readonly #watchers = new Set<() => void>();
  #serving = true;

  /** @param names full names of the services */
  register(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /** The server takes no more calls: watchers are told, and their calls, which would never end, are ended. */
  shutDown(): void {
    this.#serving = false;
    for (const watcher of this.#watchers) watcher();
  }

  get service(): Service {
    return {
      name: healthService,
      methods: {
        Check: { kind: 'unary', handle: (call, message) => this.#check(call, message) },
        List: { kind: 'unary', handle: (call) => this.#list(call) },
        Watch: { kind: 'server-streaming', handle: (call, message) => this.#watch(call, message) },
      },
    };
  }

  async #check(call: Call, { octets }: RequestMessage): Promise<void> {
    const { service } = decodeRequest('grpc.health.v1.HealthCheckRequest', octets);
    if (!this.#names.has(service)) throw new StatusError(status.NOT_FOUND, 'unknown service');
    await call.send(this.#response(service));
  }

  /** gRFC A90. */
  async #list(call: Call): Promise<void> {
    if (call.behaviour.varies('no-health-list')) throw new StatusError(status.UNIMPLEMENTED, 'no such method');
    const now = this.#serving ? serving : notServing;
    const statuses = Object.fromEntries([...this.#names].map((name) => [name, { status: now }]));
    await call.send(encodeResponse('grpc.health.v1.HealthListResponse', { statuses }));
  }

  async #watch(call: Call, { octets }: RequestMessage): Promise<void> {
    const { service } = decodeRequest('grpc.health.v1.HealthCheckRequest', octets);
    if (call.behaviour.varies('no-health-watch')) throw new StatusError(status.UNIMPLEMENTED, 'no such method');
    await call.send(this.#response(service));
    await this.#untilShutDown(call);
    await call.send(this.#response(service));
    throw new StatusError(status.UNAVAILABLE, 'the server is shutting down');
  }

  async #untilShutDown(call: Call): Promise<void> {
    let watcher: (() => void) | undefined;
    const changed = new Promise<void>((resolve) => {
      watcher = resolve;
      this.#watchers.add(resolve);
    });
    try {
      if (this.#serving) await call.sleep(Infinity, changed);
    } finally {
      if (watcher !== undefined) this.#watchers.delete(watcher);
    }
  }

  #response(service: string): Uint8Array {
    const now = this.#serving ? serving : notServing;
    return encodeResponse('grpc.health.v1.HealthCheckResponse', {
      status: this.#names.has(service) ? now : serviceUnknown,
    });
  }
}

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

/** Names that are set by hand at the same time; the one that was new first is forgotten first. */
const mostSet = 1000;

/** One call of Watch. */
interface Watcher {
  readonly name: string;
  readonly call: Call;
  /** What it was told last, oldest first, and what it will be told. */
  readonly told: number[];
  /** The end of that, which has not been sent yet. */
  readonly waiting: number[];
  wake: () => void;
}

/** Milliseconds between two messages to a watcher, where what came and went in between is skipped. */
const skipping = 10;

/** Changes that wait for a watcher that does not read; of more it is told the latest alone. */
const mostWaiting = 100;

/** grpc.health.v1.Health: every service that is registered serves until the server shuts down; the empty name is the server. */
export class Health {
  readonly #names = new Set(['']);
  /** What was set by hand, of names that nobody has registered as well. */
  readonly #set = new Map<string, number>();
  readonly #watchers = new Set<Watcher>();
  #serving = true;

  /** @param names full names of the services */
  register(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /** Says from now on of a name whether it serves. */
  set(name: string, isServing: boolean): void {
    this.#set.set(name, isServing ? serving : notServing);
    for (const oldest of this.#set.keys()) {
      if (this.#set.size <= mostSet) break;
      this.#set.delete(oldest);
    }
    for (const watcher of this.#watchers) if (watcher.name === name) this.#tell(watcher);
  }

  /** The server takes no more calls: watchers are told, and their calls, which would never end, are ended. */
  shutDown(): void {
    this.#serving = false;
    for (const { wake } of this.#watchers) wake();
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
    const found = this.#statusOf(service);
    if (found === serviceUnknown) throw new StatusError(status.NOT_FOUND, 'unknown service');
    await call.send(response(found));
  }

  /** gRFC A90. */
  async #list(call: Call): Promise<void> {
    if (call.behaviour.varies('no-health-list')) throw new StatusError(status.UNIMPLEMENTED, 'no such method');
    const statuses = Object.fromEntries([...this.#names].map((name) => [name, { status: this.#statusOf(name) }]));
    await call.send(encodeResponse('grpc.health.v1.HealthListResponse', { statuses }));
  }

  async #watch(call: Call, { octets }: RequestMessage): Promise<void> {
    const { service } = decodeRequest('grpc.health.v1.HealthCheckRequest', octets);
    if (call.behaviour.varies('no-health-watch')) throw new StatusError(status.UNIMPLEMENTED, 'no such method');
    const watcher: Watcher = { name: service, call, told: [], waiting: [], wake: () => undefined };
    this.#watchers.add(watcher);
    this.#tell(watcher);
    try {
      let sent: number | undefined;
      while (this.#serving) {
        if (sent !== undefined && watcher.waiting.length > 0 && call.behaviour.varies('health-skips')) {
          await call.sleep(skipping);
          const latest = watcher.waiting.splice(0).at(-1);
          if (latest !== undefined && latest !== sent) watcher.waiting.push(latest);
        }
        const next = watcher.waiting.shift();
        if (next !== undefined) await call.send(response((sent = next)));
        else await call.sleep(Infinity, new Promise((resolve) => (watcher.wake = resolve)));
      }
    } finally {
      this.#watchers.delete(watcher);
    }
    const last = this.#statusOf(service);
    if (watcher.waiting.length > 0 || watcher.told.at(-1) !== last) await call.send(response(last));
    throw new StatusError(status.UNAVAILABLE, 'the server is shutting down');
  }

  #tell({ name, call, told, waiting, wake }: Watcher): void {
    const { policy } = call.behaviour;
    if (waiting.length >= mostWaiting) told.length -= waiting.splice(0).length;
    const others = [...this.#watchers].filter((one) => one.name === name);
    const watcher = others.findIndex((one) => one.call === call);
    const news = policy.tellServing(this.#statusOf(name), { told, watcher });
    told.push(...news);
    told.splice(0, told.length - 2 * mostWaiting);
    waiting.push(...news);
    wake();
  }

  #statusOf(name: string): number {
    const set = this.#set.get(name);
    if (set === undefined && !this.#names.has(name)) return serviceUnknown;
    return this.#serving ? (set ?? serving) : notServing;
  }
}

const response = (said: number): Uint8Array => encodeResponse('grpc.health.v1.HealthCheckResponse', { status: said });

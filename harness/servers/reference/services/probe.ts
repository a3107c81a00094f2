import { probeService } from '../../../grpc/test-service';
import type { Call } from '../call';
import type { RequestMessage } from '../request-body';
import { decodeRequest, emptyMessage, encodeResponse, type AwaitCountersRequest } from './messages';
import type { CallObserver, CallRecord, Service } from './service';

/** Keys that are counted at the same time; the one that was new first is forgotten first. */
const mostKeys = 10_000;

/** What was counted for one key. */
class Counters {
  started = 0;
  cancelled = 0;
  finished = 0;
  messages = 0;
  readonly listeners = new Set<() => void>();

  count(counter: 'started' | 'cancelled' | 'finished' | 'messages'): void {
    this[counter] += 1;
    for (const listener of this.listeners) listener();
  }

  reaches(thresholds: AwaitCountersRequest): boolean {
    return (
      this.started >= thresholds.started &&
      this.cancelled >= thresholds.cancelled &&
      this.finished >= thresholds.finished
    );
  }
}

/** grpcconform.v1.Probe: tells a conformance run what happened to handlers, and throws on demand (see protos/grpcconform/v1/probe.proto). */
export class Probe implements CallObserver {
  readonly #counters = new Map<string, Counters>();

  onStart(path: string, key: string | undefined): CallRecord | undefined {
    if (key === undefined || path.startsWith(`/${probeService}/`)) return undefined;
    const counters = this.#countersOf(key);
    counters.count('started');
    return {
      onMessage: () => counters.count('messages'),
      onCancel: () => counters.count('cancelled'),
      onFinish: () => counters.count('finished'),
    };
  }

  get service(): Service {
    return {
      name: probeService,
      methods: {
        Reset: { kind: 'unary', handle: (call, message) => this.#reset(call, message) },
        AwaitCounters: { kind: 'unary', handle: (call, message) => this.#awaitCounters(call, message) },
        Throw: { kind: 'server-streaming', handle: throwAfter },
      },
    };
  }

  #countersOf(key: string): Counters {
    let counters = this.#counters.get(key);
    if (counters === undefined) {
      counters = new Counters();
      this.#counters.set(key, counters);
      for (const oldest of this.#counters.keys()) {
        if (this.#counters.size <= mostKeys) break;
        this.#counters.delete(oldest);
      }
    }
    return counters;
  }

  async #reset(call: Call, { octets }: RequestMessage): Promise<void> {
    // Calls that still run keep the counters they have, which nobody can ask for any more.
    this.#counters.delete(decodeRequest('grpcconform.v1.ResetRequest', octets).key);
    await call.send(emptyMessage);
  }

  async #awaitCounters(call: Call, { octets }: RequestMessage): Promise<void> {
    const thresholds = decodeRequest('grpcconform.v1.AwaitCountersRequest', octets);
    const counters = this.#countersOf(thresholds.key);
    if (!counters.reaches(thresholds) && thresholds.withinMs > 0) await reached(call, counters, thresholds);
    const { started, cancelled, finished, messages } = counters;
    await call.send(
      encodeResponse('grpcconform.v1.Counters', {
        started,
        cancelled,
        finished,
        running: started - finished,
        messages,
      }),
    );
  }
}

async function reached(call: Call, counters: Counters, thresholds: AwaitCountersRequest): Promise<void> {
  let listener: (() => void) | undefined;
  const enough = new Promise<void>((resolve) => {
    listener = () => {
      if (counters.reaches(thresholds)) resolve();
    };
    counters.listeners.add(listener);
  });
  try {
    await call.sleep(thresholds.withinMs, enough);
  } finally {
    if (listener !== undefined) counters.listeners.delete(listener);
  }
}

async function throwAfter(call: Call, { octets }: RequestMessage): Promise<void> {
  const { afterMessages } = decodeRequest('grpcconform.v1.ThrowRequest', octets);
  for (let index = 0; index < afterMessages; index++) {
    await call.send(encodeResponse('grpcconform.v1.ThrowReply', { index }));
  }
  throw new Error('thrown on demand');
}

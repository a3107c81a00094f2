import { encodeBinaryValue } from '../../../grpc/metadata';
import { status } from '../../../grpc/status';
import { detailsName, fillerName, probeService, pushbackName } from '../../../grpc/test-service';
import type { Call } from '../call';
import { limits } from '../limits';
import type { RequestMessage } from '../request-body';
import { StatusError } from '../status-error';
import type { Health } from './health';
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
  readonly #health: Health;

  /** @param health what SetServing sets */
  constructor(health: Health) {
    this.#health = health;
  }

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
        Answer: { kind: 'bidirectional-streaming', handle: answer },
        Greet: { kind: 'bidirectional-streaming', handle: greet },
        FailWithDetails: { kind: 'unary', handle: failWithDetails },
        PushBack: { kind: 'unary', handle: pushBack },
        SetServing: { kind: 'unary', handle: (call, message) => this.#setServing(call, message) },
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

  async #setServing(call: Call, { octets }: RequestMessage): Promise<void> {
    const { service, serving } = decodeRequest('grpcconform.v1.SetServingRequest', octets);
    this.#health.set(service, serving);
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

/** Octets of one field that are made on demand. */
const mostFiller = 1_048_576;

async function answer(call: Call): Promise<void> {
  const first = await call.receive();
  if (first === undefined) throw new StatusError(status.INVALID_ARGUMENT, 'no message says what to do');
  const asked = decodeRequest('grpcconform.v1.AnswerRequest', first.octets);
  const { headersFirst, waitMs, readRest, replies, replyOctets, code, text } = asked;
  if (Math.max(asked.headerOctets, asked.trailerOctets) > mostFiller || replies * replyOctets > limits.responseSize)
    throw new StatusError(status.RESOURCE_EXHAUSTED, 'that is more than is made on demand');
  if (asked.headerOctets > 0) call.initialMetadata.push(fillerOf(asked.headerOctets));
  if (asked.trailerOctets > 0) call.trailingMetadata.push(fillerOf(asked.trailerOctets));
  if (headersFirst) call.sendHeaders();
  if (waitMs > 0) await call.sleep(waitMs);
  let messagesRead = 1;
  if (readRest) while ((await call.receive()) !== undefined) messagesRead += 1;
  const payload = new Uint8Array(replyOctets);
  const reply = encodeResponse('grpcconform.v1.AnswerReply', { payload, messagesRead });
  for (let index = 0; index < replies; index++) await call.send(reply);
  if (code !== status.OK) throw new StatusError(code, text);
}

/** Octets of the payload with which Greet begins. */
const greeting = 100;

async function greet(call: Call): Promise<void> {
  const reply = (octets: number, messagesRead: number): Promise<void> => {
    if (octets > limits.responseSize)
      throw new StatusError(status.RESOURCE_EXHAUSTED, 'that is more than is made on demand');
    const payload = new Uint8Array(octets);
    return call.send(encodeResponse('grpcconform.v1.AnswerReply', { payload, messagesRead }));
  };
  await reply(greeting, 0);
  for (let read = 1; ; read++) {
    const message = await call.receive();
    if (message === undefined) return;
    await reply(decodeRequest('grpcconform.v1.AnswerRequest', message.octets).replyOctets, read);
  }
}

const fillerOf = (octets: number) => ({ name: fillerName, value: 'x'.repeat(octets) });

async function failWithDetails(call: Call, { octets }: RequestMessage): Promise<void> {
  const { code, text, status: details } = decodeRequest('grpcconform.v1.FailWithDetailsRequest', octets);
  call.trailingMetadata.push({ name: detailsName, value: encodeBinaryValue(details) });
  throw new StatusError(code, text);
}

async function pushBack(call: Call, { octets }: RequestMessage): Promise<void> {
  const { code, pushbackMs } = decodeRequest('grpcconform.v1.PushBackRequest', octets);
  call.trailingMetadata.push({ name: pushbackName, value: String(pushbackMs) });
  throw new StatusError(code, 'try again later');
}

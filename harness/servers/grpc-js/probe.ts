import { setTimeout as wait } from 'node:timers/promises';
import { Metadata, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Handlers, StatusError, type HandlerContext, type StreamContext } from './handlers';
import type { CallCounters, Counters, Thresholds } from './call-counters';
import type { HealthService } from './health';

export const probeServiceName = 'grpcconform.v1.Probe';

/** More replies before the exception are refused. */
const maxThrowMessages = 10_000;

interface AwaitCountersRequest extends Thresholds {
  readonly key: string;
  readonly withinMs: number;
}

/** Larger fields, and longer answers in all, are refused. Octets. */
const maxFiller = 1024 * 1024;
const maxAnswer = 64 * 1024 * 1024;

const fillerName = 'x-grpc-conform-filler';

interface ThrowReply {
  readonly index: number;
}

interface AnswerRequest {
  readonly headersFirst: boolean;
  readonly headerOctets: number;
  readonly waitMs: number;
  readonly readRest: boolean;
  readonly replies: number;
  readonly replyOctets: number;
  readonly trailerOctets: number;
  readonly code: number;
  readonly text: string;
}

interface AnswerReply {
  readonly payload: Buffer;
  readonly messagesRead: number;
}

interface FailWithDetailsRequest {
  readonly code: number;
  readonly text: string;
  readonly status: Buffer;
}

interface PushBackRequest {
  readonly code: number;
  readonly pushbackMs: number;
}

interface SetServingRequest {
  readonly service: string;
  readonly serving: boolean;
}

/** grpcconform.v1.Probe: tells what was counted. Its own calls are not counted. */
export function implementProbe(counters: CallCounters, health: HealthService): UntypedServiceImplementation {
  const handlers = new Handlers();
  return {
    Reset: handlers.unary<{ readonly key: string }, object>(async ({ key }) => {
      counters.reset(key);
      return {};
    }),
    AwaitCounters: handlers.unary<AwaitCountersRequest, Counters>(({ key, withinMs, ...thresholds }, { signal }) =>
      counters.waitFor(key, thresholds, withinMs, signal),
    ),
    Throw: handlers.serverStreaming<{ readonly afterMessages: number }, ThrowReply>(({ afterMessages }, context) => {
      // Thrown before anything asynchronous, the exception reaches grpc-js itself.
      if (afterMessages === 0) throw new Error('The exception that was asked for.');
      return throwAfter(afterMessages, context);
    }),
    Answer: handlers.bidirectionalStreaming(answer),
    Greet: handlers.bidirectionalStreaming(greet),
    FailWithDetails: handlers.unary<FailWithDetailsRequest, object>(async (request, { trailers }) => {
      trailers.set('grpc-status-details-bin', request.status);
      throw new StatusError(request.code, request.text);
    }),
    PushBack: handlers.unary<PushBackRequest, object>(async ({ code, pushbackMs }, { trailers }) => {
      trailers.set('grpc-retry-pushback-ms', String(pushbackMs));
      throw new StatusError(code, 'Try again later.');
    }),
    SetServing: handlers.unary<SetServingRequest, object>(async ({ service, serving }) => {
      health.set(service, serving);
      return {};
    }),
  };
}

async function throwAfter(messages: number, { send }: StreamContext<ThrowReply>): Promise<never> {
  if (messages > maxThrowMessages) {
    throw new StatusError(status.INVALID_ARGUMENT, `At most ${maxThrowMessages} replies can be asked for.`);
  }
  for (let index = 0; index < messages; index += 1) await send({ index });
  throw new Error('The exception that was asked for.');
}

async function answer(requests: AsyncIterable<AnswerRequest>, context: StreamContext<AnswerReply>): Promise<void> {
  const { send, trailers, signal } = context;
  const rest = requests[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done === true) throw new StatusError(status.INVALID_ARGUMENT, 'No message says what to do.');
  const asked = first.value;
  if (Math.max(asked.headerOctets, asked.trailerOctets) > maxFiller || asked.replies * asked.replyOctets > maxAnswer)
    throw new StatusError(status.RESOURCE_EXHAUSTED, 'That is more than is made on demand.');
  if (asked.trailerOctets > 0) trailers.set(fillerName, 'x'.repeat(asked.trailerOctets));
  if (asked.headersFirst) sendHeaders(asked, context);
  if (asked.waitMs > 0) await wait(asked.waitMs, undefined, { signal });
  let messagesRead = 1;
  if (asked.readRest) while ((await rest.next()).done !== true) messagesRead += 1;
  // grpc-js sends what is asked of it at once, and so not before it has to.
  if (!asked.headersFirst && asked.headerOctets > 0) sendHeaders(asked, context);
  for (let index = 0; index < asked.replies; index += 1)
    await send({ payload: Buffer.alloc(asked.replyOctets), messagesRead });
  if (asked.code !== status.OK) throw new StatusError(asked.code, asked.text);
}

/** Octets of the payload with which Greet begins. */
const greeting = 100;

async function greet(requests: AsyncIterable<AnswerRequest>, { send }: StreamContext<AnswerReply>): Promise<void> {
  await send({ payload: Buffer.alloc(greeting), messagesRead: 0 });
  let messagesRead = 0;
  for await (const { replyOctets } of requests) {
    if (replyOctets > maxAnswer)
      throw new StatusError(status.RESOURCE_EXHAUSTED, 'That is more than is made on demand.');
    messagesRead += 1;
    await send({ payload: Buffer.alloc(replyOctets), messagesRead });
  }
}

function sendHeaders({ headerOctets }: AnswerRequest, { sendMetadata }: HandlerContext): void {
  const headers = new Metadata();
  if (headerOctets > 0) headers.set(fillerName, 'x'.repeat(headerOctets));
  sendMetadata(headers);
}

import { setTimeout as wait } from 'node:timers/promises';
import { Metadata, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Handlers, StatusError, type HandlerContext, type StreamContext } from './handlers';
import type { CallCounters } from './call-counters';

export const testServiceName = 'grpc.testing.TestService';

const echoInitialName = 'x-grpc-test-echo-initial';
const echoTrailingName = 'x-grpc-test-echo-trailing-bin';

/** Larger answers are refused: one small request shall not make the server hold gigabytes. */
const maxResponseSize = 64 * 1024 * 1024;

/** The highest status of gRPC, UNAUTHENTICATED. */
const lastStatus = 16;

interface Payload {
  readonly type: number;
  readonly body: Buffer;
}

interface EchoStatus {
  readonly code: number;
  readonly message: string;
}

interface SimpleRequest {
  readonly responseSize: number;
  readonly responseStatus: EchoStatus | null;
}

interface SimpleResponse {
  readonly payload: Payload;
}

interface StreamingInputCallRequest {
  readonly payload: Payload | null;
}

interface StreamingInputCallResponse {
  readonly aggregatedPayloadSize: number;
}

interface ResponseParameters {
  readonly size: number;
  readonly intervalUs: number;
}

interface StreamingOutputCallRequest {
  readonly responseParameters: readonly ResponseParameters[];
  readonly responseStatus: EchoStatus | null;
}

interface StreamingOutputCallResponse {
  readonly payload: Payload;
}

/**
 * grpc.testing.TestService as the interop tests define it. UnimplementedCall is left out on purpose. `response_compressed` and `expect_compressed`
 * have no effect: a grpc-js server neither compresses messages nor tells a handler whether one was compressed.
 */
export function implementTestService(
  counters: CallCounters,
  { echoesMetadata = true }: { readonly echoesMetadata?: boolean } = {},
): UntypedServiceImplementation {
  const handlers = new Handlers({ counters, prepare: echoesMetadata ? echoMetadata : () => undefined });
  return {
    EmptyCall: handlers.unary(async () => ({})),
    UnaryCall: handlers.unary(answerSimple),
    CacheableUnaryCall: handlers.unary(answerSimple),
    StreamingOutputCall: handlers.serverStreaming(answerOne),
    StreamingInputCall: handlers.clientStreaming(sumPayloads),
    FullDuplexCall: handlers.bidirectionalStreaming(answerEach),
    HalfDuplexCall: handlers.bidirectionalStreaming(answerAfterwards),
  };
}

function echoMetadata({ metadata, trailers, sendMetadata }: HandlerContext): void {
  const initial = metadata.get(echoInitialName);
  if (initial.length > 0) {
    const echoed = new Metadata();
    for (const value of initial) echoed.add(echoInitialName, value);
    sendMetadata(echoed);
  }
  for (const value of metadata.get(echoTrailingName)) trailers.add(echoTrailingName, value);
}

async function answerSimple(request: SimpleRequest): Promise<SimpleResponse> {
  throwAskedStatus(request.responseStatus);
  return { payload: zeros(request.responseSize) };
}

async function sumPayloads(requests: AsyncIterable<StreamingInputCallRequest>): Promise<StreamingInputCallResponse> {
  let sum = 0;
  for await (const { payload } of requests) sum += payload?.body.length ?? 0;
  // The field is an int32; what does not fit wraps around, as in the servers of other languages.
  return { aggregatedPayloadSize: sum | 0 };
}

async function answerEach(
  requests: AsyncIterable<StreamingOutputCallRequest>,
  context: StreamContext<StreamingOutputCallResponse>,
): Promise<void> {
  for await (const request of requests) await answerOne(request, context);
}

async function answerAfterwards(
  requests: AsyncIterable<StreamingOutputCallRequest>,
  context: StreamContext<StreamingOutputCallResponse>,
): Promise<void> {
  const received: StreamingOutputCallRequest[] = [];
  for await (const { responseParameters, responseStatus } of requests) {
    // The payloads are not kept: only what is asked for matters after the half-close.
    received.push({ responseParameters, responseStatus });
  }
  for (const request of received) await answerOne(request, context);
}

/** A status asked for takes the place of the answers of its request, as in the servers of other languages. */
async function answerOne(
  { responseParameters, responseStatus }: StreamingOutputCallRequest,
  { send, signal }: StreamContext<StreamingOutputCallResponse>,
): Promise<void> {
  throwAskedStatus(responseStatus);
  for (const { size, intervalUs } of responseParameters) {
    if (intervalUs > 0) await wait(Math.ceil(intervalUs / 1000), undefined, { signal });
    await send({ payload: zeros(size) });
  }
}

function throwAskedStatus(asked: EchoStatus | null): void {
  if (asked === null || asked.code === status.OK) return;
  const known = asked.code > 0 && asked.code <= lastStatus;
  throw new StatusError(known ? asked.code : status.UNKNOWN, asked.message);
}

function zeros(size: number): Payload {
  if (size < 0) throw new StatusError(status.INVALID_ARGUMENT, `A payload cannot have ${size} octets.`);
  if (size > maxResponseSize) {
    throw new StatusError(
      status.RESOURCE_EXHAUSTED,
      `A payload of ${size} octets exceeds the limit of ${maxResponseSize}.`,
    );
  }
  return { type: 0, body: Buffer.alloc(size) };
}

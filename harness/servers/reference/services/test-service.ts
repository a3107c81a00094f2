import { status } from '../../../grpc/status';
import { echoInitialName, echoTrailingName, testService } from '../../../grpc/test-service';
import type { Call } from '../call';
import { limits } from '../limits';
import type { RequestMessage } from '../request-body';
import { StatusError } from '../status-error';
import {
  decodeRequest,
  emptyMessage,
  encodeResponse,
  type ResponseParameters,
  type StreamingOutputCallRequest,
} from './messages';
import type { Method, Service } from './service';

/** grpc.testing.TestService: what every gRPC implementation offers to the public interop tests. */
export function testServiceOf(): Service {
  return {
    name: testService,
    methods: {
      EmptyCall: { kind: 'unary', handle: emptyCall },
      UnaryCall: { kind: 'unary', handle: unaryCall },
      CacheableUnaryCall: { kind: 'unary', handle: unaryCall },
      StreamingOutputCall: { kind: 'server-streaming', handle: streamingOutputCall },
      StreamingInputCall: { kind: 'client-streaming', handle: streamingInputCall },
      FullDuplexCall: { kind: 'bidirectional-streaming', handle: fullDuplexCall },
      HalfDuplexCall: { kind: 'bidirectional-streaming', handle: halfDuplexCall },
    } satisfies Record<string, Method>,
  };
}

async function emptyCall(call: Call, request: RequestMessage): Promise<void> {
  echoMetadata(call);
  decodeRequest('grpc.testing.Empty', request.octets);
  await call.send(emptyMessage);
}

async function unaryCall(call: Call, message: RequestMessage): Promise<void> {
  echoMetadata(call);
  const { octets, compressed } = message;
  const request = decodeRequest('grpc.testing.SimpleRequest', octets);
  expectCompressed(compressed, request.expectCompressed);
  endWith(request.responseStatus);
  const payload = { body: zeros(request.responseSize) };
  await call.send(encodeResponse('grpc.testing.SimpleResponse', { payload }), {
    compressed: request.responseCompressed?.value,
  });
}

async function streamingOutputCall(call: Call, message: RequestMessage): Promise<void> {
  echoMetadata(call);
  await respond(call, decodeRequest('grpc.testing.StreamingOutputCallRequest', message.octets));
}

async function streamingInputCall(call: Call): Promise<void> {
  echoMetadata(call);
  let sum = 0;
  for (let message = await call.receive(); message !== undefined; message = await call.receive()) {
    const request = decodeRequest('grpc.testing.StreamingInputCallRequest', message.octets);
    expectCompressed(message.compressed, request.expectCompressed);
    sum += request.payload?.body.length ?? 0;
  }
  await call.send(encodeResponse('grpc.testing.StreamingInputCallResponse', { aggregatedPayloadSize: sum }));
}

async function fullDuplexCall(call: Call): Promise<void> {
  echoMetadata(call);
  if (call.initialMetadata.length > 0) call.sendHeaders();
  for (let message = await call.receive(); message !== undefined; message = await call.receive()) {
    await respond(call, decodeRequest('grpc.testing.StreamingOutputCallRequest', message.octets));
  }
}

async function halfDuplexCall(call: Call): Promise<void> {
  echoMetadata(call);
  const requests: StreamingOutputCallRequest[] = [];
  let octets = 0;
  for (let message = await call.receive(); message !== undefined; message = await call.receive()) {
    octets += message.octets.length;
    // Nothing is answered before the half-close, so all of it must be kept: no more than one message may bring.
    if (octets > limits.messageSize) throw new StatusError(status.RESOURCE_EXHAUSTED, 'too much before the half-close');
    requests.push(decodeRequest('grpc.testing.StreamingOutputCallRequest', message.octets));
  }
  for (const request of requests) await respond(call, request);
}

/** The responses that a message asks for, then its status. */
async function respond(call: Call, request: StreamingOutputCallRequest): Promise<void> {
  for (const { size, intervalUs, compressed } of request.responseParameters) {
    if (intervalUs > 0) await call.sleep(intervalUs / 1000);
    await call.send(streamingResponse(size), { compressed: compressed?.value });
  }
  endWith(request.responseStatus);
}

function streamingResponse(size: ResponseParameters['size']): Uint8Array {
  return encodeResponse('grpc.testing.StreamingOutputCallResponse', { payload: { body: zeros(size) } });
}

function zeros(size: number): Uint8Array {
  if (size < 0) throw new StatusError(status.INVALID_ARGUMENT, 'negative response size');
  if (size > limits.responseSize) {
    throw new StatusError(status.RESOURCE_EXHAUSTED, `response of ${size} octets, more than ${limits.responseSize}`);
  }
  return new Uint8Array(size);
}

/** The interop tests want these two fields back. */
function echoMetadata(call: Call): void {
  for (const field of call.metadata) {
    if (field.name === echoInitialName) call.initialMetadata.push(field);
    if (field.name === echoTrailingName) call.trailingMetadata.push(field);
  }
}

function expectCompressed(compressed: boolean, expected: { readonly value: boolean } | null): void {
  if (expected === null || expected.value === compressed) return;
  throw new StatusError(status.INVALID_ARGUMENT, `the message is ${compressed ? '' : 'not '}compressed`);
}

/** The status that the client asked for, unless it is OK. */
function endWith(requested: { readonly code: number; readonly message: string } | null): void {
  if (requested !== null && requested.code !== status.OK) throw new StatusError(requested.code, requested.message);
}

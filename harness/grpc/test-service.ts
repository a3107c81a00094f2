import type protobuf from 'protobufjs';
import { protoFile } from '../package-root';
import type { MethodKind } from './call-plan';
import type { CallRequest } from './call-request';
import { describeSizes } from './describe-sizes';
import { describeStatus } from './status';

/** Full name of the interop service. */
export const testService = 'grpc.testing.TestService';
export const healthService = 'grpc.health.v1.Health';
export const probeService = 'grpcconform.v1.Probe';

/** A handler of the interop service copies this field of the request to Response-Headers. */
export const echoInitialName = 'x-grpc-test-echo-initial';
/** A handler of the interop service copies this field of the request to the trailers. */
export const echoTrailingName = 'x-grpc-test-echo-trailing-bin';
/** Calls that carry this field are counted by the probe service, by its value. */
export const probeKeyName = 'x-grpc-conform-key';
/** Metadata of a length asked for: see protos/grpcconform/v1/probe.proto. */
export const fillerName = 'x-grpc-conform-filler';
/** Trailing metadata with an encoded google.rpc.Status (gRFC L44). */
export const detailsName = 'grpc-status-details-bin';
/** Trailing metadata that tells a client when to try again (gRFC A6). */
export const pushbackName = 'grpc-retry-pushback-ms';

/** The status that a handler is asked to end with. */
export interface RequestedStatus {
  readonly code: number;
  readonly message: string;
}

/** One message that a handler is asked to send; its payload is that many zero octets. */
export interface RequestedResponse {
  readonly size: number;
  /** Microseconds before it is sent; at most 2^31-1. */
  readonly intervalUs?: number;
  readonly compressed?: boolean;
}

export interface UnaryOptions {
  readonly payload?: Uint8Array;
  /** Octets of the payload of the answer, all zero. */
  readonly responseSize?: number;
  readonly status?: RequestedStatus;
  /** The handler ends the call with INVALID_ARGUMENT when the Compressed-Flag says otherwise. */
  readonly expectCompressed?: boolean;
  readonly responseCompressed?: boolean;
}

export interface UploadedMessage {
  readonly payload: Uint8Array;
  /** As in {@link UnaryOptions}. */
  readonly expectCompressed?: boolean;
}

export interface DuplexMessage {
  readonly payload?: Uint8Array;
  /** What the handler sends for this message. */
  readonly responses: readonly RequestedResponse[];
  /** Ends the call after these responses. */
  readonly status?: RequestedStatus;
}

/** A call that sends one message of no octets and gets one of no octets. */
export function emptyCall(): CallRequest {
  return { kind: 'unary', path: `/${testService}/EmptyCall`, messages: [noOctets] };
}

/** One message in, one message of the size asked for out. */
export function unaryCall(options: UnaryOptions = {}): CallRequest {
  const message = encode(types().simpleRequest, {
    payload: payloadOf(options.payload),
    responseSize: options.responseSize ?? 0,
    responseStatus: options.status,
    expectCompressed: boolValueOf(options.expectCompressed),
    responseCompressed: boolValueOf(options.responseCompressed),
  });
  return { kind: 'unary', path: `/${testService}/UnaryCall`, messages: [message] };
}

/** Messages in; the answer is the sum of their payload octets. */
export function streamingInputCall(messages: readonly UploadedMessage[]): CallRequest {
  const type = types().streamingInputCallRequest;
  return {
    kind: 'client-streaming',
    path: `/${testService}/StreamingInputCall`,
    messages: messages.map(({ payload, expectCompressed }) =>
      encode(type, { payload: payloadOf(payload), expectCompressed: boolValueOf(expectCompressed) }),
    ),
  };
}

/** One message in, one message out for each response asked for. */
export function streamingOutputCall(options: Omit<DuplexMessage, 'payload'>): CallRequest {
  return {
    kind: 'server-streaming',
    path: `/${testService}/StreamingOutputCall`,
    messages: [encodeStreamingOutputCallRequest(options)],
  };
}

/** Messages in; each is answered at once by the responses it asks for. */
export function fullDuplexCall(messages: readonly DuplexMessage[]): CallRequest {
  return {
    kind: 'bidirectional-streaming',
    path: `/${testService}/FullDuplexCall`,
    messages: messages.map(encodeStreamingOutputCallRequest),
  };
}

/** As {@link fullDuplexCall}, answered after the half-close. Many servers leave it out. */
export function halfDuplexCall(messages: readonly DuplexMessage[]): CallRequest {
  return { ...fullDuplexCall(messages), path: `/${testService}/HalfDuplexCall` };
}

/** A call to a method that nobody serves, with one message of no octets unless others are given. */
export function unknownMethod(path: string, messages: readonly Uint8Array[] = [noOctets]): CallRequest {
  return { kind: 'unknown', path, messages };
}

/** The empty name asks about the server as a whole and makes a message of no octets. */
export function healthCheck(service: string): CallRequest {
  return healthCall('unary', 'Check', service);
}

export function healthWatch(service: string): CallRequest {
  return healthCall('server-streaming', 'Watch', service);
}

/** Asks for the status of every service (gRFC A90). */
export function healthList(): CallRequest {
  return { kind: 'unary', path: `/${healthService}/List`, messages: [noOctets] };
}

export interface Thresholds {
  readonly key: string;
  readonly started?: number;
  readonly cancelled?: number;
  readonly finished?: number;
  /** Milliseconds that the probe waits for the thresholds. */
  readonly withinMs: number;
}

/** Forgets what was counted for a key. */
export function probeReset(key: string): CallRequest {
  return probeCall('unary', 'Reset', encode(types().resetRequest, { key }));
}

/** Asks for the counters of a key once all thresholds are reached, or the time is up. */
export function probeAwait(thresholds: Thresholds): CallRequest {
  return probeCall('unary', 'AwaitCounters', encode(types().awaitCountersRequest, thresholds));
}

/** A call whose handler throws after that many replies. */
export function probeThrow(afterMessages: number): CallRequest {
  return probeCall('server-streaming', 'Throw', encode(types().throwRequest, { afterMessages }));
}

/** What the handler of Answer does, in this order (protos/grpcconform/v1/probe.proto). */
export interface AnswerOptions {
  /** Response-Headers before anything else. */
  readonly headersFirst?: boolean;
  /** Octets of initial metadata {@link fillerName}. */
  readonly headerOctets?: number;
  /** Milliseconds in which nothing happens and nothing is read. */
  readonly waitMs?: number;
  /** Reads the rest of the request to its end. */
  readonly readRest?: boolean;
  readonly replies?: number;
  /** Octets of the payload of each reply, all zero. */
  readonly replyOctets?: number;
  /** Octets of trailing metadata {@link fillerName}. */
  readonly trailerOctets?: number;
  /** The status to end with; OK unless given. */
  readonly code?: number;
  readonly text?: string;
  /** Ballast. */
  readonly payload?: Uint8Array;
}

/** A call whose handler reads the first of its messages and does what it says, whatever else the client sends. */
export function probeAnswer(asked: AnswerOptions, ...more: readonly AnswerOptions[]): CallRequest {
  const type = types().answerRequest;
  const messages = [asked, ...more].map((message) => encode(type, message));
  return { kind: 'bidirectional-streaming', path: `/${probeService}/Answer`, messages };
}

/** Octets of the payload with which Greet begins. */
export const greetingOctets = 100;

/** A call whose handler sends a reply of {@link greetingOctets} before it reads, and then one for each of these messages, its payload of that many octets. */
export function probeGreet(replies: readonly number[] = []): CallRequest {
  const messages = replies.map((replyOctets) => encode(types().answerRequest, { replyOctets }));
  return { kind: 'bidirectional-streaming', path: `/${probeService}/Greet`, messages };
}

/** A call that fails with an encoded google.rpc.Status beside its status. */
export function probeFailWithDetails(code: number, text: string, details: Uint8Array): CallRequest {
  return probeCall('unary', 'FailWithDetails', encode(types().failWithDetailsRequest, { code, text, status: details }));
}

/** A call that fails and tells when to try again. @param pushbackMs a signed 32-bit number */
export function probePushBack(code: number, pushbackMs: number): CallRequest {
  return probeCall('unary', 'PushBack', encode(types().pushBackRequest, { code, pushbackMs }));
}

/** Sets what the health service says of a name, which it registers where nobody has. */
export function probeSetServing(service: string, serving: boolean): CallRequest {
  return probeCall('unary', 'SetServing', encode(types().setServingRequest, { service, serving }));
}

/** What a request message asks of a handler of the interop service, for people: `asks for 2 messages of 1 and 0 octets`; undefined where nothing can be said. */
export function describeRequestMessage(path: string, octets: Uint8Array): string | undefined {
  const method = path.startsWith(`/${testService}/`) ? path.slice(testService.length + 2) : undefined;
  if (method === 'UnaryCall') {
    const message = decode(types().simpleRequest, octets);
    return message && describeAsked([{ size: Number(message['responseSize']) }], message['responseStatus']);
  }
  if (method === 'StreamingOutputCall' || method === 'FullDuplexCall' || method === 'HalfDuplexCall') {
    const message = decode(types().streamingOutputCallRequest, octets);
    return (
      message && describeAsked(message['responseParameters'] as readonly RequestedResponse[], message['responseStatus'])
    );
  }
  return undefined;
}

function describeAsked(responses: readonly RequestedResponse[], status: unknown): string {
  const code = (status as RequestedStatus | null | undefined)?.code ?? 0;
  const parts = [
    ...(responses.length === 0 ? [] : [describeResponses(responses)]),
    ...(code === 0 ? [] : [`status ${describeStatus(code)}`]),
  ];
  return `asks for ${parts.length === 0 ? 'no message' : parts.join(', then ')}`;
}

/** `a message of 3 octets after 200 ms`, `2 messages of 0 octets each`. */
function describeResponses(responses: readonly RequestedResponse[]): string {
  const pause = responses.reduce((sum, { intervalUs = 0 }) => sum + intervalUs, 0);
  const after = pause === 0 ? '' : ` after ${Math.ceil(pause / 1000)} ms${responses.length === 1 ? '' : ' in all'}`;
  return `${describeSizes(responses.map(({ size }) => size))}${after}`;
}

export interface SimpleResponse {
  /** No octets when the answer has no payload. */
  readonly payload: Uint8Array;
}

/** The answer of UnaryCall; undefined when the octets are not one. */
export function decodeSimpleResponse(octets: Uint8Array): SimpleResponse | undefined {
  return decodePayload(types().simpleResponse, octets);
}

/** One answer of StreamingOutputCall, FullDuplexCall or HalfDuplexCall; undefined when the octets are not one. */
export function decodeStreamingOutputCallResponse(octets: Uint8Array): SimpleResponse | undefined {
  return decodePayload(types().streamingOutputCallResponse, octets);
}

/** The answer of StreamingInputCall; undefined when the octets are not one. */
export function decodeStreamingInputCallResponse(
  octets: Uint8Array,
): { readonly aggregatedPayloadSize: number } | undefined {
  const message = decode(types().streamingInputCallResponse, octets);
  return message && { aggregatedPayloadSize: Number(message['aggregatedPayloadSize']) };
}

/** Names of the ServingStatus values; the index of each is its number. */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** The answer of health checking, its status as a number ({@link servingStatuses}); undefined when the octets are not one. */
export function decodeHealthCheckResponse(octets: Uint8Array): { readonly status: number } | undefined {
  const message = decode(types().healthCheckResponse, octets);
  return message && { status: Number(message['status']) };
}

/** The answer of List: each name with its status as a number; undefined when the octets are not one. */
export function decodeHealthListResponse(octets: Uint8Array): ReadonlyMap<string, number> | undefined {
  const message = decode(types().healthListResponse, octets);
  const statuses = message?.['statuses'] as Readonly<Record<string, { readonly status: number } | null>> | undefined;
  return message && new Map(Object.entries(statuses ?? {}).map(([name, one]) => [name, Number(one?.status ?? 0)]));
}

/** What the probe counted for a key. */
export interface Counters {
  readonly started: number;
  readonly cancelled: number;
  readonly finished: number;
  readonly running: number;
  readonly messages: number;
}

/** The answer of AwaitCounters; undefined when the octets are not one. */
export function decodeCounters(octets: Uint8Array): Counters | undefined {
  const message = decode(types().counters, octets);
  return (
    message && {
      started: Number(message['started']),
      cancelled: Number(message['cancelled']),
      finished: Number(message['finished']),
      running: Number(message['running']),
      messages: Number(message['messages']),
    }
  );
}

/** One answer of Throw; undefined when the octets are not one. */
export function decodeThrowReply(octets: Uint8Array): { readonly index: number } | undefined {
  const message = decode(types().throwReply, octets);
  return message && { index: Number(message['index']) };
}

/** One reply of Answer or Greet; undefined when the octets are not one. */
export function decodeAnswerReply(
  octets: Uint8Array,
): { readonly payload: Uint8Array; readonly messagesRead: number } | undefined {
  const message = decode(types().answerReply, octets);
  if (message === undefined) return undefined;
  return { payload: Uint8Array.from(message['payload'] as Uint8Array), messagesRead: Number(message['messagesRead']) };
}

/** A google.rpc.Status with its details as hexadecimal; undefined when the octets are not one. */
export function decodeRpcStatus(
  octets: Uint8Array,
): { readonly code: number; readonly message: string; readonly details: string } | undefined {
  const message = decode(types().rpcStatus, octets);
  if (message === undefined) return undefined;
  const details = message['details'] as readonly Uint8Array[];
  return {
    code: Number(message['code']),
    message: String(message['message']),
    details: details.map((one) => Buffer.from(one).toString('hex')).join(' '),
  };
}

/** An encoded google.rpc.Status; each of its details is an encoded google.protobuf.Any. */
export function encodeRpcStatus(code: number, message: string, details: readonly Uint8Array[]): Uint8Array {
  return encode(types().rpcStatus, { code, message, details });
}

const noOctets = new Uint8Array(0);

function healthCall(kind: MethodKind, method: string, service: string): CallRequest {
  const message = encode(types().healthCheckRequest, { service });
  return { kind, path: `/${healthService}/${method}`, messages: [message] };
}

function probeCall(kind: MethodKind, method: string, message: Uint8Array): CallRequest {
  return { kind, path: `/${probeService}/${method}`, messages: [message] };
}

function encodeStreamingOutputCallRequest({ payload, responses, status }: DuplexMessage): Uint8Array {
  return encode(types().streamingOutputCallRequest, {
    payload: payloadOf(payload),
    responseParameters: responses.map(({ size, intervalUs = 0, compressed }) => ({
      size,
      intervalUs,
      compressed: boolValueOf(compressed),
    })),
    responseStatus: status,
  });
}

function payloadOf(body: Uint8Array | undefined) {
  return body && { body };
}

function boolValueOf(value: boolean | undefined) {
  return value === undefined ? undefined : { value };
}

function decodePayload(type: protobuf.Type, octets: Uint8Array): SimpleResponse | undefined {
  const message = decode(type, octets);
  if (message === undefined) return undefined;
  const payload = message['payload'] as { readonly body: Uint8Array } | null | undefined;
  // protobufjs stands in an empty array, which is no Uint8Array, for bytes that are absent.
  return { payload: payload?.body.length ? payload.body : noOctets };
}

/** The fields are checked by the signatures above; a message goes to the wire in one pass. */
function encode(type: protobuf.Type, fields: object): Uint8Array {
  const octets = type.encode(fields).finish();
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength);
}

function decode(type: protobuf.Type, octets: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const message: unknown = type.decode(octets);
    return message as Readonly<Record<string, unknown>>;
  } catch {
    // Whatever is wrong with octets from a target is for the rules to say.
    return undefined;
  }
}

let loaded: ReturnType<typeof loadTypes> | undefined;

function types() {
  loaded ??= loadTypes();
  return loaded;
}

function loadTypes() {
  // Loaded on first use: commands that call nothing, such as `grpc-conform list`, start without it.
  const { Field, Root, Type } = require('protobufjs') as typeof protobuf;
  const root = new Root();
  // google/rpc/status.proto; what is inside of a detail is nobody's business here.
  const rpcStatus = new Type('Status')
    .add(new Field('code', 1, 'int32'))
    .add(new Field('message', 2, 'string'))
    .add(new Field('details', 3, 'bytes', 'repeated'));
  root.define('google.rpc').add(rpcStatus);
  root.resolvePath = (_, target) => protoFile(target);
  root.loadSync(['grpc/testing/test.proto', 'grpc/health/v1/health.proto', 'grpcconform/v1/probe.proto']);
  root.resolveAll();
  const testing = (name: string) => root.lookupType(`grpc.testing.${name}`);
  const health = (name: string) => root.lookupType(`grpc.health.v1.${name}`);
  const probe = (name: string) => root.lookupType(`grpcconform.v1.${name}`);
  return {
    simpleRequest: testing('SimpleRequest'),
    simpleResponse: testing('SimpleResponse'),
    streamingInputCallRequest: testing('StreamingInputCallRequest'),
    streamingInputCallResponse: testing('StreamingInputCallResponse'),
    streamingOutputCallRequest: testing('StreamingOutputCallRequest'),
    streamingOutputCallResponse: testing('StreamingOutputCallResponse'),
    healthCheckRequest: health('HealthCheckRequest'),
    healthCheckResponse: health('HealthCheckResponse'),
    healthListResponse: health('HealthListResponse'),
    resetRequest: probe('ResetRequest'),
    awaitCountersRequest: probe('AwaitCountersRequest'),
    counters: probe('Counters'),
    throwRequest: probe('ThrowRequest'),
    throwReply: probe('ThrowReply'),
    answerRequest: probe('AnswerRequest'),
    answerReply: probe('AnswerReply'),
    failWithDetailsRequest: probe('FailWithDetailsRequest'),
    pushBackRequest: probe('PushBackRequest'),
    setServingRequest: probe('SetServingRequest'),
    rpcStatus,
  };
}

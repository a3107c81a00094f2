import type protobuf from 'protobufjs';
import { protoFile } from '../../../package-root';
import { status } from '../../../grpc/status';
import { StatusError } from '../status-error';

/** The server's side of the messages in protos/: requests are decoded, responses encoded. */

/** Absent fields have the value that proto3 gives them; absent messages are null. */
interface BoolValue {
  readonly value: boolean;
}

interface EchoStatus {
  readonly code: number;
  readonly message: string;
}

interface Payload {
  readonly body: Uint8Array;
}

export interface SimpleRequest {
  readonly responseSize: number;
  readonly payload: Payload | null;
  readonly responseCompressed: BoolValue | null;
  readonly responseStatus: EchoStatus | null;
  readonly expectCompressed: BoolValue | null;
}

export interface StreamingInputCallRequest {
  readonly payload: Payload | null;
  readonly expectCompressed: BoolValue | null;
}

export interface ResponseParameters {
  readonly size: number;
  readonly intervalUs: number;
  readonly compressed: BoolValue | null;
}

export interface StreamingOutputCallRequest {
  readonly responseParameters: readonly ResponseParameters[];
  readonly responseStatus: EchoStatus | null;
}

export interface HealthCheckRequest {
  readonly service: string;
}

export interface ResetRequest {
  readonly key: string;
}

export interface AwaitCountersRequest {
  readonly key: string;
  readonly started: number;
  readonly cancelled: number;
  readonly finished: number;
  readonly withinMs: number;
}

export interface ThrowRequest {
  readonly afterMessages: number;
}

export interface AnswerRequest {
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

export interface FailWithDetailsRequest {
  readonly code: number;
  readonly text: string;
  readonly status: Uint8Array;
}

export interface PushBackRequest {
  readonly code: number;
  readonly pushbackMs: number;
}

export interface SetServingRequest {
  readonly service: string;
  readonly serving: boolean;
}

/** Of the members of message_request one is set, the one that `messageRequest` names. */
export interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest?: string;
  readonly fileByFilename: string;
  readonly fileContainingSymbol: string;
  readonly fileContainingExtension: { readonly containingType: string; readonly extensionNumber: number } | null;
  readonly allExtensionNumbersOfType: string;
  readonly listServices: string;
}

/** Of the members of message_response one is there. */
export interface ReflectionResponse {
  readonly validHost: string;
  readonly originalRequest: Partial<ReflectionRequest>;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly allExtensionNumbersResponse?: {
    readonly baseTypeName: string;
    readonly extensionNumber: readonly number[];
  };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

/** The messages that requests are made of, by their names in protos/. */
interface Requests {
  readonly 'grpc.testing.Empty': object;
  readonly 'grpc.testing.SimpleRequest': SimpleRequest;
  readonly 'grpc.testing.StreamingInputCallRequest': StreamingInputCallRequest;
  readonly 'grpc.testing.StreamingOutputCallRequest': StreamingOutputCallRequest;
  readonly 'grpc.health.v1.HealthCheckRequest': HealthCheckRequest;
  /** The same octets in both versions. */
  readonly 'grpc.reflection.v1.ServerReflectionRequest': ReflectionRequest;
  readonly 'grpcconform.v1.ResetRequest': ResetRequest;
  readonly 'grpcconform.v1.AwaitCountersRequest': AwaitCountersRequest;
  readonly 'grpcconform.v1.ThrowRequest': ThrowRequest;
  readonly 'grpcconform.v1.AnswerRequest': AnswerRequest;
  readonly 'grpcconform.v1.FailWithDetailsRequest': FailWithDetailsRequest;
  readonly 'grpcconform.v1.PushBackRequest': PushBackRequest;
  readonly 'grpcconform.v1.SetServingRequest': SetServingRequest;
}

/** Those that responses are made of. */
interface Responses {
  readonly 'grpc.testing.SimpleResponse': { readonly payload: Payload };
  readonly 'grpc.testing.StreamingOutputCallResponse': { readonly payload: Payload };
  readonly 'grpc.testing.StreamingInputCallResponse': { readonly aggregatedPayloadSize: number };
  readonly 'grpc.health.v1.HealthCheckResponse': { readonly status: number };
  readonly 'grpc.health.v1.HealthListResponse': {
    readonly statuses: Readonly<Record<string, { readonly status: number }>>;
  };
  readonly 'grpc.reflection.v1.ServerReflectionResponse': ReflectionResponse;
  readonly 'grpcconform.v1.Counters': {
    readonly started: number;
    readonly cancelled: number;
    readonly finished: number;
    readonly running: number;
    readonly messages: number;
  };
  readonly 'grpcconform.v1.ThrowReply': { readonly index: number };
  readonly 'grpcconform.v1.AnswerReply': { readonly payload: Uint8Array; readonly messagesRead: number };
}

/** A message without fields. */
export const emptyMessage = new Uint8Array(0);

/** Reads a request. @throws StatusError INTERNAL when the octets do not parse (statuscodes: error parsing request proto). */
export function decodeRequest<Name extends keyof Requests>(name: Name, octets: Uint8Array): Requests[Name] {
  const type = lookUp(name);
  try {
    return type.decode(octets) as unknown as Requests[Name];
  } catch {
    throw new StatusError(status.INTERNAL, `the request is no ${name}`);
  }
}

/** Writes a response. */
export function encodeResponse<Name extends keyof Responses>(name: Name, fields: Responses[Name]): Uint8Array {
  return lookUp(name).encode(fields).finish();
}

const found = new Map<string, protobuf.Type>();
let root: protobuf.Root | undefined;

function lookUp(name: string): protobuf.Type {
  let type = found.get(name);
  if (type === undefined) {
    root ??= loadRoot();
    type = root.lookupType(name);
    found.set(name, type);
  }
  return type;
}

function loadRoot(): protobuf.Root {
  // Loaded with the first call: a server that prints what it can do needs none of it.
  const { Root } = require('protobufjs') as typeof protobuf;
  const loading = new Root();
  loading.resolvePath = (_, target) => protoFile(target);
  loading.loadSync([
    'grpc/testing/test.proto',
    'grpc/health/v1/health.proto',
    'grpc/reflection/v1/reflection.proto',
    'grpcconform/v1/probe.proto',
  ]);
  loading.resolveAll();
  return loading;
}

import type { CallRequest } from '../grpc/call-request';
import { joinOctets } from '../wire/join-octets';
import {
  encodeNumber,
  encodeOctets,
  encodeText,
  octetsOf,
  readFields,
  readText,
  textOf,
  type ProtobufField,
} from './protobuf-fields';
import type { ReflectionVersion } from './reflection-versions';

/** What server reflection can be asked for services and files. */
export type ReflectionQuestion =
  | { readonly ask: 'services' }
  /** The file that defines a service. */
  | { readonly ask: 'symbol'; readonly name: string }
  /** A file, by the name that others import it by. */
  | { readonly ask: 'file'; readonly name: string };

/** Whatever it can be asked. */
export type AnyReflectionQuestion =
  | ReflectionQuestion
  /** The numbers of all extensions of a message type. */
  | { readonly ask: 'extensions'; readonly name: string }
  /** The file that defines the extension of that number. */
  | { readonly ask: 'extension'; readonly name: string; readonly number: number }
  /** No member of message_request is set. */
  | { readonly ask: 'nothing' };

export type ReflectionAnswer =
  | { readonly kind: 'services'; readonly names: readonly string[] }
  /** Encoded FileDescriptorProtos. */
  | { readonly kind: 'files'; readonly files: readonly Uint8Array[] }
  | { readonly kind: 'error'; readonly status: number; readonly message: string };

/** Field numbers of ServerReflectionRequest. */
const questionFields = { services: 7, symbol: 4, file: 3, extensions: 6, extension: 5 } as const;

/** Full name of the service in a version. */
export const reflectionService = (version: ReflectionVersion): string => `grpc.reflection.${version}.ServerReflection`;

/** An encoded ServerReflectionRequest. */
export function encodeReflectionQuestion(question: AnyReflectionQuestion): Uint8Array {
  switch (question.ask) {
    case 'nothing':
      return new Uint8Array(0);
    case 'services':
      // The text of list_services is ignored; servers have seen this one from other clients.
      return encodeText(questionFields.services, '*');
    case 'extension': {
      const asked = joinOctets([encodeText(1, question.name), encodeNumber(2, question.number)]);
      return encodeOctets(questionFields.extension, asked);
    }
    default:
      return encodeText(questionFields[question.ask], question.name);
  }
}

/** Questions on one stream; alone where a server may end the stream after an error. */
export function reflectionCall(
  version: ReflectionVersion,
  ...questions: readonly AnyReflectionQuestion[]
): CallRequest {
  return {
    kind: 'bidirectional-streaming',
    path: `/${reflectionService(version)}/ServerReflectionInfo`,
    messages: questions.map(encodeReflectionQuestion),
  };
}

/** A response to any question. */
export interface ReflectionReply {
  readonly answer: ReflectionAnswer | { readonly kind: 'extensions'; readonly name: string };
  /** The octets of original_request, when they are there. */
  readonly original?: Uint8Array;
}

/** Reads a ServerReflectionResponse whatever was asked; undefined when the octets are none. */
export function decodeReflectionReply(octets: Uint8Array): ReflectionReply | undefined {
  const fields = readFields(octets);
  if (fields === undefined) return undefined;
  const original = octetsOf(fields, 2).at(-1);
  const echo = original === undefined ? {} : { original };
  const last = fields.findLast(({ number }) => number >= 4 && number <= 7);
  if (last?.number !== 5) {
    const answer = answerIn(fields);
    return answer && { answer, ...echo };
  }
  const inner = 'octets' in last ? readFields(last.octets) : undefined;
  return inner && { answer: { kind: 'extensions', name: textOf(inner, 1) }, ...echo };
}

/** True when the octets of a request say the same as a question. */
export function saysQuestion(original: Uint8Array, question: AnyReflectionQuestion): boolean {
  const said = (octets: Uint8Array) => {
    const fields = readFields(octets)?.flatMap((field) =>
      'octets' in field && field.number >= 3 ? [`${field.number} ${Buffer.from(field.octets).toString('hex')}`] : [],
    );
    return fields?.sort().join();
  };
  return said(original) === said(encodeReflectionQuestion(question));
}

/** Reads a ServerReflectionResponse; undefined when the octets are none. */
export function decodeReflectionAnswer(octets: Uint8Array): ReflectionAnswer | undefined {
  const fields = readFields(octets);
  return fields && answerIn(fields);
}

function answerIn(response: readonly ProtobufField[]): ReflectionAnswer | undefined {
  // Of a oneof the last counts: file_descriptor_response = 4, list_services_response = 6, error_response = 7.
  const last = response.findLast(({ number }) => number === 4 || number === 6 || number === 7);
  const fields = last !== undefined && 'octets' in last ? readFields(last.octets) : undefined;
  if (last === undefined || fields === undefined) return undefined;
  if (last.number === 4) return { kind: 'files', files: octetsOf(fields, 1) };
  if (last.number === 6) {
    const services = octetsOf(fields, 1).map(readFields);
    return services.every((service) => service !== undefined)
      ? { kind: 'services', names: services.map((service) => textOf(service, 1)) }
      : undefined;
  }
  const code = fields.find((field) => field.number === 1 && 'varint' in field);
  return {
    kind: 'error',
    status: code !== undefined && 'varint' in code ? code.varint : 0,
    message: textOf(fields, 2),
  };
}

/** What is needed of a FileDescriptorProto to know which other files are missing. */
export interface FileHead {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Full names. */
  readonly services: readonly string[];
  readonly octets: Uint8Array;
}

/** Reads the head of a FileDescriptorProto: name = 1, package = 2, dependency = 3, service = 6. Undefined when the octets are none. */
export function readFileHead(octets: Uint8Array): FileHead | undefined {
  const fields = readFields(octets);
  if (fields === undefined) return undefined;
  const packageName = textOf(fields, 2);
  const name = textOf(fields, 1);
  const services = octetsOf(fields, 6).map(readFields);
  if (name === '' || !services.every((service) => service !== undefined)) return undefined;
  return {
    name,
    dependencies: octetsOf(fields, 3).map(readText),
    services: services.map((service) => `${packageName === '' ? '' : `${packageName}.`}${textOf(service, 1)}`),
    octets,
  };
}

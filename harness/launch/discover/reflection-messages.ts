import type { CallRequest } from '../../grpc/call-request';
import { encodeText, octetsOf, readFields, readText, textOf } from './protobuf-fields';

/** The versions of server reflection, newest first; they differ in nothing but the name (protos/grpc/reflection). */
export const reflectionVersions = ['v1', 'v1alpha'] as const;

export type ReflectionVersion = (typeof reflectionVersions)[number];

/** What server reflection can be asked. */
export type ReflectionQuestion =
  | { readonly ask: 'services' }
  /** The file that defines a service. */
  | { readonly ask: 'symbol'; readonly name: string }
  /** A file, by the name that others import it by. */
  | { readonly ask: 'file'; readonly name: string };

export type ReflectionAnswer =
  | { readonly kind: 'services'; readonly names: readonly string[] }
  /** Encoded FileDescriptorProtos. */
  | { readonly kind: 'files'; readonly files: readonly Uint8Array[] }
  | { readonly kind: 'error'; readonly status: number; readonly message: string };

/** Field numbers of ServerReflectionRequest. */
const questionFields = { services: 7, symbol: 4, file: 3 } as const;

/** One question as a call of its own, because some servers end the stream after an error. */
export function reflectionCall(version: ReflectionVersion, question: ReflectionQuestion): CallRequest {
  // The text of list_services is ignored; servers have seen this one from other clients.
  const text = question.ask === 'services' ? '*' : question.name;
  return {
    kind: 'bidirectional-streaming',
    path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    messages: [encodeText(questionFields[question.ask], text)],
  };
}

/** Reads a ServerReflectionResponse; undefined when the octets are none. */
export function decodeReflectionAnswer(octets: Uint8Array): ReflectionAnswer | undefined {
  // Of a oneof the last counts: file_descriptor_response = 4, list_services_response = 6, error_response = 7.
  const last = readFields(octets)
    ?.filter(({ number }) => number === 4 || number === 6 || number === 7)
    .at(-1);
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

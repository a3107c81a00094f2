/** Scalar types of protobuf, by the names of the language (https://protobuf.dev/programming-guides/proto3/#scalar). */
export const scalarTypes = [
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const;

export type ScalarType = (typeof scalarTypes)[number];

/** What a field holds. Names are full names without a leading dot. */
export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'enum'; readonly name: string }
  /** A length-prefixed message, or with `delimited` a group between two tags. */
  | { readonly kind: 'message'; readonly name: string; readonly delimited: boolean };

export interface SchemaField {
  readonly number: number;
  readonly name: string;
  readonly type: FieldType;
  /** A map is a repeated message whose type is a {@link MessageType.mapEntry}. */
  readonly cardinality: 'optional' | 'required' | 'repeated';
  /** False when the default value and absence are the same on the wire: repeated fields, and implicit presence (plain fields of proto3). */
  readonly hasPresence: boolean;
  /** How a conforming writer writes a repeated number; readers take both. */
  readonly packed: boolean;
  /** True when a reader must refuse octets that are not UTF-8 (strings of proto3 and of editions that verify). */
  readonly verifiesUtf8: boolean;
  /** Name of the oneof that the field is a member of; the one that `optional` of proto3 makes up does not count. */
  readonly oneof?: string;
}

export interface MessageType {
  readonly name: string;
  readonly fields: readonly SchemaField[];
  /** First and last number of ranges that extensions may use: such a field may be known to a server and is not in `fields`. */
  readonly extensions: readonly (readonly [number, number])[];
  readonly mapEntry: boolean;
}

export interface EnumType {
  readonly name: string;
  /** Declared numbers, without repetition, in order of declaration: at least one; the first is the default. */
  readonly numbers: readonly number[];
  /** True when a reader treats an undeclared number as an unknown field (proto2, and editions that say so). */
  readonly closed: boolean;
}

/** One method of a service of the target. */
export interface SchemaMethod {
  /** `/package.Service/Method`, the value of :path. */
  readonly path: string;
  readonly kind: 'unary' | 'client-streaming' | 'server-streaming' | 'bidirectional-streaming';
  /** Full name of the request's and of the response's message type. */
  readonly input: string;
  readonly output: string;
  /** The option idempotency_level is NO_SIDE_EFFECTS or IDEMPOTENT. */
  readonly idempotent: boolean;
}

/** A method that descriptors name and nothing can be made of. */
export interface UnusableMethod {
  readonly path: string;
  /** One clause without a full stop, e.g. `its request type a.B is described nowhere`. */
  readonly reason: string;
}

/**
 * What descriptors say about a target's services, checked and bounded: plain data, so that a failure file can carry it. Every type that a method or a
 * field names is there.
 */
export interface Schema {
  readonly methods: readonly SchemaMethod[];
  readonly messages: readonly MessageType[];
  readonly enums: readonly EnumType[];
  /** Methods that are described, but not completely enough to be called. */
  readonly unusable: readonly UnusableMethod[];
  /** What was odd about the descriptors and how it was settled, a clause each; absent when nothing was. */
  readonly problems?: readonly string[];
}

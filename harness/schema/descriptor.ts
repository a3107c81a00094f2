import type { ScalarType } from './schema';

// What descriptors say, before types are looked up. The same from descriptor.proto's messages and from .proto files.

/** Choices of an edition's features, and of the syntaxes before them in the same words; what is absent is inherited. */
export interface Features {
  readonly presence?: 'explicit' | 'implicit' | 'required';
  readonly enums?: 'open' | 'closed';
  readonly repeated?: 'packed' | 'expanded';
  readonly utf8?: 'verify' | 'none';
  readonly messages?: 'length-prefixed' | 'delimited';
}

export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: 'optional' | 'required' | 'repeated';
  /** `named`: a message or an enum, whichever the name turns out to be. */
  readonly type: ScalarType | 'message' | 'group' | 'enum' | 'named';
  /** With a leading dot a full name, otherwise relative to where it stands. */
  readonly typeName?: string;
  /** The option of that name. */
  readonly packed?: boolean;
  /** Index in {@link MessageDescriptor.oneofs}. */
  readonly oneofIndex?: number;
  /** True for `optional` in proto3, whose oneof is made up. */
  readonly proto3Optional: boolean;
  readonly features: Features;
  /** `file:line:column` of the type's name, when it was read from a .proto file. */
  readonly where?: string;
}

export interface EnumDescriptor {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly features: Features;
}

export interface MessageDescriptor {
  readonly name: string;
  readonly fields: readonly FieldDescriptor[];
  readonly messages: readonly MessageDescriptor[];
  readonly enums: readonly EnumDescriptor[];
  readonly oneofs: readonly string[];
  /** First and last numbers. */
  readonly extensions: readonly (readonly [number, number])[];
  readonly mapEntry: boolean;
  /** The option message_set_wire_format: no fields but extensions. */
  readonly messageSet: boolean;
  readonly features: Features;
}

export interface MethodDescriptor {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  readonly idempotent: boolean;
  /** `file:line:column`, when it was read from a .proto file. */
  readonly where?: string;
}

export interface ServiceDescriptor {
  readonly name: string;
  readonly methods: readonly MethodDescriptor[];
}

export interface FileDescriptor {
  readonly name: string;
  /** The descriptor set that it comes from, where there may be several. */
  readonly from?: string;
  /** Empty when there is none. */
  readonly package: string;
  readonly syntax: Syntax;
  /** See `FileRules` in editions.ts. */
  readonly unknownEdition?: string;
  readonly features: Features;
  readonly messages: readonly MessageDescriptor[];
  readonly enums: readonly EnumDescriptor[];
  readonly services: readonly ServiceDescriptor[];
}

export type Syntax = 'proto2' | 'proto3' | 'editions';

/** What the syntaxes and editions choose (https://protobuf.dev/editions/features/); see editions.ts for those that there are. */
export const syntaxFeatures: Readonly<Record<Syntax, Required<Features>>> = {
  proto2: { presence: 'explicit', enums: 'closed', repeated: 'expanded', utf8: 'none', messages: 'length-prefixed' },
  proto3: { presence: 'implicit', enums: 'open', repeated: 'packed', utf8: 'verify', messages: 'length-prefixed' },
  editions: { presence: 'explicit', enums: 'open', repeated: 'packed', utf8: 'verify', messages: 'length-prefixed' },
};

import { readFileSync } from 'node:fs';
import type { FileDescriptor } from './descriptor';
import { parseProto } from './parse-proto';

/** True for the files that come with every protobuf compiler, by the name that they are imported by. */
export function isWellKnownFile(name: string): boolean {
  return files().has(name);
}

/** What is in them (https://protobuf.dev/reference/protobuf/google.protobuf/). */
export function wellKnownFiles(): Iterable<FileDescriptor> {
  return files().values();
}

let parsed: ReadonlyMap<string, FileDescriptor> | undefined;

function files(): ReadonlyMap<string, FileDescriptor> {
  parsed ??= new Map(
    [...Object.entries(ours), ...theirs.map((name) => [name, readTheirs(name)] as const)].map(([name, source]) => [
      `google/protobuf/${name}.proto`,
      parseProto(source, `google/protobuf/${name}.proto`).descriptor,
    ]),
  );
  return parsed;
}

const header = 'syntax = "proto3"; package google.protobuf; ';

const ours: Readonly<Record<string, string>> = {
  any: `${header} message Any { string type_url = 1; bytes value = 2; }`,
  duration: `${header} message Duration { int64 seconds = 1; int32 nanos = 2; }`,
  empty: `${header} message Empty {}`,
  field_mask: `${header} message FieldMask { repeated string paths = 1; }`,
  struct: `${header}
    enum NullValue { NULL_VALUE = 0; }
    message Struct { map<string, Value> fields = 1; }
    message Value {
      oneof kind {
        NullValue null_value = 1; double number_value = 2; string string_value = 3;
        bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6;
      }
    }
    message ListValue { repeated Value values = 1; }`,
  timestamp: `${header} message Timestamp { int64 seconds = 1; int32 nanos = 2; }`,
  wrappers: `${header}
    message DoubleValue { double value = 1; }  message FloatValue { float value = 1; }
    message Int64Value { int64 value = 1; }    message UInt64Value { uint64 value = 1; }
    message Int32Value { int32 value = 1; }    message UInt32Value { uint32 value = 1; }
    message BoolValue { bool value = 1; }      message StringValue { string value = 1; }
    message BytesValue { bytes value = 1; }`,
};

/** Those that protobufjs ships as files. */
const theirs = ['api', 'descriptor', 'source_context', 'type'] as const;

function readTheirs(name: string): string {
  return readFileSync(require.resolve(`protobufjs/google/protobuf/${name}.proto`), 'utf8');
}

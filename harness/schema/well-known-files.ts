import type { FileDescriptor } from './descriptor';
import { parseProto } from './parse-proto';
import { wellKnownSources } from './well-known-sources';

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
    Object.entries(wellKnownSources).map(([name, source]) => [
      `google/protobuf/${name}.proto`,
      parseProto(source, `google/protobuf/${name}.proto`).descriptor,
    ]),
  );
  return parsed;
}

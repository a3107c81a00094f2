import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ConformError } from '../error';
import { listBriefly } from '../list-briefly';
import type { FileDescriptor } from './descriptor';
import { linkSchema } from './link-schema';
import { parseProto, type ProtoImport } from './parse-proto';
import type { Schema } from './schema';
import { quoteName, SchemaCounter } from './schema-limits';
import { isWellKnownFile } from './well-known-files';

/** Octets of one .proto file; more is no source that a person or a generator wrote. */
const largestFile = 16 * 1024 * 1024;

/**
 * Reads .proto files with all that they import. The files that every protobuf compiler brings along (google/protobuf/*.proto) need not be there.
 *
 * @param files Paths from the current directory, or below one of the import paths.
 * @param importPaths Folders that imports are searched in, in this order; without any, the current directory and the folders of the files.
 * @throws ConformError ERR_SCHEMA with file, line and column when a file does not parse, an import or a type is missing, or a name is not legal.
 */
export function readProtoFiles(files: readonly string[], importPaths: readonly string[]): Schema {
  const from = listBriefly(files);
  const roots = importPaths.length > 0 ? importPaths : [...new Set(['.', ...files.map((file) => path.dirname(file))])];
  const counter = new SchemaCounter(from);
  const parsed = new Map<string, FileDescriptor>();
  const open: ProtoImport[] = [];
  const parse = (file: string): void => {
    const real = realpathSync(file);
    if (parsed.has(real)) return;
    const { descriptor, imports } = parseProto(readSource(file), file, counter);
    parsed.set(real, descriptor);
    // In reading order, so that the first problem is the first one of the first file.
    open.push(...imports);
  };
  for (const file of files) parse(findNamed(file, importPaths));
  for (const wanted of open) {
    const found = findImport(wanted, roots);
    if (found !== undefined) parse(found);
  }
  return linkSchema([...parsed.values()], from);
}

/** A file of the command line. */
function findNamed(file: string, importPaths: readonly string[]): string {
  const candidates = [file, ...importPaths.map((root) => path.join(root, file))];
  const found = candidates.find(isFile);
  if (found === undefined) {
    throw new ConformError('ERR_SCHEMA', `${quoteName(file)} is no file; searched: ${listBriefly(candidates)}`);
  }
  return found;
}

/** Undefined for a file that every compiler brings along and that is not there: linking knows its types. */
function findImport({ name, where }: ProtoImport, roots: readonly string[]): string | undefined {
  // As protoc: an import is a name below the import paths, not a path of the machine.
  if (path.isAbsolute(name) || name.split(/[\\/]/).some((part) => part === '..' || part === '')) {
    throw new ConformError(
      'ERR_SCHEMA',
      `${where}: the import ${quoteName(name)} is not a name below the import paths`,
    );
  }
  const candidates = roots.map((root) => path.join(root, name));
  const found = candidates.find(isFile);
  if (found === undefined && !isWellKnownFile(name)) {
    throw new ConformError(
      'ERR_SCHEMA',
      `${where}: the import ${quoteName(name)} is found nowhere; searched: ${listBriefly(candidates)}; name its folder with --import-path`,
    );
  }
  return found;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readSource(file: string): string {
  const { size } = statSync(file);
  if (size > largestFile) {
    throw new ConformError('ERR_SCHEMA', `${file} is longer than ${largestFile / 1024 / 1024} MiB; name a .proto file`);
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConformError('ERR_SCHEMA', `${file} cannot be read: ${String(error)}`, { cause: error });
  }
}

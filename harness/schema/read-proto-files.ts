import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ConformError } from '../error';
import { listBriefly } from '../list-briefly';
import { describeReadError, readNamedFile } from '../read-named-file';
import type { FileDescriptor } from './descriptor';
import { linkSchema } from './link-schema';
import { parseProto, type ProtoImport } from './parse-proto';
import type { Schema } from './schema';
import { quoteName, SchemaCounter, showFileName } from './schema-limits';
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
  const from = listBriefly(files.map(showFileName));
  const roots = importPaths.length > 0 ? importPaths : [...new Set(['.', ...files.map((file) => path.dirname(file))])];
  const counter = new SchemaCounter(from);
  const parsed = new Map<string, FileDescriptor>();
  const open: ProtoImport[] = [];
  const parse = (file: string): void => {
    const real = identityOf(file);
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
  const found = search(candidates);
  if (found.file !== undefined) return found.file;
  const searched = listBriefly(candidates.map(showFileName));
  throw new ConformError('ERR_SCHEMA', `${quoteName(file)} is no file${found.trouble}; searched: ${searched}`);
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
  const found = search(candidates);
  if (found.file === undefined && !isWellKnownFile(name)) {
    throw new ConformError(
      'ERR_SCHEMA',
      `${where}: the import ${quoteName(name)} is found nowhere${found.trouble}; searched: ${listBriefly(candidates.map(showFileName))}; name its folder with --import-path`,
    );
  }
  return found.file;
}

/** The first of some places that is a file, or what kept us from looking at one of them, as the rest of a clause. */
function search(candidates: readonly string[]): { readonly file: string | undefined; readonly trouble: string } {
  let trouble = '';
  for (const file of candidates) {
    try {
      const stat = statSync(file, { throwIfNoEntry: false });
      if (stat?.isFile() === true || stat?.isFIFO() === true) return { file, trouble };
    } catch (error) {
      trouble ||= ` (${showFileName(file)}: ${describeReadError(error)})`;
    }
  }
  return { file: undefined, trouble };
}

/** What tells one file from another, by whatever links it is reached; a FIFO has no other name. */
function identityOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function readSource(file: string): string {
  const read = readNamedFile(file, { largest: largestFile });
  // Comments may be in any encoding.
  if (read.ok) return new TextDecoder().decode(read.value);
  throw new ConformError('ERR_SCHEMA', `${showFileName(file)} cannot be read: ${read.reason}: name a .proto file`, {
    cause: read.cause,
  });
}

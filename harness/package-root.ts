import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConformError } from './error';

let found: string | undefined;

/**
 * The folder that holds this package's package.json, whether we run from source or from dist/.
 * @throws ConformError ERR_INTERNAL when the package was taken apart.
 */
export function packageRoot(): string {
  found ??= findRoot(__dirname);
  return found;
}

/** Absolute path of one of our .proto files by its import path, e.g. `grpc/testing/test.proto`. */
export function protoFile(importPath: string): string {
  return join(packageRoot(), 'protos', importPath);
}

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isOurPackage(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) {
      throw new ConformError(
        'ERR_INTERNAL',
        `No package.json of grpc-conform above ${start}; install the package again`,
      );
    }
  }
}

function isOurPackage(file: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'grpc-conform';
  } catch {
    // No such file, or not JSON: a folder of somebody else.
    return false;
  }
}

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { ConformError } from '../../error';
import { packageRoot } from '../../package-root';
import { applyMutant, type Mutant } from './find-mutants';

/** The package whose code is changed. */
export const mutatedPackage = '@grpc/grpc-js';

/** A copy of the bundled server in a folder of its own, on a copy of grpc-js that may be changed. */
export interface Workspace {
  /** Every JavaScript file of the copied package by its name in the package, in the order of the names. */
  readonly files: readonly string[];
  /** Absolute path of a file of the package. */
  readonly fileOf: (name: string) => string;
  /** Absolute path of the server's script. */
  readonly server: string;
  /** A folder beside the copy, for what runs write. */
  readonly scratch: (name: string) => string;
  /** Does with a mutant in place what is to be done, and takes it out again. */
  readonly withMutant: <T>(mutant: Mutant, work: () => Promise<T>) => Promise<T>;
  /** Removes everything. */
  readonly remove: () => void;
}

/** Copies the built server and grpc-js into a temporary folder; other packages are links. @throws ConformError ERR_INTERNAL before the build */
export function makeWorkspace(): Workspace {
  const root = packageRoot();
  const folder = mkdtempSync(join(tmpdir(), 'grpc-conform-mutate-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const name of ['package.json', 'dist', 'protos'])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    const installed = packageFolder();
    const copy = join(folder, 'node_modules', mutatedPackage);
    cpSync(installed, copy, { recursive: true, dereference: true });
    linkOthers(modulesAbove(installed), join(folder, 'node_modules'));
    const files = readdirSync(join(copy, 'build'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => ['build', ...name.split(sep)].join('/'))
      .sort();
    const fileOf = (name: string): string => join(copy, ...name.split('/'));
    return {
      files,
      fileOf,
      server: join(folder, 'dist', 'harness', 'servers', 'grpc-js', 'server.js'),
      scratch: (name) => {
        mkdirSync(join(folder, 'scratch', name), { recursive: true });
        return join(folder, 'scratch', name);
      },
      withMutant: async (mutant, work) => {
        const file = fileOf(mutant.file);
        const source = readFileSync(file, 'utf8');
        writeFileSync(file, applyMutant(source, mutant));
        try {
          return await work();
        } finally {
          writeFileSync(file, source);
        }
      },
      remove,
    };
  } catch (error) {
    remove();
    throw new ConformError(
      'ERR_INTERNAL',
      'The server cannot be copied: npm ci and npm run build make what is copied.',
      {
        cause: error,
        details: [String(error)],
      },
    );
  }
}

/** Where the package is installed. Its main script lies somewhere below. */
function packageFolder(): string {
  const main = require.resolve(mutatedPackage);
  const name = join('node_modules', ...mutatedPackage.split('/'));
  return main.slice(0, main.lastIndexOf(name) + name.length);
}

const modulesAbove = (installed: string): string => dirname(dirname(installed));

/** Every other package of `modules` under its name in `folder`, so that requires end in the same places as ever. */
function linkOthers(modules: string, folder: string): void {
  const [scope = ''] = mutatedPackage.split('/');
  for (const name of readdirSync(modules).filter((each) => !each.startsWith('.') && each !== scope)) {
    symlinkSync(join(modules, name), join(folder, name), 'junction');
  }
  for (const name of readdirSync(join(modules, scope))) {
    const link = join(scope, name);
    if (link !== join(...mutatedPackage.split('/'))) symlinkSync(join(modules, link), join(folder, link), 'junction');
  }
}

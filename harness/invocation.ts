import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root';
import { readTool } from './tool';

/** What decides how this program is started again; the process's own when absent. */
export interface InvocationFacts {
  /** The script that node runs. */
  readonly script?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The folder that the user is in. */
  readonly folder?: string;
}

/**
 * The words that start this program again where the user is: `npx grpc-conform` where npx finds this very copy, the name alone where the PATH has it, else
 * `node …/main.js`. Never a name that npx would have to ask a registry for, which may serve something else under it.
 */
export function findInvocation({
  script = process.argv[1],
  environment = process.env,
  folder = process.cwd(),
}: InvocationFacts = {}): readonly string[] {
  const { name } = readTool();
  const program = path.join(packageRoot(), 'dist', 'harness', 'cli', 'main.js');
  const isByNode = script !== undefined && realPath(script) === realPath(program) && path.basename(script) !== name;
  if (isByNode && environment['npm_command'] !== 'exec') return ['node', shortest(script, folder)];
  if (isFoundByNpx(name, folder)) return ['npx', name];
  if (isOnPath(name, program, environment['PATH'])) return [name];
  return ['node', shortest(program, folder)];
}

/** npx runs the first program of that name in the `node_modules` of this folder and those above, or the package's own in its checkout. */
function isFoundByNpx(name: string, folder: string): boolean {
  const ours = realPath(packageRoot());
  let isFirstPackage = true;
  for (let here = path.resolve(folder); ; here = path.dirname(here)) {
    const modules = path.join(here, 'node_modules');
    if (existsSync(path.join(modules, '.bin', name))) return realPath(path.join(modules, name)) === ours;
    if (isFirstPackage && existsSync(path.join(here, 'package.json'))) {
      if (realPath(here) === ours) return true;
      isFirstPackage = false;
    }
    if (path.dirname(here) === here) return false;
  }
}

function isOnPath(name: string, program: string, searched = ''): boolean {
  const first = searched
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
  return first !== undefined && realPath(first) === realPath(program);
}

/** As someone in this folder would type it. */
function shortest(file: string, folder: string): string {
  const fromHere = path.relative(folder, file);
  return fromHere.length < file.length ? fromHere : file;
}

/** The file behind links; the name itself when there is none. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

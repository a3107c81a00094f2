import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printable } from '../report/printable';
import { systemErrorCode } from '../system-error';

/** How long a program of the user's may take to load. Milliseconds. */
const longestLoad = 10_000;

/** What a file exports, or why that is not known: a clause about the file. */
export type LoadedProgram =
  | { readonly ok: true; readonly value: unknown }
  /** `isUnread`: nothing of it was run, since this Node cannot read such files. */
  | { readonly ok: false; readonly reason: string; readonly isUnread: boolean; readonly cause?: unknown };

/** Runs a JavaScript file, or one in TypeScript where Node can, and gives what it exports: by `export default`, or by `module.exports`. Never rejects. */
export async function loadProgram(file: string): Promise<LoadedProgram> {
  const isTypeScript = /^\.[cm]?ts$/.test(extname(file));
  if (isTypeScript && !canLoadTypeScript())
    return {
      ok: false,
      isUnread: true,
      reason: `needs a TypeScript loader on Node ${process.versions.node}: write it in JavaScript, or set NODE_OPTIONS='--require esbuild-register'`,
    };
  try {
    return { ok: true, value: await withinTime(isTypeScript ? requireFile(file) : loadScript(file)) };
  } catch (error) {
    return { ok: false, isUnread: false, reason: describeThrown(error), cause: error };
  }
}

/** A program may wait for what never comes, and then the process would end without a word. */
async function withinTime<T>(loading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not come to its end within ${longestLoad} ms`)), longestLoad);
  });
  return Promise.race([loading, over]).finally(() => clearTimeout(timer));
}

async function loadScript(file: string): Promise<unknown> {
  try {
    return exportOf(await import(pathToFileURL(file).href));
  } catch (error) {
    // Jest's sandbox has no import() for its own tests.
    if (!(systemErrorCode(error) ?? '').startsWith('ERR_VM_DYNAMIC_IMPORT')) throw error;
    return requireFile(file);
  }
}

/** Node strips types by itself from 22.18 on; before that, whoever wants TypeScript brings a loader. */
const canLoadTypeScript = (): boolean =>
  'typescript' in process.features || Object.keys(require.extensions).includes('.ts');

const requireFile = async (file: string): Promise<unknown> => exportOf(require(file));

const exportOf = (loaded: unknown): unknown =>
  typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;

/** Whatever a program of the user's threw, in a line that quotes nothing of it but names of modules: it may hold a secret. */
export function describeThrown(error: unknown): string {
  // The sandbox of jest has another `Error` than Node, so `instanceof` does not tell.
  if (typeof error !== 'object' || error === null) return `it threw ${describeValue(error)}`;
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  const stack = 'stack' in error && typeof error.stack === 'string' ? error.stack : '';
  if ('name' in error && error.name === 'SyntaxError') {
    // Node puts the place in front: "file:///a/b.mjs:3", then the line itself.
    const line = /^\S.*:(\d+)\r?\n/.exec(stack)?.[1];
    return `syntax error${line === undefined ? '' : ` in line ${line}`}: ${firstLine(message).replace(/ ['"`].*$/s, '')}`;
  }
  const missing = /^Cannot find (?:module|package) '([^']*)'/.exec(message)?.[1];
  if (missing !== undefined && (systemErrorCode(error) ?? '').endsWith('MODULE_NOT_FOUND'))
    return `it needs ${printable(missing)}, which is not there: install it, or correct its name`;
  return message === '' ? 'it threw something that is no error' : firstLine(message);
}

function describeValue(value: unknown): string {
  return value === null || value === undefined
    ? String(value)
    : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

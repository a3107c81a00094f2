import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConformError, isConformError } from '../error';
import { readNamedText } from '../read-named-file';
import { printable, shortPrintable } from '../report/printable';
import { parseJson } from '../report/read-json';
import { systemErrorCode } from '../system-error';
import type { ConfigFile } from './settings';

/** How long a configuration file that is a program may take. Milliseconds. */
const longestLoad = 10_000;
/** Octets of a configuration file: far more than all settings with all they can hold. */
const largestConfig = 4 * 1024 * 1024;

const endings = ['json', 'js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

/**
 * Reads the configuration file: the one named, else the first `grpc-conform.config.*` in this folder or one above it, up to the user's own.
 *
 * @returns undefined when none was named and there is none.
 * @throws ConformError ERR_CONFIG when it cannot be read or holds no object.
 */
export async function readConfigFile(named: string | undefined, folder: string): Promise<ConfigFile | undefined> {
  const file = named === undefined ? findConfigFile(folder) : resolve(folder, named);
  if (file === undefined) return undefined;
  const config = await readContent(file);
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw wrong(file, 'holds no object: export one, or write { … }');
  return { file, content: copyContent(config, file) };
}

function findConfigFile(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = endings.map((ending) => join(at, `grpc-conform.config.${ending}`)).find((file) => existsSync(file));
    if (found !== undefined || at === homedir() || dirname(at) === at) return found;
  }
}

async function readContent(file: string): Promise<unknown> {
  const ending = extname(file).slice(1);
  // Also before a program is loaded: Node would read a device without an end.
  const read = readNamedText(file, { largest: largestConfig });
  if (!read.ok) throw wrong(file, read.isMissing ? 'does not exist' : `cannot be read: ${read.reason}`, read.cause);
  if (!endings.includes(ending)) throw wrong(file, `must end in one of ${endings.map((one) => `.${one}`).join(', ')}`);
  if (ending === 'json') {
    const json = parseJson(read.value);
    if (json.ok) return json.value;
    throw wrong(file, `cannot be read: ${json.reason}`);
  }
  try {
    return await withinTime(/^[cm]?ts$/.test(ending) ? loadTypeScript(file) : loadScript(file));
  } catch (error) {
    if (isConformError(error)) throw error;
    throw wrong(file, `cannot be read: ${describeThrown(error)}`, error);
  }
}

const wrong = (file: string, what: string, cause?: unknown): ConformError =>
  new ConformError('ERR_CONFIG', `the configuration file ${shortPrintable(file)} ${what}`, { cause });

/** A program may wait for what never comes, and then the process would end without a word. */
async function withinTime<T>(loading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not come to its end within ${longestLoad} ms`)), longestLoad);
  });
  return Promise.race([loading, over]).finally(() => clearTimeout(timer));
}

/** What a program exports may run code of its own wherever it is looked at: it is looked at once. @throws ConformError ERR_CONFIG */
function copyContent(config: object, file: string): Readonly<Record<string, unknown>> {
  try {
    return structuredClone({ ...config });
  } catch (error) {
    throw wrong(file, `holds no plain data: ${describeThrown(error)}`, error);
  }
}

/** What a module exports: by `export default`, or by `module.exports`. */
async function loadScript(file: string): Promise<unknown> {
  try {
    return exportOf(await import(pathToFileURL(file).href));
  } catch (error) {
    // Jest's sandbox has no import() for its own tests.
    if (!(systemErrorCode(error) ?? '').startsWith('ERR_VM_DYNAMIC_IMPORT')) throw error;
    return exportOf(require(file));
  }
}

/** Node strips types by itself from 22.18 on; before that, whoever wants TypeScript brings a loader. */
async function loadTypeScript(file: string): Promise<unknown> {
  const canLoad = 'typescript' in process.features || Object.keys(require.extensions).includes('.ts');
  if (!canLoad) {
    throw wrong(
      file,
      `needs a TypeScript loader on Node ${process.versions.node}: write it in .js or .json, or set NODE_OPTIONS='--require esbuild-register'`,
    );
  }
  return exportOf(require(file));
}

const exportOf = (loaded: unknown): unknown =>
  typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;

/** Whatever a program of the user's threw, in a line that quotes nothing of it but names of modules: it may hold a secret. */
function describeThrown(error: unknown): string {
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

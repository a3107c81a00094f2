import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { lilconfig, type Loader } from 'lilconfig';
import { ConformError } from '../error';
import { parseJson } from '../report/read-json';
import type { ConfigFile } from './settings';

/** How long a configuration file that is a program may take. Milliseconds. */
const longestLoad = 10_000;

const endings = ['json', 'js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

/**
 * Reads the configuration file: the one named, else the first `grpc-conform.config.*` in this folder or one above it.
 *
 * @returns undefined when none was named and there is none.
 * @throws ConformError ERR_CONFIG when it cannot be read or holds no object.
 */
export async function readConfigFile(named: string | undefined, folder: string): Promise<ConfigFile | undefined> {
  const search = lilconfig('grpc-conform', {
    searchPlaces: endings.map((ending) => `grpc-conform.config.${ending}`),
    loaders: { '.json': loadJson, '.ts': loadTypeScript, '.cts': loadTypeScript, '.mts': loadTypeScript },
    ignoreEmptySearchPlaces: false,
  });
  const file = named === undefined ? undefined : resolve(folder, named);
  if (file !== undefined) checkNamed(file);
  const loading = file === undefined ? search.search(folder) : search.load(file);
  const found = await withinTime(loading).catch((error: unknown) => {
    if (error instanceof ConformError) throw error;
    throw new ConformError(
      'ERR_CONFIG',
      `the configuration file${file === undefined ? '' : ` ${file}`} cannot be read: ${messageOf(error)}`,
      { cause: error },
    );
  });
  if (found === null) return undefined;
  const { config } = found as { config: unknown };
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new ConformError(
      'ERR_CONFIG',
      `the configuration file ${found.filepath} holds no object: export one, or write { … }`,
    );
  }
  return { file: found.filepath, content: copyContent(config, found.filepath) };
}

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
    throw new ConformError('ERR_CONFIG', `the configuration file ${file} holds no plain data: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function checkNamed(file: string): void {
  if (!existsSync(file)) throw new ConformError('ERR_CONFIG', `the configuration file ${file} does not exist`);
  const ending = extname(file).slice(1);
  if (!endings.includes(ending)) {
    throw new ConformError(
      'ERR_CONFIG',
      `the configuration file ${file} must end in one of ${endings.map((one) => `.${one}`).join(', ')}`,
    );
  }
}

/** lilconfig's own loader passes on the message of `JSON.parse`, which quotes the file. */
const loadJson: Loader = (_file, content) => {
  const json = parseJson(content);
  if (!json.ok) throw new Error(json.reason);
  return json.value;
};

/** Node strips types by itself from 22.18 on; before that, whoever wants TypeScript brings a loader. */
const loadTypeScript: Loader = (file) => {
  const canLoad = 'typescript' in process.features || Object.keys(require.extensions).includes('.ts');
  if (!canLoad) {
    throw new ConformError(
      'ERR_CONFIG',
      `the configuration file ${file} needs a TypeScript loader on Node ${process.versions.node}: write it in .js or .json, or set NODE_OPTIONS='--require esbuild-register'`,
    );
  }
  const loaded: unknown = require(file);
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
};

/** The sandbox of jest has another `Error` than Node, so `instanceof` does not tell. */
function messageOf(error: unknown): string {
  const text = String(error);
  // What it quotes is a piece of the file, which may hold a secret.
  if (text.startsWith('SyntaxError: '))
    return `syntax error: ${text.slice('SyntaxError: '.length).replace(/ ['"`].*$/s, '')}`;
  return text.replace(/^[A-Za-z]*Error: /, '');
}

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { ConformError } from '../error';
import { readNamedText } from '../read-named-file';
import { shortPrintable } from '../report/printable';
import { parseJson } from '../report/read-json';
import { describeThrown, loadProgram } from './load-program';
import type { ConfigFile } from './settings';

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
  const loaded = await loadProgram(file);
  if (loaded.ok) return loaded.value;
  throw wrong(file, loaded.isUnread ? loaded.reason : `cannot be read: ${loaded.reason}`, loaded.cause);
}

const wrong = (file: string, what: string, cause?: unknown): ConformError =>
  new ConformError('ERR_CONFIG', `the configuration file ${shortPrintable(file)} ${what}`, { cause });

/** What a program exports may run code of its own wherever it is looked at: it is looked at once. @throws ConformError ERR_CONFIG */
function copyContent(config: object, file: string): Readonly<Record<string, unknown>> {
  try {
    return structuredClone({ ...config });
  } catch (error) {
    throw wrong(file, `holds no plain data: ${describeThrown(error)}`, error);
  }
}

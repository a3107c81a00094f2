import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCatalogue, type LoadedCatalogue } from '../engine/catalogue-rows';
import type { OwnSuite } from '../engine/own-suites';
import { ConformError } from '../error';
import { readNamedText } from '../read-named-file';
import { shortPrintable } from '../report/printable';
import { loadProgram } from './load-program';
import type { Settings } from './setting-specs';

/** Octets of a file of rules: far more than people write. */
const largestSuite = 4 * 1024 * 1024;

const endings = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

/**
 * The catalogue with the rules of the files that `--suite-file` names behind it.
 * @throws ConformError ERR_SUITE when one of them cannot be loaded, or is not what it must be
 */
export async function loadCatalogueWith({ suiteFile = [] }: Settings): Promise<LoadedCatalogue> {
  const own: OwnSuite[] = [];
  // One after the other: who throws first is told first, each time.
  for (const file of suiteFile) for (const suite of await loadSuiteFile(file)) own.push({ suite, from: file });
  return loadCatalogue(own);
}

/** A file may export several suites. */
async function loadSuiteFile(named: string): Promise<readonly unknown[]> {
  const file = resolve(named);
  const wrong = (what: string, cause?: unknown): ConformError =>
    new ConformError('ERR_SUITE', `the suite file ${shortPrintable(named)} ${what}`, { cause });
  // Also before it is loaded: Node would read a device without an end.
  const read = readNamedText(file, { largest: largestSuite });
  if (!read.ok) throw wrong(read.isMissing ? 'does not exist' : `cannot be read: ${read.reason}`, read.cause);
  if (!endings.includes(extname(file).slice(1)))
    throw wrong(`must end in one of ${endings.map((one) => `.${one}`).join(', ')}`);
  const loaded = await loadProgram(file);
  if (!loaded.ok)
    throw wrong(
      loaded.isUnread ? loaded.reason : `cannot be loaded${lineIn(file, loaded.cause)}: ${loaded.reason}`,
      loaded.cause,
    );
  return Array.isArray(loaded.value) ? loaded.value : [loaded.value];
}

/** The line of the file at which it threw, where the stack names one. */
function lineIn(file: string, thrown: unknown): string {
  const stack = typeof thrown === 'object' && thrown !== null && 'stack' in thrown ? String(thrown.stack) : '';
  const line = stack
    .split('\n')
    .map((one) =>
      one.includes(file) || one.includes(pathToFileURL(file).href) ? /:(\d+):\d+\)?$/.exec(one)?.[1] : undefined,
    )
    .find((one) => one !== undefined);
  return line === undefined ? '' : ` (line ${line})`;
}

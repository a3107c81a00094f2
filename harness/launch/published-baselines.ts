import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConformError } from '../error';
import { didYouMean } from '../nearest';
import { packageRoot } from '../package-root';
import { keyOf, type Baseline } from '../report/baseline-entries';
import { readBaseline, type ReadBaselineOptions } from './baseline';

const folder = (): string => join(packageRoot(), 'harness', 'servers');
const fileOf = (name: string): string => join(folder(), name, 'baseline.json');

/** The servers whose known deviations come along. */
export function publishedBaselines(): readonly string[] {
  return readdirSync(folder())
    .filter((name) => existsSync(fileOf(name)))
    .toSorted();
}

/**
 * A baseline with what is known of published servers behind it: what the own one says counts first. A server that is built on one of those need not break everything that
 * it breaks, in the same version or with the same methods, so that nothing of theirs is ever stale, and nothing that they offer is missed.
 *
 * @throws ConformError ERR_USAGE for a server of which nothing is published
 */
export function addKnownOf(
  own: Baseline | undefined,
  names: readonly string[],
  options: ReadBaselineOptions,
): Baseline | undefined {
  if (names.length === 0) return own;
  const published = publishedBaselines();
  const entries = new Map((own?.entries ?? []).map((entry) => [keyOf(entry), entry]));
  for (const name of names) {
    if (!published.includes(name))
      throw new ConformError(
        'ERR_USAGE',
        `nothing is published about the server ${JSON.stringify(name)}${didYouMean(name, published)}: known are ${published.join(', ')}`,
      );
    for (const entry of readBaseline(fileOf(name), options).entries)
      if (!entries.has(keyOf(entry))) entries.set(keyOf(entry), { ...entry, intermittent: true });
  }
  const knownOf = `what is known of ${names.join(', ')}`;
  return { ...own, file: own === undefined ? knownOf : `${own.file} and ${knownOf}`, entries: [...entries.values()] };
}

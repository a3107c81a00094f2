import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConformError } from '../error';
import { didYouMean } from '../nearest';
import { packageRoot } from '../package-root';
import type { Baseline } from '../report/baseline-entries';
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
 * What is known of a published server, as a baseline. A server that is built on that one need not break everything that it breaks, in the same version or with the same
 * methods, so that nothing of it is ever stale, and nothing that it offers is missed.
 *
 * @throws ConformError ERR_USAGE for a server of which nothing is published
 */
export function readKnownOf(name: string, options: ReadBaselineOptions): Baseline {
  const published = publishedBaselines();
  if (!published.includes(name))
    throw new ConformError(
      'ERR_USAGE',
      `nothing is published about the server ${JSON.stringify(name)}${didYouMean(name, published)}: known are ${published.join(', ')}`,
    );
  const { entries } = readBaseline(fileOf(name), options);
  return { file: `${name} (--known-of)`, entries: entries.map((entry) => ({ ...entry, intermittent: true })) };
}

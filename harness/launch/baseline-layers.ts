import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConformError } from '../error';
import { layerBaselines, type Baseline } from '../report/baseline-entries';
import { shortPrintable } from '../report/printable';
import { readBaseline, type ReadBaselineOptions } from './baseline';
import { readKnownOf } from './published-baselines';

/** Which baselines count together. */
export interface NamedBaselines {
  /** What a later one says of a row counts instead of what earlier ones say. */
  readonly files: readonly string[];
  /** Servers whose published deviations count where no file says otherwise. */
  readonly knownOf?: readonly string[];
  /** The last file need not be there yet. */
  readonly lastMayBeNew?: boolean;
}

/** Baselines that were read. */
export interface LoadedBaselines {
  /** All of them; undefined where there is none. */
  readonly together: Baseline | undefined;
  /** The last file as it stands there, and what the others come to without it. */
  readonly last: Baseline | undefined;
  readonly below: Baseline | undefined;
}

/**
 * Reads all baselines of a run.
 *
 * @throws ConformError ERR_USAGE for a file that is named twice, and a server of which nothing is published; ERR_BASELINE as {@link readBaseline} does
 */
export function loadBaselines(
  { files, knownOf = [], lastMayBeNew = false }: NamedBaselines,
  options: ReadBaselineOptions,
): LoadedBaselines {
  checkTwice(files);
  const lastFile = files.at(-1);
  const earlier = files.slice(0, -1).map((file) => {
    if (lastMayBeNew && !existsSync(file))
      throw new ConformError(
        'ERR_BASELINE',
        `the baseline file ${shortPrintable(file)} does not exist: only the last --baseline may be new, since that is the one that --update-baseline writes`,
      );
    return readBaseline(file, options);
  });
  const isAbsent = lastFile === undefined || (lastMayBeNew && !existsSync(lastFile));
  const last = isAbsent ? undefined : readBaseline(lastFile, options);
  const below = [...[...new Set(knownOf)].map((name) => readKnownOf(name, options)), ...earlier];
  return {
    together: layerBaselines(last === undefined ? below : [...below, last]),
    last,
    below: layerBaselines(below),
  };
}

/** @throws ConformError ERR_USAGE */
function checkTwice(files: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const file of files) {
    const place = existsSync(file) ? realpathSync(file) : resolve(file);
    const before = seen.get(place);
    if (before !== undefined) {
      const also = before === file ? '' : `, also as ${shortPrintable(before)}`;
      throw new ConformError(
        'ERR_USAGE',
        `the baseline file ${shortPrintable(file)} is named twice${also}: name each file once, the one that counts most last`,
      );
    }
    seen.set(place, file);
  }
}

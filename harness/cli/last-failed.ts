import { join } from 'node:path';
import { ConformError } from '../error';
import { outputFiles } from '../report/output-files';
import type { PropertyRecord } from '../report/model';
import { shortPrintable } from '../report/printable';
import { gates } from '../report/summary';
import { readRunFile } from './run-file';

/** What the last run left to look at again. */
export interface LastFailed {
  /** Properties that showed something: also those that found what is filed under another row. */
  readonly ids: ReadonlySet<string>;
  /** With the same seed the same inputs come again. */
  readonly seed: number;
}

/**
 * The properties of the run in a folder that failed, showed something now and then, or could not be judged because of an error.
 *
 * @param strict warnings count, too.
 * @throws ConformError ERR_RUN_FILE where there is no run, or one that cannot be read; ERR_NOTHING_SELECTED when nothing failed in it
 */
export function readLastFailed(directory: string, strict: boolean): LastFailed {
  const file = join(directory, outputFiles.run);
  const run = readRunFile(file);
  const failed = run.properties.filter((property) => needsAnotherLook(property, strict));
  if (failed.length === 0)
    throw new ConformError(
      'ERR_NOTHING_SELECTED',
      `--last-failed: nothing failed in the last run (${shortPrintable(file)}), so there is nothing to run again`,
    );
  const ids = failed.flatMap(({ id, findings }) => [id, ...findings.flatMap(({ provokedBy }) => provokedBy ?? [])]);
  return { ids: new Set(ids), seed: run.seed };
}

const needsAnotherLook = (property: PropertyRecord, strict: boolean): boolean =>
  gates(property, strict) || property.verdict === 'flaky' || property.verdict === 'error';

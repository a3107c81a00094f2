import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isConformError } from '../error';
import { compareRuns } from '../report/compare/comparison';
import { formatComparison } from '../report/compare/comparison-markdown';
import { parseRun } from '../report/json';
import type { RunRecord } from '../report/model';
import { writeTextFile } from '../report/write-file';
import type { ServerManifest } from './manifest';
import { formatPublished, publishableRun, saysTheSame, summarizeRun, type Secret } from './server-report';

const matrixTitle = 'gRPC servers side by side';

/** The published report of a server; undefined when there is none. @throws ConformError ERR_RUN_FILE when it cannot be read. */
export function readPublished(folder: string, name: string): RunRecord | undefined {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? parseRun(readFileSync(file, 'utf8'), file) : undefined;
}

/** The same, where a file that cannot be read is a sentence: one that an older version of this program wrote, for instance. */
export function tryReadPublished(
  folder: string,
  name: string,
): { readonly record?: RunRecord | undefined; readonly problem?: string } {
  try {
    return { record: readPublished(folder, name) };
  } catch (error) {
    if (!isConformError(error)) throw error;
    return { problem: error.message };
  }
}

/**
 * Writes the report of a server, NAME.json, unless the published one says the same: then nothing is touched, so that times and ports make no difference in
 * version control.
 *
 * @returns whether it was written.
 */
export function publish(
  folder: string,
  manifest: ServerManifest,
  record: RunRecord,
  published: RunRecord | undefined,
  secrets: readonly Secret[],
): boolean {
  const run = publishableRun(record, manifest, secrets);
  if (published !== undefined && saysTheSame(published, run)) return false;
  writeTextFile(join(folder, `${manifest.name}.json`), formatPublished(summarizeRun(run)));
  return true;
}

/** Writes matrix.md from the published reports of these servers; nothing when none has one. */
export function writeMatrix(folder: string, manifests: readonly ServerManifest[], say: (line: string) => void): void {
  const matrix = formatMatrix(folder, manifests, say);
  if (matrix !== undefined) writeTextFile(join(folder, 'matrix.md'), matrix);
}

/** The text of matrix.md; undefined when nothing is published. A report that cannot be read is said. */
export function formatMatrix(
  folder: string,
  manifests: readonly ServerManifest[],
  say: (line: string) => void,
): string | undefined {
  const runs = manifests.flatMap(({ name }) => {
    const { record, problem } = tryReadPublished(folder, name);
    if (problem !== undefined) say(`${name}: not in the matrix: ${problem}`);
    return record === undefined ? [] : [{ name, record }];
  });
  return runs.length === 0 ? undefined : formatComparison(compareRuns(runs), matrixTitle);
}

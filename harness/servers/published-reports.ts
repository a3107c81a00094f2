import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isConformError } from '../error';
import { compareRuns } from '../report/compare/comparison';
import { formatComparison } from '../report/compare/comparison-markdown';
import { renderComparisonPage } from '../report/compare/html/comparison-page';
import { pageData } from '../report/html/page-data';
import { renderReportPage } from '../report/html/report-page';
import { parseRun } from '../report/json';
import type { RunRecord } from '../report/model';
import { writeTextFile } from '../report/write-file';
import type { ServerManifest } from './manifest';
import { publishableRun, saysTheSame, summarizeRun, type Secret } from './server-report';

/**
 * Characters of JSON that the transcripts of a published page may take together: a quarter of what a local page has, since these pages stand in version
 * control. What a page lacks, the run leaves in its failure files.
 */
const publishedTranscriptBudget = 140_000;

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
 * Writes the report of a server, NAME.json and NAME.html, unless the published one says the same: then nothing is touched, so that times and ports make no
 * difference in version control.
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
  const page = join(folder, `${manifest.name}.html`);
  if (published !== undefined && existsSync(page) && saysTheSame(published, run)) return false;
  writeTextFile(page, renderReportPage(pageData(run, publishedTranscriptBudget)));
  writeTextFile(join(folder, `${manifest.name}.json`), `${JSON.stringify(summarizeRun(run), undefined, 2)}\n`);
  return true;
}

/** Writes matrix.md and matrix.html from the published reports of these servers; nothing when none has one. */
export function writeMatrix(folder: string, manifests: readonly ServerManifest[], say: (line: string) => void): void {
  const runs = manifests.flatMap(({ name }) => {
    const { record, problem } = tryReadPublished(folder, name);
    if (problem !== undefined) say(`${name}: not in the matrix: ${problem}`);
    return record === undefined ? [] : [{ name, record, page: `${name}.html` }];
  });
  if (runs.length === 0) return;
  const comparison = compareRuns(runs);
  writeTextFile(join(folder, 'matrix.md'), formatComparison(comparison, matrixTitle));
  writeTextFile(
    join(folder, 'matrix.html'),
    renderComparisonPage(comparison, { onlyDifferences: false, title: matrixTitle }),
  );
}

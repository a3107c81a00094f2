import { dirname, join } from 'node:path';
import { allRows } from '../catalogue';
import { exitCodes } from '../error';
import { renderBadge } from '../report/badge';
import { clientScript } from '../report/html/client-script';
import { PageExtrasCollector } from '../report/html/collect-page-extras';
import { changeSince } from '../report/compare/change-since';
import { renderReportPage } from '../report/html/report-page';
import { formatJunit } from '../report/junit';
import { outputFiles } from '../report/output-files';
import { printable } from '../report/printable';
import { scoreOf } from '../report/run-score';
import { checkWritable, writeTextFile } from '../report/write-file';
import type { CliContext } from './context';
import { readFailures, readRunFile } from './run-file';
import { readEarlierRun } from './earlier-run';

/** What to try where the picture cannot be written. */
const aboutBadge = 'Name another file with --badge';

/**
 * `grpc-conform report RUN`: writes the page and junit.xml of a run again, beside it or into another folder. With an earlier run the page says what changed since; `badge`
 * names a file for a picture that says how many rules were judged and how many are broken.
 *
 * @returns the exit code.
 */
export function rewriteReport(
  runFile: string,
  { out, previous, badge }: { readonly out?: string; readonly previous?: string; readonly badge?: string },
  { stdout }: CliContext,
): number {
  const run = readRunFile(runFile);
  const record = previous === undefined ? run : { ...run, change: changeSince(readEarlierRun(previous), run) };
  const folder = out ?? dirname(runFile);
  if (badge !== undefined) checkWritable(badge, aboutBadge);
  const extras = new PageExtrasCollector();
  for (const { name, file } of readFailures(runFile, record)) extras.add(name, file);
  for (const [name, text] of [
    [outputFiles.page, renderReportPage(record, clientScript('html'), extras.extrasOf(record))],
    [outputFiles.junit, formatJunit(record)],
  ] as const) {
    const file = join(folder, name);
    if (writeTextFile(file, text)) stdout.write(`${printable(file)}\n`);
  }
  if (badge !== undefined && writeTextFile(badge, renderBadge(scoreOf(record, allRows.length)), aboutBadge))
    stdout.write(`${printable(badge)}\n`);
  return exitCodes.conformant;
}

import { parseArgs } from 'node:util';
import path from 'node:path';
import { loadCatalogue } from '../../engine/catalogue-rows';
import { exitCodes } from '../../error';
import { packageRoot } from '../../package-root';
import { renderBadge } from '../../report/badge';
import { compareRuns } from '../../report/compare/comparison';
import { renderComparisonPage } from '../../report/compare/html/comparison-page';
import { renderReportPage } from '../../report/html/report-page';
import { scoreOf } from '../../report/run-score';
import { writeTextFile } from '../../report/write-file';
import { readRunFile } from '../../cli/run-file';
import { endWith } from '../end-with';
import { surveyManifests } from '../manifest';
import { orUsage } from '../or-usage';
import { tryReadPublished } from '../published-reports';
import { sitePages, sitePlaces, type SiteRun } from './pages';

const usage =
  'Usage: npm run site [-- --out FOLDER]   writes the published reports, the matrix, the rules and the sentences as pages (default: grpc-conform-site)';

export interface WriteSiteOptions {
  /** The folder whose subfolders hold the manifests. */
  readonly servers: string;
  /** Where the published reports are. */
  readonly reports: string;
  readonly say: (line: string) => void;
}

/**
 * Writes what is published as a site that any web server, or none, can serve: every link in it leads to a page of it or to the web.
 *
 * @returns the exit code.
 * @throws ConformError ERR_USAGE, ERR_OUTPUT; ERR_RUN_FILE where a report cannot be read
 */
export function writeSite(args: readonly string[], { servers, reports, say }: WriteSiteOptions): number {
  const { out } = orUsage(
    () => parseArgs({ args: [...args], options: { out: { type: 'string', default: 'grpc-conform-site' } } }).values,
    usage,
  );
  const { rows } = loadCatalogue();
  const runs = surveyManifests(servers).sound.flatMap(({ name, title }): readonly SiteRun[] => {
    const { record, problem } = tryReadPublished(reports, name);
    if (problem !== undefined) say(`${name}: not in the site: ${problem}`);
    if (record === undefined) return [];
    return [{ name, title, page: `${name}.html`, record: readRunFile(path.join(reports, `${name}.json`)) }];
  });
  const write = (name: string, html: string): void => void writeTextFile(path.join(out, name), html);
  for (const [name, html] of sitePages(rows, runs)) write(name, html);
  for (const { name, page, record } of runs) {
    write(page, renderReportPage(record));
    write(`${name}.svg`, renderBadge(scoreOf(record, rows.length)));
  }
  const comparison = compareRuns(runs.map(({ name, page, record }) => ({ name, page, record })));
  write(
    'matrix.html',
    renderComparisonPage(comparison, { onlyDifferences: true, title: 'gRPC servers side by side', pages: sitePlaces }),
  );
  say(`${path.join(out, 'index.html')}: ${runs.length} servers, ${rows.length} rules`);
  return exitCodes.conformant;
}

if (require.main === module)
  endWith(
    Promise.resolve().then(() =>
      writeSite(process.argv.slice(2), {
        servers: path.join(packageRoot(), 'harness', 'servers'),
        reports: path.join(packageRoot(), 'reports'),
        say: (line) => process.stdout.write(`${line}\n`),
      }),
    ),
  );

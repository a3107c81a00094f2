import { join } from 'node:path';
import { ConformError, exitCodes } from '../error';
import { compareRuns, onlyDifferences } from '../report/compare/comparison';
import type { Comparison } from '../report/compare/comparison-model';
import { formatComparisonCsv } from '../report/compare/comparison-csv';
import { formatComparison } from '../report/compare/comparison-markdown';
import { printable } from '../report/printable';
import { renderComparisonPage } from '../report/compare/html/comparison-page';
import { whatIsNew, type NewTrouble } from '../report/compare/what-is-new';
import { nameRuns } from '../report/compare/run-names';
import { writeTextFile } from '../report/write-file';
import { asJson } from './as-json';
import type { CliContext } from './context';
import { readRunFile } from './run-file';

export interface CompareOptions {
  /** Takes comparison.md and comparison.html. */
  readonly out?: string;
  readonly markdown?: string;
  readonly html?: string;
  /** A line for each cell. */
  readonly csv?: string;
  readonly onlyDifferences?: boolean;
  /** One JSON value on standard output, in place of Markdown. */
  readonly json?: boolean;
  /** What got worse since the first run makes the exit code 1. */
  readonly failOnNew?: boolean;
  /** Warnings count as well there. */
  readonly strict?: boolean;
}

/** Names of the files in the folder of `--out`. */
const outputNames = { markdown: 'comparison.md', html: 'comparison.html' } as const;

/**
 * `grpc-conform compare RUN RUN…`: the runs side by side, as Markdown on standard output or in the files that were asked for.
 *
 * @returns the exit code: 0, whether or not they differ, but for `--fail-on-new`.
 * @throws ConformError ERR_USAGE for less than two runs; ERR_RUN_FILE for a file that is no run; ERR_OUTPUT
 */
export function compare(files: readonly string[], options: CompareOptions, { stdout, stderr }: CliContext): number {
  if (files.length < 2)
    throw new ConformError('ERR_USAGE', 'compare needs two run files or more, such as a/run.json b/run.json');
  if (options.strict === true && options.failOnNew !== true)
    throw new ConformError('ERR_USAGE', '--strict says which findings count for --fail-on-new: give both');
  const names = nameRuns(files);
  const whole = compareRuns(files.map((file, index) => ({ name: names[index] ?? file, record: readRunFile(file) })));
  const isPartial = options.onlyDifferences === true;
  const shown = isPartial ? onlyDifferences(whole) : whole;
  const markdown = formatComparison(shown);
  const { out } = options;
  const wanted: readonly (readonly [string | undefined, () => string])[] = [
    [options.markdown, () => markdown],
    [options.html, () => renderComparisonPage(whole, { onlyDifferences: isPartial })],
    [options.csv, () => formatComparisonCsv(shown)],
    [out === undefined ? undefined : join(out, outputNames.markdown), () => markdown],
    [
      out === undefined ? undefined : join(out, outputNames.html),
      () => renderComparisonPage(whole, { onlyDifferences: isPartial }),
    ],
  ];
  const written = wanted.flatMap(([file, make]) => (file === undefined ? [] : [{ file, text: make() }]));
  for (const { file, text } of written) {
    // The name of what is no file would only stand in the middle of its text.
    if (writeTextFile(file, text, 'Name another file with --markdown, --html, --csv or --out') && options.json !== true)
      stdout.write(`${printable(file)}\n`);
  }
  if (options.json === true) stdout.write(asJson(comparisonRecord(shown)));
  else if (written.length === 0) stdout.write(markdown);
  if (options.failOnNew !== true) return exitCodes.conformant;
  const news = whatIsNew(whole, { strict: options.strict === true });
  stderr.write(describeNews(news, names[0] ?? ''));
  return news.length === 0 ? exitCodes.conformant : exitCodes.findings;
}

/** What `--json` prints: the cells with their outcome and reactions. What was sent and came back stands in the runs. */
const comparisonRecord = ({ runs, notes, areas }: Comparison): object => ({
  runs: runs.map(({ name, target, verdict, counts, seed, tool }) => ({ name, target, verdict, counts, seed, tool })),
  notes,
  rows: areas.flatMap(({ rows }) =>
    rows.map(({ id, level, rule, difference, cells }) => ({
      id,
      level,
      rule,
      difference,
      cells: cells.map(({ outcome, mark, gravity, reactions, reason }) => ({
        outcome,
        mark,
        gravity,
        reactions,
        reason,
      })),
    })),
  ),
});

/** Lines of what is new; more than these nobody reads on a terminal. */
const mostNews = 50;

function describeNews(news: readonly NewTrouble[], first: string): string {
  if (news.length === 0) return `grpc-conform: nothing is worse than in ${printable(first)}\n`;
  const lines = news.slice(0, mostNews).map(({ id, run, text }) => `  ${printable(`${id}, ${run}: ${text}`)}`);
  const rest = news.length - lines.length;
  return [
    `grpc-conform: worse than in ${printable(first)}: ${news.length}`,
    ...lines,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    '',
  ].join('\n');
}

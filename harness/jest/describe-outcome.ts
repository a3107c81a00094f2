import { describeWatched } from '../report/describe-watched';
import { failureFileName } from '../report/failure-file-name';
import { findingVerdict } from '../report/finding-words';
import type { FindingRecord, RunRecord } from '../report/model';
import { outputFiles } from '../report/output-files';
import { printable } from '../report/printable';
import { replayCommand } from '../report/replay-command';
import { describeVerdict, lockedProperties } from '../report/summary';

/** Findings that pass and are named all the same, at most. */
const mostRemarks = 20;

/**
 * What a column of ticks does not show, one line each, escaped: the sentence about the run, what passes although it was found, what could not be tested,
 * what the rules of all traffic had nothing to judge for, and where the report is.
 */
export function describeOutcome(run: RunRecord, out: string | undefined): readonly string[] {
  const remarks = run.properties.flatMap(({ id, findings }) =>
    findings
      .filter(({ verdict }) => verdict === 'warn' || verdict === 'flaky' || verdict === 'known')
      .map((finding) => `${findingVerdict(finding)}  ${id}: ${finding.observed}`),
  );
  const more = remarks.length - mostRemarks;
  const locked = lockedProperties(run);
  const untestable = new Set(locked.flatMap(({ ids }) => ids)).size;
  const page = out === undefined ? undefined : `${out}/${outputFiles.page}`;
  const watched = describeWatched(run, page);
  const hasFailures = run.properties.some(({ findings }) => findings.length > 0);
  return [
    `grpc-conform: ${describeVerdict(run)}`,
    ...remarks.slice(0, mostRemarks).map((text) => `  ${text}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(untestable === 0 ? [] : [`  ${untestable} of the tests that passed could not test anything there:`]),
    ...locked.map(({ unlock, ids }) => `    ${ids.length} to unlock, ${unlock}`),
    ...(watched === undefined ? [] : [`  ${watched}`]),
    page === undefined ? '  no report was written: name a folder with out' : `  report: ${page}`,
    ...(out === undefined || !hasFailures
      ? []
      : [`  replay: ${replayCommand(run, `${out}/${outputFiles.failures}/FILE`)}`]),
  ].map(printable);
}

/** Where more stands about one finding: the page, and the command that plays it again; nothing when no files are written. */
export function describeFurther(
  run: Pick<RunRecord, 'header' | 'target'> | undefined,
  id: string,
  finding: FindingRecord,
  out: string | undefined,
): readonly string[] {
  if (run === undefined || out === undefined) return [];
  const file = `${out}/${finding.failureFile ?? failureFileName(finding)}`;
  return [`  more      ${out}/${outputFiles.page}#/p/${id}`, `  replay    ${replayCommand(run, file)}`];
}

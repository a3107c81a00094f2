import { shortId } from '../../catalogue';
import { listBriefly } from '../../list-briefly';
import { describeWatched } from '../describe-watched';
import { failureFileName } from '../failure-file-name';
import { findingVerdict } from '../finding-words';
import { verdictMeanings, type RunRecord } from '../model';
import { outputFiles } from '../output-files';
import { printable } from '../printable';
import { replayCommand } from '../replay-command';
import {
  countVerdicts,
  describeDuration,
  describeExitCode,
  describeVerdict,
  groupByCause,
  lockedProperties,
  lostProperties,
  rowsWith,
  verdictOrder,
  waitingShare,
  type Cause,
} from '../summary';
import { findingLine, findingLines, namedRows } from './finding-lines';
import { mostInFull } from './finding-log';
import { count, labelled, wrapText } from './layout';
import type { Palette } from './palette';

export interface SummaryContext {
  readonly width: number;
  readonly colors: Palette;
  readonly outputDirectory?: string;
  /** True: what to fix is told in full, since nobody has told it before. */
  readonly inFull?: boolean;
}

/** The end of a run: verdict, counts that add up, what to fix first, what could not be tested, files, exit code. */
export function summaryLines(run: RunRecord, context: SummaryContext): readonly string[] {
  const { width, colors } = context;
  const sentence = wrapText(printable(describeVerdict(run)), width).map((line) =>
    colors.bold(colors.verdict(run.status === 'incomplete' && run.verdict !== 'fail' ? 'error' : run.verdict, line)),
  );
  const inputs = run.properties.reduce((sum, { runs }) => sum + runs, 0);
  const took = `${count(run.properties.length, 'property', 'properties')}, ${count(inputs, 'input')}, ${describeDuration(run.durationMs)}`;
  const share = waitingShare(run);
  const waited = share === undefined ? '' : `, ${Math.round(share * 100)} % of it spent waiting`;
  return [
    ...sentence,
    `${took}${waited}, seed ${run.seed}`,
    '',
    ...countLines(run, context),
    ...watchedLines(run, context),
    ...fixFirstLines(run, context),
    ...lostLines(run, context),
    ...lockedLines(run, context),
    ...warningLines(run, context),
    ...fileLines(run, context),
    ...(run.exitCode === undefined
      ? []
      : wrapText(`Exit code ${run.exitCode}: ${describeExitCode(run.exitCode, run.verdict)}`, width)),
  ];
}

function countLines(run: RunRecord, { width, colors }: SummaryContext): readonly string[] {
  const counts = countVerdicts(run.properties);
  const shown = verdictOrder.filter((verdict) => counts[verdict] > 0);
  const digits = String(run.properties.length).length;
  return [
    ...shown.flatMap((verdict) => {
      const number = `${verdict.padEnd(12)}${String(counts[verdict]).padStart(digits)}`;
      const [first = '', ...rest] = labelled(number, verdictMeanings[verdict], 12 + digits + 2, width);
      // Colours are put on after alignment: escape codes have no width.
      return [first.replace(verdict, colors.verdict(verdict, verdict)), ...rest];
    }),
    `  ${'total'.padEnd(12)}${String(run.properties.length).padStart(digits)}`,
    '',
  ];
}

function watchedLines(run: RunRecord, { width, outputDirectory }: SummaryContext): readonly string[] {
  const page = outputDirectory === undefined ? undefined : `${outputDirectory}/${outputFiles.page}`;
  const said = describeWatched(run, page);
  return said === undefined ? [] : [...wrapText(printable(said), width), ''];
}

function fixFirstLines(run: RunRecord, context: SummaryContext): readonly string[] {
  const { width, colors, inFull = false } = context;
  const all = groupByCause(run);
  if (all.length === 0) return [];
  const shown = all.slice(0, mostInFull);
  const rest = all.slice(mostInFull);
  return [
    colors.bold('Fix first'),
    ...(inFull
      ? ['', ...shown.flatMap((cause) => fullLines(run, cause, context))]
      : shown.flatMap((cause, index) => shortLines(cause, index + 1, context))),
    ...rest.map(({ head }) => `     ${findingLine(head.property.id, head.finding, { width: width - 5, colors })}`),
    ...(rest.length === 0 && inFull ? [] : ['']),
  ];
}

/** A cause in full, with the rows that share it. */
function fullLines(run: RunRecord, cause: Cause, context: SummaryContext): readonly string[] {
  const { property, finding } = cause.head;
  const withIt = rowsWith(cause);
  return findingLines(property.id, finding, property, { ...context, header: run.header, verbosity: 0, withIt });
}

/** A cause whose finding was told in full before: what it is about, what came back, and the rows that share it. */
function shortLines(cause: Cause, number: number, { width, colors }: SummaryContext): readonly string[] {
  const { property, finding } = cause.head;
  const texts = [printable(property.rule), `observed: ${printable(finding.observed)}`, ...withItLine(cause)];
  return [
    `${`${number}.`.padStart(4)} ${property.id} (${colors.verdict(finding.verdict, findingVerdict(finding))})`,
    ...texts.flatMap((text) => wrapText(text, width - 5).map((line) => `     ${line}`)),
  ];
}

/** `and 59 more rows with it: MSG-02, …`; nothing when the cause broke one row alone. */
function withItLine(cause: Cause): readonly string[] {
  const rows = rowsWith(cause).map(shortId);
  if (rows.length === 0) return [];
  return [printable(`and ${count(rows.length, 'more row')} with it: ${listBriefly(rows, namedRows)}`)];
}

function lostLines(run: RunRecord, { width, colors }: SummaryContext): readonly string[] {
  const groups = lostProperties(run);
  if (groups.length === 0) return [];
  return [
    colors.bold('Lost'),
    ...groups.flatMap(({ reasons, unlock, ids }) => {
      const how = unlock === '' ? '' : `; to have it, ${unlock}`;
      const text = `${reasons.join('; ')}: ${listBriefly(ids.map(shortId), namedRows)}${how}`;
      return labelled(String(ids.length).padStart(3), printable(text), 5, width, 0);
    }),
    '',
  ];
}

function lockedLines(run: RunRecord, { width, colors }: SummaryContext): readonly string[] {
  const groups = lockedProperties(run);
  if (groups.length === 0) return [];
  const total = new Set(groups.flatMap(({ ids }) => ids)).size;
  return [
    colors.bold(`Could not test ${count(total, 'property', 'properties')}`),
    ...groups.flatMap(({ unlock, ids }) =>
      labelled(String(ids.length).padStart(3), printable(`to unlock, ${unlock}`), 5, width, 0),
    ),
    '',
  ];
}

function warningLines(run: RunRecord, { width, colors }: SummaryContext): readonly string[] {
  if (run.warnings.length === 0) return [];
  return [colors.bold('Warnings'), ...run.warnings.flatMap((text) => labelled('-', printable(text), 2, width)), ''];
}

function fileLines(run: RunRecord, { outputDirectory, colors }: SummaryContext): readonly string[] {
  if (outputDirectory === undefined) return [];
  const failures = new Set(run.properties.flatMap(({ findings }) => findings.map(failureFileName))).size;
  return [
    colors.bold('Files'),
    `  ${outputDirectory}/${outputFiles.page}`,
    `  ${outputDirectory}/${outputFiles.run}`,
    `  ${outputDirectory}/${outputFiles.junit}`,
    ...(failures === 0
      ? []
      : [
          `  ${outputDirectory}/${outputFiles.failures}/ (${count(failures, 'file')}), played again by:`,
          // Not wrapped: who copies it must get the whole.
          `  ${replayCommand(run, 'FILE')}`,
        ]),
    '',
  ];
}

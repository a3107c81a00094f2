import { cutText } from '../../cut-text';
import { shortId } from '../../catalogue';
import { listBriefly } from '../../list-briefly';
import { describeKnown } from '../describe-known';
import { failureFileName } from '../failure-file-name';
import { blockedText, describeMildness, describeRule, findingVerdict } from '../finding-words';
import type { FindingRecord, PropertyRecord, RunHeader } from '../model';
import { outputFiles } from '../output-files';
import { printable, printableLines } from '../printable';
import { replayCommand } from '../replay-command';
import { deserializeTranscript } from '../serialize';
import { labelled } from './layout';
import { packetLines } from './packet-lines';
import type { Palette } from './palette';

/** The rule that a finding is filed under. */
export type Row = Pick<PropertyRecord, 'rule' | 'sources' | 'accepts'>;

export interface FindingContext {
  readonly header: RunHeader;
  readonly width: number;
  readonly colors: Palette;
  readonly outputDirectory?: string;
  /** 1: with the script and the input; 2: also the packets of the failing run. */
  readonly verbosity: 0 | 1 | 2;
  /** Rows that are taken for the same cause, or could not be judged because of it; those that the finding blocks when absent. */
  readonly withIt?: readonly string[];
}

const indent = 2;
const column = 10;

/** Characters beside the file of a command that stands under every finding; a longer one stands once, at the end. */
const longestCommand = 160;

/** Ids that a line names; the report has all. */
export const namedRows = 12;

/** A confirmed finding: the rule, what was sent, what came back, what the rule wants, and how to see it again. */
export function findingLines(
  id: string,
  finding: FindingRecord,
  row: Row | undefined,
  context: FindingContext,
): readonly string[] {
  const { width, header, outputDirectory, verbosity } = context;
  const line = (label: string, text: string): readonly string[] =>
    labelled(label, printable(text), column, width, indent);
  const lines = [headLine(id, finding, context.colors), ...(row === undefined ? [] : line('rule', describeRule(row)))];
  lines.push(
    ...line('sent', finding.sent),
    ...line('observed', finding.observed),
    ...line('expected', finding.expected),
  );
  if (finding.known !== undefined) lines.push(...line('known', describeKnown(finding.known)));
  const mildness = describeMildness(finding, row?.accepts ?? []);
  if (mildness !== undefined) lines.push(...line('warning', mildness));
  if (finding.provokedBy !== undefined && finding.provokedBy !== id)
    lines.push(...line('found by', describeProvoker(finding.provokedBy)));
  const { withIt = finding.blocks ?? [] } = context;
  if (withIt.length > 0) lines.push(...line('with it', listBriefly(withIt.map(shortId), namedRows)));
  if (finding.secondOpinion !== undefined) lines.push(...line('second', finding.secondOpinion.text));
  if (finding.process !== undefined) lines.push(...processLines(finding.process.output, width));
  if (verbosity > 0) {
    lines.push(...line('input', JSON.stringify(finding.input) ?? ''));
    lines.push(...finding.script.flatMap((step, index) => line(index === 0 ? 'script' : '', `${index + 1}. ${step}`)));
  }
  if (verbosity > 1) lines.push(...packetLines(deserializeTranscript(finding.transcript), finding.at, width));
  if (outputDirectory !== undefined) {
    const file = `${outputDirectory}/${finding.failureFile ?? failureFileName(finding)}`;
    const command = replayCommand({ header, target: header.target }, file);
    // Not wrapped: who copies these must get the whole.
    lines.push(
      `  ${'more'.padEnd(column)}${printable(outputDirectory)}/${outputFiles.page}#/p/${id}`,
      `  ${'replay'.padEnd(column)}${command.length - file.length > longestCommand ? `${file} by the command at the end` : command}`,
    );
  }
  return [...lines, ''];
}

/** A finding on one line, cut to the width: what was seen, or why it is known. `warn  RPC-05-request-cardinality: status INTERNAL (13)`. */
export function findingLine(
  id: string,
  finding: FindingRecord,
  { width, colors, why = '' }: Pick<FindingContext, 'width' | 'colors'> & { readonly why?: string },
): string {
  const verdict = findingVerdict(finding);
  const said = printable(finding.known?.reason ?? finding.observed);
  const text = cutText(`${verdict}  ${id}: ${why}${said}`, width);
  // Colours are put on after cutting: escape codes have no width.
  return `${colors.verdict(finding.verdict, verdict)}${text.slice(verdict.length)}`;
}

function headLine(id: string, finding: FindingRecord, colors: Palette): string {
  const { level, confirmed, radius } = finding;
  const blocked = blockedText(finding);
  const said = `${level}, failed ${confirmed.failed} of ${confirmed.of}, hurts the ${radius}`;
  return [
    colors.verdict(finding.verdict, findingVerdict(finding)),
    `${colors.bold(id)}${blocked === '' ? '' : ` ${blocked}`}`,
    colors.dim(said),
  ].join('  ');
}

/** What is said before a run stands under no row of the catalogue. */
const describeProvoker = (id: string): string =>
  id === 'attach' ? 'the calls that find out what the server offers' : id;

// 20 lines: enough for a stack trace, short enough not to bury the finding; the report has all of it.
const shownOutput = 20;

function processLines(output: string, width: number): readonly string[] {
  const all = printableLines(output.trimEnd());
  const shown = all.slice(-shownOutput);
  const more = all.length - shown.length;
  // The bar keeps a line of the target from starting a line of ours: CI systems read commands there.
  return [
    `  ${'output'.padEnd(column)}${more === 0 ? 'the last words of the process' : `the last ${shownOutput} lines of the process, ${more} before them`}`,
    ...shown.map((line) => cutText(`  | ${line}`, width)),
  ];
}

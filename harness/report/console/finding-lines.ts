import { readConnection } from '../../connection/read-connection';
import { describePacket } from '../describe-packet';
import { failureFileName } from '../failure-file-name';
import { blockedText, findingVerdict, shortId } from '../finding-words';
import type { FindingRecord, RunHeader } from '../model';
import { printable, printableLines } from '../printable';
import { replayCommand } from '../replay-command';
import { deserializeTranscript } from '../serialize';
import { cutText, labelled, wrapText } from './layout';
import { arrows, packetText } from './packet-text';
import type { Palette } from './palette';

export interface FindingContext {
  readonly header: RunHeader;
  readonly width: number;
  readonly colors: Palette;
  readonly outputDirectory?: string;
  /** True: with the packets of the failing run. */
  readonly frames: boolean;
}

const indent = 2;
const column = 12;

/** A confirmed finding: what was sent, what came back, what the rule wants, and how to see it again. */
export function findingLines(id: string, finding: FindingRecord, context: FindingContext): readonly string[] {
  const { colors, width, header, outputDirectory } = context;
  const row = (label: string, text: string): readonly string[] =>
    labelled(label, printable(text), column, width, indent);
  const blocked = blockedText(finding);
  const head = `${colors.verdict(finding.verdict, findingVerdict(finding))}  ${colors.bold(id)}${blocked === '' ? '' : ` ${blocked}`}`;
  const said = [
    finding.level,
    `failed ${finding.confirmed.failed} of ${finding.confirmed.of}`,
    `hurts the ${finding.radius}`,
  ];
  const lines = [head, ...wrapText(printable(finding.summary), width - indent).map((line) => `  ${line}`)];
  if (finding.verdict === 'known' || finding.verdict === 'info') {
    return [...lines, ...(finding.known === undefined ? [] : row('known', finding.known.reason)), ''];
  }
  lines.push(...row('', said.join(', ')).map((line) => colors.dim(line.slice(column))));
  lines.push(...row('sent', finding.sent), ...row('observed', finding.observed), ...row('expected', finding.expected));
  if (finding.provokedBy !== undefined && finding.provokedBy !== id)
    lines.push(...row('provoked by', finding.provokedBy));
  if (finding.blocks !== undefined && finding.blocks.length > 0)
    lines.push(...row('blocks', finding.blocks.map(shortId).join(', ')));
  if (finding.secondOpinion !== undefined) {
    const { clients, text } = finding.secondOpinion;
    lines.push(...row('second', `${clients.join(', ')}: ${text}`));
  }
  lines.push(...finding.script.flatMap((step, index) => row(index === 0 ? 'script' : '', `${index + 1}. ${step}`)));
  if (context.frames) lines.push(...packetLines(finding, context));
  if (finding.process !== undefined) lines.push(...processLines(finding.process.output, width));
  if (outputDirectory !== undefined) {
    const file = `${outputDirectory}/${finding.failureFile ?? failureFileName(finding)}`;
    // Not wrapped: a command must be copied whole.
    lines.push(`  ${'replay'.padEnd(column)}${replayCommand({ header, target: header.target }, file)}`);
  }
  return [...lines, ''];
}

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

function packetLines(finding: FindingRecord, { width }: FindingContext): readonly string[] {
  const { transcript, omissions } = deserializeTranscript(finding.transcript);
  const lines = transcript.connections.flatMap((connection) => {
    const view = readConnection(connection);
    return [
      `  ${'frames'.padEnd(column)}on ${printable(connection.name)}; > sent, < received`,
      ...view.packets.map((packet) => {
        const line = describePacket(packet);
        const broke = finding.at?.connection === connection.name && finding.at.packet === line.number;
        const place = `${String(line.number).padStart(4)} ${line.at.toFixed(2).padStart(9)} ${arrows[line.direction]}`;
        return cutText(`  ${broke ? '*' : ' '}${place} ${packetText(line)}`, width);
      }),
    ];
  });
  const lost = omissions.map(
    ({ connection, direction, octets }) => `  ${octets} octets ${direction} on ${printable(connection)} were not kept`,
  );
  return [...lines, ...lost];
}

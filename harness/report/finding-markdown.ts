import { cutLines } from '../cut-lines';
import { readConnection } from '../transcript/read-connection';
import { describePacket } from './describe-packet';
import { failureFileName } from './failure-file-name';
import { describeMildness, findingVerdict } from './finding-words';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import { arrows, packetText } from './packet-text';
import { plainMarkdown as plain } from './plain-markdown';
import { printable } from './printable';
import { replayCommand } from './replay-command';
import { deserializeTranscript } from './serialize';
import { groupByCause, rowsWith } from './summary';

/** A finding as Markdown for an issue of the server's project. */
export function describeFindingAsMarkdown(run: RunRecord, property: PropertyRecord, finding: FindingRecord): string {
  const { header, target } = run;
  const sources = property.sources.map(({ document, section, url }) => `[${document} ${section}`.trim() + `](${url})`);
  const cause = groupByCause(run).find(({ head, others }) => [head, ...others].some((one) => one.finding === finding));
  const blocks = finding.blocks ?? [];
  const mildness = describeMildness(finding, property.accepts);
  const rows = cause?.head.finding === finding ? rowsWith(cause) : blocks;
  const [firstOfCause] = cause === undefined || cause.head.finding === finding ? [] : [cause.head.property.id];
  return [
    `### ${property.id}: ${plain(finding.summary)}`,
    '',
    `${plain(property.rule)} (${property.level.toUpperCase()}; ${sources.join(', ')}).`,
    '',
    `- **Sent:** ${plain(finding.sent)}`,
    `- **Observed:** ${plain(finding.observed)}`,
    `- **Expected:** ${plain(finding.expected)}`,
    `- **Verdict:** ${findingVerdict(finding)}${mildness === undefined ? '' : `; ${plain(mildness)}`}`,
    `- **Confirmed:** ${finding.confirmed.failed} of ${finding.confirmed.of} runs; it hurts the ${finding.radius}`,
    ...(rows.length === 0
      ? []
      : [`- **With it:** ${rows.length} more ${rows.length === 1 ? 'row' : 'rows'}: ${plain(rows.join(', '))}`]),
    ...(firstOfCause === undefined ? [] : [`- **Seems to be one cause with:** ${plain(firstOfCause)}`]),
    `- **Server:** ${plain(target.identification || target.name)}`,
    '',
    ...finding.script.map((line, index) => `${index + 1}. ${plain(line)}`),
    '',
    '```sh',
    replayCommand(run, finding.failureFile ?? failureFileName(finding)),
    '```',
    '',
    ...packetList(finding),
    ...printedLines(finding),
    `${header.tool.name} ${header.tool.version}; found by \`${finding.provokedBy ?? property.id} --seed ${run.seed} --runs ${header.runs}\``,
    '',
  ].join('\n');
}

/** What the process printed meanwhile, folded. */
function printedLines({ printed = [] }: FindingRecord): readonly string[] {
  if (printed.length === 0) return [];
  const lines = printed.map(({ after, output }) => `${after.toFixed(2).padStart(9)}  ${printable(output)}`);
  return folded('What the process printed meanwhile', lines);
}

/** Lines as they stand, behind a title. Indented: nothing that a target sends can end such a block. */
const folded = (title: string, lines: readonly string[]): readonly string[] => [
  `<details><summary>${title}</summary>`,
  '',
  ...lines.map((line) => `    ${line}`),
  '',
  '</details>',
  '',
];

/** Packets of an issue, at most: more than a maintainer reads. */
const mostPackets = 100;

/** The packet list, folded: what convinces who maintains the server. */
function packetList({ transcript: serialized, at }: FindingRecord): readonly string[] {
  const { transcript } = deserializeTranscript(serialized);
  const lines = transcript.connections.flatMap((connection) => {
    const packets = readConnection(connection).packets.map((packet) => {
      const line = describePacket(packet);
      const broke = at?.connection === connection.name && at.packet === line.number;
      return `${broke ? '*' : ' '}${String(line.number).padStart(4)} ${line.at.toFixed(2).padStart(9)} ${arrows[line.direction]} ${packetText(line)}`;
    });
    return [`on ${printable(connection.name)}; milliseconds, > sent, < received`, ...packets];
  });
  if (lines.length === 0) return [];
  return folded('Packets', cutLines(lines, mostPackets));
}

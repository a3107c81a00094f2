import { failureFileName } from './failure-file-name';
import { findingVerdict } from './finding-words';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import { printable } from './printable';
import { replayCommand } from './replay-command';
import { groupByCause, rowsWith } from './summary';

/** A finding as Markdown for an issue of the server's project. */
export function describeFindingAsMarkdown(run: RunRecord, property: PropertyRecord, finding: FindingRecord): string {
  const { header, target } = run;
  const sources = property.sources.map(({ document, section, url }) => `[${document} ${section}`.trim() + `](${url})`);
  const cause = groupByCause(run).find(({ head, others }) => [head, ...others].some((one) => one.finding === finding));
  const blocks = finding.blocks ?? [];
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
    `- **Verdict:** ${findingVerdict(finding)}`,
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
    `${header.tool.name} ${header.tool.version}, seed ${run.seed}`,
    '',
  ].join('\n');
}

/** Text in which Markdown finds nothing to format. */
const plain = (text: string): string => printable(text).replace(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`);

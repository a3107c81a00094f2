import { failureFileName } from './failure-file-name';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import { printable } from './printable';
import { replayCommand } from './replay-command';

/** A finding as Markdown for an issue of the server's project. */
export function describeFindingAsMarkdown(run: RunRecord, property: PropertyRecord, finding: FindingRecord): string {
  const { header, target } = run;
  const sources = property.sources.map(({ document, section, url }) => `[${document} ${section}`.trim() + `](${url})`);
  return [
    `### ${property.id}: ${plain(finding.summary)}`,
    '',
    `${plain(property.rule)} (${property.level.toUpperCase()}; ${sources.join(', ')}).`,
    '',
    `- **Sent:** ${plain(finding.sent)}`,
    `- **Observed:** ${plain(finding.observed)}`,
    `- **Expected:** ${plain(finding.expected)}`,
    `- **Confirmed:** ${finding.confirmed.failed} of ${finding.confirmed.of} runs; it hurts the ${finding.radius}`,
    `- **Server:** ${plain(target.identification || target.name)}`,
    '',
    ...finding.script.map((line, index) => `${index + 1}. ${plain(line)}`),
    '',
    '```sh',
    replayCommand(run, finding.failureFile ?? failureFileName(finding)),
    '```',
    '',
    `${header.tool.name} ${header.tool.version}, seed ${finding.seed}`,
    '',
  ].join('\n');
}

/** Text in which Markdown finds nothing to format. */
const plain = (text: string): string => printable(text).replace(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`);

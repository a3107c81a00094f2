import { printable } from '../report/printable';
import { describeMildness, describeRule, findingVerdict } from '../report/finding-words';
import type { FindingRecord, PropertyRecord } from '../report/model';

/** Where more stands about a finding: the page, and the command that plays it again; nothing when no files are written. */
export type Further = (id: string, finding: FindingRecord) => readonly string[];

/** A property that failed, as the message of a jest test: the rule, what was sent, seen and wanted, and how to see it again. Escaped. */
export function describeFailure(record: PropertyRecord, further: Further = () => []): string {
  const reason = record.reason === undefined ? [] : [record.reason];
  const lines = [
    `${record.id}: ${describeRule(record)}`,
    ...reason,
    ...record.findings.flatMap((finding) => describeFinding(record, finding, further)),
  ];
  return lines.map(printable).join('\n');
}

function describeFinding(record: PropertyRecord, finding: FindingRecord, further: Further): readonly string[] {
  const { rule, confirmed, sent, observed, expected, script } = finding;
  const mildness = describeMildness(finding, record.accepts);
  return [
    '',
    `${findingVerdict(finding)}: ${rule} (${confirmed.failed} of ${confirmed.of} times)`,
    `  sent      ${sent}`,
    `  observed  ${observed}`,
    `  expected  ${expected}`,
    ...(mildness === undefined ? [] : [`  warning   ${mildness}`]),
    ...script.map((line, index) => `  ${index + 1}. ${line}`),
    ...further(record.id, finding),
  ];
}

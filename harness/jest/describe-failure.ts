import { printable } from '../report/printable';
import type { FindingRecord, PropertyRecord } from '../report/model';

/** A property that failed, as the message of a jest test: what was sent, seen and wanted, and the script. Escaped. */
export function describeFailure(record: PropertyRecord): string {
  const reason = record.reason === undefined ? [] : [record.reason];
  const lines = [`${record.id}: ${record.rule}`, ...reason, ...record.findings.flatMap(describeFinding)];
  return lines.map(printable).join('\n');
}

function describeFinding(finding: FindingRecord): readonly string[] {
  const { rule, verdict, confirmed, sent, observed, expected, script, seed, path } = finding;
  return [
    '',
    `${verdict}: ${rule} (${confirmed.failed} of ${confirmed.of} times)`,
    `  sent      ${sent}`,
    `  observed  ${observed}`,
    `  expected  ${expected}`,
    ...script.map((line, index) => `  ${index + 1}. ${line}`),
    `  seed ${seed}, path ${path}`,
  ];
}

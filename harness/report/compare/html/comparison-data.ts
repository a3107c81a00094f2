import { base64Octets } from '../../base64';
import { fairShare } from '../../html/page-data';
import type { SerializedTranscript } from '../../model';
import { trimTranscript } from '../../serialize';
import type { ComparedFinding, Comparison } from '../comparison-model';

/**
 * Octets of all transcripts of a page together; as text they take half as much again. With sixteen servers and their words the page stays below two million octets.
 */
const transcriptBudget = 400_000;

/** The comparison as its page holds it: without what of a finding the page shows to nobody, and with transcripts within a budget. */
export function comparisonData(comparison: Comparison): Comparison {
  const sizes = comparison.areas.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap(({ findings }) => findings.map(({ transcript }) => sizeOf(transcript)))),
  );
  const share = fairShare(sizes, transcriptBudget);
  return {
    ...comparison,
    areas: comparison.areas.map((area) => ({
      ...area,
      rows: area.rows.map((row) => ({
        ...row,
        cells: row.cells.map((cell) => ({ ...cell, findings: cell.findings.map((one) => brief(one, share)) })),
      })),
    })),
  };
}

const sizeOf = ({ connections }: SerializedTranscript): number =>
  connections
    .flatMap(({ events }) => events)
    .reduce(
      (sum, event) =>
        sum + (event.kind === 'sent' || event.kind === 'received' ? base64Octets(event.octets.base64) : 0),
      0,
    );

function brief(finding: ComparedFinding, share: number): ComparedFinding {
  const { verdict, gravity, mark, confirmed, summary, sent, observed, expected, reaction, radius, known, at } = finding;
  const transcript = share === Infinity ? finding.transcript : trimTranscript(finding.transcript, share);
  const words = { verdict, gravity, mark, confirmed, summary, sent, observed, expected, reaction, radius, known, at };
  return {
    ...words,
    transcript: { ...transcript, samples: {} },
  };
}

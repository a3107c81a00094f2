import type { CatalogueRow } from '../properties/catalogue';
import type { PropertyRecord, RowRecord, RowVerdict } from './model';
import type { RunRecords } from './conclude';

/** What the rules of a row looked at in a run. */
export interface EvidenceOfRow {
  /** Inputs in which there was something to look at. */
  readonly inputs: number;
  /** Calls and connections that these inputs made. */
  readonly calls: number;
  readonly connections: number;
  /** Calls, connections or packets that the rule itself looked at; each input counts as one for what only its property checks. */
  readonly judged: number;
}

/** Of a row that nothing was looked at for. */
export const noEvidence: EvidenceOfRow = { inputs: 0, calls: 0, connections: 0, judged: 0 };

/** One record for each row of the run, with what its verdict rests on, in the order of the catalogue: rows that were only watched as well. */
export function concludeRows(
  properties: readonly PropertyRecord[],
  { evidence, unsettled, end }: Pick<RunRecords, 'evidence' | 'unsettled' | 'end'>,
  rows: readonly CatalogueRow[],
): readonly RowRecord[] {
  const records = new Map(properties.map((record) => [record.id, record]));
  const watched = new Set(rows.filter(({ state }) => state === 'watched').map(({ id }) => id));
  const order = [...rows.map(({ id }) => id), ...records.keys()];
  return [...new Set(order)]
    .filter((id) => records.has(id) || watched.has(id))
    .map((row) => {
      const seen = evidence.get(row) ?? noEvidence;
      const given = records.get(row)?.verdict;
      const isDoubtful = unsettled.has(row) && (given === undefined || given === 'pass');
      const verdict: RowVerdict = isDoubtful
        ? end.is === 'complete'
          ? 'error'
          : 'not-run'
        : verdictOfRow(given, seen);
      return { row, verdict, ...seen };
    });
}

/** Nobody who looked at nothing may say that all is well. */
function verdictOfRow(given: RowVerdict | undefined, { judged }: EvidenceOfRow): RowVerdict {
  const verdict = given ?? 'pass';
  return verdict === 'pass' && judged === 0 ? 'not-seen' : verdict;
}

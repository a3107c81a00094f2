import { shortId } from '../../catalogue/parts-of-id';
import type { Sentence } from '../../catalogue/sentences';
import type { PropertyRecord, RowRecord, RowVerdict } from '../model';
import { describeEvidence } from '../row-words';
import { verdictOrder } from '../summary';
import type { PageRow, PageRun } from './page-run';

/** What a run says of a row of the catalogue. */
export interface Standing {
  readonly row: PageRow;
  /** Absent: the run knows nothing of the row. */
  readonly verdict?: RowVerdict;
  /** `tested` by a property, `watched` on all traffic, or `absent` from the run. */
  readonly how: 'tested' | 'watched' | 'absent';
  readonly property?: PropertyRecord;
  /** What the verdict rests on, or why there is none: a clause. */
  readonly why: string;
}

/** Every row of the catalogue with what the run says of it, in the order of the catalogue. */
export function standings(run: PageRun): readonly Standing[] {
  const properties = new Map(run.properties.map((property) => [property.id, property]));
  const rows = new Map(run.rows?.map((row) => [row.row, row]));
  return run.catalogue.map((row) => standingOf(row, properties.get(row.id), rows.get(row.id)));
}

function standingOf(row: PageRow, property: PropertyRecord | undefined, record: RowRecord | undefined): Standing {
  if (property !== undefined) {
    const { verdict, findings, reason, runs } = property;
    const evidence = record === undefined || record.judged === 0 ? `${runs} inputs` : describeEvidence(record);
    return { row, verdict, how: 'tested', property, why: findings[0]?.observed ?? reason ?? evidence };
  }
  if (record !== undefined) return { row, verdict: record.verdict, how: 'watched', why: describeEvidence(record) };
  return { row, how: 'absent', why: 'left out of this run, or not built' };
}

/** Verdicts that say how the server behaves. */
const unjudged: ReadonlySet<RowVerdict> = new Set([
  'untestable',
  'blocked',
  'lost',
  'not-run',
  'skipped',
  'error',
  'not-seen',
]);

/** True when the run says how the server behaves in this. */
export const isJudged = ({ verdict }: Pick<Standing, 'verdict'>): boolean =>
  verdict !== undefined && !unjudged.has(verdict);

/** What a run says of a sentence of a document. */
export interface SentenceStanding {
  readonly sentence: Sentence;
  /** `absent`: none of its rows is in this run. */
  readonly state: Standing['how'] | 'not-observable' | 'not-applicable';
  /** The worst of its rows: of those that were judged, where one was. */
  readonly verdict?: RowVerdict;
  readonly rows: readonly Standing[];
}

/** Every sentence with what the run says of it, document by document. */
export function sentenceStandings(run: PageRun): readonly SentenceStanding[] {
  const byNumber = new Map(standings(run).map((standing) => [shortId(standing.row.id), standing]));
  return run.sentences.map((sentence) => {
    const { absence } = sentence;
    if (absence !== undefined) return { sentence, state: absence.kind, rows: [] };
    const rows = sentence.rows.flatMap((number) => byNumber.get(number) ?? []);
    const state = (['tested', 'watched'] as const).find((how) => rows.some((row) => row.how === how)) ?? 'absent';
    const verdict = worstOf(rows);
    return { sentence, state, rows, ...(verdict === undefined ? {} : { verdict }) };
  });
}

function worstOf(rows: readonly Standing[]): RowVerdict | undefined {
  const judged = rows.filter(isJudged);
  const verdicts = (judged.length > 0 ? judged : rows).flatMap(({ verdict }) => verdict ?? []);
  const order: readonly RowVerdict[] = [...verdictOrder, 'not-seen'];
  return verdicts.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))[0];
}

/** How many of these were judged: `41 of 47 sentences judged`. */
export const describeCoverage = (all: readonly Pick<Standing, 'verdict'>[], thing: string): string =>
  `${all.filter(isJudged).length} of ${all.length} ${thing} judged`;

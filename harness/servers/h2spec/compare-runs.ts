import type { RowId } from '../../catalogue';
import { h2specCases } from '../../catalogue/side-by-side/h2spec';
import type { RunRecord } from '../../report/model';
import type { H2specOutcome, PlayedCase } from './read-junit';

/** What both suites say of one case. */
export interface ComparedCase {
  readonly case: string;
  /** Absent when h2spec did not play it. */
  readonly h2spec?: H2specOutcome;
  /** The worst of its rows. `not judged`: none of them is built, or none had anything to judge. */
  readonly ours: 'passed' | 'failed' | 'warned' | 'not judged';
  /** Its rows with their verdicts, those without a property left out. */
  readonly rows: readonly { readonly id: RowId; readonly verdict: string }[];
  readonly remark?: string;
}

/** How fast a suite was. */
export interface Pace {
  readonly exchanges: number;
  readonly seconds: number;
  /** Seconds of waiting in vain, those of exchanges that were side by side counted each. */
  readonly waited: number;
  /** Seconds of all exchanges, counted in the same way. */
  readonly played: number;
}

export interface Comparison {
  readonly cases: readonly ComparedCase[];
  readonly paces: { readonly h2spec: Pace; readonly ours: Pace };
}

export interface CompareOptions {
  readonly played: ReadonlyMap<string, PlayedCase>;
  readonly record: Pick<RunRecord, 'properties'>;
  /** Seconds after which h2spec takes silence for an answer. */
  readonly patience: number;
  /** Seconds that each suite took. */
  readonly seconds: { readonly h2spec: number; readonly ours: number };
}

/** Puts two runs on the same server side by side. */
export function compareRuns({ played, record, patience, seconds }: CompareOptions): Comparison {
  const verdicts = new Map(record.properties.map(({ id, verdict }) => [id, verdict ?? 'error']));
  const cases = h2specCases.map(({ id, rows: ids, remark }): ComparedCase => {
    const rows = ids.flatMap((row) => {
      const verdict = verdicts.get(row);
      return verdict === undefined ? [] : [{ id: row, verdict }];
    });
    const h2spec = played.get(id)?.outcome;
    return {
      case: id,
      ...(h2spec !== undefined && { h2spec }),
      ours: worstOf(rows.map(({ verdict }) => verdict)),
      rows,
      ...(remark !== undefined && { remark }),
    };
  });
  const times = [...played.values()].map((each) => each.seconds);
  return {
    cases,
    paces: {
      h2spec: {
        exchanges: times.length,
        seconds: seconds.h2spec,
        waited: sum(times.map((time) => Math.floor(time / patience) * patience)),
        played: sum(times),
      },
      ours: {
        exchanges: sum(record.properties.map(({ runs }) => runs)),
        seconds: seconds.ours,
        waited: sum(record.properties.map(({ waitedMs = 0 }) => waitedMs)) / 1000,
        played: sum(record.properties.map(({ playedMs = 0 }) => playedMs)) / 1000,
      },
    },
  };
}

function worstOf(verdicts: readonly string[]): ComparedCase['ours'] {
  if (verdicts.some((verdict) => verdict === 'fail' || verdict === 'known')) return 'failed';
  if (verdicts.includes('warn')) return 'warned';
  return verdicts.some((verdict) => verdict === 'pass' || verdict === 'info') ? 'passed' : 'not judged';
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** True when the two suites say the same, as far as both say something. */
export const agree = ({ h2spec, ours }: ComparedCase): boolean =>
  (h2spec === 'passed' && ours === 'passed') || (h2spec === 'failed' && ours === 'failed');

/** The table: cases about which the two differ or that fail, or all; then how many there are of each kind, and how fast both were. */
export function describeComparison({ cases, paces }: Comparison, showsAll: boolean): string {
  const shown = cases.filter((each) => showsAll || !(agree(each) && each.ours === 'passed'));
  const width = Math.max(...cases.map((each) => each.case.length));
  const lines = shown.flatMap((each) => {
    const rows = each.rows.map(({ id, verdict }) => `${id} ${verdict}`).join(', ');
    const words = [each.case.padEnd(width), (each.h2spec ?? 'not played').padEnd(10), each.ours.padEnd(10), rows];
    return [words.join('  ').trimEnd(), ...(each.remark === undefined || agree(each) ? [] : [`    ${each.remark}`])];
  });
  const head = ['case'.padEnd(width), 'h2spec'.padEnd(10), 'here'.padEnd(10), 'rows'].join('  ');
  return `${[head, ...lines].join('\n')}

${describeCounts(cases)}
h2spec: ${describePace(paces.h2spec)}
here:   ${describePace(paces.ours)}
`;
}

function describeCounts(cases: readonly ComparedCase[]): string {
  const counts = new Map<string, number>();
  for (const each of cases) {
    const words = `${each.h2spec ?? 'not played'} by h2spec, ${each.ours} here`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return `${cases.length} cases: ${[...counts].map(([words, count]) => `${count} ${words}`).join('; ')}`;
}

const describePace = ({ exchanges, seconds, waited, played }: Pace): string =>
  `${exchanges} exchanges in ${seconds.toFixed(1)} s, ${(exchanges / Math.max(seconds, 0.001)).toFixed(1)} per second, ` +
  `${Math.round((100 * waited) / Math.max(played, 0.001))} % of the time of an exchange spent waiting in vain`;

import type { RowId } from '../catalogue';
import type { FindingRecord, PropertyRecord } from '../report/model';

/** What is tried against a mutant: the examples that people wrote and generated inputs, or these alone. */
export type Inputs = 'with examples' | 'without examples';

export const allInputs: readonly Inputs[] = ['with examples', 'without examples'];

/** How often a mutant was found, and how it was missed. */
export interface Tally {
  readonly killed: number;
  readonly of: number;
  /** What was seen in place of it, of each run that missed it. */
  readonly missed: readonly string[];
}

/** A mutant that one run has missed, and how many runs more make one miss a rare one. */
interface MissedOnce {
  readonly id: string;
  readonly inputs: Inputs;
  readonly more: number;
}

/** What became of one mutant, over all seeds. */
export interface MutantRow {
  readonly id: string;
  readonly says: string;
  readonly tallies: Readonly<Record<Inputs, Tally>>;
  /** True when what finds it attacks a process that it has to itself, or waits for long. */
  readonly isCostly?: boolean;
  /** Why it lives, as its author judged it. */
  readonly survives?: { readonly where: 'always' | 'without examples'; readonly reason: string };
}

/** Of so many runs one may miss its mutant: generated inputs are drawn. Fewer where a run has a process of its own and attacks it, or waits, which takes up to a minute. */
const runsPerMiss: Readonly<Record<Inputs, number>> = { 'with examples': 20, 'without examples': 10 };
const costlyPerMiss = 5;

const perMiss = ({ isCostly = false }: Pick<MutantRow, 'isCostly'>, inputs: Inputs): number =>
  isCostly ? costlyPerMiss : runsPerMiss[inputs];

interface Draft {
  killed: number;
  of: number;
  readonly missed: string[];
}

/** Which mutants were found, and which live; filled in run by run. Opens no connection. */
export class MutantTable {
  readonly #rows: ReadonlyMap<string, Omit<MutantRow, 'tallies'> & { readonly tallies: Record<Inputs, Draft> }>;

  constructor(mutants: readonly Omit<MutantRow, 'tallies'>[]) {
    this.#rows = new Map(
      mutants.map(({ id, says, isCostly = false, survives }) => [
        id,
        {
          id,
          says,
          isCostly,
          ...(survives === undefined ? {} : { survives }),
          tallies: {
            'with examples': { killed: 0, of: 0, missed: [] },
            'without examples': { killed: 0, of: 0, missed: [] },
          },
        },
      ]),
    );
  }

  get rows(): readonly MutantRow[] {
    return [...this.#rows.values()];
  }

  /** The records of the runs against one mutant with one seed. */
  note(id: string, row: RowId, inputs: Inputs, seed: number, records: readonly PropertyRecord[]): void {
    const tally = this.#rows.get(id)?.tallies[inputs];
    if (tally === undefined) return;
    tally.of += 1;
    if (isKilled(row, records)) tally.killed += 1;
    else tally.missed.push(`seed ${seed}: ${describeMiss(records)}`);
  }

  /**
   * Those that one run has missed, though nobody has said why: with how many runs more they are judged. One miss is within what drawn inputs and a busy machine may
   * cost; a second one, before that many runs are over, is not.
   */
  get missedOnce(): readonly MissedOnce[] {
    return this.survivors.flatMap((row) =>
      allInputs.flatMap((inputs) => {
        const { id, tallies } = row;
        const { of, missed } = tallies[inputs];
        const more = perMiss(row, inputs) - of;
        return missed.length === 1 && more > 0 ? [{ id, inputs, more }] : [];
      }),
    );
  }

  /** Those that live though nobody has said why. */
  get survivors(): readonly MutantRow[] {
    return this.rows.filter(
      (row) =>
        (livesWith(row, 'with examples') && row.survives?.where !== 'always') ||
        (livesWith(row, 'without examples') && row.survives === undefined),
    );
  }
}

/** What is wrong whatever the input is: where one input is found that brings it out each time, the finding is under that input's row. */
const marksOf: Readonly<Partial<Record<RowId, FindingRecord['mark']>>> = { 'ALIVE-01-process-stays': 'crash' };

/** True when a finding is under the row that the mutant breaks, and is one that a user would be shown as the server's. */
export const isKilled = (row: RowId, records: readonly PropertyRecord[]): boolean =>
  records.some(({ findings }) =>
    findings.some(
      ({ rule, verdict, mark }) =>
        (rule === row || (mark !== undefined && mark === marksOf[row])) && verdict !== 'flaky' && verdict !== 'error',
    ),
  );

/** True when more runs have missed a mutant than may. */
export function livesWith(row: MutantRow, inputs: Inputs): boolean {
  const { killed, of } = row.tallies[inputs];
  return of - killed > Math.floor(of / perMiss(row, inputs));
}

/** Findings that a line about a miss names. */
const mostNamed = 3;

function describeMiss(records: readonly PropertyRecord[]): string {
  const findings = records.flatMap((record) => record.findings);
  if (findings.length === 0) return records.length === 0 ? 'no run' : 'nothing found';
  return `only ${findings.slice(0, mostNamed).map(describeFinding).join('; ')}`;
}

const describeFinding = ({ rule, verdict, observed, confirmed }: FindingRecord): string =>
  `${rule} ${verdict} ${confirmed.failed}/${confirmed.of}: ${observed}`;

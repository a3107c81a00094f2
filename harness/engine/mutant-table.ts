import type { RowId } from '../catalogue';
import type { FindingRecord, PropertyRecord } from '../report/model';

/** What is tried against a mutant: the examples that people wrote and generated inputs, or these alone. */
export type Inputs = 'with examples' | 'without examples';

export const allInputs: readonly Inputs[] = ['with examples', 'without examples'];

/** When a mutant is tried: with all others, or again because it was missed there. */
export type Round = 'first' | 'again';

/** How often a mutant was found, and how it was missed. */
export interface Tally {
  readonly killed: number;
  readonly of: number;
  /** How many of the runs tried it again, and how many of those missed it. */
  readonly again: { readonly of: number; readonly missed: number };
  /** What was seen in place of it, of each run that missed it. */
  readonly missed: readonly string[];
}

/** A mutant that one run has missed, and how many runs more are to judge it. */
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
  readonly again: { of: number; missed: number };
  readonly missed: string[];
}

const newDraft = (): Draft => ({ killed: 0, of: 0, again: { of: 0, missed: 0 }, missed: [] });

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
            'with examples': newDraft(),
            'without examples': newDraft(),
          },
        },
      ]),
    );
  }

  get rows(): readonly MutantRow[] {
    return [...this.#rows.values()];
  }

  /** The records of the runs against one mutant with one seed. */
  note(
    id: string,
    row: RowId,
    inputs: Inputs,
    seed: number,
    records: readonly PropertyRecord[],
    round: Round = 'first',
  ): void {
    const tally = this.#rows.get(id)?.tallies[inputs];
    if (tally === undefined) return;
    const isMissed = !isKilled(row, records);
    tally.of += 1;
    if (isMissed) tally.missed.push(`seed ${seed}: ${describeMiss(records)}`);
    else tally.killed += 1;
    if (round === 'first') return;
    tally.again.of += 1;
    if (isMissed) tally.again.missed += 1;
  }

  /**
   * Those that one run has missed, though nobody has said why: how many runs more judge them. One miss is within what drawn inputs and a busy machine may cost.
   * The run that missed is not among those that judge, since a miss is why there are any; where they miss it just once too often, as many again decide.
   */
  get missedOnce(): readonly MissedOnce[] {
    return this.survivors.flatMap((row) =>
      allInputs.flatMap((inputs) => {
        const { id, tallies } = row;
        const { of, missed, again } = tallies[inputs];
        const wanted = perMiss(row, inputs);
        if (missed.length - again.missed !== 1 || of - again.of >= wanted) return [];
        if (again.missed > 2) return [];
        const more = (again.missed === 2 ? 2 * wanted : wanted) - again.of;
        return more > 0 ? [{ id, inputs, more }] : [];
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

/** True when more runs have missed a mutant than may: of those that tried it again, once there are enough. */
export function livesWith(row: MutantRow, inputs: Inputs): boolean {
  const { of, missed, again } = row.tallies[inputs];
  const wanted = perMiss(row, inputs);
  const isJudgedAgain = again.of >= wanted;
  const [misses, runs] = isJudgedAgain ? [again.missed, again.of] : [missed.length, of];
  return misses > Math.floor(runs / wanted);
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

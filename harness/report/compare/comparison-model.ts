import type { FindingRecord, PropertyRecord, PropertyVerdict } from '../model';
import type { RunScore } from '../run-score';

/**
 * What a run says about a row: its verdict; `unseen` when the row has no property of its own but is watched on every call, and nothing broke it or came by that could; `absent`
 * when the run does not have it.
 */
export type Outcome = PropertyVerdict | 'unseen' | 'absent';

/** What a comparison needs of a finding. */
export type ComparedFinding = Pick<
  FindingRecord,
  | 'verdict'
  | 'gravity'
  | 'mark'
  | 'confirmed'
  | 'summary'
  | 'sent'
  | 'observed'
  | 'expected'
  | 'reaction'
  | 'radius'
  | 'known'
  | 'transcript'
  | 'at'
>;

/** One run in one row. */
export interface Cell {
  readonly outcome: Outcome;
  readonly mark?: 'crash' | 'hang';
  /** How bad it would be without the baseline, or if every run had shown it. */
  readonly gravity?: 'fail' | 'warn';
  /** The reaction classes that the outcome stands on, each once, sorted. */
  readonly reactions: readonly string[];
  /** Why there is no judgement. */
  readonly reason?: string;
  readonly findings: readonly ComparedFinding[];
}

/**
 * How the cells of a row differ: `behaviour` when two runs that judged it disagree in verdict or reaction class; `coverage` when all that judged it agree
 * but not all did; `none`.
 */
export type Difference = 'none' | 'coverage' | 'behaviour';

export interface ComparedRow {
  readonly id: string;
  readonly level: PropertyRecord['level'];
  readonly rule: string;
  /** One for each run, in their order. */
  readonly cells: readonly Cell[];
  readonly difference: Difference;
}

export interface ComparedArea {
  /** For people. */
  readonly name: string;
  readonly rows: readonly ComparedRow[];
}

export interface ComparedRun {
  readonly name: string;
  readonly page?: string;
  readonly target: string;
  /** The run's verdict in one sentence, without a full stop. */
  readonly verdict: string;
  readonly counts: Readonly<Record<PropertyVerdict, number>>;
  readonly rows: number;
  readonly score: RunScore;
  readonly seed: number;
  readonly runs: number;
  readonly tool: string;
}

/** Several runs side by side. */
export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** What else than the servers may be the reason of a difference; one sentence each. */
  readonly notes: readonly string[];
  /** Areas and rows in the order of the catalogue. */
  readonly areas: readonly ComparedArea[];
}

/** Every row, area after area. */
export const allRows = ({ areas: parts }: Comparison): readonly ComparedRow[] => parts.flatMap(({ rows }) => rows);

/** Outcomes that say nothing about how the server behaves. */
const unjudged: ReadonlySet<Outcome> = new Set(['untestable', 'blocked', 'not-run', 'skipped', 'error', 'absent']);

/** True for a cell that says how the server behaves. */
export const isJudged = ({ outcome }: Pick<Cell, 'outcome'>): boolean => !unjudged.has(outcome);

/**
 * The outcome as it would be without a baseline: what is known is broken all the same. It stays `known` where a file of an older version does not say how badly.
 */
export const bareOutcome = ({ outcome, gravity }: Pick<Cell, 'outcome' | 'gravity'>): Outcome =>
  outcome === 'known' ? (gravity ?? 'known') : outcome;

const broken: ReadonlySet<Outcome> = new Set(['fail', 'warn', 'flaky', 'known', 'lost']);

/** True for a cell whose run breaks the rule, known or not, or has lost what it needs. */
export const isBroken = ({ outcome }: Pick<Cell, 'outcome'>): boolean => broken.has(outcome);

/** How the cells of a row differ. */
export function differenceOf(cells: readonly Cell[]): Difference {
  const judged = cells.filter(isJudged);
  if (new Set(judged.map(signature)).size > 1) return 'behaviour';
  return new Set(cells.map(signature)).size > 1 ? 'coverage' : 'none';
}

/** Two cells are alike exactly when this is the same: what a baseline says is no difference between servers. */
export function signature(cell: Cell): string {
  const { outcome, mark, reactions } = cell;
  return JSON.stringify([outcome === 'unseen' ? 'pass' : bareOutcome(cell), mark ?? '', reactions]);
}

/** Below this many runs that judged a row there is no majority worth the name. */
const fewestForMajority = 4;

/** The numbers of the cells that are unlike three quarters or more of those that judged the row; none where there is no such majority. */
export function outliersOf(cells: readonly Cell[]): ReadonlySet<number> {
  const judged = [...cells.entries()].filter(([, cell]) => isJudged(cell));
  if (judged.length < fewestForMajority) return new Set();
  const counts = new Map<string, number>();
  for (const [, cell] of judged) counts.set(signature(cell), (counts.get(signature(cell)) ?? 0) + 1);
  const usual = [...counts].find(([, count]) => count * 4 >= judged.length * 3)?.[0];
  return new Set(
    usual === undefined ? [] : judged.flatMap(([index, cell]) => (signature(cell) === usual ? [] : index)),
  );
}

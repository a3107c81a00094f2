import { findingVerdict, gravityOfFinding } from '../finding-words';
import { allRows, isJudged, type Cell, type ComparedFinding, type Comparison } from './comparison-model';

/** Something in which a later run of a comparison differs from the first. */
export interface NewTrouble {
  readonly id: string;
  /** The name of the later run. */
  readonly run: string;
  /** What it is, in words, without a full stop. */
  readonly text: string;
}

export interface NewTroubleOptions {
  /** True: warnings count, too. */
  readonly strict: boolean;
}

/**
 * What got worse from the first run of a comparison to any of the others: a finding with a reaction, or a crash or hang, that the first run has not in this row, known to a
 * baseline or not; and a row that the first run judged and the later one did not, since nothing is known of it any more. What the user left out is no loss. Pure.
 */
export function whatIsNew(comparison: Comparison, { strict }: NewTroubleOptions): readonly NewTrouble[] {
  const [, ...later] = comparison.runs;
  return allRows(comparison).flatMap(({ id, cells: [before, ...after] }) =>
    before === undefined
      ? []
      : after.flatMap((cell, index) => {
          const run = later[index]?.name ?? '';
          return describeWorse(before, cell, strict).map((text) => ({ id, run, text }));
        }),
  );
}

/**
 * What got better from the first run of a comparison to any of the others: a finding that the later run judged its row without, warnings included, and a row that is judged now
 * and was not. Pure.
 */
export function whatIsBetter(comparison: Comparison): readonly NewTrouble[] {
  const [, ...later] = comparison.runs;
  return allRows(comparison).flatMap(({ id, cells: [before, ...after] }) =>
    before === undefined
      ? []
      : after.flatMap((cell, index) =>
          describeBetter(before, cell).map((text) => ({ id, run: later[index]?.name ?? '', text })),
        ),
  );
}

function describeBetter(before: Cell, after: Cell): readonly string[] {
  if (!says(after)) return [];
  if (!says(before)) return before.outcome === 'absent' ? [] : [`${after.outcome}, and was ${before.outcome}`];
  const has = new Set(after.findings.map((finding) => keyOf(finding, true)));
  const gone = before.findings.filter((finding) => {
    const key = keyOf(finding, true);
    return key !== undefined && !has.has(key);
  });
  return [...new Set(gone.map((finding) => `no longer ${findingVerdict(finding)}: ${finding.summary}`))];
}

function describeWorse(before: Cell, after: Cell, strict: boolean): readonly string[] {
  if (says(before) && !says(after))
    return after.outcome === 'skipped' || after.outcome === 'absent'
      ? []
      : [`${after.outcome}, and was ${before.outcome}${after.reason === undefined ? '' : `: ${after.reason}`}`];
  const had = new Set(before.findings.map((finding) => keyOf(finding, strict)));
  const isNew = (finding: ComparedFinding): boolean => {
    const key = keyOf(finding, strict);
    return key !== undefined && !had.has(key);
  };
  const found = after.findings.filter(isNew).map((finding) => `${findingVerdict(finding)}: ${finding.summary}`);
  return [...new Set(found)];
}

/** True for a cell from which something is known of the row. What is lost was offered before, and nothing came of it. */
const says = (cell: Cell): boolean => isJudged(cell) && cell.outcome !== 'lost';

/** Two findings of a row are the same trouble when this is equal; undefined for one that does not count. */
function keyOf(finding: ComparedFinding, strict: boolean): string | undefined {
  const gravity = gravityOfFinding(finding);
  if (gravity === undefined || (gravity === 'warn' && !strict)) return undefined;
  return JSON.stringify([gravity, finding.mark ?? '', finding.reaction]);
}

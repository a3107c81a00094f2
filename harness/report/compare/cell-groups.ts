import { describeKnown } from '../describe-known';
import { findingVerdict } from '../finding-words';
import { printable, sentence } from '../printable';
import { signature, type Cell, type ComparedFinding } from './comparison-model';

/** Cells that are alike, with the numbers of their columns. */
export interface CellGroup {
  /** That of the first column. */
  readonly cell: Cell;
  readonly columns: readonly number[];
  /** What was found, the same in all of them but for words. */
  readonly findings: readonly GroupedFinding[];
}

export interface GroupedFinding {
  /** `fail`, `known (warn)`, `fail, hang`. */
  readonly verdict: string;
  readonly reaction: string;
  readonly facts: readonly GroupedFact[];
}

export interface GroupedFact {
  readonly name: 'Seen' | 'Sent' | 'Observed' | 'Expected' | 'Known';
  /** Each text once. */
  readonly variants: readonly FactVariant[];
}

/** A text, printable, and the columns that say it. */
export interface FactVariant {
  readonly columns: readonly number[];
  readonly text: string;
  readonly link?: string;
}

/**
 * The cells of a row, those with findings first and otherwise in the order of the columns. Cells that are alike in what came back, how badly, and what it hurt, stand
 * together; where they say it in other words, each text stands once with the columns that it is of.
 */
export function groupCells(cells: readonly Cell[]): readonly CellGroup[] {
  const groups = new Map<string, number[]>();
  for (const [column, cell] of cells.entries()) {
    const key = keyOf(cell);
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  const all = [...groups.values()].map((columns) => describeGroup(cells, columns));
  return [...all.filter(({ findings }) => findings.length > 0), ...all.filter(({ findings }) => findings.length === 0)];
}

const keyOf = (cell: Cell): string =>
  JSON.stringify([
    cell.outcome,
    signature(cell),
    cell.reason,
    cell.findings.map((finding) => [findingVerdict(finding), finding.reaction, finding.radius]),
  ]);

function describeGroup(cells: readonly Cell[], columns: readonly number[]): CellGroup {
  const cell = cells[columns[0] ?? 0] as Cell;
  const findings = cell.findings.map((first, number): GroupedFinding => {
    const same = columns.flatMap((column) => {
      const finding = cells[column]?.findings[number];
      return finding === undefined ? [] : [{ column, finding }];
    });
    const facts: readonly GroupedFact[] = [
      { name: 'Observed', variants: variantsOf(same, ({ observed }) => ({ text: sentence(observed) })) },
      { name: 'Sent', variants: variantsOf(same, ({ sent }) => ({ text: sentence(sent) })) },
      { name: 'Expected', variants: variantsOf(same, ({ expected }) => ({ text: sentence(expected) })) },
      { name: 'Seen', variants: variantsOf(same, describeSeen) },
      { name: 'Known', variants: variantsOf(same, knownOf) },
    ];
    return {
      verdict: findingVerdict(first),
      reaction: printable(first.reaction),
      facts: facts.filter(({ variants }) => variants.length > 0),
    };
  });
  return { cell, columns, findings };
}

const describeSeen = ({ confirmed, radius }: ComparedFinding): { text: string } => ({
  text: `failed ${confirmed.failed} of ${confirmed.of}, hurts the ${radius}`,
});

const knownOf = ({ known }: ComparedFinding): { text: string; link?: string } | undefined =>
  known && { text: sentence(describeKnown(known)), ...(known.link === undefined ? {} : { link: known.link }) };

function variantsOf(
  findings: readonly { readonly column: number; readonly finding: ComparedFinding }[],
  say: (finding: ComparedFinding) => { readonly text: string; readonly link?: string } | undefined,
): readonly FactVariant[] {
  const variants = new Map<string, FactVariant>();
  for (const { column, finding } of findings) {
    const said = say(finding);
    if (said === undefined) continue;
    const key = JSON.stringify([said.text, said.link]);
    variants.set(key, { ...said, columns: [...(variants.get(key)?.columns ?? []), column] });
  }
  return [...variants.values()];
}

import type { ComparedRow, ComparedRun, Comparison } from '../comparison-model';
import type { Choice } from './choice';

/** All names of `usual`, those that are wanted first; a name that `usual` does not have is ignored. */
export function orderNames(wanted: readonly string[], usual: readonly string[]): readonly string[] {
  const first = [...new Set(wanted)].filter((name) => usual.includes(name));
  return [...first, ...usual.filter((name) => !first.includes(name))];
}

/** The fewest names from which {@link orderNames} makes this order again; none where it is the usual one. */
export function shortestOrder(order: readonly string[], usual: readonly string[]): readonly string[] {
  const isEnough = (count: number): boolean => isSameOrder(orderNames(order.slice(0, count), usual), order);
  return order.slice(0, [...order.keys()].find(isEnough) ?? order.length);
}

export const isSameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, place) => name === b[place]);

/** Numbers of the columns of runs, in an order of their names. */
export const columnsInOrder = (runs: readonly ComparedRun[], order: readonly string[]): readonly number[] =>
  [...runs.keys()].toSorted((a, b) => placeOf(runs[a], order) - placeOf(runs[b], order));

const placeOf = (run: ComparedRun | undefined, order: readonly string[]): number => order.indexOf(run?.name ?? '');

/** The comparison with these columns only, in this order. */
export function withColumns(comparison: Comparison, columns: readonly number[]): Comparison {
  const pick = <T>(all: readonly T[]): readonly T[] => columns.flatMap((column) => all[column] ?? []);
  const inOrder = (row: ComparedRow): ComparedRow => ({ ...row, cells: pick(row.cells) });
  return {
    ...comparison,
    runs: pick(comparison.runs),
    areas: comparison.areas.map((area) => ({ ...area, rows: area.rows.map(inOrder) })),
  };
}

type Columns = Pick<Choice, 'order' | 'hidden'>;

/** Names of the columns that are shown, in their order. */
export const shownNames = ({ order, hidden }: Columns): readonly string[] =>
  order.filter((name) => !hidden.includes(name));

/** The order after a shown column went past the next shown one to its left (-1) or right (1); undefined where there is none. */
export function moveColumn(columns: Columns, name: string, step: -1 | 1): readonly string[] | undefined {
  const shown = shownNames(columns);
  const place = shown.indexOf(name);
  const neighbour = place < 0 ? undefined : shown[place + step];
  if (neighbour === undefined) return undefined;
  const others = columns.order.filter((one) => one !== name);
  const at = others.indexOf(neighbour) + (step < 0 ? 0 : 1);
  return [...others.slice(0, at), name, ...others.slice(at)];
}

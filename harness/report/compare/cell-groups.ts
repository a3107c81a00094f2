import { signature, type Cell } from './comparison';

/** Cells that are alike and say the same, with the numbers of their columns. */
export interface CellGroup {
  readonly cell: Cell;
  readonly columns: readonly number[];
}

/** The cells of a row, those with findings first and otherwise in the order of the columns; cells without findings that are alike stand together. */
export function groupCells(cells: readonly Cell[]): readonly CellGroup[] {
  const groups = new Map<string, { readonly cell: Cell; readonly columns: number[] }>();
  for (const [column, cell] of cells.entries()) {
    const key =
      cell.findings.length > 0 ? `column ${column}` : JSON.stringify([cell.outcome, signature(cell), cell.reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { cell, columns: [column] });
    else group.columns.push(column);
  }
  const all = [...groups.values()];
  return [
    ...all.filter(({ cell }) => cell.findings.length > 0),
    ...all.filter(({ cell }) => cell.findings.length === 0),
  ];
}

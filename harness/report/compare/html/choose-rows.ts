import { outcomeText, reactionText } from '../cell-text';
import { differenceOf, isBroken, isJudged, type ComparedRow, type Comparison } from '../comparison-model';
import type { Choice } from './choice';
import { columnsInOrder, withColumns } from './column-order';

/** The part of a comparison that a choice shows: its runs in their order, and the rows that have something to say about them. Pure. */
export function chooseRows(comparison: Comparison, choice: Choice): Comparison {
  const isShown = (column: number): boolean => !choice.hidden.includes(comparison.runs[column]?.name ?? '');
  const shown = withColumns(comparison, columnsInOrder(comparison.runs, choice.order).filter(isShown));
  const words = wordsOf(choice.query);
  const areas = shown.areas.map((area) => ({
    ...area,
    rows: area.rows
      .map((row): ComparedRow => ({ ...row, difference: differenceOf(row.cells) }))
      .filter((row) => isWanted(row, choice) && matches(row, words)),
  }));
  return { ...shown, areas: areas.filter(({ rows }) => rows.length > 0) };
}

function isWanted({ cells, difference }: ComparedRow, { onlyFailing, onlyDifferences, onlyJudged }: Choice): boolean {
  if (onlyFailing && !cells.some(isBroken)) return false;
  if (onlyJudged && !cells.some(isJudged)) return false;
  // What was not judged is no difference for who does not want to see it.
  return !onlyDifferences || difference === 'behaviour' || (difference === 'coverage' && !onlyJudged);
}

/** Words that must be there; with `!` before them, that must not. Quotes keep blanks. */
function wordsOf(query: string): readonly { readonly word: string; readonly isUnwanted: boolean }[] {
  return [...query.toLowerCase().matchAll(/(!?)(?:"([^"]*)"?|(\S+))/g)]
    .map(([, sign, quoted, plain]) => ({ word: quoted ?? plain ?? '', isUnwanted: sign === '!' }))
    .filter(({ word }) => word !== '');
}

function matches({ id, level, rule, cells }: ComparedRow, words: ReturnType<typeof wordsOf>): boolean {
  if (words.length === 0) return true;
  const text = [id, level, rule, ...cells.flatMap((cell) => [outcomeText(cell), reactionText(cell)])]
    .join('\n')
    .toLowerCase();
  return words.every(({ word, isUnwanted }) => text.includes(word) !== isUnwanted);
}

import { outcomeText, reactionText } from '../cell-text';
import { differenceOf, isBroken, isJudged, type ComparedRow, type Comparison } from '../comparison-model';
import type { Choice } from './choice';

/** The part of a comparison that a choice shows: its runs, and the rows that have something to say about them. Pure. */
export function chooseRows(comparison: Comparison, choice: Choice): Comparison {
  const columns = [...comparison.runs.entries()].filter(([, { name }]) => !choice.hidden.includes(name));
  const words = wordsOf(choice.query);
  const areas = comparison.areas.map((area) => ({
    ...area,
    rows: area.rows
      .map((row): ComparedRow => {
        const cells = columns.flatMap(([index]) => row.cells[index] ?? []);
        return { ...row, cells, difference: differenceOf(cells) };
      })
      .filter((row) => isWanted(row, choice) && matches(row, words)),
  }));
  return {
    ...comparison,
    runs: columns.map(([, run]) => run),
    areas: areas.filter(({ rows }) => rows.length > 0),
  };
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

import { printable } from '../printable';
import { outcomeText, reactionText } from './cell-text';
import { allRows, type Comparison } from './comparison-model';

/** The comparison as CSV (RFC 4180), a line for each row and two columns for each run: the outcome, and the reactions. */
export function formatComparisonCsv(comparison: Comparison): string {
  const head = [
    'area',
    'row',
    'level',
    'rule',
    'difference',
    ...comparison.runs.flatMap(({ name }) => [name, `${name}: reaction`]),
  ];
  const areas = comparison.areas.flatMap(({ name, rows }) => rows.map(() => name));
  const lines = allRows(comparison).map(({ id, level, rule, difference, cells }, index) => [
    areas[index] ?? '',
    id,
    level,
    rule,
    difference,
    ...cells.flatMap((cell) => [outcomeText(cell), reactionText(cell)]),
  ]);
  return [head, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** Spreadsheets take text that begins so for a formula, and a run file may say anything. */
const formula = /^[=+\-@]/;

function field(value: string): string {
  const text = printable(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { verdictMeanings } from '../model';
import { printable } from '../printable';
import { verdictOrder } from '../summary';
import { otherOutcomes, outcomeText, reactionText } from './cell-text';
import { groupCells, type FactVariant } from './cell-groups';
import { allRows, type Cell, type ComparedRow, type Comparison } from './comparison-model';

/** The comparison as Markdown whose tables are aligned, so that it can be read as it is. */
export function formatComparison(comparison: Comparison, title: string = defaultTitle(comparison)): string {
  const { runs, notes } = comparison;
  const rows = allRows(comparison);
  const broken = rows.filter(({ cells }) => cells.some(({ findings }) => findings.length > 0));
  return [
    `# ${plain(title)}`,
    '',
    describeDifferences(rows),
    '',
    ...table(
      ['run', 'server', 'verdict', 'rows', 'inputs', 'seed', 'tool'],
      runs.map((run) => [
        run.page === undefined ? plain(run.name) : `[${plain(run.name)}](${encodeURI(run.page)})`,
        plain(run.target),
        plain(run.verdict),
        String(run.rows),
        String(run.runs),
        String(run.seed),
        plain(run.tool),
      ]),
    ),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${plain(note)}`)]),
    '',
    '## Matrix',
    '',
    ...(rows.length === 0
      ? ['There are no rows to show.']
      : table(
          ['', 'row', ...runs.map((run) => plain(run.name))],
          rows.map((row) => [row.difference === 'none' ? '' : '≠', plain(row.id), ...row.cells.map(cellText)]),
        )),
    '',
    ...(broken.length === 0
      ? []
      : ['## Findings, side by side', '', ...broken.flatMap((row) => sideBySide(row, comparison))]),
    '## What the words mean',
    '',
    ...verdictOrder.map((verdict) => `- ${verdict}: ${verdictMeanings[verdict]}`),
    `- ${outcomeText({ outcome: 'unseen' })}: ${otherOutcomes.unseen}`,
    `- ${outcomeText({ outcome: 'absent' })}: ${otherOutcomes.absent}`,
    '- ≠: the cells of the row are not all alike',
    '',
  ].join('\n');
}

/** The heading of a comparison that has no other. */
export const defaultTitle = ({ runs }: Comparison): string => `${runs.length} runs compared`;

/** How many rows there are and how many differ, in one sentence. */
export function describeDifferences(rows: readonly ComparedRow[]): string {
  const count = (difference: ComparedRow['difference']): number =>
    rows.filter((row) => row.difference === difference).length;
  const total = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  const [behaviour, coverage] = [count('behaviour'), count('coverage')];
  if (behaviour + coverage === 0) return `${total}; in none of them do the runs differ.`;
  return `${total}; the runs behave differently in ${behaviour}, and ${coverage} more were judged in some of them only.`;
}

function cellText(cell: Cell): string {
  const reactions = reactionText(cell);
  return plain(reactions === '' ? outcomeText(cell) : `${outcomeText(cell)}: ${reactions}`);
}

function sideBySide(row: ComparedRow, { runs }: Comparison): readonly string[] {
  const names = (columns: readonly number[]): string =>
    columns.map((index) => plain(runs[index]?.name ?? '')).join(', ');
  const said = ({ text, link, columns }: FactVariant, isAlone: boolean): string =>
    `${isAlone ? '' : `${names(columns)}: `}${plain(text)}${link === undefined ? '' : ` ${plain(link)}`}`;
  return [
    `### ${plain(row.id)}`,
    '',
    `${plain(row.rule)} (${row.level.toUpperCase()}).`,
    '',
    ...groupCells(row.cells).flatMap(({ cell, columns, findings }) => [
      `- **${names(columns)}**: ${cellText(cell)}${cell.reason === undefined ? '' : `; ${plain(cell.reason)}`}`,
      ...findings.flatMap(({ facts }) =>
        facts.flatMap(({ name, variants }) =>
          variants.map((variant) => `  - ${name.toLowerCase()}: ${said(variant, variants.length === 1)}`),
        ),
      ),
    ]),
    '',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((text, column) => Math.max(3, text.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/**
 * Text in which Markdown finds nothing to format, on one line. It stands behind other text, so what counts only where a line begins may stay, and so may an
 * underscore inside a word: the tables are also read as they are.
 */
function plain(text: string): string {
  return printable(text)
    .replace(/[\\`*[\]<>|~&]/g, (character) => `\\${character}`)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_');
}

import { createHash } from 'node:crypto';
import { escapeHtml } from '../../html/static-report';
import { style } from '../../html/style';
import { verdictSigns } from '../../html/verdict-signs';
import { findingVerdict } from '../../finding-words';
import { verdictMeanings } from '../../model';
import { printable, sentence } from '../../printable';
import { verdictOrder } from '../../summary';
import { groupCells, type CellGroup } from '../cell-groups';
import { otherOutcomes, outcomeText, reactionText } from '../cell-text';
import {
  allRows,
  type Cell,
  type ComparedArea,
  type ComparedRow,
  type ComparedRun,
  type Comparison,
  type Difference,
  type Outcome,
} from '../comparison';
import { defaultTitle, describeDifferences } from '../comparison-markdown';
import { comparisonStyle } from './comparison-style';

export interface ComparisonPageOptions {
  /** The page opens with the rows that differ; the others are a choice away. */
  readonly onlyDifferences: boolean;
  readonly title?: string;
}

/**
 * The comparison as one HTML page that needs no network, no other file and no script: what is shown is chosen with form controls that its styles look at.
 * Everything that a run file says is text, never markup.
 */
export function renderComparisonPage(
  comparison: Comparison,
  { onlyDifferences, title = defaultTitle(comparison) }: ComparisonPageOptions,
): string {
  const { runs, notes, areas } = comparison;
  const rows = allRows(comparison);
  const css = style + comparisonStyle(runs.length);
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(css, 'utf8').digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const broken = rows.filter(hasFindings);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="description" content="${text(describeDifferences(rows))}">`,
    `<title>${text(`${title}: ${runs.map(({ name }) => name).join(', ')}`)}</title>`,
    `<style>${css}</style>`,
    '</head>',
    '<body>',
    '<header class="bar wide"><a class="skip" href="#matrix">Skip to the matrix</a><span class="brand">grpc-conform</span></header>',
    '<main class="comparison">',
    `<h1>${text(title)}</h1>`,
    `<p class="lead">${text(describeDifferences(rows))}</p>`,
    ...notes.map((note) => `<p class="notice">${text(note)}</p>`),
    ...runTable(runs),
    '<h2 id="matrix">Matrix</h2>',
    ...(rows.length === 0 ? ['<p class="muted">There are no rows to show.</p>'] : matrix(comparison, onlyDifferences)),
    ...(broken.length === 0 ? [] : ['<h2 id="findings">Findings, side by side</h2>']),
    ...broken.map((row) => sideBySide(row, comparison, rows.indexOf(row))),
    ...legend(areas),
    '</main>',
    '<footer class="foot wide"><p>This page loads nothing.</p></footer>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function runTable(runs: readonly ComparedRun[]): readonly string[] {
  const columns = ['Run', 'Verdict', 'Server'].map((name) => `<th scope="col">${name}</th>`);
  const numbers = ['Rows', 'Inputs', 'Seed'].map((name) => `<th scope="col" class="number">${name}</th>`);
  return [
    '<h2 id="runs">Runs</h2>',
    '<div class="scroll runs" role="region" aria-labelledby="runs" tabindex="0">',
    '<table>',
    `<thead><tr>${[...columns, ...numbers].join('')}<th scope="col">Tool</th></tr></thead>`,
    '<tbody>',
    ...runs.map(
      (run) =>
        `<tr><th scope="row">${runName(run)}</th><td class="said">${text(run.verdict)}${shares(run)}</td><td>${text(run.target)}</td>` +
        [run.rows, run.runs, run.seed].map((number) => `<td class="number">${number}</td>`).join('') +
        `<td class="nowrap">${text(run.tool)}</td></tr>`,
    ),
    '</tbody>',
    '</table>',
    '</div>',
  ];
}

const runName = ({ name, page }: ComparedRun): string =>
  page === undefined ? text(name) : `<a href="${text(encodeURI(page))}">${text(name)}</a>`;

/** Widths cannot be styles of their own under the page's policy, so a share is as many twentieths as it rounds up to. */
function shares({ counts, rows }: ComparedRun): string {
  const parts = verdictOrder
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `<span class="share s-${verdict}"></span>`.repeat(Math.ceil((20 * counts[verdict]) / rows)));
  return `<span class="shares" aria-hidden="true">${parts.join('')}</span>`;
}

function matrix(comparison: Comparison, onlyDifferences: boolean): readonly string[] {
  const { runs, areas } = comparison;
  const rows = allRows(comparison);
  return [
    '<div class="choices">',
    ...rowChoices(rows, onlyDifferences),
    ...(runs.length > 2 ? columnChoices(runs) : []),
    '</div>',
    '<div class="scroll matrix" role="region" aria-labelledby="matrix" tabindex="0">',
    '<table>',
    '<thead><tr><th scope="col">Row</th>',
    ...runs.map((run, column) => `<th scope="col" class="c${column}">${runName(run)}</th>`),
    '</tr></thead>',
    ...areas.flatMap((area) => areaRows(area, rows, runs)),
    '</table>',
    '</div>',
  ];
}

function rowChoices(rows: readonly ComparedRow[], onlyDifferences: boolean): readonly string[] {
  const differ = rows.filter(({ difference }) => difference !== 'none').length;
  const behave = rows.filter(({ difference }) => difference === 'behaviour').length;
  const choice = (id: string, label: string, checked: boolean): string =>
    `<label><input type="radio" name="rows" id="rows-${id}"${checked ? ' checked' : ''}>${label}</label>`;
  return [
    '<fieldset><legend>Rows</legend>',
    choice('all', `all ${rows.length}`, !onlyDifferences),
    choice('differ', `the ${differ} in which the runs differ`, onlyDifferences),
    choice('behaviour', `the ${behave} in which they behave differently`, false),
    '</fieldset>',
  ];
}

function columnChoices(runs: readonly ComparedRun[]): readonly string[] {
  return [
    '<fieldset><legend>Columns</legend>',
    ...runs.map(
      ({ name }, column) => `<label><input type="checkbox" id="show-${column}" checked>${text(name)}</label>`,
    ),
    '</fieldset>',
  ];
}

/** The class that hides a row, or what belongs to several, when only differences are asked for. */
function differenceClass(differences: readonly Difference[]): string {
  if (differences.includes('behaviour')) return 'behaviour';
  return differences.includes('coverage') ? 'coverage' : 'same';
}

function areaRows(area: ComparedArea, all: readonly ComparedRow[], runs: readonly ComparedRun[]): readonly string[] {
  return [
    `<tbody class="${differenceClass(area.rows.map(({ difference }) => difference))}">`,
    `<tr><th scope="rowgroup" colspan="${runs.length + 1}"><span class="area-name">${text(area.name)}</span></th></tr>`,
    ...area.rows.map((row) => {
      const anchor = hasFindings(row) ? anchorOf(row, all.indexOf(row)) : undefined;
      const id = `<span class="id">${text(row.id)}</span>`;
      return [
        `<tr class="${differenceClass([row.difference])}">`,
        `<th scope="row">${anchor === undefined ? id : `<a href="#${anchor}">${id}</a>`}${differs(row)}</th>`,
        ...row.cells.map((cell, column) => `<td class="c${column}">${matrixCell(cell)}</td>`),
        '</tr>',
      ].join('');
    }),
    '</tbody>',
  ];
}

const differenceTexts: Readonly<Record<Difference, string>> = {
  none: '',
  coverage: 'not judged in all runs',
  behaviour: 'differs',
};

const differs = ({ difference }: ComparedRow): string =>
  difference === 'none' ? '' : `<span class="differs">≠ ${differenceTexts[difference]}</span>`;

function matrixCell(cell: Cell): string {
  const reactions = reactionText(cell);
  return badge(cell) + (reactions === '' ? '' : `<span class="cell-reaction">${text(reactions)}</span>`);
}

const outcomeSign = (outcome: Outcome): string =>
  outcome === 'unseen' ? '·' : outcome === 'absent' ? '∅' : verdictSigns[outcome];

function badge(cell: Pick<Cell, 'outcome' | 'mark' | 'gravity'>): string {
  const sign = `<span class="sign" aria-hidden="true">${outcomeSign(cell.outcome)}</span>`;
  const hides = cell.gravity === undefined ? '' : ` hides-${cell.gravity}`;
  return `<span class="verdict v-${cell.outcome}${hides}">${sign}${outcomeText(cell)}</span>`;
}

const hasFindings = ({ cells }: ComparedRow): boolean => cells.some(({ findings }) => findings.length > 0);

/** Readable for the ids of the catalogue; whatever else a file says becomes a number. */
const anchorOf = ({ id }: ComparedRow, index: number): string =>
  /^[A-Z]+-\d\d-[a-z0-9-]+$/.test(id) ? id : `row-${index}`;

function sideBySide(row: ComparedRow, { runs }: Comparison, index: number): string {
  const anchor = anchorOf(row, index);
  return [
    `<section class="side ${differenceClass([row.difference])}" id="${anchor}" aria-labelledby="${anchor}-title">`,
    `<h3 id="${anchor}-title">${text(row.id)}</h3>`,
    `<p>${text(row.rule)} <span class="level">(${row.level})</span></p>`,
    '<ul class="cards">',
    ...groupCells(row.cells).map((group) => card(group, row, runs)),
    '</ul>',
    '</section>',
  ].join('\n');
}

function card({ cell, columns }: CellGroup, row: ComparedRow, runs: readonly ComparedRun[]): string {
  // A card of one column goes away with it; one of several stays.
  const [first = 0] = columns;
  const names = columns.map((column) => text(runs[column]?.name ?? '')).join(', ');
  return [
    `<li class="card${columns.length === 1 ? ` c${first}` : ''}">`,
    `<h4>${names} ${badge(cell)}</h4>`,
    ...(cell.reason === undefined ? [] : [`<p>${sentenceOf(cell.reason)}</p>`]),
    ...cell.findings.map((finding, number) => {
      const page = runs[first]?.page;
      const packets =
        page === undefined
          ? ''
          : `<p><a href="${text(`${encodeURI(page)}#/p/${encodeURIComponent(row.id)}/f/${number + 1}`)}">packets<span class="sr"> of ${text(row.id)} in ${names}</span></a></p>`;
      const facts: readonly (readonly [string, string])[] = [
        ['Observed', sentenceOf(finding.observed)],
        ['Sent', sentenceOf(finding.sent)],
        ['Expected', sentenceOf(finding.expected)],
        ...(finding.known === undefined
          ? []
          : [['Known', sentenceOf(finding.known.reason) + linkTo(finding.known.link)] as const]),
      ];
      return [
        `<p><span class="reaction">${text(finding.reaction)}</span> <span class="muted">${findingVerdict(finding)}, failed ${finding.confirmed.failed} of ${finding.confirmed.of}, hurts the ${finding.radius}</span></p>`,
        `<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`,
        packets,
      ].join('\n');
    }),
    '</li>',
  ].join('\n');
}

/** Only what leads to a web page becomes a link; a run file may say anything. */
function linkTo(link: string | undefined): string {
  if (link === undefined) return '';
  return /^https?:\/\/[^\s]+$/.test(link)
    ? ` <a href="${text(link)}" rel="noreferrer">${text(link)}</a>`
    : ` ${text(link)}`;
}

function legend(areas: readonly ComparedArea[]): readonly string[] {
  const used = new Set<Outcome>(
    areas.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ outcome }) => outcome))),
  );
  const meanings: readonly (readonly [Outcome, string])[] = [
    ...verdictOrder.map((outcome) => [outcome, verdictMeanings[outcome]] as const),
    ['unseen', otherOutcomes.unseen],
    ['absent', otherOutcomes.absent],
  ];
  return [
    '<h2 id="legend">What the words mean</h2>',
    '<dl class="legend">',
    ...meanings
      .filter(([outcome]) => used.has(outcome))
      .map(([outcome, meaning]) => `<div><dt>${badge({ outcome })}</dt><dd>${text(meaning)}</dd></div>`),
    '</dl>',
  ];
}

const text = (value: string): string => escapeHtml(printable(value));
const sentenceOf = (value: string): string => escapeHtml(sentence(value));

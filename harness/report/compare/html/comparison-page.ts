import { createHash } from 'node:crypto';
import { describeKnown } from '../../describe-known';
import { clientScript } from '../../html/client-script';
import { embedJson } from '../../html/report-page';
import { escapeHtml } from '../../html/static-report';
import { style } from '../../html/style';
import { verdictSigns } from '../../html/verdict-signs';
import { verdictMeanings } from '../../model';
import { printable, sentence } from '../../printable';
import { describeBroken } from '../../run-score';
import { verdictOrder } from '../../summary';
import { groupCells, type CellGroup, type FactVariant, type GroupedFinding } from '../cell-groups';
import { bareText, otherOutcomes, outcomeText, reactionText, shortReaction } from '../cell-text';
import {
  allRows,
  bareOutcome,
  isBroken,
  isJudged,
  outliersOf,
  type Cell,
  type ComparedArea,
  type ComparedRow,
  type ComparedRun,
  type Comparison,
  type Difference,
  type Outcome,
} from '../comparison-model';
import { defaultTitle, describeDifferences } from '../comparison-markdown';
import { comparisonData } from './comparison-data';
import { comparisonStyle } from './comparison-style';

export interface ComparisonPageOptions {
  /** The page opens with the rows that differ; the others are a choice away. */
  readonly onlyDifferences: boolean;
  readonly title?: string;
  /** Where pages lie that belong to the comparison, as seen from it. */
  readonly pages?: readonly { readonly href: string; readonly label: string }[];
}

/** More runs than these open as signs alone. */
const mostInFull = 6;

/**
 * The comparison as one HTML page that needs no network and no other file. Without its script it is all there, and form controls that its styles look at choose what is shown; the
 * script adds the search, the address, packets side by side, and files to take away. Everything that a run file says is text, never markup. `script` null: it was not built.
 */
export function renderComparisonPage(
  comparison: Comparison,
  { onlyDifferences, title = defaultTitle(comparison), pages = [] }: ComparisonPageOptions,
  script: string | null = clientScript('compare/html'),
): string {
  const { runs, notes, areas } = comparison;
  const rows = allRows(comparison);
  const css = style + comparisonStyle(runs.length);
  const policy = [
    "default-src 'none'",
    `style-src '${hash(css)}'`,
    ...(script === null ? [] : [`script-src '${hash(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
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
    '<header class="bar wide"><a class="skip" href="#matrix">Skip to the matrix</a><span class="brand">grpc-conform</span>',
    ...(pages.length === 0
      ? []
      : [
          `<nav aria-label="Pages">${pages.map(({ href, label }) => `<a href="${text(href)}">${text(label)}</a>`).join('')}</nav>`,
        ]),
    '</header>',
    '<main class="comparison">',
    `<h1>${text(title)}</h1>`,
    `<p class="lead">${text(describeDifferences(rows))}</p>`,
    ...notes.map((note) => `<p class="notice">${text(note)}</p>`),
    '<h2 id="matrix" tabindex="-1">Matrix</h2>',
    ...(rows.length === 0
      ? ['<p class="muted">There are no rows to show.</p>']
      : matrix(comparison, onlyDifferences, script !== null)),
    ...runTable(runs),
    ...baselines(comparison),
    ...(broken.length === 0 ? [] : ['<h2 id="findings">Findings, side by side</h2>']),
    ...broken.map((row) => sideBySide(row, comparison, rows.indexOf(row))),
    ...legend(areas),
    '</main>',
    '<footer class="foot wide"><p>This page loads nothing.</p></footer>',
    ...(script === null
      ? []
      : [
          `<script type="application/json" id="comparison">${embedJson(comparisonData(comparison))}</script>`,
          `<script>${script}</script>`,
        ]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const hash = (code: string): string => `sha256-${createHash('sha256').update(code, 'utf8').digest('base64')}`;

function runTable(runs: readonly ComparedRun[]): readonly string[] {
  const columns = ['Run', 'Broken', 'Judged', 'Verdict', 'Server', 'How it was run'];
  return [
    '<h2 id="runs">Runs</h2>',
    '<div class="scroll runs" role="region" aria-labelledby="runs" tabindex="0">',
    '<table>',
    `<thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...runs.map(
      (run, column) =>
        `<tr data-columns="${column}"><th scope="row">${runName(run)}</th><td class="nowrap">${brokenText(run)}</td>` +
        `<td class="nowrap">${run.score.judged} of ${run.score.of}${shares(run)}</td>` +
        `<td class="said">${text(run.verdict)}</td><td>${text(run.target)}</td>` +
        `<td class="muted">${text(run.tool)}, seed ${run.seed}, ${run.runs} inputs for a property</td></tr>`,
    ),
    '</tbody>',
    '</table>',
    '</div>',
  ];
}

const runName = ({ name, page }: ComparedRun): string =>
  page === undefined ? text(name) : `<a href="${text(encodeURI(page))}">${text(name)}</a>`;

/** What is broken whatever a baseline says, and how much of that one lists. */
function brokenText({ score }: ComparedRun): string {
  const { failing, warning, known } = score;
  if (failing + warning === 0) return '<span class="muted">none</span>';
  const listed = known === 0 ? '' : known === failing + warning ? ' all known' : ` ${known} known`;
  const kind = failing > 0 ? 'fail' : 'warn';
  return `<span class="verdict v-${kind}"><span class="sign" aria-hidden="true">${verdictSigns[kind]}</span>${text(describeBroken(score))}</span><span class="muted">${listed}</span>`;
}

/** Widths cannot be styles of their own under the page's policy, so a share is as many twentieths as it rounds up to. */
function shares({ counts, rows, score }: ComparedRun): string {
  const parts: readonly (readonly [Outcome, number])[] = [
    ['fail', score.failing],
    ['warn', score.warning],
    ...verdictOrder
      .filter((verdict) => !['fail', 'warn', 'known', 'flaky'].includes(verdict))
      .map((verdict) => [verdict, counts[verdict]] as const),
  ];
  const bars = parts
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `<span class="share s-${outcome}"></span>`.repeat(Math.ceil((20 * count) / rows)));
  return `<span class="shares" aria-hidden="true">${bars.join('')}</span>`;
}

function matrix(comparison: Comparison, onlyDifferences: boolean, hasScript: boolean): readonly string[] {
  const { runs, areas } = comparison;
  const rows = allRows(comparison);
  return [
    '<div class="choices" role="group" aria-label="What the matrix shows">',
    ...rowChoices(rows, runs, onlyDifferences, hasScript),
    ...(runs.length > 1 ? columnChoices(runs, hasScript) : []),
    '</div>',
    '<div class="scroll matrix" role="region" aria-labelledby="matrix" tabindex="0">',
    '<table>',
    '<thead><tr><th scope="col">Row</th>',
    ...runs.map((run, column) => `<th scope="col" class="c${column}"><span class="run">${runName(run)}</span></th>`),
    '</tr></thead>',
    ...totals(runs),
    ...areas.flatMap((area) => areaRows(area, rows, runs)),
    '</table>',
    '</div>',
  ];
}

/** What is broken in each run as a whole, before any row. */
function totals(runs: readonly ComparedRun[]): readonly string[] {
  const lines: readonly (readonly [string, 'fail' | 'warn', (run: ComparedRun) => number])[] = [
    ['Rows that fail, known or not', 'fail', ({ score }) => score.failing],
    ['Rows with a warning', 'warn', ({ score }) => score.warning],
  ];
  const cell = (count: number, kind: 'fail' | 'warn', column: number): string =>
    `<td class="c${column}">${count === 0 ? '<span class="muted">0</span>' : `<span class="verdict v-${kind}"><span class="sign" aria-hidden="true">${verdictSigns[kind]}</span>${count}</span>`}</td>`;
  return [
    '<tbody class="totals">',
    ...lines.map(
      ([label, kind, count]) =>
        `<tr><th scope="row">${label}</th>${runs.map((run, column) => cell(count(run), kind, column)).join('')}</tr>`,
    ),
    `<tr><th scope="row">Rules judged, of ${runs[0]?.score.of ?? 0}</th>${runs.map(({ score }, column) => `<td class="c${column}">${score.judged}</td>`).join('')}</tr>`,
    '</tbody>',
  ];
}

function rowChoices(
  rows: readonly ComparedRow[],
  runs: readonly ComparedRun[],
  onlyDifferences: boolean,
  hasScript: boolean,
): readonly string[] {
  const count = (holds: (row: ComparedRow) => boolean): number => rows.filter(holds).length;
  const choice = (id: string, label: string, checked: boolean): string =>
    `<label><input type="checkbox" id="only-${id}"${checked ? ' checked' : ''}>${label}</label>`;
  return [
    '<fieldset><legend>Rows</legend>',
    choice('failing', `only failing (${count(({ cells }) => cells.some(isBroken))})`, false),
    choice('differences', `only differences (${count(({ difference }) => difference !== 'none')})`, onlyDifferences),
    choice('judged', 'hide n/a', false),
    `<label><input type="checkbox" id="compact"${runs.length > mostInFull ? ' checked' : ''}>compact</label>`,
    '</fieldset>',
    ...(hasScript
      ? [
          '<div class="scripted" hidden>',
          '<label class="search">Search <input type="search" id="query" autocomplete="off" spellcheck="false" placeholder="FLOW must !pass" aria-describedby="shown"></label>',
          `<output id="shown" class="shown">${rows.length} of ${rows.length} rows</output>`,
          '<button type="button" class="plain" id="take-csv">CSV</button>',
          '<button type="button" class="plain" id="take-markdown">Markdown</button>',
          '</div>',
        ]
      : []),
  ];
}

function columnChoices(runs: readonly ComparedRun[], hasScript: boolean): readonly string[] {
  return [
    '<details><summary>Columns</summary>',
    '<fieldset><legend class="sr">Columns</legend>',
    '<ul class="columns">',
    ...runs.map(
      ({ name }, column) =>
        `<li><label><input type="checkbox" id="show-${column}" checked>${text(name)}</label>${hasScript ? moves(name, column) : ''}</li>`,
    ),
    '</ul>',
    ...(hasScript
      ? [
          '<div class="scripted" hidden>',
          '<button type="button" class="plain" id="usual-order">Usual order</button>',
          '<output id="moved" class="shown"></output>',
          '</div>',
        ]
      : []),
    '</fieldset></details>',
  ];
}

/** Buttons that move a column, with its place between them. */
function moves(name: string, column: number): string {
  const button = (step: -1 | 1, sign: string, where: string): string => {
    const label = text(`Move ${name} ${where}`);
    return `<button type="button" class="plain" data-column="${column}" data-step="${step}" aria-label="${label}" title="${label}">${sign}</button>`;
  };
  return `<span class="moves scripted" hidden>${button(-1, '←', 'left')}<span class="place">${column + 1}</span>${button(1, '→', 'right')}</span>`;
}

/** Classes that hide rows when only some are asked for; of several rows only what all of them have. */
function rowClasses(rows: readonly Pick<ComparedRow, 'difference' | 'cells'>[]): string {
  const differences = rows.map(({ difference }) => difference);
  const kind = differences.includes('behaviour') ? 'behaviour' : differences.includes('coverage') ? 'coverage' : 'same';
  const isHeld = !rows.some(({ cells }) => cells.some(isBroken));
  const isUnjudged = !rows.some(({ cells }) => cells.some(isJudged));
  return [kind, ...(isHeld ? ['held'] : []), ...(isUnjudged ? ['unjudged'] : [])].join(' ');
}

function areaRows(area: ComparedArea, all: readonly ComparedRow[], runs: readonly ComparedRun[]): readonly string[] {
  return [
    `<tbody class="${rowClasses(area.rows)}">`,
    `<tr><th scope="rowgroup" colspan="${runs.length + 1}"><span class="area-name">${text(area.name)}</span></th></tr>`,
    ...area.rows.map((row) => {
      const index = all.indexOf(row);
      const anchor = hasFindings(row) ? anchorOf(row, index) : undefined;
      const id = `<span class="id">${text(row.id)}</span>`;
      const outliers = outliersOf(row.cells);
      return [
        `<tr class="${rowClasses([row])}" data-row="${index}">`,
        `<th scope="row">${anchor === undefined ? id : `<a href="#${anchor}">${id}</a>`}<span class="rule" title="${text(row.rule)}">${text(row.rule)} <span class="level">(${row.level})</span></span>${differs(row)}</th>`,
        ...row.cells.map((cell, column) => matrixCell(cell, runs[column]?.name ?? '', column, anchor, outliers)),
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

function matrixCell(
  cell: Cell,
  run: string,
  column: number,
  anchor: string | undefined,
  outliers: ReadonlySet<number>,
): string {
  const reactions = reactionText(cell);
  const isOutlier = outliers.has(column);
  const said = [
    badge(cell),
    ...(reactions === ''
      ? []
      : [
          `<span class="cell-reaction"><span class="long">${text(reactions)}</span><span class="short" aria-hidden="true">${text(shortOf(cell))}</span></span>`,
        ]),
    ...(isOutlier ? ['<span class="sr">, unlike most</span>'] : []),
  ].join('');
  const title = text(
    `${run}: ${outcomeText(cell)}${reactions === '' ? '' : `: ${reactions}`}${isOutlier ? '; unlike most' : ''}`,
  );
  const isLink = anchor !== undefined && cell.findings.length > 0;
  const inside = isLink ? `<a href="#${anchor}" data-column="${column}" title="${title}">${said}</a>` : said;
  return `<td class="c${column}${isOutlier ? ' outlier' : ''}"${isLink ? '' : ` title="${title}"`}>${inside}</td>`;
}

const shortOf = ({ reactions, mark }: Cell): string =>
  reactions
    .filter((one) => one !== mark)
    .map(shortReaction)
    .join(' ');

const outcomeSign = (outcome: Outcome): string =>
  outcome === 'unseen' ? '·' : outcome === 'absent' ? '∅' : verdictSigns[outcome];

/** The colour says what the cell would be without a baseline; the words say that one lists it. */
function badge(cell: Pick<Cell, 'outcome' | 'mark' | 'gravity'>): string {
  const bare = bareOutcome(cell);
  const sign = `<span class="sign" aria-hidden="true">${outcomeSign(bare)}</span>`;
  const hides = cell.outcome === 'flaky' && cell.gravity !== undefined ? ` hides-${cell.gravity}` : '';
  const isKnown = cell.outcome === 'known' && bare !== 'known';
  const known = isKnown
    ? `<span class="known-tag"><span class="sign" aria-hidden="true">${verdictSigns.known}</span><span class="word">known</span></span>`
    : '';
  return `<span class="verdict v-${bare}${hides}">${sign}<span class="word">${bareText(cell)}</span></span>${known === '' ? '' : ` ${known}`}`;
}

const hasFindings = ({ cells }: ComparedRow): boolean => cells.some(({ findings }) => findings.length > 0);

/** Readable for the ids of the catalogue; whatever else a file says becomes a number. */
const anchorOf = ({ id }: ComparedRow, index: number): string =>
  /^[A-Z]+-\d\d-[a-z0-9-]+$/.test(id) ? id : `row-${index}`;

/** What baselines list, run by run: a reason that stands for several rows stands once. */
function baselines(comparison: Comparison): readonly string[] {
  const rows = allRows(comparison);
  const panels = comparison.runs.flatMap((run, column) => {
    const listed = rows.flatMap((row, index) => {
      const cell = row.cells[column];
      return cell === undefined || (cell.outcome !== 'known' && cell.outcome !== 'stale') ? [] : [{ row, index, cell }];
    });
    if (listed.length === 0) return [];
    const reasons = new Map<string, string[]>();
    for (const { row, index, cell } of listed) {
      const said = knownReason(cell);
      const line = `<a href="#${anchorOf(row, index)}">${text(row.id)}</a> ${badge(cell)}`;
      reasons.set(said, [...(reasons.get(said) ?? []), hasFindings(row) ? line : `${text(row.id)} ${badge(cell)}`]);
    }
    const entries = [...reasons].map(
      ([reason, ids]) =>
        `<li><p>${reason}</p><ul class="inline-list">${ids.map((id) => `<li>${id}</li>`).join('')}</ul></li>`,
    );
    const stale = listed.filter(({ cell }) => cell.outcome === 'stale').length;
    return [
      `<details class="c${column}" data-columns="${column}"><summary>${text(run.name)}: ${listed.length - stale} known${stale === 0 ? '' : `, ${stale} stale`}</summary>`,
      `<ul class="reasons">${entries.join('')}</ul></details>`,
    ];
  });
  return panels.length === 0
    ? []
    : [
        '<h2 id="baselines">What baselines list</h2>',
        '<p class="muted">Known is not right: the matrix shows each as it would be without its baseline.</p>',
        ...panels,
      ];
}

/** Why a baseline lists it, as HTML. */
function knownReason({ findings, reason }: Cell): string {
  const known = findings.flatMap((finding) => finding.known ?? []);
  const said = known.map((one) => sentenceOf(describeKnown(one)) + linkTo(one.link));
  return [...new Set(said)].join(' ') || sentenceOf(reason ?? 'No reason is given');
}

function sideBySide(row: ComparedRow, { runs }: Comparison, index: number): string {
  const anchor = anchorOf(row, index);
  return [
    `<section class="side ${rowClasses([row])}" id="${anchor}" data-row="${index}" aria-labelledby="${anchor}-title">`,
    `<h3 id="${anchor}-title" tabindex="-1">${text(row.id)}</h3>`,
    `<p>${sentenceOf(row.rule)} <span class="level">(${row.level})</span></p>`,
    '<ul class="cards">',
    ...groupCells(row.cells).map((group) => card(group, row, runs)),
    '</ul>',
    '<div class="packets-of"></div>',
    '</section>',
  ].join('\n');
}

function card({ cell, columns, findings }: CellGroup, row: ComparedRow, runs: readonly ComparedRun[]): string {
  // A card of one column goes away with it; one of several stays.
  const [first = 0] = columns;
  const names = namesOf(columns, runs);
  return [
    `<li class="card${columns.length === 1 ? ` c${first}` : ''}" data-columns="${columns.join(' ')}">`,
    `<p class="card-head">${badge(cell)} <strong>${names}</strong>${cell.reason === undefined ? '' : ` <span class="muted">${sentenceOf(cell.reason)}</span>`}</p>`,
    ...findings.map((finding, number) => found(finding, number, columns, row, runs, names)),
    '</li>',
  ].join('\n');
}

function found(
  { verdict, reaction, facts }: GroupedFinding,
  number: number,
  columns: readonly number[],
  row: ComparedRow,
  runs: readonly ComparedRun[],
  names: string,
): string {
  const links = columns.flatMap((column) => {
    const { page, name } = runs[column] ?? { name: '' };
    return page === undefined
      ? []
      : `<a data-columns="${column}" href="${text(`${encodeURI(page)}#/p/${encodeURIComponent(row.id)}/f/${number + 1}`)}"><span class="sr">packets of ${text(row.id)} in </span>${text(name)}</a>`;
  });
  const said = ({ text: words, link, columns: own }: FactVariant, isAlone: boolean): string =>
    `${isAlone ? '' : `<span class="whose">${namesOf(own, runs)}:</span> `}${escapeHtml(words)}${linkTo(link)}`;
  // One of several has a place among them.
  const place = ({ columns: own }: FactVariant, isAlone: boolean): string =>
    isAlone ? '' : ` data-columns="${own.join(' ')}"`;
  const observed = facts.find(({ name }) => name === 'Observed')?.variants ?? [];
  return [
    '<div>',
    ...observed.map(
      (variant) =>
        `<p${place(variant, observed.length === 1)}><span class="reaction">${text(reaction)}</span> <span class="muted">${verdict}</span>: ${said(variant, observed.length === 1)}</p>`,
    ),
    `<details><summary>What was sent, and what is wanted<span class="sr"> of ${names} in ${text(row.id)}</span></summary>`,
    '<dl>',
    ...facts
      .filter(({ name }) => name !== 'Observed')
      .map(
        ({ name, variants }) =>
          `<div><dt>${name}</dt>${variants.map((variant) => `<dd${place(variant, variants.length === 1)}>${said(variant, variants.length === 1)}</dd>`).join('')}</div>`,
      ),
    '</dl>',
    ...(links.length === 0 ? [] : [`<p class="links"><span aria-hidden="true">Packets:</span> ${links.join(' ')}</p>`]),
    '</details></div>',
  ].join('\n');
}

/** Names of runs; the script writes them anew in the order of the columns. */
function namesOf(columns: readonly number[], runs: readonly ComparedRun[]): string {
  const names = columns.map((column) => text(runs[column]?.name ?? '')).join(', ');
  return columns.length === 1 ? names : `<span class="names">${names}</span>`;
}

/** Only what leads to a web page becomes a link; a run file may say anything. */
function linkTo(link: string | undefined): string {
  if (link === undefined) return '';
  return /^https?:\/\/[^\s]+$/.test(link)
    ? ` <a href="${text(link)}" rel="noreferrer">${text(link)}</a>`
    : ` ${text(link)}`;
}

function legend(areas: readonly ComparedArea[]): readonly string[] {
  const cells = areas.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  const used = new Set<Outcome>(cells.flatMap((cell) => [cell.outcome, bareOutcome(cell)]));
  const meanings: readonly (readonly [Outcome, string])[] = [
    ...verdictOrder.map((outcome) => [outcome, verdictMeanings[outcome]] as const),
    ['unseen', otherOutcomes.unseen],
    ['absent', otherOutcomes.absent],
  ];
  const shorts = new Map(
    cells
      .flatMap(({ reactions }) => reactions.map((one) => [shortReaction(one), one] as const))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  return [
    '<h2 id="legend">What the words mean</h2>',
    '<dl class="legend">',
    ...meanings
      .filter(([outcome]) => used.has(outcome))
      .map(([outcome, meaning]) => `<div><dt>${badge({ outcome })}</dt><dd>${text(meaning)}</dd></div>`),
    '<div><dt><span class="outlier-sample">✓</span></dt><dd>a dashed edge: unlike three quarters or more of the runs that judged the row</dd></div>',
    '</dl>',
    ...(shorts.size === 0
      ? []
      : [
          '<h3>Reactions in the compact matrix</h3>',
          '<dl class="shorts">',
          ...[...shorts].map(([short, reaction]) => `<div><dt>${text(short)}</dt><dd>${text(reaction)}</dd></div>`),
          '</dl>',
        ]),
  ];
}

const text = (value: string): string => escapeHtml(printable(value));
const sentenceOf = (value: string): string => escapeHtml(sentence(value));

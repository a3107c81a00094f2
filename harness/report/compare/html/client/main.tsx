import { render } from 'preact';
import { renderBadge } from '../../../badge';
import { printable } from '../../../printable';
import { formatComparisonCsv } from '../../comparison-csv';
import { formatComparison } from '../../comparison-markdown';
import { allRows, type ComparedRow, type Comparison } from '../../comparison-model';
import { formatChoice, parseChoice, type Choice } from '../choice';
import { chooseRows } from '../choose-rows';
import { columnsInOrder, isSameOrder, withColumns } from '../column-order';
import { save } from '../../../html/client/save';
import { offerMoves, placeColumns, showColumns } from './move-columns';
import { PacketsOf } from './packets-of';

/** Brings the page, which its HTML has written, to life: what is chosen stands in the address, and the address chooses. */
function start(comparison: Comparison): void {
  const rows = allRows(comparison);
  const usual: Choice = {
    ...readControls(comparison),
    row: '',
    packets: [],
    order: comparison.runs.map(({ name }) => name),
  };
  let choice: Choice = usual;
  let ordered = comparison;

  const order = (names: readonly string[]): void => {
    const columns = columnsInOrder(comparison.runs, names);
    ordered = withColumns(comparison, columns);
    placeColumns(comparison, columns);
  };
  const show = (next: Choice): void => {
    if (!isSameOrder(next.order, choice.order)) order(next.order);
    choice = next;
    writeControls(comparison, choice);
    const kept = chooseRows(comparison, choice);
    const ids = new Set(allRows(kept).map(({ id }) => id));
    showRows(rows, ids);
    const count = `${ids.size} of ${rows.length} rows`;
    const shown = document.getElementById('shown');
    // What did not change is not said again.
    if (shown !== null && shown.textContent !== count) shown.textContent = count;
    showColumns(comparison, choice, usual);
    showPackets(ordered, choice, choose);
  };
  /** Another choice; with an entry in the history only where another row is opened. */
  const choose = (change: Partial<Choice>): void => {
    const next = { ...choice, ...change };
    const isMove = next.row !== choice.row;
    const hash = formatChoice(next, usual);
    if (isMove) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
    show(next);
    if (isMove) goToRow(next.row);
  };

  for (const part of document.querySelectorAll<HTMLElement>('.scripted')) part.hidden = false;
  for (const control of document.querySelectorAll('.choices input'))
    control.addEventListener('input', () => choose(readControls(comparison)));
  offerMoves(comparison, usual, () => choice, choose);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    const row = link?.getAttribute('href')?.slice(1) ?? '';
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || sectionOf(row) === null) return;
    event.preventDefault();
    if (row === choice.row) goToRow(row);
    else choose({ row, packets: [] });
    markCard(row, link.dataset['column']);
  });
  addEventListener('popstate', () => {
    const before = choice.row;
    const next = parseChoice(location.hash, usual) ?? (location.hash === '' ? usual : undefined);
    if (next === undefined) return;
    show(next);
    // The browser goes back to the place by itself; the focus goes back to the link that led away.
    if (next.row === '') document.querySelector<HTMLElement>(`.matrix a[href="#${CSS.escape(before)}"]`)?.focus();
    else goToRow(next.row);
  });
  addEventListener('keydown', (event) => {
    const field = event.target instanceof HTMLInputElement && event.target.type === 'search' ? event.target : undefined;
    const isTyping = field !== undefined;
    if (event.key === 'Escape') field?.blur();
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.key !== '/') return;
    event.preventDefault();
    document.getElementById('query')?.focus();
  });
  const take = (id: string, file: string, type: string, make: (shown: Comparison) => string): void =>
    document
      .getElementById(id)
      ?.addEventListener('click', () => save(file, `${type};charset=utf-8`, make(chooseRows(comparison, choice))));
  take('take-csv', 'matrix.csv', 'text/csv', formatComparisonCsv);
  take('take-markdown', 'matrix.md', 'text/markdown', (shown) => formatComparison(shown));
  addBadges(comparison);

  const first = parseChoice(location.hash, usual);
  const place = decodeURIComponent(location.hash.slice(1));
  const asked = first ?? (sectionOf(place) === null ? usual : { ...usual, row: place });
  show(asked);
  if (asked.row !== '') goToRow(asked.row);
}

const box = (id: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`#${id}`);

function readControls({ runs }: Comparison): Omit<Choice, 'row' | 'packets' | 'order'> {
  const isOn = (id: string): boolean => box(id)?.checked === true;
  return {
    onlyFailing: isOn('only-failing'),
    onlyDifferences: isOn('only-differences'),
    onlyJudged: isOn('only-judged'),
    isCompact: isOn('compact'),
    query: box('query')?.value ?? '',
    hidden: runs.flatMap(({ name }, column) => (box(`show-${column}`)?.checked === false ? [name] : [])),
  };
}

function writeControls({ runs }: Comparison, choice: Choice): void {
  const set = (id: string, isOn: boolean): void => {
    const control = box(id);
    if (control !== null) control.checked = isOn;
  };
  set('only-failing', choice.onlyFailing);
  set('only-differences', choice.onlyDifferences);
  set('only-judged', choice.onlyJudged);
  set('compact', choice.isCompact);
  for (const [column, { name }] of runs.entries()) set(`show-${column}`, !choice.hidden.includes(name));
  const query = box('query');
  if (query !== null && query.value !== choice.query) query.value = choice.query;
}

/** Hides what the styles cannot know: rows without the words of the search, or that differ in hidden columns only. */
function showRows(rows: readonly ComparedRow[], ids: ReadonlySet<string>): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-row]'))
    element.hidden = !ids.has(rows[Number(element.dataset['row'])]?.id ?? '');
  for (const area of document.querySelectorAll<HTMLElement>('.matrix tbody:not(.totals)'))
    area.hidden = area.querySelector('tr[data-row]:not([hidden])') === null;
}

/** The section of a row's findings. */
function sectionOf(row: string): HTMLElement | null {
  const place = row === '' ? null : document.getElementById(row);
  return place?.matches('section.side') === true ? place : null;
}

function goToRow(row: string): void {
  const section = sectionOf(row);
  if (section === null) return;
  section.scrollIntoView();
  section.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
}

/** Marks the card of the run whose cell was followed. */
function markCard(row: string, column: string | undefined): void {
  for (const card of document.querySelectorAll('.card.asked')) card.classList.remove('asked');
  if (column !== undefined)
    sectionOf(row)
      ?.querySelector(`.card[data-columns~="${CSS.escape(column)}"]`)
      ?.classList.add('asked');
}

/** The open row, which stays to be seen whatever the filter says, and the packets of each. */
function showPackets(comparison: Comparison, choice: Choice, choose: (change: Partial<Choice>) => void): void {
  const rows = allRows(comparison);
  for (const section of document.querySelectorAll<HTMLElement>('section.side')) {
    const isOpen = section.id === choice.row;
    section.classList.toggle('asked', isOpen);
    if (isOpen) section.hidden = false;
    const row = rows[Number(section.dataset['row'])];
    const place = section.querySelector('.packets-of');
    if (row === undefined || place === null) continue;
    render(
      <PacketsOf
        row={row}
        runs={comparison.runs}
        chosen={isOpen ? choice.packets : []}
        onChoose={(packets) => choose({ row: section.id, packets })}
      />,
      place,
    );
  }
}

function addBadges({ runs }: Comparison): void {
  for (const line of document.querySelectorAll<HTMLElement>('.runs tr[data-columns]')) {
    const run = runs[Number(line.dataset['columns'])];
    if (run === undefined) continue;
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'plain', textContent: 'Badge' });
    button.setAttribute('aria-label', `Badge of ${printable(run.name)}`);
    button.addEventListener('click', () => save('badge.svg', 'image/svg+xml;charset=utf-8', renderBadge(run.score)));
    line.lastElementChild?.append(button);
  }
}

const data = document.getElementById('comparison')?.textContent;
if (data != null) start(JSON.parse(data) as Comparison);

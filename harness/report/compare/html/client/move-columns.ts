import { printable } from '../../../printable';
import type { Comparison } from '../../comparison-model';
import type { Choice } from '../choice';
import { isSameOrder, moveColumn, shownNames } from '../column-order';

/** Lets the buttons of the columns move them; what became of it is said. */
export function offerMoves(
  { runs }: Comparison,
  usual: Choice,
  read: () => Choice,
  choose: (change: Partial<Choice>) => void,
): void {
  for (const button of moveButtons()) {
    button.addEventListener('click', () => {
      const { name, step } = moveOf(button, runs);
      const order = moveColumn(read(), name, step);
      if (order === undefined) return;
      choose({ order });
      const shown = shownNames(read());
      say(`${printable(name)} is column ${shown.indexOf(name) + 1} of ${shown.length}`);
    });
  }
  document.getElementById('usual-order')?.addEventListener('click', () => {
    if (isSameOrder(read().order, usual.order)) return;
    choose({ order: usual.order });
    say('The columns are in their usual order');
  });
}

/** Says the place of each column, and which buttons have nothing to do: those stay reachable, so that none loses the focus by being pressed. */
export function showColumns({ runs }: Comparison, choice: Choice, usual: Choice): void {
  const shown = shownNames(choice);
  for (const button of moveButtons()) {
    const { name, step } = moveOf(button, runs);
    disable(button, moveColumn(choice, name, step) === undefined);
    const place = button.parentElement?.querySelector('.place');
    if (place != null) place.textContent = shown.includes(name) ? String(shown.indexOf(name) + 1) : '–';
  }
  // A head that spans hidden columns, too, would keep room for them.
  for (const head of document.querySelectorAll<HTMLTableCellElement>('.matrix th[scope="rowgroup"]'))
    head.colSpan = shown.length + 1;
  const back = document.getElementById('usual-order');
  if (back !== null) disable(back, isSameOrder(choice.order, usual.order));
  say('');
}

/** Puts whatever on the page stands for columns into their order. */
export function placeColumns({ runs }: Comparison, columns: readonly number[]): void {
  const placeOf = (part: HTMLElement): number => Math.min(...columnsOf(part).map((column) => columns.indexOf(column)));
  const lists = new Map<Element | null, HTMLElement[]>();
  for (const part of document.querySelectorAll<HTMLElement>(partsOfColumns)) {
    const list = lists.get(part.parentElement);
    if (list === undefined) lists.set(part.parentElement, [part]);
    else list.push(part);
  }
  for (const parts of lists.values()) {
    // Cards with findings come before the others.
    const rank = (part: HTMLElement): number => placeOf(part) + (part.matches(cardWithout) ? columns.length : 0);
    parts[0]?.before(...parts.toSorted((a, b) => rank(a) - rank(b)));
  }
  for (const names of document.querySelectorAll<HTMLElement>('.names')) {
    const own = columnsOf(names.closest<HTMLElement>('[data-columns]'));
    names.textContent = columns
      .filter((column) => own.includes(column))
      .map((column) => printable(runs[column]?.name ?? ''))
      .join(', ');
  }
}

/** Cells of the matrix, and whatever else names its columns. */
const partsOfColumns = '.matrix :is(td, thead th:not(:first-child)), [data-columns]';
const cardWithout = '.card:not(:has(details))';

/** Numbers of the columns that a part of the page is about, as the page was written. */
const columnsOf = (part: HTMLElement | null): readonly number[] =>
  (part?.dataset['columns'] ?? /\bc(\d+)\b/.exec(part?.className ?? '')?.[1] ?? '').split(' ').map(Number);

const moveButtons = (): NodeListOf<HTMLElement> => document.querySelectorAll('.moves button');

const moveOf = ({ dataset }: HTMLElement, runs: Comparison['runs']): { name: string; step: -1 | 1 } => ({
  name: runs[Number(dataset['column'])]?.name ?? '',
  step: dataset['step'] === '1' ? 1 : -1,
});

const disable = (button: HTMLElement, isIdle: boolean): void => button.setAttribute('aria-disabled', String(isIdle));

function say(what: string): void {
  const place = document.getElementById('moved');
  if (place !== null) place.textContent = what;
}

import { orderNames, shortestOrder } from './column-order';

/** What the reader of a matrix chose, as its address keeps it. */
export interface Choice {
  /** The row whose findings are open; empty: none. */
  readonly row: string;
  /** Findings of that row whose packets stand side by side, as {@link findingKey} writes them. */
  readonly packets: readonly string[];
  readonly onlyFailing: boolean;
  readonly onlyDifferences: boolean;
  readonly onlyJudged: boolean;
  readonly isCompact: boolean;
  readonly query: string;
  /** Names of runs whose columns are hidden. */
  readonly hidden: readonly string[];
  /** Names of all runs in the order of their columns. */
  readonly order: readonly string[];
}

/** A finding of a run in a row: the run alone, or with the number of the finding from 2. */
export const findingKey = (run: string, finding: number): string => (finding === 0 ? run : `${run}:${finding + 1}`);

const switches = [
  ['failing', 'onlyFailing'],
  ['differences', 'onlyDifferences'],
  ['judged', 'onlyJudged'],
  ['compact', 'isCompact'],
] as const;

/** The hash of an address with this choice; what is as the page opens is left out. */
export function formatChoice(choice: Choice, usual: Choice): string {
  const wanted = new URLSearchParams();
  for (const [name, key] of switches) if (choice[key] !== usual[key]) wanted.set(name, choice[key] ? '1' : '0');
  if (choice.query !== '') wanted.set('q', choice.query);
  for (const name of choice.hidden) wanted.append('hide', name);
  for (const name of shortestOrder(choice.order, usual.order)) wanted.append('order', name);
  if (choice.row !== '') for (const key of choice.packets) wanted.append('packets', key);
  const text = wanted.toString();
  return `#/${encodeURIComponent(choice.row)}${text === '' ? '' : `?${text}`}`;
}

/** The choice that a hash says, and the usual one for whatever it does not say; undefined for a hash that names a place of the page. */
export function parseChoice(hash: string, usual: Choice): Choice | undefined {
  if (!hash.startsWith('#/')) return undefined;
  const [path = '', query = ''] = hash.slice(2).split(/\?(.*)/s, 2);
  const wanted = new URLSearchParams(query);
  const isOn = (name: string, usually: boolean): boolean => (wanted.has(name) ? wanted.get(name) === '1' : usually);
  return {
    row: decode(path),
    packets: wanted.getAll('packets'),
    onlyFailing: isOn('failing', usual.onlyFailing),
    onlyDifferences: isOn('differences', usual.onlyDifferences),
    onlyJudged: isOn('judged', usual.onlyJudged),
    isCompact: isOn('compact', usual.isCompact),
    query: wanted.get('q') ?? '',
    hidden: wanted.getAll('hide'),
    order: orderNames(wanted.getAll('order'), usual.order),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

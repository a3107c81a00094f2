import type { PacketLine } from './describe-packet';

/** A line of a packet list with the connection that it is on. */
export type FilteredLine = PacketLine & { readonly connection: string };

/** What somebody typed into the filter of a packet list: a test, or what is wrong with it as a sentence. */
export type PacketFilter =
  | { readonly ok: true; readonly holds: (line: FilteredLine) => boolean }
  | { readonly ok: false; readonly problem: string };

type Test = (line: FilteredLine) => boolean;

/** What a term may ask about, and how it reads in a line. */
const keys = {
  stream: ({ stream }) => stream,
  type: ({ type }) => type,
  from: ({ direction }) => (direction === 'sent' ? 'us' : direction === 'received' ? 'target' : ''),
  flag: ({ flags }) => flags,
  conn: ({ connection }) => connection,
  no: ({ number }) => number,
  time: ({ at }) => at,
  length: ({ length }) => length,
  info: ({ info }) => info,
} as const satisfies Record<string, (line: FilteredLine) => string | number | readonly string[] | undefined>;

type Key = keyof typeof keys;

const longestFilter = 300;

/**
 * Reads a filter. Terms stand side by side or with `&&` between them, and all must hold; `||` between groups of them means that one group is enough. A term is `key==value`, with
 * `!=`, `<`, `<=`, `>`, `>=` or `~` (contains), or a word that the line contains; `!` before it turns it round. Quotation marks keep blanks together.
 */
export function parsePacketFilter(text: string): PacketFilter {
  if (text.length > longestFilter) return { ok: false, problem: `A filter has at most ${longestFilter} characters.` };
  const groups: Test[][] = [[]];
  for (const [word] of text.matchAll(/\|\||&&|(?:[^\s"&|]|&(?!&)|\|(?!\|)|"[^"]*"?)+/g)) {
    if (word === '||') groups.push([]);
    else if (word !== '&&') {
      const test = parseTerm(word);
      if (typeof test === 'string') return { ok: false, problem: test };
      groups.at(-1)?.push(test);
    }
  }
  const meant = groups.filter((tests) => tests.length > 0);
  return { ok: true, holds: (line) => meant.length === 0 || meant.some((tests) => tests.every((test) => test(line))) };
}

function parseTerm(word: string): Test | string {
  const isNegated = word.startsWith('!');
  const term = isNegated ? word.slice(1) : word;
  const [, name, operator = '', value = ''] = /^([A-Za-z]+)(==|!=|<=|>=|=|<|>|~)(.*)$/s.exec(term) ?? [];
  const test = name === undefined ? contains(unquote(term)) : compare(name.toLowerCase(), operator, unquote(value));
  if (typeof test === 'string' || !isNegated) return test;
  return (line) => !test(line);
}

const unquote = (text: string): string => text.replaceAll('"', '');

function contains(word: string): Test {
  const wanted = word.toLowerCase();
  return ({ type, flags, info, connection }) =>
    [type, ...flags, info, connection].some((text) => text.toLowerCase().includes(wanted));
}

function compare(name: string, operator: string, value: string): Test | string {
  if (!isKey(name)) return `There is no "${name}" to filter by; there are ${Object.keys(keys).join(', ')}.`;
  if (value === '') return `What should ${name} be compared with? Write a value behind ${operator}, as in stream==1.`;
  const read = keys[name];
  const isOrder = /^[<>]/.test(operator);
  const number = Number(value);
  if (isOrder && Number.isNaN(number)) return `"${value}" is no number, which ${name}${operator} needs.`;
  const wanted = value.toLowerCase();
  const equals = (one: string | number): boolean => String(one).toLowerCase() === wanted;
  return (line) => {
    const found = read(line);
    if (found === undefined) return operator === '!=';
    const all = typeof found === 'object' ? found : [found];
    switch (operator) {
      case '!=':
        return !all.some(equals);
      case '~':
        return all.some((one) => String(one).toLowerCase().includes(wanted));
      case '<':
        return all.some((one) => Number(one) < number);
      case '<=':
        return all.some((one) => Number(one) <= number);
      case '>':
        return all.some((one) => Number(one) > number);
      case '>=':
        return all.some((one) => Number(one) >= number);
      default:
        return all.some(equals);
    }
  };
}

const isKey = (name: string): name is Key => Object.hasOwn(keys, name);

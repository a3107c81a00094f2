/** Words of a query that ask for one thing: `s:` verdict, `m:` level, `a:` area, `r:` whether it was reviewed. */
export type QueryKey = 's' | 'm' | 'a' | 'r';

const keys: readonly string[] = ['s', 'm', 'a', 'r'] satisfies readonly QueryKey[];

/** A word of a query. All of them must hold. */
export interface QueryTerm {
  /** Absent: the word may stand anywhere. */
  readonly key?: QueryKey;
  /** In lower case; one of them is enough. */
  readonly values: readonly string[];
  readonly not: boolean;
}

/** What a query looks at, everything in lower case. */
export interface Searchable extends Readonly<Record<QueryKey, readonly string[]>> {
  /** Everything that can be said of it. */
  readonly text: string;
}

/** `s:fail,warn a:FLOW "two words" !x`: words with a key, with quotation marks where there are blanks in them, and with `!` for what is not to be. */
const token = /(!)?(?:([a-z]):)?(?:"([^"]*)"?|(\S*))/gi;

/** The terms of a query. Whatever is typed is one: what has no meaning is looked for as it stands. */
export function parseQuery(query: string): readonly QueryTerm[] {
  return [...query.matchAll(token)].flatMap(([whole, negation, key, quoted, bare]): readonly QueryTerm[] => {
    const known = key === undefined ? undefined : key.toLowerCase();
    const not = negation !== undefined;
    if (known !== undefined && isKey(known)) {
      const values = (quoted ?? bare ?? '').toLowerCase().split(quoted === undefined ? ',' : '\0');
      return [{ key: known, values: values.filter((value) => value !== ''), not }];
    }
    const text = key === undefined ? (quoted ?? bare ?? '') : whole.replace(/^!/, '');
    return text === '' ? [] : [{ values: [text.toLowerCase()], not }];
  });
}

const isKey = (word: string): word is QueryKey => keys.includes(word);

/** True when all terms hold of it. A value of a key may be the beginning of a word; a key without a value holds. */
export function matchesQuery(terms: readonly QueryTerm[], item: Searchable): boolean {
  return terms.every(({ key, values, not }) => {
    const holds =
      key === undefined
        ? values.some((value) => item.text.includes(value))
        : values.length === 0 || values.some((value) => item[key].some((word) => word.startsWith(value)));
    return holds !== (not && values.length > 0);
  });
}

/** The values that a query asks for by a key, in lower case. */
export function valuesOf(query: string, key: QueryKey): readonly string[] {
  return parseQuery(query).flatMap((term) => (term.key === key && !term.not ? term.values : []));
}

/** The query with one more value of a key, or without it where it was asked for; everything else stays. */
export function toggleValue(query: string, key: QueryKey, value: string): string {
  const before = valuesOf(query, key);
  const wanted = value.toLowerCase();
  const values = before.includes(wanted) ? before.filter((one) => one !== wanted) : [...before, wanted];
  const rest = [...query.matchAll(token)]
    .map(([text]) => text)
    .filter((text) => text !== '' && !parseQuery(text).some((term) => term.key === key && !term.not));
  const asked = values.length === 0 ? [] : [`${key}:${values.join(',')}`];
  return [...asked, ...rest].join(' ');
}

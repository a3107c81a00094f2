import { shortId } from '../catalogue';
import { ConformError } from '../error';
import { describeShard, propertiesOfShard, type Shard } from './shards';
import { isSlow } from './estimate-run';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { Level } from '../catalogue/requirement';
import type { Suite } from '../properties/suite';
import { didYouMean } from '../nearest';
import { didYouMeanVerb, verbs } from '../verbs';

export interface Selection {
  /** Ids, prefixes or globs; all properties when empty. */
  readonly selectors: readonly string[];
  /** The same, taken away again. */
  readonly skip: readonly string[];
  /** Only rules that bind so; all when empty. */
  readonly level: readonly Level[];
  /** Only these suites; all when empty. */
  readonly suite: readonly string[];
  /** True: not those that take seconds. */
  readonly quick?: boolean;
  /** Only these of what is selected: those that failed the last time. */
  readonly lastFailed?: ReadonlySet<string>;
  /** Only this part of what all the others leave. */
  readonly shard?: Shard;
}

export interface Selected {
  /** In the order of the catalogue. */
  readonly properties: readonly AnyProperty[];
  readonly skipped: readonly { readonly property: AnyProperty; readonly reason: string }[];
}

/**
 * The properties that a selection names.
 *
 * @throws ConformError ERR_NOTHING_SELECTED when a selector matches nothing, or all of them together do.
 */
export function selectProperties(
  rows: readonly CatalogueRow[],
  suites: readonly Suite[],
  selection: Selection,
): Selected {
  const inSuites = propertiesOfSuites(suites, selection.suite);
  const wanted = matchAll(rows, selection.selectors, selectorLabel);
  const unwanted = matchAll(rows, selection.skip, skipLabel);
  const candidates = rows.flatMap(({ id, property }) =>
    property !== undefined &&
    (wanted === undefined || wanted.has(id)) &&
    (inSuites === undefined || inSuites.has(id)) &&
    selection.lastFailed?.has(id) !== false &&
    (selection.level.length === 0 || selection.level.includes(property.requirement.level))
      ? [property]
      : [],
  );
  const reasonFor = (property: AnyProperty): string | undefined => {
    if (unwanted?.has(property.id) === true) return 'excluded by --skip';
    return selection.quick === true && isSlow(property) ? 'too slow for --quick' : undefined;
  };
  const properties = candidates.filter((property) => reasonFor(property) === undefined);
  if (properties.length === 0)
    throw new ConformError('ERR_NOTHING_SELECTED', describeNothing(rows, wanted, selection, candidates.length));
  const skipped = candidates.flatMap((property) => {
    const reason = reasonFor(property);
    return reason === undefined ? [] : [{ property, reason }];
  });
  if (selection.shard === undefined) return { properties, skipped };
  const own = propertiesOfShard(properties, selection.shard);
  if (own.length === 0)
    throw new ConformError(
      'ERR_NOTHING_SELECTED',
      `--shard ${describeShard(selection.shard)} has nothing to run: ${properties.length} properties are selected, so make fewer shards`,
    );
  return { properties: own, skipped };
}

/**
 * The rows of the catalogue that a selection names, those without a property included unless it names suites.
 *
 * @throws ConformError ERR_NOTHING_SELECTED when a selector matches nothing, or all of them together do.
 */
export function selectRows(
  rows: readonly CatalogueRow[],
  suites: readonly Suite[],
  selection: Selection,
): readonly CatalogueRow[] {
  const inSuites = propertiesOfSuites(suites, selection.suite);
  const wanted = matchAll(rows, selection.selectors, selectorLabel);
  const unwanted = matchAll(rows, selection.skip, skipLabel);
  const shown = rows.filter(
    ({ id, requirement }) =>
      wanted?.has(id) !== false &&
      inSuites?.has(id) !== false &&
      unwanted?.has(id) !== true &&
      (selection.level.length === 0 || selection.level.includes(requirement.level)),
  );
  if (shown.length === 0) {
    throw new ConformError('ERR_NOTHING_SELECTED', describeNothing(rows, wanted, selection, 0));
  }
  return shown;
}

function propertiesOfSuites(suites: readonly Suite[], names: readonly string[]): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined;
  const ids = names.flatMap((name) => {
    const found = suites.find((suite) => suite.name === name.toLowerCase());
    if (found !== undefined) return found.properties.map(({ id }) => id);
    const known = suites.map((suite) => suite.name);
    throw new ConformError(
      'ERR_NOTHING_SELECTED',
      `there is no suite ${JSON.stringify(name)}${didYouMean(name, known)}: the suites are ${known.join(', ')}`,
    );
  });
  return new Set(ids);
}

function matchAll(
  rows: readonly CatalogueRow[],
  selectors: readonly string[],
  label: string,
): ReadonlySet<string> | undefined {
  if (selectors.length === 0) return undefined;
  return new Set(selectors.flatMap((selector) => matchSelector(rows, selector, label).map(({ id }) => id)));
}

/**
 * The rows of the catalogue that a selector names: one id; else every id that starts with it and goes on with a hyphen (`MSG`, `MSG-02`); else every id
 * that starts with it. With `*` or `?` a glob over whole ids. Ignores case.
 *
 * @throws ConformError ERR_NOTHING_SELECTED when there is none, with the nearest id, area or command, or with what an address or a file is likely meant for.
 */
export function matchSelector(rows: readonly CatalogueRow[], selector: string, label: string): readonly CatalogueRow[] {
  const text = selector.toUpperCase();
  const tests: readonly ((id: string) => boolean)[] = /[*?]/.test(text)
    ? [(id) => globPattern(text).test(id)]
    : [(id) => id === text, (id) => id.startsWith(`${text}-`), (id) => text !== '' && id.startsWith(text)];
  for (const test of tests) {
    const matches = rows.filter(({ id }) => test(id.toUpperCase()));
    if (matches.length > 0) return matches;
  }
  if (label !== skipLabel) refuseWhatIsNoSelector(selector);
  const nearest = didYouMean(
    selector,
    rows.flatMap(({ id, area }) => [id, shortId(id), area]),
  );
  const meantVerb = nearest === '' && label === selectorLabel ? didYouMeanVerb(selector) : '';
  // Rules are written in capitals: what is not is more likely a verb.
  const isWord = label === selectorLabel && nearest === '' && /^[a-z][a-z-]*$/.test(selector);
  const instead = meantVerb === '' ? `: the verbs are ${verbs.join(', ')}` : meantVerb;
  throw new ConformError(
    'ERR_NOTHING_SELECTED',
    isWord
      ? `${JSON.stringify(selector)} is neither a rule nor a verb${instead}; "grpc-conform list" has the rules`
      : `${label} ${JSON.stringify(selector)} matches no rule${nearest}: see "grpc-conform list"`,
  );
}

/** How words of the command line are called that name rules. */
const selectorLabel = 'the selector';

const skipLabel = '--skip';

/** What stands where rules are named and is clearly meant for something else. @throws ConformError ERR_NOTHING_SELECTED */
function refuseWhatIsNoSelector(selector: string): void {
  const refuse = (what: string): never => {
    throw new ConformError('ERR_NOTHING_SELECTED', `${JSON.stringify(selector)} ${what}`);
  };
  if (verbs.some((verb) => verb === selector))
    refuse(`is a verb, not a rule: it comes first, "grpc-conform ${selector} …"`);
  const file = fileMeant(selector);
  if (file !== undefined) refuse(file);
  const target = targetMeant(selector);
  if (target !== undefined) refuse(`is an address (did you mean --target ${target}?)`);
}

/** What is said of a word that names a file, as a clause; undefined when it names none. */
function fileMeant(word: string): string | undefined {
  const instead = fileWords.find(([pattern]) => pattern.test(word))?.[1];
  return instead === undefined ? undefined : `is a file (did you mean ${instead(word)}?)`;
}

/** Endings of files, and what these files are for; the first that fits. */
const fileWords: readonly (readonly [RegExp, (file: string) => string])[] = [
  [/(?:^|[./_-])config\.json$/i, (file) => `--config ${file}`],
  [/(?:^|[./_-])(?:baseline|known)[^/]*\.json$/i, (file) => `--baseline ${file}`],
  [/(?:^|\/)run\.json$/i, (file) => `report ${file}`],
  [/\.json$/i, (file) => `replay ${file}`],
  [/\.(?:html|xml)$/i, (file) => `show ${file}`],
  [/\.proto$/i, (file) => `--proto ${file}`],
  [/\.(?:suite\.[cm]?[jt]s)$/i, (file) => `--suite-file ${file}`],
  [/^(?![\w+.-]+:).*(?:^\.{0,2}\/|\.(?:[cm]?[jt]s|py|rb|sh|jar|exe)$)/i, (file) => `--exec '${file} --port {port}'`],
];

/** The value of --target that is likely meant by a word which looks like an address; undefined when it looks like none. */
export function targetMeant(word: string): string | undefined {
  if (/^(?:https?:\/\/.|unix:.|[\w.-]+:\d+$|\[[0-9a-f:.]+\]:\d+$)/i.test(word)) return word;
  const port = /^:?(\d{2,5})$/.exec(word)?.[1];
  if (port !== undefined) return `localhost:${port}`;
  // Schemes of other tools.
  const rest = /^[a-z][a-z0-9+.-]*:\/\/+([^/].*)$/i.exec(word)?.[1];
  if (rest !== undefined) return rest;
  const isHost = /^(?:localhost|[\w-]+(?:\.[\w-]+)+):?$/i.test(word);
  return isHost ? `${word.replace(/:$/, '')}:50051` : undefined;
}

/** Star is any run of characters, question mark any one. */
function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`);
}

function describeNothing(
  rows: readonly CatalogueRow[],
  wanted: ReadonlySet<string> | undefined,
  selection: Selection,
  candidates: number,
): string {
  if (candidates > 0) return `${selection.skip.length > 0 ? '--skip' : '--quick'} leaves nothing of what is selected`;
  const named = wanted === undefined ? [] : rows.filter(({ id }) => wanted.has(id));
  if (named.length > 0 && named.every(({ property }) => property === undefined)) {
    const isWatched = named.some(({ state }) => state === 'watched');
    const why = isWatched ? 'is checked on every call and connection of the other properties' : 'has no property yet';
    return `nothing to run: ${named.map(({ id }) => id).join(', ')} ${why}`;
  }
  const filters = [
    selection.level.length > 0 ? '--level' : '',
    selection.suite.length > 0 ? '--suite' : '',
    selection.lastFailed === undefined ? '' : '--last-failed',
  ].filter((flag) => flag !== '');
  return filters.length === 0
    ? 'there is no property to run'
    : `nothing is left by ${filters.join(' and ')} of what is selected`;
}

import { selectRows } from '../engine/selectors';
import { areas } from '../catalogue';
import { ConformError, exitCodes } from '../error';
import type { CatalogueRow, RowState } from '../properties/catalogue';
import type { CliContext } from './context';
import { asJson } from './as-json';
import { rowRecord, stateNames } from './row-record';
import { describeSentences, sentenceRecords } from './list-sentences';
import { connectRecords, describeSideBySide, h2specRecords, type SideBySideRecord } from './list-side-by-side';
import { loadCatalogueWith } from './load-suites';
import type { Settings } from './setting-specs';

export interface ListOptions {
  /** The sentences that the selected rows look at, instead of the rows. */
  readonly sentences?: boolean;
  /** How many rows there are, area by area, instead of the rows. */
  readonly summary?: boolean;
  /** The cases of h2spec, with the selected rows that look at the same. */
  readonly h2spec?: boolean;
  /** The tests that connectrpc/conformance plays against a server, in the same way. */
  readonly connect?: boolean;
  readonly json?: boolean;
}

/** What can be listed instead of the rows: one at a time. */
const views = ['summary', 'sentences', 'h2spec', 'connect'] as const;

/**
 * `grpc-conform list`: one line per row of the rule catalogue with its state, level and rule; or how many there are; or the sentences of the documents, or
 * the cases of other suites, with what tests them.
 *
 * @returns the exit code.
 */
export async function list(
  selectors: readonly string[],
  settings: Settings,
  options: ListOptions,
  { stdout }: CliContext,
): Promise<number> {
  const [view, other] = views.filter((each) => options[each] === true);
  if (view !== undefined && other !== undefined)
    throw new ConformError('ERR_USAGE', `--${view} and --${other} list different things: give one of them`);
  const { suites, rows } = await loadCatalogueWith(settings);
  const { skip = [], level = [], suite = [] } = settings;
  const shown = selectRows(rows, suites, { selectors, skip, level, suite });
  // What has no row belongs to the whole, not to a selection of rows.
  const isWhole = shown.length === rows.length;
  const ids = new Set<string>(shown.map(({ id }) => id));
  const isShown = (record: { readonly rows: readonly string[] }): boolean =>
    isWhole || record.rows.some((id) => ids.has(id));
  const write = <T>(value: T, describe: (value: T) => string): void => {
    stdout.write(options.json === true ? asJson(value) : describe(value));
  };
  const sideBySide = (records: readonly SideBySideRecord[], what: string): void =>
    write(records.filter(isShown), (few) => describeSideBySide(few, what));
  if (view === 'sentences') write(sentenceRecords(rows).filter(isShown), describeSentences);
  else if (view === 'h2spec') sideBySide(h2specRecords(rows), 'cases of h2spec');
  else if (view === 'connect') sideBySide(connectRecords(rows), 'tests of connectrpc/conformance');
  else if (view === 'summary') write(countByArea(shown), describeCounts);
  else if (options.json === true) stdout.write(asJson(shown.map(rowRecord)));
  else stdout.write(describeRows(shown));
  return exitCodes.conformant;
}

/** How many rows of an area there are in each state; the keys are what `list --summary --json` gives. */
interface AreaCount {
  readonly area: string;
  readonly name: string;
  readonly rows: number;
  readonly built: number;
  readonly watched: number;
  readonly 'not built': number;
}

function countByArea(shown: readonly CatalogueRow[]): readonly AreaCount[] {
  return [...new Set(shown.map(({ area }) => area))].map((area) => {
    const rows = shown.filter((row) => row.area === area);
    return { area, name: areas[area] ?? area, rows: rows.length, ...countStates(rows) };
  });
}

function countStates(rows: readonly CatalogueRow[]): Pick<AreaCount, 'built' | 'watched' | 'not built'> {
  const count = (state: RowState): number => rows.filter((row) => row.state === state).length;
  return { built: count('property'), watched: count('watched'), 'not built': count('planned') };
}

const countColumns = ['rows', 'built', 'watched', 'not built'] as const;

function describeCounts(counts: readonly AreaCount[]): string {
  const total = Object.fromEntries(
    countColumns.map((column) => [column, counts.reduce((sum, each) => sum + each[column], 0)]),
  ) as Pick<AreaCount, (typeof countColumns)[number]>;
  const lines = [...counts, { area: 'all', name: '', ...total }];
  const [areaWidth, nameWidth] = (['area', 'name'] as const).map((key) =>
    Math.max(key.length, ...lines.map((each) => each[key].length)),
  ) as [number, number];
  const line = (area: string, name: string, numbers: readonly string[]): string =>
    `${area.padEnd(areaWidth)}  ${name.padEnd(nameWidth)}  ${numbers.join('  ')}\n`;
  const head = line('area', 'name', countColumns);
  const body = lines.map((each) =>
    line(
      each.area,
      each.name,
      countColumns.map((column) => String(each[column]).padStart(column.length)),
    ),
  );
  return head + body.join('');
}

function describeRows(shown: readonly CatalogueRow[]): string {
  const idWidth = Math.max(...shown.map(({ id }) => id.length));
  const lines = shown.map(({ id, requirement, state }) => {
    const columns = [
      id.padEnd(idWidth),
      stateNames[state].padEnd('not built'.length),
      requirement.level.padEnd('convention'.length),
    ];
    return `${columns.join('  ')}  ${requirement.rule}\n`;
  });
  const { built, watched, 'not built': notBuilt } = countStates(shown);
  const summary = `${shown.length} rows: ${built} built (have a property), ${watched} watched (checked on every call and connection), ${notBuilt} not built`;
  return `${lines.join('')}\n${summary}\n`;
}

import { loadCatalogue } from '../engine/catalogue-rows';
import { selectRows } from '../engine/selectors';
import { exitCodes } from '../error';
import type { CatalogueRow, RowState } from '../properties/catalogue';
import { visibleJson } from '../report/visible-json';
import type { CliContext } from './context';
import { describeSentences, sentenceRecords } from './list-sentences';
import type { Settings } from './settings';

/** How the list calls what tests a row. */
const stateNames: Readonly<Record<RowState, string>> = { property: 'built', watched: 'watched', planned: 'not built' };

export interface ListOptions {
  /** The sentences that the selected rows look at, instead of the rows. */
  readonly sentences?: boolean;
  readonly json?: boolean;
}

/**
 * `grpc-conform list`: one line per row of the rule catalogue with its state, level and rule; or the sentences of the documents with what tests them.
 *
 * @returns the exit code.
 */
export function list(
  selectors: readonly string[],
  settings: Settings,
  options: ListOptions,
  { stdout }: CliContext,
): number {
  const { suites, rows } = loadCatalogue();
  const { skip = [], level = [], suite = [] } = settings;
  const shown = selectRows(rows, suites, { selectors, skip, level, suite });
  if (options.sentences === true) {
    // Sentences without a row belong to the whole, not to a selection of rows.
    const isWhole = shown.length === rows.length;
    const ids = new Set(shown.map(({ id }) => id));
    const records = sentenceRecords(rows).filter((record) => isWhole || record.rows.some((id) => ids.has(id)));
    stdout.write(options.json === true ? asJson(records) : describeSentences(records));
  } else stdout.write(options.json === true ? asJson(shown.map(rowRecord)) : describeRows(shown));
  return exitCodes.conformant;
}

const asJson = (value: unknown): string => `${visibleJson(value, 2)}\n`;

/** A row as `list --json` gives it. */
const rowRecord = ({ id, area, state, requirement, property, row }: CatalogueRow): object => {
  const { id: _id, ...text } = row ?? { id };
  return {
    id,
    area,
    state: stateNames[state],
    ...requirement,
    ...text,
    ...(property && { generates: property.generates, accepts: property.accepts, capabilities: property.needs ?? [] }),
  };
};

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
  const count = (state: RowState): number => shown.filter((row) => row.state === state).length;
  const summary = `${shown.length} rows: ${count('property')} built (have a property), ${count('watched')} watched (checked on every call and connection), ${count('planned')} not built`;
  return `${lines.join('')}\n${summary}\n`;
}

import { exitCodes } from '../error';
import type { CatalogueRow } from '../properties/catalogue';
import { loadCatalogue } from './catalogue-rows';
import type { CliContext } from './context';
import { matchSelector, selectProperties } from './selectors';
import type { Settings } from './settings';

/**
 * `grpc-conform list`: one line per property with level and rule; with `all`, every row of the catalogue with its state.
 *
 * @returns the exit code.
 */
export function list(selectors: readonly string[], settings: Settings, all: boolean, { stdout }: CliContext): number {
  const { suites, rows } = loadCatalogue();
  const shown = all ? selectRows(rows, selectors) : selectedRows();
  const idWidth = Math.max(...shown.map(({ id }) => id.length));
  const lines = shown.map(({ id, requirement, state }) => {
    const states = all ? `  ${state.padEnd('property'.length)}` : '';
    return `${id.padEnd(idWidth)}  ${requirement.level.padEnd('convention'.length)}${states}  ${requirement.rule}\n`;
  });
  stdout.write(lines.join(''));
  return exitCodes.conformant;

  function selectedRows(): readonly CatalogueRow[] {
    const { skip = [], level = [], suite = [] } = settings;
    const { properties } = selectProperties(rows, suites, { selectors, skip, level, suite });
    const ids = new Set(properties.map(({ id }) => id));
    return rows.filter(({ id }) => ids.has(id));
  }
}

function selectRows(rows: readonly CatalogueRow[], selectors: readonly string[]): readonly CatalogueRow[] {
  if (selectors.length === 0) return rows;
  const ids = new Set(
    selectors.flatMap((selector) => matchSelector(rows, selector, 'the selector').map(({ id }) => id)),
  );
  return rows.filter(({ id }) => ids.has(id));
}

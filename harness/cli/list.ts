import { loadCatalogue } from '../engine/catalogue-rows';
import { selectRows } from '../engine/selectors';
import { exitCodes } from '../error';
import type { RowState } from '../properties/catalogue';
import type { CliContext } from './context';
import type { Settings } from './settings';

/** How the list calls what tests a row. */
const stateNames: Readonly<Record<RowState, string>> = { property: 'built', watched: 'watched', planned: 'not built' };

/**
 * `grpc-conform list`: one line per row of the rule catalogue with its state, level and rule.
 *
 * @returns the exit code.
 */
export function list(selectors: readonly string[], settings: Settings, { stdout }: CliContext): number {
  const { suites, rows } = loadCatalogue();
  const { skip = [], level = [], suite = [] } = settings;
  const shown = selectRows(rows, suites, { selectors, skip, level, suite });
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
  stdout.write(lines.join(''));
  stdout.write(
    `\n${shown.length} rows: ${count('property')} built (have a property), ${count('watched')} watched (checked on every call and connection), ${count('planned')} not built\n`,
  );
  return exitCodes.conformant;
}

import { isAmong } from '../catalogue';
import { sentences } from '../catalogue/sentences';
import type { CatalogueRow, RowState } from '../properties/catalogue';
import { labelNamesOf } from '../properties/labels';
import { mutants } from '../servers/reference/mutants';

/** How lists call what tests a row. */
export const stateNames: Readonly<Record<RowState, string>> = {
  property: 'built',
  watched: 'watched',
  planned: 'not built',
};

/** A row as `list --json` gives it. */
export const rowRecord = ({ id, area, state, requirement, property, row }: CatalogueRow): object => {
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

/** A row as `explain --json` gives it: also what is counted of its inputs, the sentences that it looks at, and the mutants that it must find. */
export const wholeRowRecord = (row: CatalogueRow): object => ({
  ...rowRecord(row),
  ...(row.property && { labels: labelNamesOf(row.property), lane: row.property.lane ?? 'shared' }),
  sentences: sentences
    .filter(({ rows }) => isAmong(row.id, rows))
    .map(({ document, section, keyWord, says }) => ({ document, section, keyWord, says })),
  mutants: mutants.filter(({ breaks }) => breaks === row.id).map(({ id, says }) => ({ id, says })),
});

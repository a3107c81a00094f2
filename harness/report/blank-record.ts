import { areaOf } from '../catalogue';
import { ConformError } from '../error';
import type { CatalogueRow } from '../properties/catalogue';
import type { PropertyRecord } from './model';

/** The record of a row of which nothing is known yet. @throws ConformError ERR_INTERNAL when the catalogue has no such row. */
export function blankRecord(id: string, rows: readonly CatalogueRow[]): PropertyRecord {
  const row = rows.find((one) => one.id === id);
  if (row === undefined)
    throw new ConformError(
      'ERR_INTERNAL',
      `A check names the rule ${id}, which is not in the catalogue. Please report this.`,
    );
  return blankRecordOf(row);
}

/** The same for a row, or a property, that is at hand. */
export function blankRecordOf({ id, requirement, property }: Pick<CatalogueRow, 'id' | 'requirement' | 'property'>) {
  const { level, rule, sources } = requirement;
  return {
    id,
    area: areaOf(id),
    level,
    rule,
    sources,
    generates:
      property?.generates ?? 'nothing of its own: the rule is checked on every call and connection of every property',
    accepts: property?.accepts ?? [],
    verdict: 'pass',
    runs: 0,
    durationMs: 0,
    findings: [],
  } satisfies PropertyRecord;
}

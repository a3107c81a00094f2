import { allRows, areaOf, requirementOf, type Row } from '../catalogue';
import type { Level, Requirement } from '../catalogue/requirement';
import { isOwnId } from './own-row';
import type { AnyProperty } from './property';
import type { Suite } from './suite';
import { watchedRows } from '../rules/all-rules';

/** `property`: has a property of its own. `watched`: checked on every call or connection of every property. `planned`: not built yet. */
export type RowState = 'property' | 'watched' | 'planned';

/** A row of the rule catalogue with what tests it. */
export interface CatalogueRow {
  readonly id: string;
  readonly area: string;
  readonly requirement: Requirement;
  readonly state: RowState;
  /** When `state` is `property`. */
  readonly property?: AnyProperty;
  /** All that is known of the row; absent in catalogues that are made up for tests. */
  readonly row?: Row;
}

/** Every row of the rule catalogue, in its order. */
export function catalogue(suites: readonly Suite[]): readonly CatalogueRow[] {
  const properties = new Map<string, AnyProperty>(
    suites.flatMap((suite) => suite.properties.map((property) => [property.id, property] as const)),
  );
  return allRows.map((row) => {
    const { id } = row;
    const property = properties.get(id);
    const state = property !== undefined ? 'property' : watchedRows.includes(id) ? 'watched' : 'planned';
    return { id, area: areaOf(id), requirement: requirementOf(id), state, row, ...(property && { property }) };
  });
}

/** Which ids a baseline may name: those of the catalogue, and whatever users may call rules of their own, loaded or not. */
export function knownIds(rows: readonly CatalogueRow[]): (id: string) => boolean {
  const ids = new Set(rows.map(({ id }) => id));
  return (id) => ids.has(id) || isOwnId(id);
}

/** How binding each row is; rows that nobody knows bind as conventions. */
export function levelLookup(rows: readonly CatalogueRow[]): (id: string) => Level {
  const levels = new Map(rows.map(({ id, requirement }) => [id, requirement.level]));
  return (id) => levels.get(id) ?? 'convention';
}

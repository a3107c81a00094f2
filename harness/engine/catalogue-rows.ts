import { catalogue, type CatalogueRow } from '../properties/catalogue';
import { ownArea } from '../properties/own-row';
import type { Suite } from '../properties/suite';
import type { OwnSuite } from './own-suites';

/** What there is to run. */
export interface LoadedCatalogue {
  readonly suites: readonly Suite[];
  readonly rows: readonly CatalogueRow[];
}

/**
 * Suites and catalogue, loaded on first use: they pull in the generators. Behind them those that users bring.
 * @throws ConformError ERR_SUITE when one of theirs is not what it must be
 */
export function loadCatalogue(own: readonly OwnSuite[] = []): LoadedCatalogue {
  const { suites: ours } = require('../../suites') as typeof import('../../suites');
  const rows = catalogue(ours);
  if (own.length === 0) return { suites: ours, rows };
  const { readOwnSuites } = require('./own-suites') as typeof import('./own-suites');
  const theirs = readOwnSuites(own, ours);
  const ownRows = theirs
    .flatMap(({ properties }) => properties)
    .map((property): CatalogueRow => {
      const { id, requirement } = property;
      return { id, area: ownArea, requirement, state: 'property', property };
    });
  return {
    suites: [...ours, ...theirs],
    rows: [...rows, ...ownRows.toSorted((one, other) => (one.id < other.id ? -1 : 1))],
  };
}

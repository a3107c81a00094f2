import { catalogue, type CatalogueRow } from '../properties/catalogue';
import type { Suite } from '../properties/suite';

/** Suites and catalogue, loaded on first use: they pull in the generators. */
export function loadCatalogue(): { readonly suites: readonly Suite[]; readonly rows: readonly CatalogueRow[] } {
  const { suites } = require('../../suites') as typeof import('../../suites');
  return { suites, rows: catalogue(suites) };
}

import type { Requirement } from './requirement';

/** A row of the rule catalogue: its permanent id and the rule. */
export interface CatalogueEntry {
  readonly id: string;
  readonly requirement: Requirement;
}

export const row = (id: string, requirement: Requirement): CatalogueEntry => ({ id, requirement });

import type { CatalogueEntry } from './catalogue-entry';
import { plannedRows } from './planned-rows';
import type { AnyProperty } from './property';
import type { Level } from './requirement';
import type { Suite } from './suite';
import { watchedRows } from './watched-rows';

/** `property`: has a property of its own. `watched`: checked on every call or connection of every property. `planned`: not built yet. */
export type RowState = 'property' | 'watched' | 'planned';

export interface CatalogueRow extends CatalogueEntry {
  readonly state: RowState;
  readonly area: string;
  /** When `state` is `property`. */
  readonly property?: AnyProperty;
}

/** Areas in the order of the rule catalogue, with their names for people. */
export const areas: Readonly<Record<string, string>> = {
  CONN: 'Connection and preface',
  FRAME: 'Frames and SETTINGS',
  HPACK: 'HPACK',
  STREAM: 'Stream states and request flow control',
  REQ: 'Request headers',
  MSG: 'Messages',
  EOS: 'End of stream',
  RESP: 'Response headers',
  TRAIL: 'Trailers and Trailers-Only',
  STATUS: 'Status',
  COMP: 'Compression',
  DL: 'Deadlines',
  CANC: 'Cancellation',
  RPC: 'RPC kinds and cardinality',
  FLOW: 'Response flow control',
  MUX: 'Multiplexing',
  KA: 'Keepalive and shutdown',
  TLS: 'TLS and ALPN',
  SVC: 'Health and reflection',
  DOS: 'Robustness',
  METHOD: 'Your own methods',
  ALIVE: 'Staying up',
};

/** The area of a row id: `MSG` of `MSG-02-any-data-split`. */
export const areaOf = (id: string): string => id.split('-', 1)[0] ?? id;

/** Every row of the rule catalogue, in its order. */
export function catalogue(suites: readonly Suite[]): readonly CatalogueRow[] {
  const rows: CatalogueRow[] = [
    ...suites
      .flatMap(({ properties }) => properties)
      .map((property) => ({
        id: property.id,
        requirement: property.requirement,
        state: 'property' as const,
        area: areaOf(property.id),
        property,
      })),
    ...watchedRows.map((entry) => ({ ...entry, state: 'watched' as const, area: areaOf(entry.id) })),
    ...plannedRows.map((entry) => ({ ...entry, state: 'planned' as const, area: areaOf(entry.id) })),
  ];
  const order = Object.keys(areas);
  const rank = ({ area, id }: CatalogueRow): number => order.indexOf(area) * 1000 + Number(id.split('-')[1] ?? 0);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** How binding each row is; rows that nobody knows bind as conventions. */
export function levelLookup(rows: readonly CatalogueRow[]): (id: string) => Level {
  const levels = new Map(rows.map(({ id, requirement }) => [id, requirement.level]));
  return (id) => levels.get(id) ?? 'convention';
}

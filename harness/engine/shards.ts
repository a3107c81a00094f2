import type { AnyProperty } from '../properties/property';
import { defaultEngineOptions } from './default-engine-options';
import { estimateRun } from './estimate-run';

/** One of several runs that together are one: `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** As `--shard` writes it: `2/3`. */
export const describeShard = ({ index, of }: Shard): string => `${index}/${of}`;

/**
 * The properties of one shard. Each property is in one of the shards, and in the same one whenever the same properties are selected; the shards take about
 * equally long. Their seeds do not change: a property has the same inputs as in a whole run.
 */
export function propertiesOfShard(properties: readonly AnyProperty[], { index, of }: Shard): readonly AnyProperty[] {
  const costs = properties.map((property) => ({
    property,
    cost: estimateRun([property], { ...defaultEngineOptions, roundTrip: 0 }).milliseconds,
  }));
  // The longest first, each to whoever has least by then.
  const longestFirst = costs.toSorted((a, b) => b.cost - a.cost || (a.property.id < b.property.id ? -1 : 1));
  const loads = Array.from({ length: of }, () => 0);
  const own = new Set<AnyProperty>();
  for (const { property, cost } of longestFirst) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + cost;
    if (lightest === index - 1) own.add(property);
  }
  return properties.filter((property) => own.has(property));
}

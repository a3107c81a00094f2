import fc from 'fast-check';
import type { TargetFacts } from '../facts/target-facts';
import { mostAtOnce } from '../facts/within-limits';
import { bystandersFor, type Bystander } from '../moves/bystanders';
import { list } from './list';

/** Kinds that the target offers, and streams that it has room for beside `own` ones of the script. */
const roomFor = (facts: TargetFacts, own: number, wanted: number): number =>
  bystandersFor(facts).length === 0 ? 0 : Math.max(0, mostAtOnce(facts, own + wanted) - own);

/** Calls that stand by, none to `maxCount`, as many as the target lets be open beside `own` ones of the script. */
export function bystanders(
  facts: TargetFacts,
  { own = 1, minCount = 0, maxCount = 4 }: { own?: number; minCount?: number; maxCount?: number } = {},
): fc.Arbitrary<readonly Bystander[]> {
  const most = roomFor(facts, own, maxCount);
  if (most === 0) return fc.constant([]);
  return list(fc.constantFrom(...bystandersFor(facts)), { minCount: Math.min(minCount, most), maxCount: most });
}

/** One of each kind, as far as there is room. */
export const allBystanders = (facts: TargetFacts, own = 1): readonly Bystander[] =>
  bystandersFor(facts).slice(0, roomFor(facts, own, 4));

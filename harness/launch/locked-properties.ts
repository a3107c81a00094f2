import { unlocks, type Need } from '../facts/need';
import type { TargetRecord } from '../report/model';

/** What could be tested of a selection, and what it would take to test the rest. */
export type Testability = Pick<TargetRecord, 'missing' | 'locked' | 'testable'>;

/**
 * Compares what properties need with what a target offers.
 *
 * @param needs of each property.
 * @param inTrouble what is there and does not work, or is refused to us: serving it is not what would help.
 */
export function judgeTestability(
  needs: readonly (readonly Need[])[],
  offers: readonly Need[],
  inTrouble: readonly string[] = [],
): Testability {
  const missing = needs.map((some) => some.filter((need) => !offers.includes(need)));
  return {
    testable: missing.filter((some) => some.length === 0).length,
    locked: groupLocked(missing.filter((some) => !some.some((need) => inTrouble.includes(need)))),
    missing: (Object.keys(unlocks) as Need[])
      .map((need) => ({
        need,
        unlock: unlocks[need],
        properties: missing.filter((some) => some.includes(need)).length,
      }))
      .filter(({ properties }) => properties > 0),
  };
}

/** One entry for each thing to do, the most rewarding first; a property that waits for two is counted with both. */
function groupLocked(missing: readonly (readonly Need[])[]): NonNullable<TargetRecord['locked']> {
  const groups = new Map<string, { readonly needs: Set<Need>; properties: number }>();
  for (const some of missing) {
    for (const thing of new Set(some.map(thingToDo))) {
      const group = groups.get(thing) ?? { needs: new Set<Need>(), properties: 0 };
      for (const need of some) if (thingToDo(need) === thing) group.needs.add(need);
      group.properties += 1;
      groups.set(thing, group);
    }
  }
  return [...groups]
    .map(([thing, { needs, properties }]) => {
      const [only, another] = needs;
      return { unlock: only !== undefined && another === undefined ? unlocks[only] : thing, properties };
    })
    .sort((a, b) => b.properties - a.properties);
}

/** What unlocks a need, without the part that is about this need alone: the one stands before a colon, the other behind it. */
function thingToDo(need: Need): string {
  const text = unlocks[need];
  const colon = text.indexOf(': ');
  return colon === -1 ? text : text.slice(0, colon);
}

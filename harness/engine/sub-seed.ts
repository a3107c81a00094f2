/**
 * The seed of one property: a hash of the run's seed and the property's id (FNV-1a, 32 bits), so that what a property generates depends neither on
 * which others were selected nor on what runs beside it.
 */
export function subSeed(seed: number, id: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${id}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash | 0;
}

/** The same things in another order. @param placeOf a hash of each; {@link subSeed} gives one */
export const shuffle = <T>(all: readonly T[], placeOf: (one: T) => number): readonly T[] =>
  all
    .map((one) => ({ one, place: placeOf(one) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one);

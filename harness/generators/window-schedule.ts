import fc from 'fast-check';
import { boundaryInteger } from './boundary-integer';
import { list } from './list';
import { record, sorted } from './shapes';

/** A stingy receiver: how much it takes at first, and how much credit it gives each time. */
export interface WindowSchedule {
  /** SETTINGS_INITIAL_WINDOW_SIZE. */
  readonly initialWindow: number;
  /** Increments of WINDOW_UPDATE, used in rotation. */
  readonly grants: readonly number[];
}

export interface WindowScheduleConstraints {
  /** @defaultValue 1048576 */
  readonly maxInitialWindow?: number;
  /** @defaultValue 100000 */
  readonly maxGrant?: number;
  /** Different increments. @defaultValue 6 */
  readonly maxGrants?: number;
}

/** No credit, one octet, a message prefix less or more, the smallest SETTINGS_MAX_FRAME_SIZE, and the initial window (RFC 9113 §6.5.2, §6.9.2). */
const windowBoundaries: readonly number[] = [0, 1, 4, 5, 6, 255, 16_383, 16_384, 16_385, 65_534, 65_535, 65_536];

/** Windows from nothing to plenty, and credit in drops or in gulps. */
export function windowSchedule({
  maxInitialWindow = 1_048_576,
  maxGrant = 100_000,
  maxGrants = 6,
}: WindowScheduleConstraints = {}): fc.Arbitrary<WindowSchedule> {
  return record<WindowSchedule>({
    initialWindow: boundaryInteger({ max: maxInitialWindow, boundaries: windowBoundaries }),
    grants: list(grant({ max: maxGrant }), { minCount: 1, maxCount: maxGrants }),
  });
}

/** One increment of WINDOW_UPDATE, 1 or more. */
export function grant({ max = 100_000 }: { readonly max?: number } = {}): fc.Arbitrary<number> {
  return boundaryInteger({ min: 1, max, boundaries: windowBoundaries });
}

/**
 * The increments that let so many octets through: in rotation until their sum, with the initial window, reaches `octets`. There are at most `maxSteps` of
 * them; when those in rotation are too small for that, the last one makes up for it. Empty when the initial window is enough.
 */
export function grantsFor(schedule: WindowSchedule, octets: number, { maxSteps = 64 } = {}): readonly number[] {
  const increments: number[] = [];
  let missing = octets - schedule.initialWindow;
  while (missing > 0) {
    const last = increments.length === maxSteps - 1;
    const next = schedule.grants[increments.length % schedule.grants.length]!;
    const increment = last ? Math.max(next, missing) : next;
    increments.push(increment);
    missing -= increment;
  }
  return increments;
}

/** A change of what streams may send, in mid-connection. Octets; 0 where nothing is granted. */
export interface WindowChange {
  /** SETTINGS_INITIAL_WINDOW_SIZE from then on. */
  readonly initialWindow: number;
  /** WINDOW_UPDATE of the first stream. */
  readonly grant: number;
  /** WINDOW_UPDATE of the connection. */
  readonly connectionGrant: number;
}

/** Windows that go up and down (RFC 9113 §6.9.2), often by one octet or to a boundary, with and without credit beside it. */
export function windowChange({ maxInitialWindow = 100_000 } = {}): fc.Arbitrary<WindowChange> {
  const now = (max: number): fc.Arbitrary<number> =>
    fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, { arbitrary: grant({ max }), weight: 1 });
  return record<WindowChange>({
    initialWindow: boundaryInteger({ max: maxInitialWindow, boundaries: [...windowBoundaries, 100, 107, 2100] }),
    grant: now(20_000),
    connectionGrant: now(50_000),
  });
}

/** Windows at which a stingy reader stops for a moment, in ascending order, the lowest below zero; many are 0 or one octet beside it. */
export function windowStops({ min }: { readonly min: number }): fc.Arbitrary<readonly number[]> {
  const stop = boundaryInteger({ min, max: 20_000, boundaries: [-2, -1, 0, 1, 2, 5, 6, 16_384] });
  return sorted(list(stop, { minCount: 1, maxCount: 6 }));
}

/** The increments that bring a window from one value to each of the stops above it, one after the other. */
export function incrementsTo(stops: readonly number[], from: number): readonly number[] {
  const above = [...new Set(stops)].filter((stop) => stop > from);
  return above.map((stop, index) => stop - (above[index - 1] ?? from));
}

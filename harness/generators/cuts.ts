import fc from 'fast-check';
import { boundaryInteger } from './boundary-integer';
import { list } from './list';
import { sorted } from './shapes';

/**
 * Where a cut tells implementations apart: around the message prefix (5 octets), one octet of length, and the smallest SETTINGS_MAX_FRAME_SIZE
 * (RFC 9113 §6.5.2).
 */
const cutBoundaries: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 255, 256, 16383, 16384, 16385];

/** Most DATA frames below 256 octets that every server takes at once, with room for the frames of a bystander. */
const mostCuts = 40;

export interface CutsConstraints {
  /** @defaultValue 0 */
  readonly min?: number;
  /** At most that many cuts, hence one frame more. @defaultValue 40 */
  readonly max?: number;
  /** Octets that will be cut, when they are known; otherwise the offsets are spread so that short and long octets both get their share. */
  readonly length?: number;
}

/**
 * Offsets at which a new frame starts, ascending; equal ones make an empty frame.
 *
 * Offsets count octets from the start, so they keep their meaning while the message shrinks, and shrink by themselves: first fewer, then smaller. Those past
 * the end do nothing; where every cut shall count, put {@link fitCuts} between.
 */
export function cuts({ min = 0, max = mostCuts, length = 65541 }: CutsConstraints = {}): fc.Arbitrary<
  readonly number[]
> {
  return sorted(list(boundaryInteger({ max: length, boundaries: cutBoundaries }), { minCount: min, maxCount: max }));
}

/**
 * Folds the offsets that lie past the end back into 0 to `length`, and leaves the others alone.
 * @param emptyFrames most empty frames in a row; offsets that would make one more are left out
 */
export function fitCuts(offsets: readonly number[], length: number, emptyFrames = Infinity): readonly number[] {
  const folded = offsets.map((offset) => (offset <= length ? offset : offset % (length + 1))).toSorted((a, b) => a - b);
  let before = 0;
  let row = 0;
  return folded.filter((offset) => {
    const next = offset === before ? row + 1 : 0;
    if (next > emptyFrames) return false;
    row = next;
    before = offset;
    return true;
  });
}

/** CONTINUATION frames that every server takes: the least limit among real servers is 5. */
const mostContinuations = 5;

/** Octets of an ordinary request's field block, about; later offsets are ignored when the block turns out shorter. */
const ordinaryBlock = 150;

export interface ContinuationCutsConstraints {
  /** CONTINUATION frames. @defaultValue 0 */
  readonly min?: number;
  /** CONTINUATION frames. @defaultValue 5 */
  readonly max?: number;
  /** Octets of the field block, about. @defaultValue 150 */
  readonly length?: number;
}

/** Offsets in a field block at which a CONTINUATION frame starts, ascending; equal ones make an empty fragment. */
export function continuationCuts({
  min = 0,
  max = mostContinuations,
  length = ordinaryBlock,
}: ContinuationCutsConstraints = {}): fc.Arbitrary<readonly number[]> {
  return sorted(list(fc.nat(length), { minCount: min, maxCount: max }));
}

/** Pad lengths of DATA or HEADERS frames, used in rotation: -1 is a frame without padding, 255 the most that fits its octet (RFC 9113 §6.1). */
export function padLengths({ maxCount = 4 }: { readonly maxCount?: number } = {}): fc.Arbitrary<readonly number[]> {
  return list(boundaryInteger({ min: -1, max: 255, boundaries: [0, 1] }), { minCount: 1, maxCount });
}

/** Sizes of TCP writes in octets, used in rotation: around the frame header (9 octets), the preface (24) and the segments of Ethernet and loopback. */
export function segments({ maxCount = 8 }: { readonly maxCount?: number } = {}): fc.Arbitrary<readonly number[]> {
  return list(boundaryInteger({ min: 1, max: 65_536, boundaries: [8, 9, 10, 23, 24, 25, 1448, 16_384] }), {
    minCount: 1,
    maxCount,
  });
}

export interface PausesConstraints {
  /** @defaultValue 5 */
  readonly maxCount?: number;
  /** Milliseconds of one pause. @defaultValue 50 */
  readonly longest?: number;
}

/** Pauses between steps, in milliseconds, for rules that say time does not matter. Shrinks to no pause at all. */
export function pauses({ maxCount = 5, longest = 50 }: PausesConstraints = {}): fc.Arbitrary<readonly number[]> {
  return list(fc.nat(longest), { maxCount });
}

import { dependsOnTheRun, unlocks, type Need } from '../facts/need';
import { nameBaseline } from '../report/baseline-entries';
import type { CapabilityRecord, LostRecord } from '../report/model';

export interface LostOptions {
  /** What the user said must be offered (`--expect`), with the words for it. */
  readonly expected: readonly ExpectedNeed[];
  /** What the target offered when the baseline was written. */
  readonly listed: readonly Need[];
  /** The name of that baseline, where there are several. */
  readonly listedBy?: string | undefined;
  /** What it offers now. */
  readonly offers: readonly Need[];
  /** What was found of each capability; a broken one is a finding, and not lost. */
  readonly capabilities: readonly CapabilityRecord[];
  /** What the selected properties need. */
  readonly needs: readonly (readonly Need[])[];
}

/** A capability that must be offered, and the word that asked for it. */
export interface ExpectedNeed {
  readonly need: Need;
  readonly word: string;
}

/**
 * Capabilities that must be there and are not. What a baseline lists counts where a selected property needs it, and only where it is up to the target, not to
 * how the run was started; what the user expects counts always.
 */
export function findLost({
  expected,
  listed,
  listedBy,
  offers,
  capabilities,
  needs,
}: LostOptions): readonly LostRecord[] {
  const isMissing = (need: Need): boolean => !offers.includes(need);
  const isBroken = (need: Need): boolean => capabilities.some((one) => one.need === need && one.state === 'broken');
  const asked = expected
    .filter(({ need }) => isMissing(need))
    .map(({ need, word }): LostRecord => ({ need, because: `--expect ${word}`, unlock: unlocks[need] }));
  const gone = listed
    .filter((need) => isMissing(need) && !dependsOnTheRun(need) && !isBroken(need))
    .filter((need) => needs.some((some) => some.includes(need)) && !asked.some((one) => one.need === need))
    .map((need): LostRecord => ({
      need,
      because: 'the baseline',
      ...(listedBy === undefined ? {} : { file: listedBy }),
      unlock: unlocks[need],
    }));
  return [...asked, ...gone];
}

/** All that is lost, in one sentence without a full stop: `expected tier-2: the target does not offer unary, slow`. */
export function describeLost(lost: readonly LostRecord[]): string {
  const groups = new Map<string, string[]>();
  for (const { need, because, file } of lost) {
    const why =
      because === 'the baseline'
        ? `the target no longer offers what it did when ${nameBaseline(file)} was written: `
        : `${because}: the target does not offer `;
    groups.set(why, [...(groups.get(why) ?? []), need]);
  }
  return [...groups].map(([why, needs]) => `${why}${needs.join(', ')}`).join('; ');
}

import { tolerableGrowth } from '../../facts/tolerable-growth';
import { attackWaves } from '../../moves/attack';
import type { Transcript } from '../../transcript/transcript';
import type { Breach } from '../../rules/violation';

/**
 * The target's memory did not grow between two samples of the script by more than a server may (catalogue O-21: compare two rounds, after a first one
 * that warmed it up). Says nothing when a sample is missing.
 * @param because what it would have grown with, for people: `the response`
 */
export function staysSmall(
  { samples }: Pick<Transcript, 'samples'>,
  { from, to, because }: { readonly from: string; readonly to: string; readonly because: string },
): readonly Breach[] {
  const before = samples[from];
  const after = samples[to];
  if (before === undefined || after === undefined || after - before <= tolerableGrowth) return [];
  return [
    {
      observed: `the server's memory grew with ${because}, by ${inMebibytes(after - before)} MiB`,
      expected: `memory that grows by at most ${inMebibytes(tolerableGrowth)} MiB`,
      reaction: 'memory grows',
    },
  ];
}

/**
 * The target's memory came back near its level after an attack that was made three times: nothing is said where it grew once or twice, which a heap does that is not yet
 * as large as it may become.
 * @param because what it would have grown with, for people: `PING frames`
 */
export function givesMemoryBack({ samples }: Pick<Transcript, 'samples'>, because: string): readonly Breach[] {
  const [first, second, third] = attackWaves;
  const hasGrown = staysSmall({ samples }, { from: first, to: second, because }).length > 0;
  return hasGrown ? staysSmall({ samples }, { from: second, to: third, because }) : [];
}

/** Whole MiB, for people. */
export const inMebibytes = (octets: number): number => Math.round(octets / (1024 * 1024));

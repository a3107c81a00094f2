import { tolerableGrowth } from '../../facts/tolerable-growth';
import { attackWaves } from '../../moves/attack';
import type { Transcript } from '../../transcript/transcript';
import type { Breach } from '../../rules/violation';

/**
 * The target's memory did not grow between two samples of the script by more than a server may (two rounds are compared, after a first one
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

/** By how many octets the target's memory was above its level before an attack while the connections of a wave were open; 0 where that was not read. */
export function growthHeld({ samples }: Pick<Transcript, 'samples'>, wave: (typeof attackWaves)[number]): number {
  const { before, [`${wave} held`]: held } = samples;
  return before === undefined || held === undefined ? 0 : held - before;
}

/**
 * While the connections of an attack were open, each of the three times, the target's memory was not above its level before by more than a server may need: what it
 * grows by anyway, and so many octets for each thing that it was made to keep.
 */
export function holdsLittle(
  { samples }: Pick<Transcript, 'samples'>,
  { items, each, because }: { readonly items: number; readonly each: number; readonly because: string },
): readonly Breach[] {
  const bound = tolerableGrowth + items * each;
  const growth = Math.min(...attackWaves.map((wave) => growthHeld({ samples }, wave)));
  if (growth <= bound) return [];
  return [
    {
      observed: `the server's memory was above its level by ${inMebibytes(growth)} MiB for ${items} ${because}`,
      expected: `memory that grows by at most ${inMebibytes(tolerableGrowth)} MiB and ${each} octets for each of them`,
      reaction: 'memory grows',
    },
  ];
}

/** Whole MiB, for people. */
export const inMebibytes = (octets: number): number => Math.round(octets / (1024 * 1024));

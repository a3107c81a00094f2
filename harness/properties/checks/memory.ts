import type { Transcript } from '../../transcript/transcript';
import type { Breach } from '../../rules/violation';

/** Octets by which a server may grow while we make it work, whatever its allocator and garbage collector do. */
export const tolerableGrowth = 64 * 1024 * 1024;

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

const inMebibytes = (octets: number): number => Math.round(octets / (1024 * 1024));

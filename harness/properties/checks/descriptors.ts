import type { Breach } from '../../rules/violation';
import type { Transcript } from '../../transcript/transcript';

/** Descriptors by which a server may grow while we make it work: for threads, files that it loads late, and the calls beside. */
export const tolerableDescriptors = 32;

/**
 * The descriptors that the target had open at the end are about as many as at the beginning, or it opened no more each time: a pool fills once, a leak grows with each
 * repetition. Says nothing where they were not counted.
 * @param labels of what was counted, in their order
 * @param because what they would have been opened for, for people: `connections`
 */
export function givesDescriptorsBack(
  { samples }: Pick<Transcript, 'samples'>,
  labels: readonly string[],
  because: string,
): readonly Breach[] {
  const counts = labels.flatMap((label) => samples[label] ?? []);
  if (counts.length < labels.length) return [];
  const [first = 0] = counts;
  const growth = (counts.at(-1) ?? 0) - first;
  const growsEachTime = counts.every((count, index) => index === 0 || count > (counts[index - 1] ?? 0));
  if (growth <= tolerableDescriptors || !growsEachTime) return [];
  return [
    {
      observed: `the server had ${growth} more descriptors open behind ${because} than before them`,
      expected: `no more than ${tolerableDescriptors} more`,
      reaction: 'descriptors grow',
    },
  ];
}

import type { ProcessFact } from '../connection/script';
import type { Target } from '../launch/target';

/** A fact about the process of a target; undefined when it is not ours, or cannot be looked into. */
export async function readProcessFact(process: Target['process'], what: ProcessFact): Promise<number | undefined> {
  if (process === undefined) return undefined;
  return what === 'rss' ? process.residentMemory() : process.openDescriptors();
}

import type { Corpus } from '../engine/corpus';
import { isConformError } from '../error';
import { openCorpus } from '../launch/corpus';
import type { RunEvent } from '../report/events';
import { makeFailureFile } from '../report/failure-file';
import type { RunHeader } from '../report/model';
import { shortPrintable } from '../report/printable';
import type { SecretField } from '../report/secrets';

/** The corpus of a run: what is played of it, and what the run adds to it. */
export interface RunCorpus extends Corpus {
  /** Files that cannot be used. */
  readonly problems: readonly string[];
  /** Told of every event, secrets hidden. @returns a warning, when something could not be added. */
  readonly listener: (event: RunEvent) => string | undefined;
  /** What became of it, one line. */
  readonly describe: () => string;
}

/**
 * Opens the corpus that `--corpus` names.
 * @param isSelected whether the run plays that property: what is of no other is not played, and no shard plays what is another's.
 * @throws ConformError ERR_USAGE
 */
export function openRunCorpus(
  folder: string,
  fields: readonly SecretField[],
  isSelected: (property: string) => boolean,
): RunCorpus {
  const { entries, problems, add } = openCorpus(folder, fields);
  const inputs = entries.filter(({ file }) => isSelected(file.property));
  const counts = { held: 0, failed: 0, unjudged: 0 };
  const reasons = new Map<string, number>();
  let added = 0;
  let header: RunHeader | undefined;
  return {
    inputs,
    problems,
    note: (_name, outcome, why) => {
      counts[outcome]++;
      if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    },
    listener: (event) => {
      if (event.type === 'run-started') header = event.header;
      if (event.type !== 'finding' || header === undefined) return undefined;
      const { finding, replay, id } = event;
      // What is of the whole run, and what is no failure, is no input to try again.
      const isInput = finding.inputsTried > 0 && (finding.provokedBy ?? id) !== 'attach' && finding.verdict !== 'error';
      if (finding.corpusFile !== undefined || finding.gravity !== 'fail' || !isInput) return undefined;
      try {
        if (add(makeFailureFile(header, id, finding, replay))) added++;
        return undefined;
      } catch (error) {
        if (isConformError(error)) return error.sentence;
        throw error;
      }
    },
    describe: () => {
      const unplayed = inputs.length - counts.held - counts.failed - counts.unjudged;
      const parts = [
        `${counts.failed} fail`,
        `${counts.held} hold`,
        ...(counts.unjudged === 0 ? [] : [`${counts.unjudged} could not be judged here (${describeReasons(reasons)})`]),
        ...(unplayed === 0 ? [] : [`${unplayed} were not played`]),
        `${added} new`,
      ];
      return `corpus ${shortPrintable(folder)}: of ${inputs.length} ${inputs.length === 1 ? 'input' : 'inputs'} ${parts.join(', ')}`;
    },
  };
}

/** The most frequent reason. */
function describeReasons(reasons: ReadonlyMap<string, number>): string {
  const [most] = [...reasons].toSorted(([, one], [, other]) => other - one);
  return most === undefined ? 'no reason known' : `${shortPrintable(most[0])}${reasons.size > 1 ? ', …' : ''}`;
}

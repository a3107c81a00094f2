import type { BaselineCandidate } from '../report/baseline-entries';
import { dependsOnTheRun, unlocks, type Need } from '../facts/need';
import type { FindingRecord, PropertyRecord, RunRecord } from '../report/model';

/** The findings that a baseline lists: what makes a run fail, and what is listed already. Flaky ones are left out: they would be stale every other day. */
export function observedFindings(properties: readonly PropertyRecord[], strict: boolean): readonly BaselineCandidate[] {
  const isListed = ({ verdict }: FindingRecord): boolean =>
    verdict === 'fail' || verdict === 'known' || (strict && verdict === 'warn');
  return properties.flatMap(({ id, findings }) => findings.filter(isListed).map((finding) => candidateOf(id, finding)));
}

function candidateOf(
  id: string,
  { rule, summary, reaction, mark, gravity, verdict }: FindingRecord,
): BaselineCandidate {
  // Runs of older versions do not say how grave a known finding is.
  const assumed = verdict === 'warn' ? 'warn' : 'fail';
  return { id, rule, summary, reaction, gravity: gravity ?? assumed, ...(mark === undefined ? {} : { mark }) };
}

/** What the target of a run offered, for the baseline file. */
export function offersOf({ target }: Pick<RunRecord, 'target'>): readonly Need[] {
  return target.offers.filter(isNeed).filter((need) => !dependsOnTheRun(need));
}

const isNeed = (word: string): word is Need => Object.hasOwn(unlocks, word);

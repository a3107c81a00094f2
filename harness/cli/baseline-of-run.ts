import type { BaselineCandidate } from '../launch/baseline';
import type { FindingRecord, PropertyRecord } from '../report/model';

/** True when a property was judged, so that what it did not show is not there. */
export function wasExecuted({ verdict }: Pick<PropertyRecord, 'verdict'>): boolean {
  return verdict !== 'untestable' && verdict !== 'skipped' && verdict !== 'error';
}

/** The findings that a baseline lists: what makes a run fail, and what is listed already. Flaky ones are left out: they would be stale every other day. */
export function observedFindings(properties: readonly PropertyRecord[], strict: boolean): readonly BaselineCandidate[] {
  const isListed = ({ verdict }: FindingRecord): boolean =>
    verdict === 'fail' || verdict === 'known' || (strict && verdict === 'warn');
  return properties.flatMap(({ id, findings }) =>
    findings.filter(isListed).map(({ rule, summary }) => ({ id, rule, summary })),
  );
}

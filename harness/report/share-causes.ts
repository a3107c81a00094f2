import type { FindingRecord, PropertyRecord, Symptom } from './model';
import { isExplainedBy, keyOf } from './symptom';

/**
 * Gives findings that another one of the run explains the key of that one, so that equal keys are one cause. The same again for what it returned: keys are made
 * anew of the symptoms, and findings without a symptom keep what they have.
 */
export function shareCauses(properties: readonly PropertyRecord[]): readonly PropertyRecord[] {
  const keys = sharedKeys(properties.flatMap(({ findings }) => findings.flatMap(({ symptom }) => symptom ?? [])));
  const share = (finding: FindingRecord): FindingRecord =>
    finding.symptom === undefined ? finding : { ...finding, causeKey: keys.get(keyOf(finding.symptom))! };
  return properties.map((property) =>
    property.findings.some(({ symptom }) => symptom !== undefined)
      ? { ...property, findings: property.findings.map(share) }
      : property,
  );
}

/** The key that stands for each key: its own, or that of what explains all findings that have it. */
function sharedKeys(symptoms: readonly Symptom[]): ReadonlyMap<string, string> {
  const groups = new Map<string, Symptom[]>();
  for (const symptom of symptoms) {
    const key = keyOf(symptom);
    groups.set(key, [...(groups.get(key) ?? []), symptom]);
  }
  const shared = new Map<string, string>();
  const hosts: (readonly [string, Symptom])[] = [];
  // The fewer features are enough, the more they explain; who names none explains nothing.
  const breadth = (members: readonly Symptom[]): number => members[0]!.telling.length || Number.MAX_SAFE_INTEGER;
  for (const [key, members] of [...groups].toSorted(([, a], [, b]) => breadth(a) - breadth(b))) {
    const host = hosts.find(([, other]) => members.every((member) => isExplainedBy(member, other)));
    shared.set(key, host?.[0] ?? key);
    if (host === undefined) hosts.push([key, members[0]!]);
  }
  return shared;
}

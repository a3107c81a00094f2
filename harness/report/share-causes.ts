import type { FindingRecord, PropertyRecord, Symptom } from './model';
import { keyOf } from './cause-key';
import { isExplainedBy } from './symptom';

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
  // The fewer features are enough, the more they explain; who names none explains nothing.
  const breadth = ([, members]: readonly [string, readonly Symptom[]]): number =>
    members[0]!.telling.length || Number.MAX_SAFE_INTEGER;
  const inTurn = [...groups].toSorted((a, b) => breadth(a) - breadth(b));
  const explains = (one: readonly Symptom[], members: readonly Symptom[]): boolean =>
    members.every((member) => isExplainedBy(member, one[0]!));
  const hostOf = (key: string): string | undefined => {
    const members = groups.get(key)!;
    // Where two explain each other neither is the reason of the other.
    return inTurn.find(([, other]) => other !== members && explains(other, members) && !explains(members, other))?.[0];
  };
  const rootOf = (key: string): string => {
    const passed = new Set([key]);
    for (let host = hostOf(key); host !== undefined && !passed.has(host); host = hostOf(host)) passed.add(host);
    return [...passed].at(-1)!;
  };
  return new Map([...groups.keys()].map((key) => [key, rootOf(key)]));
}

import { outputFiles } from './output-files';
import type { FindingRecord } from './model';

/**
 * Where the failure file of a finding goes, relative to run.json: the rule, and the reaction in letters that every file system takes. Findings of a rule
 * differ by reaction, so the name needs no counter and is the same in every run.
 */
export function failureFileName(finding: Pick<FindingRecord, 'rule' | 'reaction'>): string {
  const reaction = slug(finding.reaction).toLowerCase();
  return `${outputFiles.failures}/${slug(finding.rule)}${reaction === '' ? '' : `.${reaction}`}.json`;
}

/** True for the name, without its folder, of a file that {@link failureFileName} made. */
export const isFailureFileName = (name: string): boolean => /^[A-Z]+-\d{2,4}-[A-Za-z0-9_.-]+\.json$/.test(name);

// 80 letters: well below the 255 octets that file systems allow.
const slug = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .slice(0, 80)
    .replace(/^-+|-+$/g, '');

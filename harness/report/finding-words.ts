import type { Source } from '../catalogue/requirement';
import type { FindingRecord, PropertyRecord } from './model';

type Judged = Pick<FindingRecord, 'gravity' | 'verdict' | 'mark'>;

/** How bad a finding is, whatever became of it; undefined for a free choice, a fault of ours, and findings of older files that do not say. */
export function gravityOfFinding({ gravity, verdict, mark }: Judged): 'fail' | 'warn' | undefined {
  if (gravity !== undefined) return gravity;
  if (verdict === 'fail' || verdict === 'warn') return verdict;
  return mark !== undefined && (verdict === 'known' || verdict === 'flaky') ? 'fail' : undefined;
}

/** The verdict of a finding with what it hides: `fail`, `fail, hang`, `known (warn)`, `flaky (fail), crash`. */
export function findingVerdict(finding: Judged): string {
  const mark = finding.mark === undefined ? '' : `, ${finding.mark}`;
  return `${verdictWithGravity(finding.verdict, gravityOfFinding(finding))}${mark}`;
}

/** The verdict of a property with the worst gravity that it hides: `pass`, `known (fail)`. */
export function propertyVerdict({ verdict, findings }: Pick<PropertyRecord, 'verdict' | 'findings'>): string {
  return verdictWithGravity(verdict, hiddenGravity({ verdict, findings }));
}

/** The worst gravity of the findings that a verdict stands on when the verdict does not say it itself. */
export function hiddenGravity({
  verdict,
  findings,
}: Pick<PropertyRecord, 'verdict' | 'findings'>): 'fail' | 'warn' | undefined {
  if (verdict !== 'known' && verdict !== 'flaky') return undefined;
  const gravities = findings.filter((finding) => finding.verdict === verdict).map(gravityOfFinding);
  return (['fail', 'warn'] as const).find((gravity) => gravities.includes(gravity));
}

function verdictWithGravity(verdict: PropertyRecord['verdict'], gravity: 'fail' | 'warn' | undefined): string {
  const isHidden = verdict === 'known' || verdict === 'flaky';
  return isHidden && gravity !== undefined ? `${verdict} (${gravity})` : verdict;
}

/** `and 59 rows with it`; empty when the finding keeps no row from being judged. */
export function blockedText({ blocks = [] }: Pick<FindingRecord, 'blocks'>): string {
  return blocks.length === 0 ? '' : `and ${blocks.length} ${blocks.length === 1 ? 'row' : 'rows'} with it`;
}

/** Why a broken MUST is a warning, as a clause; undefined when there is nothing to explain. */
export function describeMildness(finding: FindingRecord, accepts: readonly string[]): string | undefined {
  if (finding.level !== 'must' || gravityOfFinding(finding) !== 'warn') return undefined;
  const milder = accepts.flatMap((reaction) => /^(.*), with a warning$/.exec(reaction)?.[1] ?? []);
  return milder.length === 0
    ? 'the rule is a MUST, but the answer is right in kind and only its form is unusual'
    : `the rule is a MUST, but it accepts with a warning: ${milder.join('; ')}`;
}

/** The sentence of a rule and the place that says it most directly. */
export function describeRule({ rule, sources }: Pick<PropertyRecord, 'rule' | 'sources'>): string {
  const [first] = sources;
  return first === undefined ? rule : `${rule} (${describeSource(first)})`;
}

const describeSource = ({ document, section }: Source): string =>
  section === '' ? document : `${document}${section.startsWith('§') ? ' ' : ', '}${section}`;

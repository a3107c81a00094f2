import { findingVerdict, gravityOfFinding, hiddenGravity, propertyVerdict } from '../../finding-words';
import type { FindingRecord, PropertyRecord, PropertyVerdict, RowVerdict as VerdictOfRow } from '../../model';
import { verdictOrder } from '../../summary';
import { verdictSigns } from '../verdict-signs';

/** A verdict as sign and word; `hides` is how bad a known or flaky one is. What was not seen looks like what was not run: nothing is known of either. */
export function Verdict({
  verdict: given,
  text = given === 'not-seen' ? 'not seen' : given,
  hides,
}: {
  readonly verdict: VerdictOfRow;
  readonly text?: string;
  readonly hides?: 'fail' | 'warn' | undefined;
}) {
  const verdict = given === 'not-seen' ? 'not-run' : given;
  return (
    <span class={`verdict v-${verdict}${hides === undefined ? '' : ` hides-${hides}`}`}>
      <span class="sign" aria-hidden="true">
        {verdictSigns[verdict]}
      </span>
      {text}
    </span>
  );
}

/** The verdict of a finding, with its mark, and with its gravity where the verdict does not say it. */
export function FindingVerdict({ finding }: { readonly finding: FindingRecord }) {
  const isHidden = finding.verdict === 'known' || finding.verdict === 'flaky';
  const hides = isHidden ? gravityOfFinding(finding) : undefined;
  return <Verdict verdict={finding.verdict} text={findingVerdict(finding)} hides={hides} />;
}

/** The verdict of a property, with the worst gravity that it hides. */
export function RowVerdict({ property }: { readonly property: PropertyRecord }) {
  return <Verdict verdict={property.verdict} text={propertyVerdict(property)} hides={hiddenGravity(property)} />;
}

/** Shares of verdicts as one bar; the same numbers stand in words beside it, so it is hidden from screen readers. */
export function Bar({ counts }: { readonly counts: Readonly<Record<PropertyVerdict, number>> }) {
  return (
    <span class="shares" aria-hidden="true">
      {verdictOrder.map((verdict) =>
        counts[verdict] === 0 ? null : (
          <span key={verdict} class={`share s-${verdict}`} style={{ flexGrow: counts[verdict] }} />
        ),
      )}
    </span>
  );
}

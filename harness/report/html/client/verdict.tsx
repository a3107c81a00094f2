import type { PropertyVerdict } from '../../model';
import { verdictOrder } from '../../summary';
import { verdictSigns } from '../verdict-signs';

/** A verdict as sign and word. */
export function Verdict({ verdict, text = verdict }: { readonly verdict: PropertyVerdict; readonly text?: string }) {
  return (
    <span class={`verdict v-${verdict}`}>
      <span class="sign" aria-hidden="true">
        {verdictSigns[verdict]}
      </span>
      {text}
    </span>
  );
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

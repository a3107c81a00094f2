import { describeTrouble, troublesOf } from '../../describe-capabilities';
import type { RunRecord } from '../../model';
import { printable, sentence } from '../../printable';
import { lockedProperties, lostProperties } from '../../summary';
import { Chain } from './chain';
import { ShowMore } from './show-more';

/** What is there and does not work, before anything else: it is why so little could be judged. */
export function Troubles({ run }: { readonly run: RunRecord }) {
  const troubles = troublesOf(run.target);
  if (troubles.length === 0) return null;
  return (
    <section aria-labelledby="troubles">
      <h2 id="troubles">What does not work</h2>
      <ul class="troubles">
        {troubles.map((trouble) => (
          <li key={`${trouble.state} ${trouble.why}`} class={`trouble trouble-${trouble.state}`}>
            <strong>{trouble.state}</strong>: {sentence(describeTrouble(trouble))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The rows that make the run fail without a finding: what the target was expected to offer. */
export function Lost({ run }: { readonly run: RunRecord }) {
  const groups = lostProperties(run);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="lost">
      <h2 id="lost">Lost</h2>
      <ul class="troubles">
        {groups.map(({ reasons, unlock, ids }) => (
          <li key={reasons.join()} class="trouble trouble-broken">
            <strong>
              {ids.length} {ids.length === 1 ? 'property' : 'properties'}
            </strong>
            : {sentence(reasons.join('; '))}
            {unlock === '' ? null : <span class="trouble-why">To have it, {sentence(unlock)}</span>}
            <Chain ids={ids} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the target lacks, with the properties that wait for it. */
export function Locked({ run }: { readonly run: RunRecord }) {
  const groups = lockedProperties(run);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="locked">
      <h2 id="locked">What could not be tested, and what would unlock it</h2>
      <ShowMore all={groups} first={6}>
        {(shown) => (
          <ul class="locked">
            {shown.map(({ unlock, reasons, ids }) => (
              <li key={unlock}>
                <strong>
                  {ids.length} {ids.length === 1 ? 'property' : 'properties'}
                </strong>
                : {printable(unlock)}
                {reasons.length === 0 || reasons[0] === unlock ? null : (
                  <span class="muted"> ({printable(reasons.join('; '))})</span>
                )}
                <Chain ids={ids} />
              </li>
            ))}
          </ul>
        )}
      </ShowMore>
    </section>
  );
}

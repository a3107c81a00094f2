import type { PropertyRecord, RunRecord } from '../../model';
import { printable, sentence } from '../../printable';
import { knownCauses } from '../../summary';
import { Causes } from './causes';
import { formatHash } from './route';
import { ShowMore } from './show-more';

/** What the baseline made of the run: entries that are out of date, and what they list, which is no news, but the server is not conformant for that. */
export function BaselinePanel({ run }: { readonly run: RunRecord }) {
  const { baseline, lost = [] } = run.header;
  const known = run.properties.filter(({ verdict }) => verdict === 'known');
  const outdated = run.properties.filter(({ verdict }) => verdict === 'stale');
  const expired = outdated.filter(({ reason = '' }) => reason.includes(' expired on '));
  if (baseline === undefined && known.length === 0 && outdated.length === 0) return null;
  const counts = [
    `${known.length} ${known.length === 1 ? 'row' : 'rows'} broken as ${baseline?.layers === undefined ? 'it says' : 'they say'}`,
    ...(outdated.length === 0 ? [] : [`${outdated.length - expired.length} stale`, `${expired.length} expired`]),
    ...(lost.some(({ because }) => because === 'the baseline') ? ['something lost'] : []),
  ];
  const causes = knownCauses(run);
  return (
    <section aria-labelledby="baseline">
      <h2 id="baseline">Known deviations</h2>
      <p>
        {baseline === undefined ? (
          'A baseline'
        ) : (
          <>
            {(baseline.layers ?? [baseline]).map(({ file, entries }, index) => (
              <>
                {index === 0 ? null : '; '}
                <code>{printable(file)}</code>, {entries} {entries === 1 ? 'entry' : 'entries'}
              </>
            ))}
          </>
        )}
        : {counts.join(', ')}.
      </p>
      {outdated.length === 0 ? null : (
        <>
          <h3>Out of date</h3>
          <ShowMore all={outdated} first={6}>
            {(shown) => (
              <ul class="troubles">
                {shown.map((property) => (
                  <Outdated key={property.id} property={property} isExpired={expired.includes(property)} />
                ))}
              </ul>
            )}
          </ShowMore>
        </>
      )}
      {causes.length === 0 ? null : (
        <>
          {outdated.length === 0 ? null : <h3>Known</h3>}
          <Causes causes={causes} />
        </>
      )}
    </section>
  );
}

function Outdated({ property, isExpired }: { readonly property: PropertyRecord; readonly isExpired: boolean }) {
  return (
    <li class="trouble trouble-stale">
      <strong>{isExpired ? 'expired' : 'stale'}</strong>{' '}
      <a class="id" href={formatHash({ view: 'property', id: property.id })}>
        {property.id}
      </a>
      {property.reason === undefined ? null : <span class="trouble-why">{sentence(property.reason)}</span>}
    </li>
  );
}

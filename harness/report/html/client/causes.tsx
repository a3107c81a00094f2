import { describeKnown } from '../../describe-known';
import type { RunRecord } from '../../model';
import { sentence } from '../../printable';
import { groupByCause, rowsWith, type Cause } from '../../summary';
import { Chain } from './chain';
import { hashOf } from './route';
import { ShowMore } from './show-more';
import { FindingVerdict } from './verdict';

// A screenful; a server that breaks more than this has one cause to begin with.
const shownCauses = 6;

/** What nobody knows yet, cause by cause, the most urgent first. */
export function FixFirst({ run }: { readonly run: RunRecord }) {
  const causes = groupByCause(run);
  if (causes.length === 0) return null;
  return (
    <section aria-labelledby="fix">
      <h2 id="fix">Fix first</h2>
      <Causes causes={causes} />
    </section>
  );
}

/** Findings that are taken for one cause together, with the rows of each. */
export function Causes({ causes }: { readonly causes: readonly Cause[] }) {
  return (
    <ShowMore all={causes} first={shownCauses}>
      {(shown) => (
        <ol class="fixes" data-nav-group>
          {shown.map((cause) => (
            <CauseItem key={`${cause.head.property.id} ${cause.head.finding.reaction}`} cause={cause} />
          ))}
        </ol>
      )}
    </ShowMore>
  );
}

function CauseItem({ cause }: { readonly cause: Cause }) {
  const { property, finding } = cause.head;
  const rows = rowsWith(cause);
  return (
    <li class="fix">
      <a data-nav href={hashOf(cause.head)}>
        <span class="fix-head">
          <FindingVerdict finding={finding} />
          <span class="id">{property.id}</span>
          <span class="muted">
            {property.level}, hurts the {finding.radius}, failed {finding.confirmed.failed} of {finding.confirmed.of}
          </span>
        </span>
        <span class="fix-text">{sentence(property.rule)}</span>
        <span class="fix-want muted">
          <b>Sent</b> {sentence(finding.sent)}
        </span>
        <span class="fix-want muted">
          <b>Observed</b> {sentence(finding.observed)}
        </span>
        <span class="fix-want muted">
          <b>Expected</b> {sentence(finding.expected)}
        </span>
        {finding.known === undefined ? null : (
          <span class="fix-want muted">
            <b>Known</b> {sentence(describeKnown(finding.known))}
          </span>
        )}
      </a>
      {rows.length === 0 ? null : <WithIt ids={rows} />}
    </li>
  );
}

// As many as fit on two lines of a wide window.
const shownRows = 8;

/** The rows that a cause counts beside its own. */
function WithIt({ ids }: { readonly ids: readonly string[] }) {
  const summary = `and ${ids.length} more ${ids.length === 1 ? 'row' : 'rows'} with it`;
  if (ids.length <= shownRows)
    return (
      <div class="with-it">
        <span>{summary}</span>
        <Chain ids={ids} />
      </div>
    );
  return (
    <details class="with-it">
      <summary>{summary}</summary>
      <Chain ids={ids} />
    </details>
  );
}

import { useState } from 'preact/hooks';
import type { RunRecord } from '../../model';
import { sentence } from '../../printable';
import { groupByCause, knownCauses, rowsWith, type Cause } from '../../summary';
import { Chain } from './chain';
import { formatHash } from './route';
import { FindingVerdict } from './verdict';

// A screenful; a server that breaks more than this has one cause to begin with.
const shownFixes = 10;

export function FixFirst({ run }: { readonly run: RunRecord }) {
  return <Causes title="Fix first" id="fix" causes={groupByCause(run)} />;
}

/** What the baseline lists: no news, but the server is not conformant for that. */
export function Known({ run }: { readonly run: RunRecord }) {
  return <Causes title="Known deviations" id="known" causes={knownCauses(run)} />;
}

function Causes({
  title,
  id,
  causes,
}: {
  readonly title: string;
  readonly id: string;
  readonly causes: readonly Cause[];
}) {
  const [all, setAll] = useState(false);
  const shown = all ? causes : causes.slice(0, shownFixes);
  if (causes.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ol class="fixes" data-nav-group>
        {shown.map((cause) => (
          <CauseItem key={`${cause.head.property.id} ${cause.head.finding.reaction}`} cause={cause} />
        ))}
      </ol>
      {shown.length < causes.length ? (
        <p class="more">
          <button type="button" class="plain" onClick={() => setAll(true)}>
            Show all {causes.length}
          </button>
        </p>
      ) : null}
    </section>
  );
}

function CauseItem({ cause }: { readonly cause: Cause }) {
  const { property, finding } = cause.head;
  const rows = rowsWith(cause);
  return (
    <li class="fix">
      <a
        data-nav
        href={formatHash({ view: 'property', id: property.id, finding: property.findings.indexOf(finding) + 1 })}
      >
        <span class="fix-head">
          <FindingVerdict finding={finding} />
          <span class="id">{property.id}</span>
          <span class="muted">
            {property.level}, hurts the {finding.radius}, failed {finding.confirmed.failed} of {finding.confirmed.of}
          </span>
        </span>
        <span class="fix-text">{sentence(finding.observed)}</span>
        <span class="fix-want muted">Sent: {sentence(finding.sent)}</span>
        <span class="fix-want muted">Expected: {sentence(finding.expected)}</span>
        {finding.known === undefined ? null : (
          <span class="fix-want muted">Known: {sentence(finding.known.reason)}</span>
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

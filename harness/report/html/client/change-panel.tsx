import { describeChange } from '../../compare/describe-change';
import type { ChangedRow, RunRecord } from '../../model';
import { printable, sentence } from '../../printable';
import { formatHash } from './route';
import { ShowMore } from './show-more';

/** What became worse and better since the run that was named to be held against this one. */
export function ChangePanel({ run }: { readonly run: RunRecord }) {
  const { change } = run;
  if (change === undefined) return null;
  return (
    <section aria-labelledby="change">
      <h2 id="change">Since the run before</h2>
      <p>
        {sentence(describeChange(change))}{' '}
        <span class="muted">
          It said: {sentence(change.since.verdict)} (<code>{printable(change.since.file)}</code>)
        </span>
      </p>
      <Changed title="Worse" kind="worse" rows={change.worse} run={run} />
      <Changed title="Better" kind="better" rows={change.better} run={run} />
      {change.notes.length === 0 ? null : (
        <p class="muted">Reasons may be others than the server: {change.notes.map(sentence).join(' ')}</p>
      )}
    </section>
  );
}

interface ChangedProps {
  readonly title: string;
  readonly kind: 'worse' | 'better';
  readonly rows: readonly ChangedRow[];
  readonly run: RunRecord;
}

function Changed({ title, kind, rows, run }: ChangedProps) {
  if (rows.length === 0) return null;
  const has = new Set(run.properties.map(({ id }) => id));
  return (
    <>
      <h3>{title}</h3>
      <ShowMore all={rows} first={6}>
        {(shown) => (
          <ul class="changes">
            {shown.map(({ id, text }) => (
              <li key={`${id} ${text}`} class={`change change-${kind}`}>
                {has.has(id) ? (
                  <a class="id" href={formatHash({ view: 'property', id })}>
                    {id}
                  </a>
                ) : (
                  <span class="id">{printable(id)}</span>
                )}{' '}
                {sentence(text)}
              </li>
            ))}
          </ul>
        )}
      </ShowMore>
    </>
  );
}

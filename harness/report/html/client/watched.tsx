import type { RunRecord } from '../../model';
import { printable, sentence } from '../../printable';
import { describeEvidence, watchedRowsOf } from '../../row-words';
import type { PageRow } from '../page-row';

/** The rows that no property stands for: what the rules of all traffic looked at, and for what nothing came by. */
export function Watched({ run }: { readonly run: RunRecord }) {
  const rows: readonly PageRow[] = watchedRowsOf(run);
  if (rows.length === 0) return null;
  const unseen = rows.filter(({ verdict }) => verdict === 'not-seen').length;
  return (
    <section aria-labelledby="watched">
      <h2 id="watched">Watched on every call and connection</h2>
      <p class="muted">
        {rows.length - unseen} of {rows.length} rows had something to judge.
      </p>
      {rows.map((row) => (
        <details key={row.row}>
          <summary>
            <span class="id">{printable(row.row)}</span>{' '}
            <span class="muted">
              {row.verdict === 'not-seen' ? 'not seen' : row.verdict}: {describeEvidence(row)}
            </span>
          </summary>
          <dl class="facts wide">
            {watchedFacts(row).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{sentence(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </section>
  );
}

function watchedFacts({ level, rule, sends, verdict }: PageRow): readonly (readonly [string, string])[] {
  return [
    ...(rule === undefined ? [] : [['Rule', level === undefined ? rule : `${rule} (${level})`] as const]),
    ...(sends === undefined ? [] : [['Looks at', sends] as const]),
    ...(verdict === 'not-seen'
      ? [
          [
            'Why not seen',
            'In no call and on no connection of this run was there anything that the rule is about: it was neither kept nor broken. More properties, or more of what the target can offer, may bring it about',
          ] as const,
        ]
      : []),
  ];
}

import { diffArrays } from 'diff';
import type { FindingRecord } from '../../model';
import { printable } from '../../printable';

/** The script that showed the violation first, held against the minimal one: what was left out of it, and what was written in its place. */
export function FirstFound({ finding: { firstFound, script, reaction } }: { readonly finding: FindingRecord }) {
  if (firstFound === undefined) return null;
  const changes = diffArrays([...firstFound.script], [...script]);
  const lines = changes.flatMap(({ value, removed, added }) =>
    value.map((line) => ({ line, kind: removed ? 'gone' : added ? 'new' : 'kept' }) as const),
  );
  const isOther = firstFound.reaction !== reaction;
  return (
    <details class="first-found">
      <summary>As it was found first, and what was left out</summary>
      {isOther ? (
        <p class="muted">
          Then the answer was <span class="reaction">{printable(firstFound.reaction)}</span>.
        </p>
      ) : null}
      <ul class="script changes">
        {lines.map(({ line, kind }, index) => (
          <li key={index} class={kind}>
            {kind === 'gone' ? (
              <del>{printable(line)}</del>
            ) : kind === 'new' ? (
              <ins>{printable(line)}</ins>
            ) : (
              printable(line)
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

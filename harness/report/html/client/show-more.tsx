import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface Props<T> {
  readonly all: readonly T[];
  /** So many are shown until someone asks for the rest. */
  readonly first: number;
  readonly children: (shown: readonly T[]) => ComponentChildren;
}

/** The first of many, with a button that shows all. */
export function ShowMore<T>({ all, first, children }: Props<T>) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? all : all.slice(0, first);
  return (
    <>
      {children(shown)}
      {shown.length < all.length ? (
        <p class="more">
          <button type="button" class="plain" onClick={() => setWhole(true)}>
            Show all {all.length.toLocaleString('en-US')}
          </button>
        </p>
      ) : null}
    </>
  );
}

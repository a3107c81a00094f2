import { formatHash } from './route';

/** Links to properties. */
export function Chain({ ids }: { readonly ids: readonly string[] }) {
  return (
    <span class="chain">
      {ids.map((id) => (
        <a key={id} href={formatHash({ view: 'property', id })}>
          {id}
        </a>
      ))}
    </span>
  );
}

import { replaceRoute } from './route';

interface Props {
  readonly view: 'requirements' | 'sentences';
  readonly query: string;
  readonly shown: number;
  readonly of: number;
}

/** The search of a view whose only choice it is. */
export function QueryBox({ view, query, shown, of }: Props) {
  return (
    <div class="tools">
      <label>
        <span>Search</span>
        <input
          type="search"
          value={query}
          placeholder={'s:fail m:must a:FLOW "two words" !not'}
          onInput={(event) => replaceRoute({ view, query: event.currentTarget.value })}
        />
      </label>
      <p class="shown" role="status">
        {shown} of {of} shown
      </p>
    </div>
  );
}

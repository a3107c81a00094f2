import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PropertyRecord, RunRecord } from '../../model';
import { printable } from '../../printable';
import { describeDuration } from '../../summary';
import { Chips } from './chips';
import { listed, usualSort } from '../listed';
import type { Reviewed } from './reviewed';
import type { Filter, Sort } from '../listed';
import { formatHash, noFilter, replaceRoute } from './route';
import { RowVerdict } from './verdict';

const place = 'properties';

/** Brings the list to the top of the window. */
export function showList(): void {
  document.getElementById(place)?.scrollIntoView({ block: 'start' });
}

interface Props {
  readonly run: RunRecord;
  readonly filter: Filter;
  readonly reviewed: Reviewed;
}

/** All properties, or those that a query asks for. */
export function PropertyList({ run, filter, reviewed }: Props) {
  const change = (part: Partial<Filter>): void => replaceRoute({ view: 'overview', filter: { ...filter, ...part } });
  const shown = listed(run, filter, reviewed.ids);
  const isFiltered = filter.query !== '';
  const box = useRef<HTMLElement>(null);
  // Who asks for less must not be thrown up the page by what is gone.
  useLayoutEffect(() => {
    const top = box.current?.getBoundingClientRect().top ?? 0;
    if (isFiltered && top < 0) showList();
  }, [filter.query]);
  return (
    <section aria-labelledby={place} ref={box}>
      <h2 id={place}>Properties</h2>
      <div class="list-chips">
        <Chips run={run} filter={filter} />
      </div>
      <p class="more">
        <a
          href="#legend"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById('legend')?.scrollIntoView();
          }}
        >
          What the verdicts mean
        </a>
      </p>
      <div class="tools">
        <label>
          <span>Search</span>
          <input
            type="search"
            value={filter.query}
            placeholder={'s:fail m:must a:FLOW "two words" !not'}
            aria-describedby="grammar"
            onInput={(event) => change({ query: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>Sort by</span>
          <select
            value={filter.sort ?? usualSort(run)}
            onChange={(event) => change({ sort: event.currentTarget.value as Sort })}
          >
            <option value="verdict">verdict, worst first</option>
            <option value="catalogue">place in the catalogue</option>
            <option value="time">time, slowest first</option>
          </select>
        </label>
        <p class="shown" role="status">
          {shown.length} of {run.properties.length} shown
          {reviewed.ids.size === 0 ? '' : `, ${countReviewed(shown, reviewed)} of them reviewed`}
        </p>
        {isFiltered ? (
          <button type="button" class="plain" onClick={() => change(noFilter)}>
            Show all
          </button>
        ) : null}
      </div>
      <p class="more muted grammar" id="grammar">
        Words that must stand in it, and <code>s:</code> verdict, <code>m:</code> level, <code>a:</code> area,{' '}
        <code>r:yes</code> reviewed, <code>!</code> not.
      </p>
      {shown.length === 0 ? (
        <p class="muted">{run.properties.length === 0 ? 'No property was judged.' : 'Nothing matches.'}</p>
      ) : null}
      <ul class="rows" data-nav-group>
        {shown.map((property) => (
          <li key={property.id}>
            <Row property={property} isReviewed={reviewed.ids.has(property.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ property, isReviewed }: { readonly property: PropertyRecord; readonly isReviewed: boolean }) {
  const { id, rule, level, runs, durationMs, findings, reason } = property;
  const seen = findings[0]?.observed ?? reason;
  return (
    <a
      class={`row${isReviewed ? ' reviewed' : ''}`}
      data-nav
      data-property={id}
      href={formatHash({ view: 'property', id })}
    >
      <RowVerdict property={property} />
      <span class="row-text">
        <span class="row-head">
          <span class="id">{id}</span>
          {isReviewed ? <span class="tick">✓ reviewed</span> : null}
        </span>
        <span class="row-rule">{printable(rule)}</span>
        {seen === undefined ? null : <span class="row-rule muted">{printable(seen)}</span>}
      </span>
      <span class="row-facts muted">
        <span>{level}</span>
        <span>{runs === 0 ? 'no input' : `${runs} ${runs === 1 ? 'input' : 'inputs'}`}</span>
        <span>{durationMs === 0 ? '' : describeDuration(durationMs)}</span>
      </span>
    </a>
  );
}

const countReviewed = (properties: readonly PropertyRecord[], { ids }: Reviewed): number =>
  properties.filter(({ id }) => ids.has(id)).length;

import { verdictMeanings, type PropertyRecord, type PropertyVerdict, type RunRecord } from '../../model';
import { printable } from '../../printable';
import { countVerdicts, describeDuration, verdictOrder } from '../../summary';
import { formatHash, replaceRoute, type Filter, type Sort } from './route';
import { RowVerdict, Verdict } from './verdict';

export function Properties({ run, filter }: { readonly run: RunRecord; readonly filter: Filter }) {
  const counts = countVerdicts(run.properties);
  const change = (part: Partial<Filter>): void => replaceRoute({ view: 'overview', filter: { ...filter, ...part } });
  const toggle = (verdict: PropertyVerdict): void =>
    change({
      verdicts: filter.verdicts.includes(verdict)
        ? filter.verdicts.filter((other) => other !== verdict)
        : [...filter.verdicts, verdict],
    });
  const shown = select(run.properties, filter);
  const filtered = filter.verdicts.length > 0 || filter.area !== '' || filter.query !== '';
  return (
    <section aria-labelledby="properties">
      <h2 id="properties">Properties</h2>
      <div class="chips" role="group" aria-label="Show only these verdicts">
        {verdictOrder
          .filter((verdict) => counts[verdict] > 0)
          .map((verdict) => (
            <button
              key={verdict}
              type="button"
              class="chip"
              title={verdictMeanings[verdict]}
              aria-pressed={filter.verdicts.includes(verdict)}
              onClick={() => toggle(verdict)}
            >
              <Verdict verdict={verdict} /> <span class="number">{counts[verdict]}</span>
            </button>
          ))}
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
            placeholder="id, rule or reaction"
            onInput={(event) => change({ query: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>Sort by</span>
          <select value={filter.sort} onChange={(event) => change({ sort: event.currentTarget.value as Sort })}>
            <option value="catalogue">place in the catalogue</option>
            <option value="verdict">verdict, worst first</option>
            <option value="time">time, slowest first</option>
          </select>
        </label>
        <p class="shown" role="status">
          {shown.length} of {run.properties.length} shown
          {filter.area === '' ? '' : `, area ${filter.area}`}
        </p>
        {filtered ? (
          <button type="button" class="plain" onClick={() => change({ verdicts: [], area: '', query: '' })}>
            Show all
          </button>
        ) : null}
      </div>
      {shown.length === 0 ? (
        <p class="muted">{run.properties.length === 0 ? 'No property was judged.' : 'Nothing matches.'}</p>
      ) : null}
      <ul class="rows" data-nav-group>
        {shown.map((property) => (
          <li key={property.id}>
            <a class="row" data-nav href={formatHash({ view: 'property', id: property.id })}>
              <RowVerdict property={property} />
              <span class="row-text">
                <span class="id">{property.id}</span>
                <span class="row-rule">
                  {printable(property.findings[0]?.observed ?? property.reason ?? property.rule)}
                </span>
              </span>
              <span class="row-facts muted">
                <span>{property.level}</span>
                <span>
                  {property.runs === 0 ? 'no input' : `${property.runs} ${property.runs === 1 ? 'input' : 'inputs'}`}
                </span>
                <span>{property.runs === 0 ? '' : describeDuration(property.durationMs)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The properties that a filter leaves, in its order. */
function select(
  properties: readonly PropertyRecord[],
  { verdicts, area, query, sort }: Filter,
): readonly PropertyRecord[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matches = (property: PropertyRecord): boolean => {
    const text = [
      property.id,
      property.rule,
      property.area,
      property.level,
      ...property.findings.flatMap(({ summary, reaction }) => [summary, reaction]),
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const left = properties.filter(
    (property) =>
      (verdicts.length === 0 || verdicts.includes(property.verdict)) &&
      (area === '' || property.area === area) &&
      matches(property),
  );
  if (sort === 'verdict')
    return left.toSorted((a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict));
  if (sort === 'time') return left.toSorted((a, b) => b.durationMs - a.durationMs);
  return left;
}

import { areaOf } from '../../../catalogue/parts-of-id';
import { printable, sentence } from '../../printable';
import type { PageRun } from '../page-run';
import { matchesQuery, parseQuery } from '../query';
import { QueryBox } from './query-box';
import { formatHash } from './route';
import { describeCoverage, standings, type Standing } from '../standing';
import { RowVerdict, Verdict } from './verdict';

/** Every rule of the catalogue in its order: the verdict of this run, or why there is none. */
export function RequirementsView({ run, query }: { readonly run: PageRun; readonly query: string }) {
  const all = standings(run);
  const terms = parseQuery(query);
  const shown = all.filter((standing) => matchesQuery(terms, searchable(standing)));
  const areas = [...new Set(shown.map(({ row }) => row.area))];
  return (
    <>
      <h1 tabIndex={-1}>Requirements</h1>
      <p class="lead">
        Every rule of the catalogue, in its order, with what this run says of it. {describeCoverage(all, 'rules')}.
      </p>
      <QueryBox view="requirements" query={query} shown={shown.length} of={all.length} />
      {areas.map((area) => {
        const own = shown.filter(({ row }) => row.area === area);
        return (
          <section key={area} aria-label={area}>
            <h2>
              {area} <span class="muted part">{describeCoverage(own, 'rules')}</span>
            </h2>
            <ul class="rows plainly" data-nav-group>
              {own.map((standing) => (
                <li key={standing.row.id}>
                  <Requirement standing={standing} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

function Requirement({ standing }: { readonly standing: Standing }) {
  const { row, property, verdict, how, why } = standing;
  const content = (
    <>
      {property === undefined ? (
        verdict === undefined ? (
          <span class="muted">no verdict</span>
        ) : (
          <Verdict verdict={verdict} />
        )
      ) : (
        <RowVerdict property={property} />
      )}
      <span class="row-text">
        <span class="id">{row.id}</span>
        <span class="row-rule">{sentence(row.rule)}</span>
        {how === 'absent' ? null : <span class="row-rule muted">{sentence(why)}</span>}
        {row.sends === undefined ? null : <span class="row-rule muted">Looks at {printable(row.sends)}.</span>}
      </span>
      <span class="row-facts muted">
        <span>{row.level}</span>
        <span>{how === 'absent' ? 'not in this run' : how}</span>
      </span>
    </>
  );
  return property === undefined ? (
    <div class="row">{content}</div>
  ) : (
    <a class="row" data-nav href={formatHash({ view: 'property', id: row.id })}>
      {content}
    </a>
  );
}

const searchable = ({ row, verdict, how, why }: Standing) => ({
  s: verdict === undefined ? ['none'] : [verdict],
  m: [row.level],
  a: [areaOf(row.id).toLowerCase(), row.area.toLowerCase()],
  r: [],
  text: [row.id, row.rule, row.area, row.level, verdict ?? 'no verdict', how, why].join(' ').toLowerCase(),
});

import type { ComponentChildren } from 'preact';
import { verdictMeanings, type PropertyRecord, type RunRecord } from '../../model';
import { printable, sentence } from '../../printable';
import { describeEvidence } from '../../row-words';
import { blockerOf, describeDuration } from '../../summary';
import { Finding } from './finding';
import { formatHash, noFilter, type Route } from './route';
import { RowVerdict } from './verdict';

interface Props {
  readonly run: RunRecord;
  readonly property: PropertyRecord;
  readonly route: Route;
}

export function PropertyPage({ run, property, route }: Props) {
  const at = run.properties.indexOf(property);
  const selected = route.view === 'property' ? route : undefined;
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href={formatHash({ view: 'overview', filter: noFilter })}>All properties</a>
        <a href={formatHash({ view: 'overview', filter: { ...noFilter, area: property.area } })}>{property.area}</a>
        <span class="steps">
          <Neighbour property={run.properties[at - 1]} word="Previous" />
          <Neighbour property={run.properties[at + 1]} word="Next" />
        </span>
      </nav>
      <section class="property" aria-labelledby="property">
        <p class="labels">
          <RowVerdict property={property} />
          <span class="level">{property.level}</span>
        </p>
        <h1 id="property" tabIndex={-1}>
          {property.id}
        </h1>
        <p class="lead">{sentence(property.rule)}</p>
        <p class="muted">
          {property.verdict}: {verdictMeanings[property.verdict]}.
        </p>
        <dl class="facts wide">
          {facts(run, property).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Tried property={property} />
      <Reactions property={property} />
      {property.findings.map((finding, index) => (
        <Finding
          key={`${property.id} ${index}`}
          run={run}
          property={property}
          finding={finding}
          number={index + 1}
          route={selected?.finding === index + 1 ? selected : undefined}
        />
      ))}
    </>
  );
}

function facts(run: RunRecord, property: PropertyRecord): readonly (readonly [string, ComponentChildren])[] {
  const { id, sources, generates, accepts, runs, durationMs, reason, unlock } = property;
  const blocker = blockerOf(run, id);
  const row = run.rows?.find((one) => one.row === id);
  return [
    [
      'Sources',
      <ul class="inline-list">
        {sources.map((source) => (
          <li key={source.url}>
            <Source {...source} />
          </li>
        ))}
      </ul>,
    ],
    ['Generated', printable(generates)],
    [
      'Accepted',
      <ul class="inline-list">
        {accepts.map((accepted) => (
          <li key={accepted}>{printable(accepted)}</li>
        ))}
      </ul>,
    ],
    ['Inputs', runs === 0 ? 'none' : `${runs} in ${describeDuration(durationMs)}`],
    ...(row === undefined || row.judged === 0 ? [] : [['Rests on', describeEvidence(row)] as const]),
    ...(reason === undefined ? [] : [['Why', printable(reason)] as const]),
    ...(blocker === undefined
      ? []
      : [
          [
            'Blocked by',
            <>
              <a
                href={formatHash({
                  view: 'property',
                  id: blocker.property.id,
                  finding: blocker.property.findings.indexOf(blocker.finding) + 1,
                })}
              >
                {blocker.property.id}
              </a>
              : {sentence(blocker.finding.observed)}
            </>,
          ] as const,
        ]),
    ...(unlock === undefined ? [] : [['To unlock it', printable(unlock)] as const]),
  ];
}

function Source({ document, section, url }: PropertyRecord['sources'][number]) {
  const name = printable(`${document} ${section}`.trim());
  // Only web addresses become links, whatever a file says.
  return /^https?:\/\//.test(url) ? (
    <a href={url} rel="noreferrer">
      {name}
    </a>
  ) : (
    <>{name}</>
  );
}

function Neighbour({ property, word }: { readonly property: PropertyRecord | undefined; readonly word: string }) {
  if (property === undefined) return null;
  return (
    <a href={formatHash({ view: 'property', id: property.id })}>
      {word}
      <span class="sr"> property, {property.id}</span>
    </a>
  );
}

/** Classes of inputs that were judged, in the order in which the property names them, then the axes; one that no input was of is there with 0. */
function Tried({ property }: { readonly property: PropertyRecord }) {
  return (
    <Tally id="tried" title="What was tried" of="Inputs that are" counts={Object.entries(property.labels ?? {})} />
  );
}

function Reactions({ property }: { readonly property: PropertyRecord }) {
  const seen = Object.entries(property.reactions ?? {}).sort(([, a], [, b]) => b - a);
  return <Tally id="reactions" title="Reactions seen" of="Reaction" counts={seen} />;
}

interface TallyProps {
  readonly id: string;
  readonly title: string;
  /** What the names of the first column are. */
  readonly of: string;
  readonly counts: readonly (readonly [string, number])[];
}

/** How many inputs there were of each kind, with a bar each; nothing where there is no kind. */
function Tally({ id, title, of, counts }: TallyProps) {
  if (counts.length === 0) return null;
  const most = Math.max(1, ...counts.map(([, count]) => count));
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <table class="tally">
        <thead>
          <tr>
            <th scope="col">{of}</th>
            <th scope="col" class="number">
              Inputs
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {counts.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{printable(name)}</th>
              <td class="number">{count}</td>
              <td class="meter">{count > 0 && <span class="fill" style={{ width: `${(100 * count) / most}%` }} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import { areaOf } from '../../../catalogue/parts-of-id';
import { verdictMeanings, type PropertyRecord } from '../../model';
import { printable, sentence } from '../../printable';
import { describeEvidence } from '../../row-words';
import { blockerOf, describeDuration } from '../../summary';
import type { PageRow, PageRun } from '../page-run';
import { Facts, type Fact } from './facts';
import { Finding } from './finding';
import type { Reviewed } from './reviewed';
import type { Filter } from '../listed';
import { formatHash, hashOf, noFilter, type Route } from './route';
import { extrasOf } from './extras';
import { Strength } from './strength';
import { RowVerdict } from './verdict';

interface Props {
  readonly run: PageRun;
  readonly property: PropertyRecord;
  readonly route: Route;
  /** The list that the reader comes from, and the place of the property in it. */
  readonly list: { readonly filter: Filter; readonly at: number; readonly of: readonly PropertyRecord[] };
  readonly reviewed: Reviewed;
}

/** A rule with all that was seen of it. */
export function PropertyPage({ run, property, route, list, reviewed }: Props) {
  const selected = route.view === 'property' ? route : undefined;
  const isReviewed = reviewed.ids.has(property.id);
  const row = run.catalogue.find(({ id }) => id === property.id);
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href={formatHash({ view: 'overview', filter: list.filter })}>
          {list.filter.query === '' ? 'All properties' : 'Properties found'}
        </a>
        <a href={formatHash({ view: 'overview', filter: { ...noFilter, query: `a:${areaOf(property.id)}` } })}>
          {property.area}
        </a>
        <span class="steps">
          <span class="muted">
            {list.at + 1} of {list.of.length}
          </span>
          <Neighbour property={list.of[list.at - 1]} word="Previous" />
          <Neighbour property={list.of[list.at + 1]} word="Next" />
        </span>
      </nav>
      <section class="property" aria-labelledby="property">
        <p class="labels">
          <RowVerdict property={property} />
          <span class="level">{property.level}</span>
          <button
            type="button"
            class="plain review"
            aria-pressed={isReviewed}
            onClick={() => reviewed.toggle(property.id)}
          >
            {isReviewed ? '✓ Reviewed' : 'Mark as reviewed'}
          </button>
        </p>
        <h1 id="property" tabIndex={-1}>
          {property.id}
        </h1>
        <p class="lead">{sentence(property.rule)}</p>
        <p class="muted">
          {property.verdict}: {verdictMeanings[property.verdict]}.
        </p>
        <Facts kind="wide" facts={facts(run, property, row)} />
      </section>
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
      <Strength
        property={property}
        schema={extrasOf(run).messageTypes}
        route={selected?.finding === 0 ? selected : undefined}
      />
    </>
  );
}

function facts(run: PageRun, property: PropertyRecord, words: PageRow | undefined): readonly Fact[] {
  const { id, sources, generates, runs, durationMs, reason, unlock } = property;
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
    ...(words?.follows === undefined ? [] : [['Why it binds', sentence(words.follows)] as const]),
    ...(generates === '' ? [] : [['Generated', sentence(generates)] as const]),
    ...(property.accepts.length + property.findings.length === 0
      ? []
      : [['Accepted', <Accepted property={property} />] as const]),
    ...(words?.fails === undefined ? [] : [['Breaks it', sentence(words.fails)] as const]),
    ...(words?.servers === undefined ? [] : [['What servers do', sentence(words.servers)] as const]),
    ['Inputs', runs === 0 ? 'none' : durationMs === 0 ? runs : `${runs} in ${describeDuration(durationMs)}`],
    ...(row === undefined || row.judged === 0 ? [] : [['Rests on', describeEvidence(row)] as const]),
    ...(reason === undefined ? [] : [['Why', sentence(reason)] as const]),
    ...(blocker === undefined
      ? []
      : [
          [
            'Blocked by',
            <>
              <a href={hashOf(blocker)}>{blocker.property.id}</a>: {sentence(blocker.finding.observed)}
            </>,
          ] as const,
        ]),
    ...(unlock === undefined ? [] : [['To unlock it', printable(unlock)] as const]),
  ];
}

/** What a server may do, and beside it what this one did that it may not, or that is only taken with a warning. */
function Accepted({ property: { accepts, findings } }: { readonly property: PropertyRecord }) {
  const observed = new Map(findings.map((finding) => [finding.reaction, finding]));
  return (
    <ul class="inline-list reactions">
      {accepts.map((accepted) => (
        <li key={accepted}>
          <span class="mark" aria-hidden="true">
            {accepted.endsWith(', with a warning') ? '▲' : '✓'}
          </span>
          {printable(accepted)}
        </li>
      ))}
      {[...observed.values()].map(({ reaction, verdict, observed: seen }) => (
        <li key={reaction} class={`observed o-${verdict}`}>
          <span class="mark" aria-hidden="true">
            ►
          </span>
          <strong>Observed:</strong> {sentence(seen)}
        </li>
      ))}
    </ul>
  );
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

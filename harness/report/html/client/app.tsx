import { useEffect, useRef } from 'preact/hooks';
import { printable } from '../../printable';
import type { PageRun } from '../page-run';
import { handleKey, type KeyActions } from './keyboard';
import { listed } from '../listed';
import { Overview } from './overview';
import { PropertyPage } from './property-page';
import { RequirementsView } from './requirements-view';
import { useReviewed } from './reviewed';
import { formatHash, noFilter, useRoute, type Route } from './route';
import { RunView } from './run-view';
import { SentencesView } from './sentences-view';
import { usePlaceInList } from './place-in-list';

const views: readonly (readonly [Route['view'], string, string])[] = [
  ['overview', 'Overview', formatHash({ view: 'overview', filter: noFilter })],
  ['requirements', 'Requirements', formatHash({ view: 'requirements', query: '' })],
  ['sentences', 'Sentences', formatHash({ view: 'sentences', query: '' })],
  ['run', 'Run', formatHash({ view: 'run', query: '' })],
];

/** The whole page: a bar, the view that the URL's hash names, and the keys. */
export function App({ run }: { readonly run: PageRun }) {
  const route = useRoute();
  const reviewed = useReviewed(run);
  const property = route.view === 'property' ? run.properties.find(({ id }) => id === route.id) : undefined;
  const shown = route.view === 'property' && property === undefined ? 'overview' : route.view;
  const main = useRef<HTMLElement>(null);
  const filter = usePlaceInList(route, shown, property?.id, main);

  // Who ticks off what a filter leaves out must still find the way on.
  const others = new Set([...reviewed.ids].filter((id) => id !== property?.id));
  const around = property === undefined ? [] : listed(run, filter, others);
  const inList = property !== undefined && around.includes(property) ? around : run.properties;
  const at = property === undefined ? -1 : inList.indexOf(property);

  const actions = useRef<KeyActions | undefined>(undefined);
  actions.current = {
    up: () => (location.hash = formatHash({ view: 'overview', filter: property === undefined ? noFilter : filter })),
    step: (by) => {
      const next = at < 0 ? undefined : inList[at + by];
      if (next !== undefined) location.hash = formatHash({ view: 'property', id: next.id });
    },
    review: () => {
      const chosen = document.activeElement?.closest<HTMLElement>('[data-property]')?.dataset['property'];
      const id = property?.id ?? chosen;
      if (id !== undefined) reviewed.toggle(id);
    },
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (actions.current !== undefined) handleKey(event, actions.current);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);

  useEffect(() => {
    const name = property?.id ?? (shown === 'overview' ? printable(run.target.name) : (nameOf(shown) ?? ''));
    document.title = `${name} · ${run.header.tool.name} report`;
  }, [shown, property]);

  return (
    <>
      <header class="bar">
        <a
          class="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to the content
        </a>
        <a class="brand" href={views[0]?.[2]}>
          {run.header.tool.name}
        </a>
        <span class="bar-target">{printable(run.target.name)}</span>
        <nav class="views" aria-label="Views">
          {views.map(([view, name, hash]) => (
            <a key={view} href={hash} aria-current={view === shown ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {property !== undefined ? (
          <PropertyPage
            run={run}
            property={property}
            route={route}
            list={{ filter, at, of: inList }}
            reviewed={reviewed}
          />
        ) : shown === 'requirements' ? (
          <RequirementsView run={run} query={queryOf(route)} />
        ) : shown === 'sentences' ? (
          <SentencesView run={run} query={queryOf(route)} />
        ) : shown === 'run' ? (
          <RunView run={run} />
        ) : (
          <Overview
            run={run}
            filter={route.view === 'overview' ? route.filter : noFilter}
            reviewed={reviewed}
            unknown={route.view === 'property' ? route.id : ''}
          />
        )}
      </main>
      <footer class="foot">
        <p>
          {run.header.tool.name} {run.header.tool.version}. This page loads nothing.
        </p>
        <p class="keys">
          Keys: <kbd>j</kbd> <kbd>k</kbd> down and up a list, <kbd>Enter</kbd> open, <kbd>n</kbd> <kbd>p</kbd> next and
          previous property, <kbd>u</kbd> back to the list, <kbd>x</kbd> reviewed, <kbd>/</kbd> search.
        </p>
      </footer>
    </>
  );
}

const queryOf = (route: Route): string =>
  route.view === 'requirements' || route.view === 'sentences' ? route.query : '';

const nameOf = (shown: Route['view']): string | undefined => views.find(([view]) => view === shown)?.[1];

import { useEffect, useRef } from 'preact/hooks';
import type { RunRecord } from '../../model';
import { printable } from '../../printable';
import { handleKey } from './keyboard';
import { Overview } from './overview';
import { PropertyPage } from './property-page';
import { formatHash, noFilter, useRoute } from './route';

/** The whole page: a bar, the view that the URL's hash names, and the keys. */
export function App({ run }: { readonly run: RunRecord }) {
  const route = useRoute();
  const property = route.view === 'property' ? run.properties.find(({ id }) => id === route.id) : undefined;
  const view = property?.id ?? '';
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => handleKey(event, () => (location.hash = formatHash(overview)));
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);

  useEffect(() => {
    document.title = `${view === '' ? printable(run.target.name) : view} · ${run.header.tool.name} report`;
    // On arrival focus stays where the browser puts it; later a change of the view is told by its heading.
    if (!first.current && !location.hash.includes('/f/')) {
      scrollTo(0, 0);
      main.current?.querySelector('h1')?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [view]);

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
        <a class="brand" href={formatHash(overview)}>
          {run.header.tool.name}
        </a>
        <span class="bar-target">{printable(run.target.name)}</span>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {property === undefined ? (
          <Overview
            run={run}
            filter={route.view === 'overview' ? route.filter : noFilter}
            unknown={route.view === 'property' ? route.id : ''}
          />
        ) : (
          <PropertyPage run={run} property={property} route={route} />
        )}
      </main>
      <footer class="foot">
        <p>
          {run.header.tool.name} {run.header.tool.version}, run of <time>{printable(run.header.startedAt)}</time>. This
          page loads nothing.
        </p>
        <p class="keys">
          Keys: <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Enter</kbd> open, <kbd>u</kbd> overview, <kbd>/</kbd>{' '}
          search.
        </p>
      </footer>
    </>
  );
}

const overview = { view: 'overview', filter: noFilter } as const;

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { showList } from './property-list';
import type { Filter } from '../listed';
import { formatHash, noFilter, type Route } from './route';

/** Where the reader was in the list when they left it. */
interface Left {
  /** Of the overview, with its filter. */
  readonly hash: string;
  readonly scroll: number;
}

/**
 * Moves window and focus to where a reader expects them when the view changes: back in the list, to the place that was left, on the row that was read last; at
 * a list with a filter of its own, to the list; elsewhere to the top. A finding that the URL names shows itself.
 *
 * @returns the filter of the list as it was last seen.
 */
export function usePlaceInList(
  route: Route,
  shown: Route['view'],
  property: string | undefined,
  main: RefObject<HTMLElement | null>,
): Filter {
  const filter = useRef(noFilter);
  const scroll = useRef(0);
  const isOverview = useRef(false);
  const left = useRef<Left | undefined>(undefined);
  const lastRead = useRef<string | undefined>(undefined);
  const isFirst = useRef(true);
  const before = filter.current;
  if (route.view === 'overview') filter.current = route.filter;

  useEffect(() => {
    // A browser knows where the window was, but not that the list has yet to be drawn.
    history.scrollRestoration = 'manual';
    const note = (): void => {
      if (isOverview.current) scroll.current = scrollY;
    };
    addEventListener('scroll', note, { passive: true });
    return () => removeEventListener('scroll', note);
  }, []);

  useLayoutEffect(() => {
    const isBegin = isFirst.current;
    isFirst.current = false;
    if (shown !== 'overview') {
      if (isOverview.current)
        left.current = { hash: formatHash({ view: 'overview', filter: before }), scroll: scroll.current };
      isOverview.current = false;
      lastRead.current = property ?? lastRead.current;
      if (!isBegin && !location.hash.includes('/f/')) goToTop(main.current);
      return;
    }
    isOverview.current = true;
    const isFiltered = filter.current.query !== '';
    if (isBegin) {
      if (isFiltered) showList();
      return;
    }
    const hash = formatHash({ view: 'overview', filter: filter.current });
    if (left.current?.hash === hash && lastRead.current !== undefined) {
      scrollTo(0, left.current.scroll);
      if (focusRow(main.current, lastRead.current)) return;
    }
    goToTop(main.current);
    if (isFiltered) showList();
  }, [shown, property]);

  return filter.current;
}

/** On arrival focus stays where the browser puts it; later a change of the view is told by its heading. */
function goToTop(main: HTMLElement | null): void {
  scrollTo(0, 0);
  main?.querySelector('h1')?.focus({ preventScroll: true });
}

function focusRow(main: HTMLElement | null, id: string): boolean {
  const rows = main?.querySelectorAll<HTMLElement>('[data-property]') ?? [];
  const row = [...rows].find(({ dataset }) => dataset['property'] === id);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
  return row !== undefined;
}

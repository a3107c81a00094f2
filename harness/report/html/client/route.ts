import { useEffect, useState } from 'preact/hooks';
import { verdictOrder } from '../../summary';
import type { PropertyVerdict } from '../../model';

/** How the list of properties is sorted. */
export type Sort = 'catalogue' | 'verdict' | 'time';

/** What the overview shows of the list of properties. */
export interface Filter {
  readonly verdicts: readonly PropertyVerdict[];
  readonly area: string;
  readonly query: string;
  readonly sort: Sort;
}

/** A view, as the URL's hash names it. */
export type Route =
  | { readonly view: 'overview'; readonly filter: Filter }
  | {
      readonly view: 'property';
      readonly id: string;
      /** Number of a finding, from 1. */
      readonly finding?: number;
      readonly connection?: string;
      readonly packet?: number;
    };

export const noFilter: Filter = { verdicts: [], area: '', query: '', sort: 'catalogue' };

/** The view that a hash names; the overview for anything unknown. */
function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').map(decode);
  if (parts[0] === 'p' && parts[1] !== undefined && parts[1] !== '') {
    return {
      view: 'property',
      id: parts[1],
      ...(parts[2] === 'f' ? { finding: Number(parts[3]) } : {}),
      ...(parts[4] === 'c' ? { connection: parts[5] } : {}),
      ...(parts[6] === 'pkt' ? { packet: Number(parts[7]) } : {}),
    };
  }
  const wanted = new URLSearchParams(query);
  const verdicts = (wanted.get('verdict') ?? '').split(',');
  const sort = wanted.get('sort');
  return {
    view: 'overview',
    filter: {
      verdicts: verdictOrder.filter((verdict) => verdicts.includes(verdict)),
      area: wanted.get('area') ?? '',
      query: wanted.get('q') ?? '',
      sort: sort === 'verdict' || sort === 'time' ? sort : 'catalogue',
    },
  };
}

/** The hash of a view. */
export function formatHash(route: Route): string {
  if (route.view === 'overview') {
    const { verdicts, area, query, sort } = route.filter;
    const wanted = new URLSearchParams();
    if (verdicts.length > 0) wanted.set('verdict', verdicts.join(','));
    if (area !== '') wanted.set('area', area);
    if (query !== '') wanted.set('q', query);
    if (sort !== 'catalogue') wanted.set('sort', sort);
    const text = wanted.toString();
    return text === '' ? '#/' : `#/?${text}`;
  }
  const { id, finding, connection, packet } = route;
  const parts = ['p', id];
  if (finding !== undefined) parts.push('f', String(finding));
  if (finding !== undefined && connection !== undefined && packet !== undefined) {
    parts.push('c', connection, 'pkt', String(packet));
  }
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The current view; follows the URL's hash. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseHash(hash);
}

/** Changes the view without a new entry in the history: for filters and selections. */
export function replaceRoute(route: Route): void {
  history.replaceState(null, '', formatHash(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

import { useEffect, useState } from 'preact/hooks';
import type { FiledFinding } from '../../summary';
import type { Filter } from '../listed';

/** Views of a run beside its overview and its properties. */
const otherViews = ['requirements', 'sentences', 'run'] as const;
type OtherView = (typeof otherViews)[number];

/** A view, as the URL's hash names it. */
export type Route =
  | { readonly view: 'overview'; readonly filter: Filter }
  | {
      readonly view: 'property';
      readonly id: string;
      /** Number of a finding, from 1; 0 is what a property that passes shows. */
      readonly finding?: number;
      readonly connection?: string;
      readonly packet?: number;
    }
  | { readonly view: OtherView; readonly query: string };

export const noFilter: Filter = { query: '' };

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
  const other = otherViews.find((view) => view === parts[0]);
  if (other !== undefined) return { view: other, query: wanted.get('q') ?? '' };
  const sort = wanted.get('sort');
  return {
    view: 'overview',
    filter: {
      query: [...olderTerms(wanted), wanted.get('q') ?? ''].join(' ').trim(),
      ...(sort === 'verdict' || sort === 'time' || sort === 'catalogue' ? { sort } : {}),
    },
  };
}

/** Links to pages of older versions name verdicts and the area beside the query. */
function olderTerms(wanted: URLSearchParams): readonly string[] {
  const verdicts = wanted.get('verdict') ?? '';
  const area = (wanted.get('area') ?? '').replaceAll('"', '');
  return [...(verdicts === '' ? [] : [`s:${verdicts}`]), ...(area === '' ? [] : [`a:"${area}"`])];
}

/** The hash of a view. */
export function formatHash(route: Route): string {
  if (route.view === 'property') return formatProperty(route);
  const query = route.view === 'overview' ? route.filter.query : route.query;
  const wanted = new URLSearchParams();
  if (query !== '') wanted.set('q', query);
  if (route.view === 'overview' && route.filter.sort !== undefined) wanted.set('sort', route.filter.sort);
  const text = wanted.toString();
  const path = route.view === 'overview' ? '#/' : `#/${route.view}`;
  return text === '' ? path : `${path}?${text}`;
}

function formatProperty({ id, finding, connection, packet }: Extract<Route, { view: 'property' }>): string {
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

/** The place of a finding on the page of its property. */
export const hashOf = ({ property, finding }: FiledFinding): string =>
  formatHash({ view: 'property', id: property.id, finding: property.findings.indexOf(finding) + 1 });

import { areaOf } from '../../catalogue/parts-of-id';
import { propertyVerdict } from '../finding-words';
import type { PropertyRecord, RunRecord } from '../model';
import { gates, isStrict, verdictOrder } from '../summary';
import { matchesQuery, parseQuery, type Searchable } from './query';

/** How the list of properties is sorted. */
export type Sort = 'catalogue' | 'verdict' | 'time';

/** What is shown of the list of properties. */
export interface Filter {
  /** As {@link parseQuery} reads it. */
  readonly query: string;
  /** Absent: what suits the run. */
  readonly sort?: Sort | undefined;
}

/** How the list is sorted when nobody chose: where something makes the run fail, that comes first. */
export const usualSort = (run: RunRecord): Sort =>
  run.properties.some((property) => gates(property, isStrict(run))) ? 'verdict' : 'catalogue';

/** The properties that a filter leaves, in its order. */
export function listed(
  run: RunRecord,
  { query, sort = usualSort(run) }: Filter,
  reviewed: ReadonlySet<string>,
): readonly PropertyRecord[] {
  const terms = parseQuery(query);
  const left = run.properties.filter((property) =>
    matchesQuery(terms, { ...searchable(property), r: reviewed.has(property.id) ? ['yes', 'done'] : ['no'] }),
  );
  if (sort === 'verdict')
    return left.toSorted((a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict));
  if (sort === 'time') return left.toSorted((a, b) => b.durationMs - a.durationMs);
  return left;
}

/** Made once: a key that is typed must not read a whole run again. */
const made = new WeakMap<PropertyRecord, Searchable>();

function searchable(property: PropertyRecord): Searchable {
  const before = made.get(property);
  if (before !== undefined) return before;
  const { id, verdict, level, area, rule, reason = '', findings } = property;
  const marks = findings.flatMap(({ mark }) => mark ?? []);
  const text = [
    id,
    rule,
    area,
    level,
    propertyVerdict(property),
    reason,
    ...findings.flatMap(({ summary, sent, reaction, mark = '' }) => [summary, sent, reaction, mark]),
  ].join(' ');
  const own = {
    s: [verdict, ...marks],
    m: [level],
    a: [areaOf(id).toLowerCase(), area.toLowerCase()],
    r: [],
    text: text.toLowerCase(),
  };
  made.set(property, own);
  return own;
}

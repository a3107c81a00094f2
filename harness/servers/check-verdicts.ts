import type { PropertyRecord, RunRecord } from '../report/model';

/** A row whose verdict is another than the published one. */
export interface VerdictChange {
  readonly id: string;
  readonly published: string;
  readonly now: string;
  /** The properties that show it again. */
  readonly playAgain: readonly string[];
}

/** Said of a row that is watched on every call, in a run that did not see it broken. */
const notSeen = 'not seen';

/** What a row may be by chance, by the verdict that it was published with: a race is not lost each time, and then the baseline's entry seems stale. */
const chances: ReadonlyMap<string, readonly string[]> = new Map([
  ['flaky', ['pass', notSeen, 'fail', 'warn', 'known', 'stale']],
  ['known', ['flaky']],
]);

/** What a row may be where its baseline says that it is broken now and then. */
const nowAndThen: ReadonlySet<string> = new Set(['known', 'flaky', 'pass', 'info', notSeen]);

/**
 * What a run says otherwise than the published one. New rows have no published verdict and are no changes.
 * @param intermittent ids of rows that the baseline lists as broken now and then
 */
export function changedVerdicts(
  published: RunRecord,
  fresh: RunRecord,
  intermittent: ReadonlySet<string> = new Set(),
): readonly VerdictChange[] {
  const [before, after] = [rowsOf(published), rowsOf(fresh)];
  const isProperty = propertiesOf(published, fresh);
  const added = new Set(newRows(published, fresh));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const was = verdictOf(before.get(id), isProperty(id));
    const now = verdictOf(after.get(id), isProperty(id)) ?? 'no row any more';
    if (was === undefined || added.has(id) || areAlike(was, now)) return [];
    if (isChance(before.get(id), after.get(id))) return [];
    if (intermittent.has(id) && nowAndThen.has(was) && nowAndThen.has(now)) return [];
    const provokers = [before, after]
      .flatMap((rows) => rows.get(id)?.findings ?? [])
      .map(({ provokedBy }) => provokedBy);
    const playAgain = isProperty(id) ? [id] : [...new Set(provokers.filter((provoker) => provoker !== undefined))];
    return [{ id, published: was, now, playAgain }];
  });
}

/** Ids of the rows that a run has and the published one lacks, or had no way to see: only a property that it lacks provoked them. */
export function newRows(published: RunRecord, fresh: RunRecord): readonly string[] {
  const before = rowsOf(published);
  const isProperty = propertiesOf(published, fresh);
  const selected = new Set(published.header.selected);
  const isOfNewProperty = ({ findings }: PropertyRecord): boolean => {
    const provokers = findings.flatMap(({ provokedBy }) => provokedBy ?? []);
    return provokers.length > 0 && provokers.every((id) => !selected.has(id));
  };
  return fresh.properties
    .filter((row) => {
      const was = verdictOf(before.get(row.id), isProperty(row.id));
      return was === undefined || (was === notSeen && isOfNewProperty(row));
    })
    .map(({ id }) => id);
}

const rowsOf = ({ properties }: RunRecord): ReadonlyMap<string, PropertyRecord> =>
  new Map(properties.map((property) => [property.id, property]));

/** Tells the rows that have a property of their own, and so a record in each run that selected them, from those that are recorded only when broken. */
function propertiesOf(...runs: readonly RunRecord[]): (id: string) => boolean {
  const ids = new Set(runs.flatMap(({ header }) => header.selected));
  return (id) => ids.has(id);
}

const verdictOf = (row: PropertyRecord | undefined, isProperty: boolean): string | undefined =>
  row?.verdict ?? (isProperty ? undefined : notSeen);

/** Inputs in a hundred, at most, that show a choice which one run may see and the next one not. */
const rarely = 20;

/**
 * True where one of two runs passed, and the other saw a free choice in a few of its inputs, or only had inputs that were not processed: whose call meets what a proxy
 * does to a connection that it shares, and whose the end of a connection that ends by design, is chance.
 */
function isChance(before: PropertyRecord | undefined, after: PropertyRecord | undefined): boolean {
  const [choice] = [before, after].filter((row) => row?.verdict === 'info');
  if (choice === undefined || ![before, after].some((row) => row?.verdict === 'pass')) return false;
  const seen = Object.values(choice.reactions ?? {}).reduce((sum, count) => sum + count, 0);
  return seen * 100 <= choice.runs * rarely;
}

const areAlike = (was: string, now: string): boolean => was === now || chances.get(was)?.includes(now) === true;

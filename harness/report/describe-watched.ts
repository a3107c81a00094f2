import { shortId } from '../catalogue';
import { listBriefly } from '../list-briefly';
import type { RunRecord } from './model';
import { watchedRowsOf } from './row-words';

/** Rows that a line names, before it points to where all of them stand. */
const named = 12;

/**
 * What the rules of all traffic looked at, since no property stands for them: how many rows had something to judge, and which had not. Without a full stop and not
 * escaped; undefined for a run of an older version, which does not say.
 *
 * @param page where all rows stand with what they rest on; without one, all that were not seen are named.
 */
export function describeWatched(
  run: Pick<RunRecord, 'rows' | 'properties'>,
  page: string | undefined,
): string | undefined {
  const watched = watchedRowsOf(run);
  if (watched.length === 0) return undefined;
  const unseen = watched.filter(({ verdict }) => verdict === 'not-seen').map(({ row }) => shortId(row));
  const judged = `${watched.length - unseen.length} of ${watched.length} ${watched.length === 1 ? 'row' : 'rows'} watched on all traffic had something to judge`;
  if (unseen.length === 0) return judged;
  const most = page === undefined ? unseen.length : named;
  const all = page === undefined || unseen.length <= named ? '' : `; all of them in ${page}`;
  return `${judged}; ${unseen.length} not seen: ${listBriefly(unseen, most)}${all}`;
}

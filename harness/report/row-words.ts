import type { RowRecord, RunRecord } from './model';

/** The rows of a run that only the rules of all traffic are about; none in a file of an older version, which does not say. */
export function watchedRowsOf({ rows = [], properties }: Pick<RunRecord, 'rows' | 'properties'>): readonly RowRecord[] {
  const own = new Set(properties.map(({ id }) => id));
  return rows.filter(({ row }) => !own.has(row));
}

/** What the verdict of a row rests on, as a clause: `judged 120 times, in 40 inputs with 80 calls on 40 connections`. */
export function describeEvidence({ verdict, judged, inputs, calls, connections }: RowRecord): string {
  const some = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  if (judged === 0)
    return verdict === 'not-seen' ? 'nothing came by that the rule could look at' : 'nothing was judged';
  return `judged ${some(judged, 'time')}, in ${some(inputs, 'input')} with ${some(calls, 'call')} on ${some(connections, 'connection')}`;
}

import type { ChangeRecord, RunRecord } from '../model';
import { describeVerdict } from '../summary';
import { compareRuns } from './comparison';
import { whatIsBetter, whatIsNew, type NewTrouble } from './what-is-new';

/** An earlier run, and the file that it was read from, as the user named it. */
export interface EarlierRun {
  readonly file: string;
  readonly record: RunRecord;
}

/** What became worse and better since an earlier run, warnings included. Pure. */
export function changeSince({ file, record }: EarlierRun, now: RunRecord): ChangeRecord {
  const comparison = compareRuns([
    { name: 'the earlier run', record },
    { name: 'this run', record: now },
  ]);
  const row = ({ id, text }: NewTrouble) => ({ id, text });
  return {
    since: { file, startedAt: record.header.startedAt, verdict: describeVerdict(record) },
    worse: whatIsNew(comparison, { strict: true }).map(row),
    better: whatIsBetter(comparison).map(row),
    notes: comparison.notes,
  };
}

import { exitCodes } from '../error';
import { worstOf, type RunEnd, type RunRecords } from './conclude';
import type { PropertyRecord, RunRecord } from './model';

/**
 * What {@link conclude} made a finished run of, so that it can be concluded again: with another baseline, or with other records of some rows. What a baseline
 * called stale is as if nobody had listed it. Runs of older versions have no evidence of their rows.
 */
export function recordsOfRun(run: RunRecord): RunRecords {
  const { properties, rows = [], header } = run;
  const given = new Map(properties.map((property) => [property.id, property]));
  return {
    properties: properties.filter((one) => !isOnlyListed(one, run)).map(withoutStale),
    evidence: new Map(
      rows.map(({ row, inputs, calls, connections, judged }) => [row, { inputs, calls, connections, judged }]),
    ),
    unsettled: new Set(
      rows
        .filter(({ verdict }) => verdict === 'error' || verdict === 'not-run')
        .filter(({ row }) => (given.get(row)?.verdict ?? 'pass') === 'pass')
        .map(({ row }) => row),
    ),
    lost: header.lost ?? [],
    end: endOf(run),
    ...(isQuick(run) ? { isQuick: true } : {}),
  };
}

/** True for a run with `--quick`. */
export const isQuick = ({ header }: Pick<RunRecord, 'header'>): boolean => header.options['quick'] === true;

/** The record of a row that was neither asked for nor broken: it is there because of an entry of the baseline. */
const isOnlyListed = ({ id, verdict, findings }: PropertyRecord, { rows, header }: RunRecord): boolean =>
  rows !== undefined && verdict === 'stale' && findings.length === 0 && !header.selected.includes(id);

function withoutStale(record: PropertyRecord): PropertyRecord {
  if (record.verdict !== 'stale') return record;
  const { reason: _, ...rest } = record;
  return { ...rest, verdict: worstOf(record.findings) };
}

function endOf({ status, exitCode, reason = '', properties }: RunRecord): RunEnd {
  const isCut = properties.some(({ verdict }) => verdict === 'not-run');
  if (status === 'complete' || (exitCode === exitCodes.usage && !isCut)) return { is: 'complete' };
  if (exitCode === exitCodes.interrupted) return { is: 'interrupted' };
  if (exitCode === exitCodes.targetLost) return { is: 'target-lost', why: reason };
  // A conclusion adds how many were not run.
  return { is: 'cut-short', why: reason.replace(/, with \d+ propert(?:y|ies) not run$/, '') };
}

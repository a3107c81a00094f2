import { posix } from 'node:path';
import { conclude, type ConcludeOptions } from '../report/conclude';
import type { Baseline } from '../report/baseline-entries';
import type { PropertyRecord, PropertyVerdict, RunRecord } from '../report/model';
import { recordsOfRun } from '../report/records-of-run';
import { isStrict } from '../report/summary';

/** A row whose verdict may be owed to what else the machine did. */
export interface DoubtfulRow {
  readonly id: string;
  /** The properties that show it again: itself, or those that provoked what was seen. */
  readonly playAgain: readonly string[];
}

/** Verdicts that a busy machine can bring about: a race that went otherwise, an answer that came too late, a connection that did not come about. */
const doubtful: ReadonlySet<PropertyVerdict> = new Set(['flaky', 'stale', 'error']);

/** The rows of a run that are worth a second look, and can have one. */
export function doubtfulRows({ properties, header }: RunRecord): readonly DoubtfulRow[] {
  return properties
    .filter(({ verdict }) => doubtful.has(verdict))
    .map(({ id, findings }) => ({ id, playAgain: [id, ...findings.flatMap(({ provokedBy }) => provokedBy ?? [])] }))
    .map(({ id, playAgain }) => ({ id, playAgain: playAgain.filter((one) => header.selected.includes(one)) }))
    .filter(({ playAgain }) => playAgain.length > 0);
}

/** The second look at some rows of a run. */
export interface SecondLook {
  /** The run that played them again. */
  readonly run: RunRecord;
  readonly ids: readonly string[];
  /** Where it left its files, relative to where the first did. */
  readonly folder: string;
}

/**
 * A run in which some rows say what a second run of them says, evidence included, concluded again with the same baseline. A row that is watched only and that
 * the second run looked at and did not see broken has no record of its own any more; one that the second run had nothing to look at for says what it said.
 */
export function replaceRows(
  first: RunRecord,
  { run, ids, folder }: SecondLook,
  baseline: Baseline | undefined,
  { rows, now }: Pick<ConcludeOptions, 'rows' | 'now'>,
): RunRecord {
  const [records, again] = [recordsOfRun(first), recordsOfRun(run)];
  const second = new Map(again.properties.map((property) => [property.id, withFilesIn(property, folder)]));
  const wasLookedAt = (id: string): boolean => second.has(id) || (again.evidence.get(id)?.judged ?? 0) > 0;
  const replaced = new Set(ids.filter(wasLookedAt));
  const conclusion = conclude(
    {
      ...records,
      properties: records.properties.flatMap((property) =>
        replaced.has(property.id) ? (second.get(property.id) ?? []) : [property],
      ),
      evidence: new Map([
        ...records.evidence,
        ...[...replaced].flatMap((id) => {
          const seen = again.evidence.get(id);
          return seen === undefined ? [] : [[id, seen] as const];
        }),
      ]),
      unsettled: new Set([
        ...[...records.unsettled].filter((id) => !replaced.has(id)),
        ...[...again.unsettled].filter((id) => replaced.has(id)),
      ]),
    },
    baseline,
    { rows, now, strict: isStrict(first) },
  );
  const { reason: _, ...kept } = first;
  return { ...kept, ...conclusion };
}

const withFilesIn = (property: PropertyRecord, folder: string): PropertyRecord => ({
  ...property,
  findings: property.findings.map((finding) =>
    finding.failureFile === undefined ? finding : { ...finding, failureFile: posix.join(folder, finding.failureFile) },
  ),
});

import { posix } from 'node:path';
import { exitCodes } from '../error';
import type { PropertyRecord, PropertyVerdict, RunRecord, Verdict } from '../report/model';
import { gates, isStrict } from '../report/summary';

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

/**
 * A run in which these rows say what a second run of them says; one that the second run does not record, because it is watched only and was not broken,
 * goes. The run's verdict follows its rows. `folder` is where the second run left its files, relative to where the first did.
 */
export function replaceRows(record: RunRecord, again: RunRecord, ids: readonly string[], folder: string): RunRecord {
  const second = new Map(again.properties.map((property) => [property.id, withFilesIn(property, folder)]));
  const isOwn = ({ id }: PropertyRecord): boolean => record.header.selected.includes(id);
  const properties = record.properties.flatMap((property) =>
    ids.includes(property.id) ? (second.get(property.id) ?? (isOwn(property) ? [property] : [])) : [property],
  );
  const verdict = verdictOf(properties, isStrict(record));
  return { ...record, properties, verdict, exitCode: exitCodeOf[verdict] };
}

const withFilesIn = (property: PropertyRecord, folder: string): PropertyRecord => ({
  ...property,
  findings: property.findings.map((finding) =>
    finding.failureFile === undefined ? finding : { ...finding, failureFile: posix.join(folder, finding.failureFile) },
  ),
});

function verdictOf(properties: readonly PropertyRecord[], strict: boolean): Verdict {
  if (properties.some((property) => gates(property, strict))) return 'fail';
  return properties.some(({ verdict }) => verdict === 'error') ? 'error' : 'pass';
}

const exitCodeOf: Readonly<Record<Verdict, number>> = {
  pass: exitCodes.conformant,
  fail: exitCodes.findings,
  error: exitCodes.internal,
};

import { exitCodes } from '../error';
import type { CatalogueRow } from '../properties/catalogue';
import {
  coverFinding,
  findStaleEntries,
  isExpired,
  nameBaseline,
  type Baseline,
  type BaselineEntry,
} from './baseline-entries';
import { blankRecord } from './blank-record';
import type { FindingRecord, LostRecord, PropertyRecord, PropertyVerdict, RowRecord, RunRecord } from './model';
import { concludeRows, type EvidenceOfRow } from './row-records';
import { shareCauses } from './share-causes';

/** How a run came to its end, whatever was found by then. */
export type RunEnd =
  | { readonly is: 'complete' }
  /** Time, failures that were allowed, or a target that serves no more: `why` is a clause. */
  | { readonly is: 'cut-short'; readonly why: string }
  | { readonly is: 'interrupted' }
  /** The process ended and could not be started again. */
  | { readonly is: 'target-lost'; readonly why: string };

/** What a run left behind: what was seen of each row, and how it ended. */
export interface RunRecords {
  /** One for each row that was asked for or broken; what the baseline makes of their findings is open or decided already. */
  readonly properties: readonly PropertyRecord[];
  /** What the rules looked at, by the id of the row. */
  readonly evidence: ReadonlyMap<string, EvidenceOfRow>;
  /** Rows whose violation was seen and could not be shown again. */
  readonly unsettled: ReadonlySet<string>;
  /** Capabilities that must be offered and are not. */
  readonly lost: readonly LostRecord[];
  readonly end: RunEnd;
  /** Present for a run with `--quick`: its few inputs prove of no entry of a baseline that what it lists is gone. */
  readonly isQuick?: true;
}

export interface ConcludeOptions {
  /** The whole catalogue. */
  readonly rows: readonly CatalogueRow[];
  /** Warnings gate. */
  readonly strict: boolean;
  /** The day on which entries of the baseline hold or do not. */
  readonly now: Date;
}

/** What a run comes to. */
export interface RunConclusion extends Pick<RunRecord, 'status' | 'verdict' | 'reason'> {
  readonly exitCode: number;
  /** In the order of the records, then rows that only a stale entry of the baseline names. */
  readonly properties: readonly PropertyRecord[];
  readonly rows: readonly RowRecord[];
}

/**
 * What a run comes to: findings as the baseline lets them count, entries of it that list what no longer happens, the verdicts of rows, the verdict of the run,
 * its exit code. Pure, and the same again for what it returned.
 */
export function conclude(
  records: RunRecords,
  baseline: Baseline | undefined,
  { rows, strict, now }: ConcludeOptions,
): RunConclusion {
  const graded = records.properties.map((record) => gradeRecord(record, baseline, now));
  const isWhole = records.end.is === 'complete';
  const settled = isWhole ? markStale({ ...records, properties: graded }, baseline, rows, now) : graded;
  const properties = shareCauses(settled);
  return { ...outcomeOf(properties, records, strict), properties, rows: concludeRows(properties, records, rows) };
}

/** A finding as the baseline lets it count; what was decided by another baseline is forgotten. */
export function gradeFinding(
  filed: FindingRecord,
  id: string,
  baseline: Baseline | undefined,
  now: Date,
): FindingRecord {
  const { known: _, ...given } = filed;
  const finding = given.verdict === 'known' ? { ...given, verdict: verdictWithoutBaseline(given) } : given;
  // A process that ended, or a target that stopped serving, over the whole of a run: no input shows it, and no list makes it harmless.
  const isOfWholeRun = finding.inputsTried === 0;
  if (finding.verdict === 'error' || isOfWholeRun) return finding;
  const { rule, reaction, mark, gravity = 'fail' } = finding;
  const seen = { id, rule, reaction, gravity, ...(mark === undefined ? {} : { mark }) };
  const coverage = coverFinding(baseline, seen, now);
  if (coverage.kind === 'new') return finding;
  if (coverage.kind === 'other') {
    const name = nameBaseline(coverage.entry.from);
    const remark = ` ${name.replace('the', 'The')} lists this rule, but ${coverage.why}.`;
    return finding.summary.endsWith(remark) ? finding : { ...finding, summary: `${finding.summary}${remark}` };
  }
  const { reason, link, from } = coverage.entry;
  const known = { reason, ...(link === undefined ? {} : { link }), ...(from === undefined ? {} : { file: from }) };
  return { ...finding, verdict: 'known', known };
}

/** What a known finding would be without the entry that lists it. Runs of older versions do not say how grave one is. */
const verdictWithoutBaseline = ({ confirmed, gravity }: FindingRecord): FindingRecord['verdict'] =>
  confirmed.failed === confirmed.of ? (gravity ?? 'fail') : 'flaky';

/** True when a finding makes the run fail: a broken MUST that was confirmed, and with `--strict` a warning or a MUST that is broken now and then. */
export function findingGates({ verdict, gravity, level }: FindingRecord, strict: boolean): boolean {
  if (verdict === 'fail') return true;
  // Findings of older files have no gravity: the level stands for it.
  const isGrave = (gravity ?? (level === 'must' ? 'fail' : 'warn')) === 'fail';
  return strict && (verdict === 'warn' || (verdict === 'flaky' && isGrave));
}

const gravestFirst: readonly FindingRecord['verdict'][] = ['fail', 'error', 'warn', 'flaky', 'known', 'info'];

/** What findings say of the row that they are filed under; `pass` when there are none. */
export const worstOf = (findings: readonly FindingRecord[]): PropertyVerdict =>
  gravestFirst.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'pass';

function gradeRecord(record: PropertyRecord, baseline: Baseline | undefined, now: Date): PropertyRecord {
  if (record.findings.length === 0) return record;
  const findings = record.findings.map((finding) => gradeFinding(finding, record.id, baseline, now));
  // A verdict that its findings did not give it stays: the target may have stopped serving meanwhile.
  const verdict = record.verdict === worstOf(record.findings) ? worstOf(findings) : record.verdict;
  return { ...record, findings, verdict };
}

/** Entries that a run proves to be out of date. */
export interface OutdatedEntries {
  /** Listed, looked for and not seen. */
  readonly stale: readonly BaselineEntry[];
  /** The same of a run with `--quick`, whose few inputs prove nothing. */
  readonly unseen: readonly BaselineEntry[];
  /** Seen or not: their last day is over. */
  readonly expired: readonly BaselineEntry[];
}

/**
 * Entries that list what a run did not show, or whose last day is over. A row that was not judged says nothing of its entries.
 * @param executed ids of the rows that were judged to their end.
 */
export function findOutdated(
  properties: readonly PropertyRecord[],
  { executed, isQuick }: { readonly executed: ReadonlySet<string>; readonly isQuick: boolean },
  baseline: Baseline | undefined,
  now: Date,
): OutdatedEntries {
  const seen = properties.flatMap(({ id, findings }) => findings.map(({ rule }) => ({ id, rule })));
  const missing = findStaleEntries(baseline, executed, seen);
  const [stale, unseen] = isQuick ? [none, missing] : [missing, none];
  const expired = (baseline?.entries ?? []).filter(
    (entry) => executed.has(entry.id) && isExpired(entry, now) && !stale.includes(entry),
  );
  return { stale, unseen, expired };
}

const none: readonly BaselineEntry[] = [];

/** Verdicts that say nothing about the target. */
const unjudged: ReadonlySet<PropertyVerdict> = new Set(['untestable', 'blocked', 'not-run', 'skipped']);

/** Those, and what was not judged to its end. */
const notExecuted: ReadonlySet<PropertyVerdict> = new Set([...unjudged, 'lost', 'error']);

/** True when a property was judged, so that what it did not show is not there. */
const wasExecuted = ({ verdict }: Pick<PropertyRecord, 'verdict'>): boolean => !notExecuted.has(verdict);

/** Ids of the properties that were judged. */
export const executedOf = (properties: readonly PropertyRecord[]): ReadonlySet<string> =>
  new Set(properties.filter(wasExecuted).map(({ id }) => id));

/** Ids of the properties whose entries a run may take out of a baseline where it did not show them: none with `--quick`. */
export const settledBy = (properties: readonly PropertyRecord[], isQuick: boolean): ReadonlySet<string> =>
  isQuick ? new Set() : executedOf(properties);

function markStale(
  { properties, evidence, isQuick }: Pick<RunRecords, 'properties' | 'evidence' | 'isQuick'>,
  baseline: Baseline | undefined,
  rows: readonly CatalogueRow[],
  now: Date,
): readonly PropertyRecord[] {
  const executed = new Set(executedOf(properties));
  if (isEverything(properties, rows)) {
    for (const { id, state } of rows) if (state === 'watched' && (evidence.get(id)?.judged ?? 0) > 0) executed.add(id);
  }
  const { stale, expired } = findOutdated(properties, { executed, isQuick: isQuick === true }, baseline, now);
  // A file of a stranger can have several records of one id; none of them hides another.
  const recordsOf = (wanted: string): readonly PropertyRecord[] => properties.filter(({ id }) => id === wanted);
  const marked = new Map<string, PropertyRecord>();
  for (const entry of [...stale, ...expired]) {
    const given = recordsOf(entry.id);
    // A broken MUST says more than a list that is too long.
    if (given.some(({ verdict }) => verdict === 'fail')) continue;
    const record = marked.get(entry.id) ?? given[0] ?? blankRecord(entry.id, rows);
    const reason = stale.includes(entry)
      ? `${nameBaseline(entry.from)} lists ${entry.rule} as broken (${entry.reason}), but it held in every run; remove the entry`
      : `the entry of ${entry.rule} in ${nameBaseline(entry.from)} (${entry.reason}) expired on ${entry.expires ?? ''}; give it a later day and a reason that still holds, or fix what it lists`;
    const { unlock: _, ...rest } = record;
    marked.set(entry.id, { ...rest, verdict: 'stale', reason });
  }
  const added = [...marked.values()].filter(({ id }) => recordsOf(id).length === 0);
  return [...properties.map((record) => marked.get(record.id) ?? record), ...added];
}

/** True when every row that has a property was asked for: then the rules of all traffic saw all that there is to see. */
function isEverything(properties: readonly PropertyRecord[], rows: readonly CatalogueRow[]): boolean {
  const asked = new Set(properties.filter(({ verdict }) => verdict !== 'skipped').map(({ id }) => id));
  return rows.every(({ id, state }) => state !== 'property' || asked.has(id));
}

function outcomeOf(
  properties: readonly PropertyRecord[],
  { end, lost }: RunRecords,
  strict: boolean,
): Omit<RunConclusion, 'properties' | 'rows'> {
  const say = (verdict: RunConclusion['verdict'], exitCode: number, reason?: string) =>
    reason === undefined
      ? ({ status: 'complete', verdict, exitCode } as const)
      : ({ status: 'incomplete', verdict, exitCode, reason } as const);
  if (end.is === 'interrupted') return say('error', exitCodes.interrupted, 'the run was interrupted');
  if (end.is === 'target-lost') return say('error', exitCodes.targetLost, end.why);
  const why = end.is === 'cut-short' ? whyIncomplete(end.why, properties) : undefined;
  const isStale = properties.some(({ verdict }) => verdict === 'stale');
  const gates = properties.some(({ findings }) => findings.some((finding) => findingGates(finding, strict)));
  if (isStale || gates || lost.length > 0) return say('fail', exitCodes.findings, why);
  if (properties.some(({ verdict }) => verdict === 'error')) {
    const isOurs = properties.some(
      ({ isOurFault, findings }) => isOurFault === true || findings.some(({ verdict }) => verdict === 'error'),
    );
    if (isOurs) return say('error', exitCodes.internal, why);
    const broken = properties.find(({ isSuiteFault }) => isSuiteFault === true);
    if (broken === undefined) return say('error', exitCodes.unreachable, why);
    return say('error', exitCodes.usage, `${broken.id} could not be judged: ${broken.reason ?? ''}`);
  }
  if (!properties.some(({ verdict }) => !unjudged.has(verdict)))
    return say('error', exitCodes.usage, why ?? whyNothing(properties));
  return say('pass', exitCodes.conformant, why);
}

/** Why no property was judged, when none was. */
function whyNothing(properties: readonly PropertyRecord[]): string {
  const played = properties.find(({ runs, reason }) => runs > 0 && reason !== undefined);
  if (played !== undefined) return `no property could be judged; ${played.id}: ${played.reason ?? ''}`;
  return properties.some(({ verdict }) => verdict === 'untestable')
    ? 'no property could be run: the target offers none of what the selected ones need'
    : 'no property could be run';
}

/** Some properties were not run, or not to their end. */
function whyIncomplete(why: string, properties: readonly PropertyRecord[]): string {
  const notRun = properties.filter(({ verdict }) => verdict === 'not-run').length;
  return notRun === 0 ? why : `${why}, with ${notRun} ${notRun === 1 ? 'property' : 'properties'} not run`;
}

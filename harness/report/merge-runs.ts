import { ConformError } from '../error';
import { worstOf, type RunEnd, type RunRecords } from './conclude';
import { gravityOfFinding } from './finding-words';
import { saysAsMuch, type Seen } from './says-as-much';
import type { FindingRecord, LostRecord, PropertyRecord, RunHeader, RunRecord, TargetRecord } from './model';
import { recordsOfRun } from './records-of-run';
import { noEvidence, type EvidenceOfRow } from './row-records';

/** What shards of one run come to together, before it is concluded. */
export interface MergedRun {
  readonly header: RunHeader;
  readonly records: RunRecords;
  readonly warnings: RunRecord['warnings'];
  readonly exits: RunRecord['exits'];
  /** From the start of the first to the end of the last. */
  readonly milliseconds: number;
}

/**
 * Puts the shards of one run together again: what each saw of its own rows, and all of them of the rows that are watched.
 * @param runs with the names that people know them by.
 * @param order ids of all rows, in the order of the catalogue.
 * @throws ConformError ERR_RUN_FILE when they are not the shards of one run, all of them and each once
 */
export function mergeRuns(
  runs: readonly { readonly name: string; readonly run: RunRecord }[],
  order: readonly string[],
): MergedRun {
  checkShards(runs);
  const shards = runs.map(({ run }) => run).toSorted((a, b) => shardOf(a).index - shardOf(b).index);
  const [first] = shards as [RunRecord, ...RunRecord[]];
  const all = shards.map((run) => ({ run, records: recordsOfRun(run) }));
  const { shard: _, ...options } = first.header.options;
  const lost = mergeLost(shards.flatMap(({ header }) => header.lost ?? []));
  const selected = new Set(shards.flatMap(({ header }) => header.selected));
  const { lost: _lost, ...header } = first.header;
  const started = shards.map((run) => Date.parse(run.header.startedAt));
  const ended = shards.map((run) => Date.parse(run.header.startedAt) + run.durationMs);
  const startedAt = Math.min(...started);
  return {
    header: {
      ...header,
      startedAt: new Date(startedAt).toISOString(),
      // Rules that users brought stand in no catalogue of ours.
      selected: [...new Set([...order.filter((id) => selected.has(id)), ...[...selected].toSorted()])],
      target: mergeTargets(shards.map(({ target }) => target)),
      options,
      ...(lost.length === 0 ? {} : { lost }),
    },
    records: {
      properties: mergeProperties(
        all.map(({ run, records }) => ({ run, properties: records.properties })),
        order,
      ),
      evidence: mergeEvidence(all.map(({ records }) => records.evidence)),
      unsettled: new Set(all.flatMap(({ records }) => [...records.unsettled])),
      lost,
      end: gravestEnd(all.map(({ records }) => records.end)),
      ...(all.some(({ records }) => records.isQuick === true) ? { isQuick: true } : {}),
    },
    warnings: [...new Set(shards.flatMap(({ warnings }) => warnings))],
    exits: shards.flatMap(({ exits }) => exits),
    milliseconds: Math.max(...ended) - startedAt,
  };
}

/** Which shard a run is; index 0 when it is none. */
function shardOf({ header }: RunRecord): { readonly index: number; readonly of: number } {
  const [, index = '0', of = '0'] = /^(\d+)\/(\d+)$/.exec(String(header.options['shard'] ?? '')) ?? [];
  return { index: Number(index), of: Number(of) };
}

function checkShards(runs: readonly { readonly name: string; readonly run: RunRecord }[]): void {
  const refuse = (why: string): never => {
    throw new ConformError('ERR_RUN_FILE', `these files are not the shards of one run: ${why}`);
  };
  const [first] = runs;
  if (first === undefined) return refuse('there is none');
  const { of } = shardOf(first.run);
  const seen = new Map<number, string>();
  for (const { name, run } of runs) {
    const shard = shardOf(run);
    if (shard.index === 0) return refuse(`${name} was made without --shard`);
    if (shard.of !== of) return refuse(`${name} is one of ${shard.of}, and ${first.name} one of ${of}`);
    const twin = seen.get(shard.index);
    if (twin !== undefined) return refuse(`${twin} and ${name} are both shard ${shard.index} of ${of}`);
    seen.set(shard.index, name);
    const difference = differenceOf(first.run.header, run.header);
    if (difference !== undefined) return refuse(`${first.name} and ${name} differ in ${difference}`);
  }
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter((index) => !seen.has(index));
  if (missing.length > 0) return refuse(`shard ${missing.join(', ')} of ${of} is missing`);
}

/** What two shards of one run have in common, as far as it decides what is played and how it counts. */
function differenceOf(one: RunHeader, other: RunHeader): string | undefined {
  const facts: Readonly<Record<string, (header: RunHeader) => unknown>> = {
    'the version of grpc-conform': ({ tool }) => tool.version,
    'their seed': ({ seed }) => seed,
    'the inputs per property': ({ runs }) => runs,
    '--strict': ({ options }) => options['strict'] === true,
    'the number of entries of their baseline': ({ baseline }) => baseline?.entries ?? 0,
  };
  return Object.entries(facts).find(([, read]) => read(one) !== read(other))?.[0];
}

const mergeLost = (lost: readonly LostRecord[]): readonly LostRecord[] => [
  ...new Map(lost.map((one) => [one.need, one])).values(),
];

/** The target as the first shard found it, with what its rows ask of it counted over all of them. */
function mergeTargets(targets: readonly TargetRecord[]): TargetRecord {
  const [first] = targets as [TargetRecord, ...TargetRecord[]];
  const testable = targets.flatMap((target) => target.testable ?? []);
  return {
    ...first,
    missing: addUp(
      targets.flatMap(({ missing }) => missing),
      ({ need }) => need,
    ),
    ...(testable.length === 0 ? {} : { testable: testable.reduce((sum, each) => sum + each, 0) }),
    ...(first.locked === undefined
      ? {}
      : {
          locked: addUp(
            targets.flatMap(({ locked = [] }) => locked),
            ({ unlock }) => unlock,
          ),
        }),
  };
}

function addUp<T extends { readonly properties: number }>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const sums = new Map<string, T>();
  for (const one of all) {
    const before = sums.get(keyOf(one));
    sums.set(keyOf(one), before === undefined ? one : { ...before, properties: before.properties + one.properties });
  }
  return [...sums.values()];
}

function mergeProperties(
  shards: readonly { readonly run: RunRecord; readonly properties: readonly PropertyRecord[] }[],
  order: readonly string[],
): readonly PropertyRecord[] {
  const records = new Map<string, PropertyRecord>();
  for (const { run, properties } of shards)
    for (const record of properties) {
      const before = records.get(record.id);
      const isOwn = run.header.selected.includes(record.id);
      records.set(
        record.id,
        before === undefined ? record : isOwn ? join(record, before, order) : join(before, record, order),
      );
    }
  return [...records.values()];
}

/**
 * Two records of one row, the first from where its property was played: its own findings, one for each reaction, and of what other properties saw the one that one run
 * would tell, the gravest from the first of them in the catalogue. Where its own say as much, none.
 */
function join(own: PropertyRecord, other: PropertyRecord, order: readonly string[]): PropertyRecord {
  const all = [...own.findings, ...other.findings];
  const findings = new Map<string, FindingRecord>();
  for (const finding of all.filter(({ provokedBy }) => provokedBy === undefined)) {
    const key = JSON.stringify([finding.rule, finding.reaction]);
    const before = findings.get(key);
    findings.set(key, before === undefined ? finding : alsoSeen(before, finding));
  }
  const told = [...findings.values()];
  const [first, ...others] = all
    .filter(({ provokedBy }) => provokedBy !== undefined)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || order.indexOf(a.provokedBy!) - order.indexOf(b.provokedBy!));
  const merged =
    first === undefined || told.some((finding) => saysAsMuch(finding, weightOf(first)))
      ? told
      : [...told, inOrder(others.reduce(alsoSeen, first), order)];
  // A verdict that its findings did not give it stays: untestable, not run, an error of ours.
  const verdict = own.verdict === worstOf(own.findings) ? worstOf(merged) : own.verdict;
  return { ...own, findings: merged, verdict };
}

/** The worst first; what no baseline lists comes before what one does. */
const rankOf = ({ verdict }: FindingRecord): number => worstFirst.indexOf(verdict);
const worstFirst: readonly FindingRecord['verdict'][] = ['fail', 'flaky', 'warn', 'known', 'error', 'info'];

const weightOf = (finding: FindingRecord): Seen => ({
  isKnown: finding.verdict === 'known',
  gravity: gravityOfFinding(finding),
});

const inOrder = (finding: FindingRecord, order: readonly string[]): FindingRecord => ({
  ...finding,
  alsoSeenIn: finding.alsoSeenIn.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
});

/** The graver of two, the first where they are equally grave, with the properties in whose runs either was seen. */
function alsoSeen(one: FindingRecord, other: FindingRecord): FindingRecord {
  const gravest = worstOf([one, other]) === one.verdict ? one : other;
  const seenIn = [one, other].flatMap(({ provokedBy, alsoSeenIn }) => [
    ...(provokedBy === undefined ? [] : [provokedBy]),
    ...alsoSeenIn,
  ]);
  return { ...gravest, alsoSeenIn: [...new Set(seenIn)].filter((id) => id !== gravest.provokedBy) };
}

function mergeEvidence(all: readonly RunRecords['evidence'][]): RunRecords['evidence'] {
  const sums = new Map<string, EvidenceOfRow>();
  for (const evidence of all)
    for (const [row, seen] of evidence) {
      const before = sums.get(row) ?? noEvidence;
      sums.set(row, {
        inputs: before.inputs + seen.inputs,
        calls: before.calls + seen.calls,
        connections: before.connections + seen.connections,
        judged: before.judged + seen.judged,
      });
    }
  return sums;
}

const gravity: Readonly<Record<RunEnd['is'], number>> = {
  interrupted: 3,
  'target-lost': 2,
  'cut-short': 1,
  complete: 0,
};

const gravestEnd = (ends: readonly RunEnd[]): RunEnd =>
  ends.toSorted((a, b) => gravity[b.is] - gravity[a.is])[0] ?? { is: 'complete' };

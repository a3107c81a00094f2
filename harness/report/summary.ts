import { keyOf } from './cause-key';
import { nameBaseline } from './baseline-entries';
import { gravityOfFinding } from './finding-words';
import { type FindingRecord, type PropertyRecord, type PropertyVerdict, type RunRecord, type Verdict } from './model';

/** Every verdict, worst first: the order of counts, lists and legends. */
export const verdictOrder: readonly PropertyVerdict[] = [
  'fail',
  'lost',
  'stale',
  'error',
  'warn',
  'flaky',
  'known',
  'blocked',
  'untestable',
  'not-run',
  'skipped',
  'info',
  'pass',
];

/** How many properties have each verdict; zeros included, so that the numbers add up to the number of properties. */
export function countVerdicts(properties: readonly PropertyRecord[]): Readonly<Record<PropertyVerdict, number>> {
  const counts = Object.fromEntries(verdictOrder.map((verdict) => [verdict, 0])) as Record<PropertyVerdict, number>;
  for (const { verdict } of properties) counts[verdict] += 1;
  return counts;
}

/** The properties of each area, areas in the order of their first property. */
export function groupByArea(properties: readonly PropertyRecord[]): ReadonlyMap<string, readonly PropertyRecord[]> {
  const areas = new Map<string, PropertyRecord[]>();
  for (const property of properties) {
    const group = areas.get(property.area);
    if (group === undefined) areas.set(property.area, [property]);
    else group.push(property);
  }
  return areas;
}

/**
 * True when the property makes the run fail (exit code 1): a broken MUST, something lost, a stale baseline entry, and with `--strict` also a warning, or a
 * MUST that is broken now and then.
 */
export function gates({ verdict, findings }: Pick<PropertyRecord, 'verdict' | 'findings'>, strict: boolean): boolean {
  if (verdict === 'fail' || verdict === 'lost' || verdict === 'stale') return true;
  return strict && (verdict === 'warn' || (verdict === 'flaky' && findings.some(isFlakyMust)));
}

/** True when warnings gate in this run. */
export const isStrict = (run: RunRecord): boolean => run.header.options['strict'] === true;

/** A finding with the property that it is filed under. */
export interface FiledFinding {
  readonly property: PropertyRecord;
  readonly finding: FindingRecord;
}

/**
 * What to fix first: the findings that gate, then broken MUSTs that not every confirming run showed, then the other warnings; crashes and hangs before the
 * rest, then by how much was hurt. Known and informative findings are left out: nobody needs to act on them now.
 */
export function fixFirst(run: RunRecord): readonly FiledFinding[] {
  return allFindings(run)
    .filter(({ finding }) => finding.verdict === 'fail' || finding.verdict === 'warn' || isFlakyMust(finding))
    .map((filed, place) => ({ filed, place, urgency: urgency(filed.finding) }))
    .sort((a, b) => b.urgency - a.urgency || a.place - b.place)
    .map(({ filed }) => filed);
}

/** A broken MUST, a crash or a hang that some confirming runs showed and others did not. Findings of older files have no gravity: the level stands for it. */
const isFlakyMust = (finding: FindingRecord): boolean =>
  finding.verdict === 'flaky' && (gravityOfFinding(finding) ?? (finding.level === 'must' ? 'fail' : 'warn')) === 'fail';

const allFindings = (run: RunRecord): readonly FiledFinding[] =>
  run.properties.flatMap((property) => property.findings.map((finding) => ({ property, finding })));

function urgency(finding: FindingRecord): number {
  const verdict = { fail: 200, flaky: 100 }[finding.verdict as string] ?? 0;
  const mark = finding.mark === 'crash' ? 20 : finding.mark === 'hang' ? 10 : 0;
  const radius = { server: 3, connection: 2, stream: 1 }[finding.radius];
  // What keeps other rows from being judged hides everything behind it.
  const hides = (finding.blocks ?? []).length === 0 ? 0 : 50;
  return verdict + hides + mark + radius;
}

/** Findings that are taken for one cause. */
export interface Cause {
  /** The gravest; of those that are equally grave the one with the plainest request, the shortest script and the fewest words for it, then the first in the catalogue. */
  readonly head: FiledFinding;
  /** The rest, in the order of the catalogue. */
  readonly others: readonly FiledFinding[];
}

/** The causes behind {@link fixFirst}, in its order: findings with equal keys are one, and a finding without a key stands for itself. */
export const groupByCause = (run: RunRecord): readonly Cause[] => groupFindings(run, fixFirst(run));

/** The causes behind what the baseline lists, MUSTs first. */
export const knownCauses = (run: RunRecord): readonly Cause[] =>
  groupFindings(
    run,
    allFindings(run)
      .filter(({ finding }) => finding.verdict === 'known')
      .toSorted((a, b) => gravityRank(a.finding) - gravityRank(b.finding)),
  );

function groupFindings(run: RunRecord, findings: readonly FiledFinding[]): readonly Cause[] {
  const groups = new Map<unknown, FiledFinding[]>();
  for (const filed of findings) {
    const key = filed.finding.causeKey ?? filed.finding;
    groups.set(key, [...(groups.get(key) ?? []), filed]);
  }
  const place = ({ property }: FiledFinding): number => run.properties.indexOf(property);
  return [...groups.values()].flatMap((members) => {
    const inOrder = members.toSorted((a, b) => place(a) - place(b));
    const [head] = inOrder.toSorted(
      (a, b) =>
        gravityRank(a.finding) - gravityRank(b.finding) ||
        oddityOf(a.finding) - oddityOf(b.finding) ||
        a.finding.sent.length - b.finding.sent.length,
    );
    return head === undefined ? [] : [{ head, others: inOrder.filter((filed) => filed !== head) }];
  });
}

/**
 * What a reader has to take in before the cause is seen: that another finding explains this one counts more than anything, then a reaction that hides it and what is
 * unusual about the request beside it, then the number of steps.
 */
function oddityOf({ symptom, reaction, script, causeKey }: FindingRecord): number {
  if (symptom === undefined) return script.length;
  const beside = symptom.features.filter((feature) => !symptom.telling.includes(feature)).length;
  const isHidden = !symptom.reaction.startsWith(reaction);
  const isExplained = keyOf(symptom) !== causeKey;
  return 1e6 * Number(isExplained) + 1000 * (beside + Number(isHidden)) + script.length;
}

const gravityRank = (finding: FindingRecord): number => {
  const order = ['fail', 'flaky', 'warn'].indexOf(finding.verdict);
  return order >= 0 ? order : gravityOfFinding(finding) === 'fail' ? 0 : 1;
};

/** The rows that a cause counts beside its own: other findings of it, and rows that could not be judged because of it. */
export function rowsWith({ head, others }: Cause): readonly string[] {
  const findings = [head, ...others];
  const ids = [
    ...others.map(({ property }) => property.id),
    ...findings.flatMap(({ finding }) => finding.blocks ?? []),
  ];
  return [...new Set(ids)].filter((id) => id !== head.property.id);
}

/** Other findings of the run that are taken for the same cause, whatever became of them. */
export const relativesOf = (run: RunRecord, finding: FindingRecord): readonly FiledFinding[] =>
  finding.causeKey === undefined
    ? []
    : allFindings(run).filter((other) => other.finding !== finding && other.finding.causeKey === finding.causeKey);

/** The finding that keeps a row from being judged; undefined when the run names none. */
export const blockerOf = (run: RunRecord, id: string): FiledFinding | undefined =>
  allFindings(run).find(({ finding }) => finding.blocks?.includes(id));

/** Something the target lacks, with the properties of the run that wait for it. */
export interface Locked {
  /** Completes "To unlock them, …". */
  readonly unlock: string;
  /** What the properties say is missing, one clause each. */
  readonly reasons: readonly string[];
  readonly ids: readonly string[];
}

/** The untestable properties, grouped by what there is to do; most first. One that waits for two things stands under both. */
export const lockedProperties = (run: RunRecord): readonly Locked[] => groupByThing(run, 'untestable');

/** The rows whose capability is expected and not there, grouped in the same way; the reasons name the capabilities and who expects them. */
export const lostProperties = (run: RunRecord): readonly Locked[] =>
  groupByThing(run, 'lost').map((group) => {
    const expected = new Map<string, string[]>();
    for (const { need, because, file, unlock } of run.header.lost ?? []) {
      const who = because === 'the baseline' ? `offered when ${nameBaseline(file)} was written` : because;
      if (thingOf(unlock) === thingOf(group.unlock)) expected.set(who, [...(expected.get(who) ?? []), need]);
    }
    const reasons = [...expected].map(([who, needs]) => `${needs.join(', ')} (${who})`);
    return reasons.length === 0 ? group : { ...group, reasons };
  });

function groupByThing({ properties }: RunRecord, verdict: PropertyVerdict): readonly Locked[] {
  const groups = new Map<string, { unlocks: Set<string>; reasons: Set<string>; ids: Set<string> }>();
  for (const property of properties) {
    if (property.verdict !== verdict) continue;
    const { id, reason = '', unlock = reason } = property;
    for (const part of unlock.split('; and ')) {
      const thing = thingOf(part);
      const group = groups.get(thing) ?? { unlocks: new Set(), reasons: new Set(), ids: new Set() };
      group.unlocks.add(part);
      if (reason !== '') group.reasons.add(reason);
      group.ids.add(id);
      groups.set(thing, group);
    }
  }
  return [...groups]
    .map(([thing, { unlocks, reasons, ids }]) => {
      const [only, another] = unlocks;
      const unlock = only !== undefined && another === undefined ? only : thing;
      return { unlock, reasons: [...reasons], ids: [...ids] };
    })
    .sort((a, b) => b.ids.length - a.ids.length);
}

/** What there is to do without the part that is about one need alone: what stands before a colon. */
function thingOf(unlock: string): string {
  const colon = unlock.indexOf(': ');
  return colon === -1 ? unlock : unlock.slice(0, colon);
}

/** The run in one sentence, without a full stop: the first thing that a reader sees. It says how much was judged wherever that is not everything. */
export function describeVerdict(run: RunRecord): string {
  const counts = countVerdicts(run.properties);
  const failed = run.properties.filter(({ verdict }) => verdict === 'fail');
  const marks = failed.flatMap(({ findings }) => findings.flatMap(({ mark }) => mark ?? []));
  const crashes = marks.filter((mark) => mark === 'crash').length;
  const hangs = marks.length - crashes;
  const flaky = flakyMusts(run);
  const problems = [
    some(counts.fail, 'rule broken', 'rules broken') +
      inBrackets([some(crashes, 'crash', 'crashes'), some(hangs, 'hang', 'hangs')]),
    some(flaky, 'MUST broken now and then', 'MUSTs broken now and then'),
    describeLostNeeds(run),
    some(counts.stale, 'stale baseline entry', 'stale baseline entries'),
    some(counts.error, 'property not judged', 'properties not judged'),
    some(counts.warn, 'warning', 'warnings'),
    some(counts.flaky - flaky, 'flaky', 'flaky'),
    some(counts.known, 'known deviation', 'known deviations'),
  ].filter((text) => text !== '');
  const share = describeShare(run, problems.length > 0);
  const tail = [...problems, share].filter((text) => text !== '').join(', ');
  const said = `${verdictWord(run, counts)}: ${run.properties.length === 0 ? 'no property ran' : tail}`;
  if (run.status === 'complete') return said;
  const soFar = run.properties.length === 0 ? 'nothing was judged' : `${tail} so far`;
  const isFailed = run.verdict === 'fail' ? ', and not conformant' : '';
  return `Incomplete${isFailed}: ${soFar}${run.reason === undefined ? '' : `; ${run.reason}`}`;
}

/** How many MUSTs were broken, but not in every confirming run. */
export function flakyMusts({ properties }: Pick<RunRecord, 'properties'>): number {
  return properties.filter(({ verdict, findings }) => verdict === 'flaky' && findings.some(isFlakyMust)).length;
}

/**
 * `Conformant` is for who was tested on what it serves. Where nothing but the rules of HTTP/2 was judged although the target serves methods, that would say too
 * much.
 */
function verdictWord(run: RunRecord, counts: Readonly<Record<PropertyVerdict, number>>): string {
  if (run.verdict === 'fail') return 'Not conformant';
  if (run.verdict === 'error') return 'Not judged';
  // What the baseline lists does not gate, but the server is not conformant for that.
  if (counts.known > 0) return 'Nothing new';
  if (flakyMusts(run) > 0) return 'Not settled';
  const isHidden = run.target.tier === 2 && !run.target.offers.some((need) => methodNeeds.includes(need));
  if (isHidden) return 'Nothing broken as far as tested';
  const { judged, all } = judgedRows(run);
  return judged < all ? 'Conformant as far as tested' : 'Conformant';
}

/** Needs without which no method of the interop service is called. */
const methodNeeds: readonly string[] = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'];

/** Rows that were judged, and those that could have been: what the user left out does not count. */
function judgedRows({ properties }: Pick<RunRecord, 'properties'>): {
  readonly judged: number;
  readonly all: number;
} {
  const counts = countVerdicts(properties);
  const all = properties.length - counts.skipped;
  const unjudged = counts.untestable + counts.blocked + counts.lost + counts['not-run'] + counts.error;
  return { judged: all - unjudged, all };
}

/** `12 of 80 rows`, where not everything was judged. */
function describeShare(run: RunRecord, hasProblems: boolean): string {
  const { judged, all } = judgedRows(run);
  if (judged < all) return `${judged} of ${all} rows${hasProblems ? ' judged' : ''}`;
  return hasProblems ? '' : `${some(judged, 'property', 'properties')} without a violation`;
}

/** What is lost, by what asked for it: `--expect tier-2: the target does not offer unary`. */
function describeLostNeeds({ header: { lost = [] } }: RunRecord): string {
  const groups = new Map<string, string[]>();
  for (const { need, because, file } of lost) {
    const who = because === 'the baseline' ? nameBaseline(file) : because;
    groups.set(who, [...(groups.get(who) ?? []), need]);
  }
  return [...groups].map(([who, needs]) => `lost by ${who}: ${needs.join(', ')}`).join(', ');
}

const some = (count: number, one: string, many: string): string =>
  count === 0 ? '' : `${count} ${count === 1 ? one : many}`;

function inBrackets(parts: readonly string[]): string {
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** What an exit code of the command line means, without a full stop. */
export function describeExitCode(exitCode: number, verdict?: Verdict): string {
  // Only --update-baseline lets findings pass.
  if (exitCode === 0 && verdict === 'fail') return 'the baseline file now lists what was found';
  return exitMeanings[exitCode] ?? 'ended by something outside of this program';
}

const exitMeanings: Readonly<Record<number, string>> = {
  0: 'conformant, or nothing but what the baseline lists',
  1: 'unexpected findings, lost capabilities, or stale baseline entries',
  2: 'wrong usage or configuration, or nothing was executed',
  3: 'the target cannot be reached, does not speak HTTP/2, or was never ready',
  4: 'the target ended and could not be started again',
  70: 'a fault of ours; please report it',
  130: 'interrupted; what was found so far is in the report',
};

/** How a transport is said in reports. */
export const transportNames = {
  tcp: 'plaintext over TCP',
  tls: 'TLS over TCP',
  unix: 'plaintext over a Unix socket',
  'unix+tls': 'TLS over a Unix socket',
} as const;

/** The tier in words. */
export const tierNames = {
  0: 'unknown methods only',
  1: "the user's own methods",
  2: 'grpc.testing.TestService',
} as const;

/** `0.4 ms`, `12.3 s`, `3 min 5 s`. */
export function describeDuration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The part of the time of its plays for which a run waited by the clock, from 0 to 1; undefined when nothing was played, or the file is of an older version. */
export function waitingShare({ properties }: Pick<RunRecord, 'properties'>): number | undefined {
  const sum = (of: (property: PropertyRecord) => number | undefined): number =>
    properties.reduce((total, property) => total + (of(property) ?? 0), 0);
  const played = sum(({ playedMs }) => playedMs);
  return played === 0 ? undefined : sum(({ waitedMs }) => waitedMs) / played;
}

/** A duration that is only an estimate: `10 s`, `2 min`, `1 h 10 min`; never nothing. */
export function roughDuration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

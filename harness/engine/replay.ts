import { playScript, type Playback } from '../connection/play-script';
import type { Transcript } from '../transcript/transcript';
import { ConformError } from '../error';
import { judgeTestability } from '../launch/locked-properties';
import { checkSanity } from '../launch/sanity';
import { BorrowedInput } from '../axes/borrowing';
import type { CallPlan, Plan } from '../grpc/call-plan';
import type { Target } from '../launch/target';
import { unlocks, type Need } from '../facts/need';
import type { CatalogueRow } from '../properties/catalogue';
import { isOwnId } from '../properties/own-row';
import type { AnyProperty } from '../properties/property';
import { describeObserved } from '../rules/describe-observed';
import type { Violation } from '../rules/violation';
import type { FailureFile } from '../report/failure-file';
import { printable } from '../report/printable';
import { findRefusal } from './find-refusal';
import { judgeRun, type Judged, type Judgement } from './judge-run';
import { writeVariedPlan } from './executor';
import { noticeExit } from './notice-exit';
import { readProcessFact } from './read-process-fact';
import { findStandingProperty } from './standing-properties';

export interface ReplayResult {
  /** `FAILS`: the rule of the file is still broken. `FIXED`: it held. `ERROR`: it cannot be judged on this target. */
  readonly outcome: 'FIXED' | 'FAILS' | 'ERROR';
  /** One sentence, escaped. */
  readonly text: string;
  readonly played: number;
  /** What was seen in the last attempt, and the packet that broke the rule; absent when nothing was played. */
  readonly seen?: { readonly transcript: Transcript; readonly at?: Violation['at'] };
}

const interrupted = { outcome: 'ERROR', text: 'the run was interrupted' } as const;

const isInterrupted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** Attempts for a finding that failed in some of its confirmations only. */
export const flakyAttempts = 10;

/** How long the script of one file may take, all attempts together. Milliseconds; those that we write take seconds, the longest some minutes. */
const longestPlay = 15 * 60_000;

/**
 * Plays the script of a failure file, octet for octet, and judges it by the same rule. No generator is involved.
 *
 * @param longest milliseconds after which it is left.
 * @throws ConformError ERR_FAILURE_FILE when the file names a property or a rule that this version does not have, or holds an input that is not of the property.
 */
export async function replayFailure(
  file: FailureFile,
  target: Target,
  rows: readonly CatalogueRow[],
  signal?: AbortSignal,
  longest = longestPlay,
): Promise<ReplayResult> {
  const named = rows.find(({ id }) => id === file.property)?.property ?? findStandingProperty(file.property);
  const property = carriedBy(file) ?? named;
  if (property === undefined) throw doesNotHave(file, file.property);
  // Nobody would say of a rule that is not there that it is broken.
  const isJudged = rows.some(({ id, state }) => id === file.rule && state !== 'planned');
  if (!isJudged && findStandingProperty(file.rule) === undefined) throw doesNotHave(file, file.rule);
  const lacking = describeLacking(property.needs ?? [], target);
  if (lacking !== undefined) return { ...unjudged(lacking), played: 0 };
  const expecting = carriedBy(file) === undefined && named !== undefined ? withExpectations(file, named) : file;
  const isFlaky = file.finding.confirmed.failed < file.finding.confirmed.of;
  const attempts = isFlaky ? flakyAttempts : 1;
  const clock = AbortSignal.timeout(longest);
  const ending = signal === undefined ? clock : AbortSignal.any([signal, clock]);
  let last: ReplayResult = { ...interrupted, played: 0 };
  for (let played = 1; played <= attempts && !isInterrupted(ending); played++) {
    last = { ...(await replayOnce(expecting, property, target, ending)), played };
    if (isInterrupted(ending) || last.outcome !== 'FIXED') break;
    if (property.lane === 'restart' && played < attempts) await target.process?.restart();
  }
  if (!clock.aborted || isInterrupted(signal)) return last;
  return { ...unjudged(`its script was not over after ${longest} ms`), played: last.played };
}

/** What playing a file again needs of its property. */
export type Replayed = Judged & Pick<AnyProperty, 'needs' | 'lane'>;

/** That of a file which is judged by the expectations of its plan, so that no code of the property is asked; undefined for all others. */
export function carriedBy({ schemaVersion, property, plan: { judging } }: FailureFile): Replayed | undefined {
  if (schemaVersion < 2 || judging === undefined) return undefined;
  const { needs = [], ...about } = judging;
  return { id: property, ...about, needs: needs.filter(isNeed) };
}

/**
 * A file whose plan does not carry what is expected of it, since its property said that in a check when it was written: what the script of the property would
 * expect today of the input, and the names by which its check asks for calls.
 * @throws ConformError ERR_FAILURE_FILE when the property can make nothing of it
 */
export function withExpectations(file: FailureFile, property: AnyProperty): FailureFile {
  const { plan, input, axes = {}, facts } = file;
  if (plan.expects !== undefined) return file;
  if (!isWritable(property, file)) throw notOf(property, undefined);
  try {
    const today = writeVariedPlan(property, new BorrowedInput(input, axes), facts).plan;
    const calls = plan.calls.map((call): CallPlan => {
      const { connection, stream } = call;
      const { label } = today.calls.find((one) => one.connection === connection && one.stream === stream) ?? call;
      return label === undefined ? call : { ...call, label };
    });
    return { ...file, plan: { ...plan, calls, expects: today.expects ?? [] } };
  } catch (cause) {
    throw notOf(property, cause);
  }
}

/** The largest number that an input may hold which no generator of today makes: scripts take numbers for counts, of calls and of octets. */
const largestUnknown = 2 ** 20;

/** Whether a script can be written for what stands in a file: an input of today's generator, or one of an earlier version in which nothing is large. */
function isWritable(property: AnyProperty, { input, facts }: FailureFile): boolean {
  if (largestIn(input) <= largestUnknown) return true;
  try {
    return property.arbitrary(facts).canShrinkWithoutContext(input);
  } catch (cause) {
    throw notOf(property, cause);
  }
}

function largestIn(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((largest, one) => Math.max(largest, largestIn(one)), 0);
}

function doesNotHave(file: FailureFile, id: string): ConformError {
  if (isOwnId(id))
    return new ConformError(
      'ERR_FAILURE_FILE',
      `The failure file is about ${printable(id)}, a rule of a suite of your own: name the file of that suite with --suite-file.`,
    );
  return new ConformError(
    'ERR_FAILURE_FILE',
    `The failure file is about ${printable(id)}, which this version of grpc-conform does not have; use the version that wrote it (${printable(file.tool.version)}).`,
  );
}

async function replayOnce(
  file: FailureFile,
  property: Replayed,
  target: Target,
  signal?: AbortSignal,
): Promise<Omit<ReplayResult, 'played'>> {
  const playback = await playPlan(file.plan, target, signal);
  if (isInterrupted(signal)) return interrupted;
  const result = await judgePlayback(file, property, target, playback, signal);
  return { ...result, seen: { transcript: playback.transcript, ...result.seen } };
}

/** The outcome of one attempt, with the packet that broke the rule. */
async function judgePlayback(
  file: FailureFile,
  property: Replayed,
  target: Target,
  playback: Playback,
  signal?: AbortSignal,
): Promise<Pick<ReplayResult, 'outcome' | 'text'> & { readonly seen?: Pick<Violation, 'at'> }> {
  const exit = property.lane === 'restart' ? undefined : await noticeExit(target.process, playback.views);
  const isCrash = file.finding.mark === 'crash';
  if (exit !== undefined) {
    const text = `the target's process ended (${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`})`;
    return fails(text, isCrash, file);
  }
  if (isCrash && playback.views.some(({ connected }) => connected)) {
    // The process of a target that we did not start, or one that ends a moment later.
    const trouble = await checkSanity({ endpoint: target.endpoint(), facts: target.facts, signal });
    if (trouble !== undefined) return fails(`the target no longer serves: ${trouble}`, true, file);
  }
  const judgement = await settle(judge(property, file, playback), file, target, signal);
  if (judgement.kind !== 'judged') return unjudged(judgement.reason);
  // The plain call of a standing property is one that every target answers.
  const isStanding = findStandingProperty(property.id) === property;
  const refusal = isStanding ? undefined : await findRefusal(judgement.seen, target, signal);
  if (isInterrupted(signal)) return interrupted;
  if (refusal !== undefined) return unjudged(refusal);
  const violations = judgement.violations.filter(({ rule, severity }) => rule === file.rule && severity !== 'info');
  const isRecorded = ({ reaction }: Violation): boolean => reaction === file.finding.reaction;
  const violation = violations.find(isRecorded) ?? violations[0];
  if (violation === undefined) return { outcome: 'FIXED', text: printable(`${file.rule} holds`) };
  const { at } = violation;
  return {
    ...fails(`${violation.rule}: ${describeObserved(violation, judgement.seen)}`, isRecorded(violation), file),
    seen: at === undefined ? {} : { at },
  };
}

/**
 * A check trusts that its input is one that its own generator made, which a file may claim.
 * @throws ConformError ERR_FAILURE_FILE when the check cannot make anything of it
 */
function judge(property: Replayed, { plan, input, facts }: FailureFile, playback: Playback): Judgement {
  try {
    return judgeRun(property, plan, playback, input, facts);
  } catch (cause) {
    throw notOf(property, cause);
  }
}

const notOf = ({ id }: Replayed, cause: unknown): ConformError =>
  new ConformError(
    'ERR_FAILURE_FILE',
    `The plan, the input or the facts of the failure file are not such as ${printable(id)} makes: its check cannot make anything of them.`,
    { cause },
  );

/**
 * What looks like a call that was not processed, but may not be, and is just what the file tells: judged, as it was in the run, when the target serves a plain
 * call meanwhile.
 */
async function settle(
  judgement: Judgement,
  { rule, finding }: FailureFile,
  { endpoint, facts }: Target,
  signal?: AbortSignal,
): Promise<Judgement> {
  if (judgement.kind !== 'void' || judgement.isCertain) return judgement;
  const { otherwise, judged, seen } = judgement;
  const isTold = otherwise.some((violation) => violation.rule === rule && violation.reaction === finding.reaction);
  if (!isTold || (await checkSanity({ endpoint: endpoint(), facts, signal })) !== undefined) return judgement;
  return { kind: 'judged', violations: otherwise, judged, seen };
}

function playPlan(plan: Plan, target: Target, signal: AbortSignal | undefined): Promise<Playback> {
  return playScript(plan, {
    endpoint: target.endpoint(),
    // The target at hand may be slower than the one of the file.
    times: target.facts.times,
    ...(signal === undefined ? {} : { signal }),
    control: () => {
      target.process?.gracefulStop();
      return Promise.resolve();
    },
    sample: (what) => readProcessFact(target.process, what),
  });
}

const unjudged = (reason: string) => ({
  outcome: 'ERROR' as const,
  text: printable(`cannot be judged here: ${reason}`),
});

/** Whoever compares the two sees at once whether it is still the same fault. */
const fails = (text: string, isRecorded: boolean, { finding }: FailureFile) => ({
  outcome: 'FAILS' as const,
  text: printable(isRecorded ? text : `another reaction than recorded (${finding.reaction}): ${text}`),
});

/** What a target lacks of what a property needs, as a clause; undefined when it has all of it. */
function describeLacking(needs: readonly Need[], { facts, record }: Target): string | undefined {
  const missing = needs.filter((need) => {
    // A replay asks nobody for descriptors; whether the methods are there shows when they are called.
    if (isAboutOwnMethods(need)) return false;
    const state = record.capabilities?.find((capability) => capability.need === need)?.state;
    return state === undefined ? !facts.offers.includes(need) : state !== 'offered' && state !== 'broken';
  });
  if (missing.length === 0) return undefined;
  const ways = judgeTestability([missing], []).locked?.map(({ unlock }) => unlock) ?? [];
  return `the target does not offer ${missing.join(', ')}; to play it there, ${ways.join(', and ')}`;
}

const isNeed = (need: string): need is Need => Object.hasOwn(unlocks, need);

const isAboutOwnMethods = (need: Need): boolean => need === 'method' || need.endsWith('-method');

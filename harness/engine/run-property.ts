import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { labelsOf } from '../axes/axes';
import { borrowing, BorrowedInput, splitInput } from '../axes/borrowing';
import type { Plan } from '../grpc/call-plan';
import { observe } from '../grpc/observe';
import type { RowId } from '../catalogue';
import type { Level } from '../catalogue/requirement';
import { answersSeen } from '../properties/answers-seen';
import { classify, labelNamesOf } from '../properties/labels';
import type { AnyProperty, Property } from '../properties/property';
import type { TargetFacts } from '../facts/target-facts';
import type { Violation } from '../rules/violation';
import type { AttemptRecord, FindingRecord } from '../report/model';
import type { ProcessExit, RunListener } from '../report/events';
import type { SampleRecord } from '../report/model';
import type { Experiment, Executor } from './executor';
import { isJudgedWhole, unprocessedIn } from './judge-run';
import { makeSample } from './make-sample';
import type { Slots } from './slots';
import { gravityOf, saysAtLeast, type Weight } from './verdicts';

/** Shrinking stops after that many runs: without a budget one failing property costs minutes. */
const shrinkRuns = 200;

/** So many inputs that had come to their end before the process did are suspected of that, too: as many as were under way with the usual concurrency. */
const lateSuspects = 8;

/** Kinds of accepted answers that are counted one by one: a target may make up codes without end. */
const mostAnswers = 20;

/** How often a minimal counterexample is played again on fresh connections. */
export const confirmations = 5;

/** And one that the baseline covers, where nothing else is played meanwhile: that many show that it is still there. */
const knownConfirmations = 2;

/** Where the smallest counterexample does not show again each time, larger ones are tried: after so much of the shrinking. */
const partsKept = [1 / 2, 1 / 4, 1 / 8, 0];

/**
 * A failure that the baseline covers stops the search only after the examples and so many of its kind, or what one bug does would hide the next; and after
 * {@link mostKnown} at the latest, since each of them may be a wait that ran out. A warning that the baseline covers counts like that where a wait did run out.
 */
const fewKnown = 3;
const mostKnown = 12;

export interface SearchOptions {
  /** Seed of the property, see {@link subSeed}. */
  readonly seed: number;
  /** Inputs to try. */
  readonly runs: number;
  readonly levelOf: (rule: string) => Level;
  /** True when the baseline covers it. */
  readonly isKnown: (violation: Violation) => boolean;
  readonly slots: Slots;
  readonly listener: RunListener;
  /** True: no further input is to be started. */
  readonly isOver: () => boolean;
  /** Told of each input of the search, while all that was seen is still there. */
  readonly onPlayed?: (experiment: Experiment) => void;
}

/** An input that broke a rule. */
export interface Failure extends Weight {
  readonly property: AnyProperty;
  readonly rule: string;
  /** Number of the input, from 0: with the seed it gives the input again. */
  readonly index: number;
  readonly input: unknown;
  readonly experiment: Experiment;
}

/** An input that was played in a search. */
export interface Played {
  readonly index: number;
  readonly input: unknown;
  readonly experiment: Experiment;
  /** Which of the answers that its script accepts came; none where it broke something. */
  readonly answers: readonly string[];
  /** Of one or two of them that broke nothing: what a report shows of it. */
  readonly sample?: SampleRecord;
}

/** An input that may have ended the process. */
export interface Suspect {
  readonly index: number;
  readonly input: unknown;
  readonly exit: ProcessExit;
  /** What was played of it, where that is not what the property would write today. */
  readonly plan?: Plan;
}

/** Why inputs were not processed. */
export interface Unprocessed {
  readonly reason: string;
  readonly unlock: string;
  /** False where our own script would have gone beyond a limit of the target: nothing was asked, and nothing refused. */
  readonly wasPlayed: boolean;
  readonly count: number;
}

/** What a search through a property's inputs found. */
export interface SearchResult {
  /** In their order, up to the failure of the own rule that stopped the search. */
  readonly played: readonly Played[];
  /** Inputs that were played and count: up to the failure of the own rule that stopped the search, or all. */
  readonly runs: number;
  readonly milliseconds: number;
  /** Milliseconds that its plays took, one after the other, and for how many of them they waited by the clock. */
  readonly effort: { readonly played: number; readonly waited: number };
  /** One failure per rule, the first of those that say most; the own rule's among them. */
  readonly failures: ReadonlyMap<string, Failure>;
  /** Free choices and unusual forms that were seen, with how often. */
  readonly reactions: Readonly<Record<string, number>>;
  /** Which of several accepted answers came, with how many inputs had each. */
  readonly answers: Readonly<Record<string, number>>;
  /** How many inputs were of each class that the property names, and how often each value of an axis that is not the plainest was in effect, such as `ending: empty DATA`. */
  readonly labels: Readonly<Record<string, number>>;
  /** What was seen of the own rule stopped the search: nothing that follows changes it. */
  readonly isDecided: boolean;
  /** Inputs that could not be judged. */
  readonly unjudged: readonly { readonly index: number; readonly reason: string }[];
  /** Inputs that were judged by something that came back. */
  readonly judged: number;
  /** Inputs during which the process ended, what else was seen of them says nothing; then those before, for a process may end a moment later. */
  readonly suspects: readonly Suspect[];
  /** Inputs whose calls the target did not look at, or that were not played because it would not: how many for each reason. */
  readonly unprocessed: readonly Unprocessed[];
}

/**
 * Plays the inputs of a property, several at a time, until its own rule fails in a way that the baseline does not cover, or the inputs are used up. What is found
 * depends on the seed alone: inputs after that failure are forgotten, whichever of them had been played. With `before` it goes on: what was played there is not played again.
 */
export async function searchProperty(
  property: AnyProperty,
  executor: Executor,
  options: SearchOptions,
  before: Pick<SearchResult, 'played' | 'milliseconds'> = { played: [], milliseconds: 0 },
): Promise<SearchResult> {
  const started = performance.now();
  const played: Played[] = [...before.played];
  const known = new Set(played.map(({ index }) => index));
  const exitsBefore = executor.exits.length;
  /** What was played now, in the order in which it came to its end, each with the number of exits by then. */
  const ended: { readonly one: Played; readonly exits: number }[] = [];
  const underWay = new Set<Promise<void>>();
  const lastExample = countExamples(property, executor.facts) - 1;
  /** Indices of inputs that failed only in ways that the baseline covers, or were warned of so and waited in vain, in order. */
  let knownFailures: readonly number[] = [];
  let failure: unknown;
  let stopAt = Infinity;
  const noteFailure = ({ index: own, experiment }: Played): void => {
    const findings = violationsOf(experiment).filter(({ rule }) => rule === property.id);
    const ofGravity = (gravity: Weight['gravity']): readonly Violation[] =>
      findings.filter((violation) => gravityOf(violation, options.levelOf(property.id)) === gravity);
    const failures = ofGravity('fail');
    const counted = failures.length > 0 || experiment.waited === 0 ? failures : ofGravity('warn');
    if (counted.length === 0) return;
    if (counted.every((violation) => options.isKnown(violation))) {
      knownFailures = [...knownFailures, own].toSorted((a, b) => a - b);
      const few = Math.max(knownFailures[fewKnown - 1] ?? Infinity, lastExample);
      stopAt = Math.min(stopAt, few, knownFailures[mostKnown - 1] ?? Infinity);
    } else if (failures.length > 0) stopAt = Math.min(stopAt, own);
  };
  played.forEach(noteFailure);
  let index = 0;

  /** The best failure per rule so far, to know which transcripts are still of use. */
  const best = new Map<string, Weight & { readonly index: number }>();
  /** True when the transcript of an input may become that of a finding; all others are let go, or a long run would fill the memory. */
  const keeps = (own: number, experiment: Experiment): boolean => {
    let isBest = false;
    for (const violation of violationsOf(experiment)) {
      const weight = weigh(violation, options);
      if (weight.gravity === 'info') continue;
      const seenBefore = best.get(violation.rule);
      const isBetter =
        seenBefore === undefined ||
        !saysAtLeast(seenBefore, weight) ||
        (saysAtLeast(weight, seenBefore) && own < seenBefore.index);
      if (isBetter) best.set(violation.rule, { ...weight, index: own });
      // A failure of a timed property may be forgotten as noise, and then the next one counts.
      isBest ||= isBetter || property.timed === true;
    }
    return isBest;
  };
  for (const one of played) keeps(one.index, one.experiment);

  const playOne = async (own: number, input: unknown): Promise<void> => {
    const experiment = await executor.play(property, input);
    // An interrupted script has seen only a part of the answer.
    if (executor.aborted) return;
    options.onPlayed?.(experiment);
    const isKept = breaksNothing(experiment, options);
    const { judgement } = experiment;
    const answers = isKept && judgement.kind === 'judged' && experiment.answered ? answersSeen(judgement.seen) : [];
    const isShown = own === 0 || own === lastExample + 1;
    const sample = isKept && isShown ? makeSample(input, experiment, executor.facts.times) : undefined;
    const one = {
      index: own,
      input,
      experiment: keeps(own, experiment) ? experiment : withoutDetails(experiment),
      answers,
      ...(sample === undefined ? {} : { sample }),
    };
    played.push(one);
    ended.push({ one, exits: executor.exits.length });
    const violations = violationsOf(experiment);
    options.listener({
      type: 'input-judged',
      id: property.id,
      index: own,
      phase: 'search',
      broken: [...new Set(violations.map(({ rule }) => rule))],
      milliseconds: experiment.milliseconds,
    });
    noteFailure(one);
  };

  // fast-check only generates here, lazily and in the order of the seed; judging happens beside it, several inputs at a time.
  const generate = fc.asyncProperty(arbitraryOf(property, executor), async (input: unknown) => {
    const own = index++;
    const isNeeded = (): boolean => failure === undefined && !options.isOver() && own <= stopAt;
    if (known.has(own)) return;
    if (!isNeeded()) throw stopGenerating();
    const leave = await options.slots.enter();
    if (!isNeeded()) {
      leave();
      throw stopGenerating();
    }
    const run = playOne(own, input)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        leave();
        underWay.delete(run);
      });
    underWay.add(run);
  });
  await fc.check(generate, parametersOf(property, executor, options.seed, options.runs));
  await Promise.all(underWay);
  if (failure !== undefined) throw failure;
  const milliseconds = before.milliseconds + performance.now() - started;
  await executor.probe();
  const suspects = executor.exits.slice(exitsBefore).flatMap((exit, number): Suspect[] => {
    const under = ended.filter(({ one }) => one.experiment.exit === exit).toSorted((a, b) => a.one.index - b.one.index);
    const earlier = ended.filter(
      ({ one, exits }) => one.experiment.exit === undefined && exits <= exitsBefore + number,
    );
    return [...under, ...earlier.slice(-lateSuspects).toReversed()].map(({ one: { index: own, input } }) => ({
      index: own,
      input,
      exit,
    }));
  });
  const counted = played.filter((one) => one.index <= stopAt);
  return {
    ...summarize(property, counted, milliseconds, executor.facts, options),
    suspects,
    isDecided: stopAt !== Infinity,
  };
}

/** True for an input that broke no rule; a free choice is none. */
const breaksNothing = (experiment: Experiment, options: Grading): boolean =>
  violationsOf(experiment).every((violation) => weigh(violation, options).gravity === 'info');

/** What is left of an input that nobody will ask about again: its judgement, without the plan and the transcript. */
export function withoutDetails(whole: Experiment): Experiment {
  const { transcript: _, ...experiment } = whole;
  const seen = observe(noPlan, { connections: [], samples: {} });
  const { judgement } = experiment;
  const counted =
    judgement.kind === 'judged' || judgement.kind === 'void' ? { ...judgement, judged: noCounts } : judgement;
  return { ...experiment, plan: noPlan, judgement: { ...counted, seen } };
}

/** In place of a plan that was let go, and cannot be played again. */
const noPlan: Plan = { steps: [], calls: [] };

/** What was looked at has been counted when it was played. */
const noCounts: ReadonlyMap<RowId, number> = new Map();

/** A search without what was seen: its judgements say all that is still asked for. What may still become a finding keeps its transcript. */
export function forgetDetails(
  { played, milliseconds }: SearchResult,
  open?: Failure,
): Pick<SearchResult, 'played' | 'milliseconds'> {
  return {
    played: played.map((one) =>
      one.index === open?.index ? one : { ...one, experiment: withoutDetails(one.experiment) },
    ),
    milliseconds,
  };
}

/** A search without the inputs during which the process ended, once it is clear that none of them ended it: they are to be played again. */
export function forgetSuspects({ played, milliseconds }: SearchResult): Pick<SearchResult, 'played' | 'milliseconds'> {
  return { played: played.filter(({ experiment }) => experiment.exit === undefined), milliseconds };
}

/** A search without the inputs that a target may have failed to answer because it had stopped serving: they are to be played again. */
export function forgetUnanswered({
  played,
  milliseconds,
}: SearchResult): Pick<SearchResult, 'played' | 'milliseconds'> {
  return {
    played: played.filter(({ experiment }) => {
      const { judgement } = experiment;
      return judgement.kind === 'judged' && experiment.exit === undefined && judgement.violations.length === 0;
    }),
    milliseconds,
  };
}

/**
 * A search without what one input showed of the property's own rule, once it is clear that this was noise. The next one that showed it takes its place: where its plan
 * was let go, it is to be played again.
 */
export function forgetFailure(
  { played, milliseconds }: SearchResult,
  { index, rule }: Failure,
): Pick<SearchResult, 'played' | 'milliseconds'> {
  const withoutRule = ({ judgement, ...experiment }: Experiment): Experiment =>
    judgement.kind === 'judged'
      ? {
          ...experiment,
          judgement: { ...judgement, violations: judgement.violations.filter((violation) => violation.rule !== rule) },
        }
      : { ...experiment, judgement };
  const isLetGo = ({ experiment }: Played): boolean =>
    experiment.plan === noPlan &&
    violationsOf(experiment).some((violation) => violation.rule === rule && violation.severity !== 'info');
  return {
    played: played.flatMap((one) => {
      if (one.index === index) return [{ ...one, experiment: withoutRule(one.experiment) }];
      return isLetGo(one) ? [] : [one];
    }),
    milliseconds,
  };
}

function summarize(
  property: AnyProperty,
  played: readonly Played[],
  milliseconds: number,
  facts: TargetFacts,
  options: Grading,
): Omit<SearchResult, 'suspects' | 'isDecided'> {
  const failures = new Map<string, Failure>();
  const reactions: Record<string, number> = {};
  const answerCounts: Record<string, number> = {};
  const labels: Record<string, number> = Object.fromEntries(labelNamesOf(property).map((label) => [label, 0]));
  const count = (label: string): void => void (labels[label] = (labels[label] ?? 0) + 1);
  const inOrder = played.toSorted((a, b) => a.index - b.index);
  for (const { index, input, experiment, answers } of inOrder) {
    for (const answer of answers) {
      const name = answer in answerCounts || Object.keys(answerCounts).length < mostAnswers ? answer : 'others';
      answerCounts[name] = (answerCounts[name] ?? 0) + 1;
    }
    // What was not processed proves nothing: only classes of judged inputs count.
    if (isJudgedWhole(experiment.judgement)) classify(property, splitInput(input).input, facts).forEach(count);
    labelsOf(experiment.axes ?? {}).forEach(count);
    for (const violation of violationsOf(experiment)) {
      const weight = weigh(violation, options);
      if (violation.rule === property.id) reactions[violation.reaction] = (reactions[violation.reaction] ?? 0) + 1;
      if (weight.gravity === 'info') continue;
      const before = failures.get(violation.rule);
      if (before !== undefined && saysAtLeast(before, weight)) continue;
      failures.set(violation.rule, { property, rule: violation.rule, ...weight, index, input, experiment });
    }
  }
  return {
    played: inOrder,
    runs: inOrder.length,
    milliseconds,
    effort: {
      played: inOrder.reduce((sum, { experiment }) => sum + experiment.milliseconds, 0),
      waited: inOrder.reduce((sum, { experiment }) => sum + experiment.waited, 0),
    },
    failures,
    reactions,
    answers: answerCounts,
    labels,
    unjudged: inOrder.flatMap(({ index, experiment: { judgement } }) =>
      judgement.kind === 'no-connection' ? [{ index, reason: judgement.reason }] : [],
    ),
    judged: inOrder.filter(
      ({ experiment: { judgement, exit, answered } }) => isJudgedWhole(judgement) && exit === undefined && answered,
    ).length,
    unprocessed: countUnprocessed(inOrder),
  };
}

function countUnprocessed(played: readonly Played[]): readonly Unprocessed[] {
  const counts = new Map<string, Unprocessed>();
  for (const { experiment } of played) {
    const { judgement } = experiment;
    const isBeyond = judgement.kind === 'beyond';
    const unprocessed = isBeyond ? judgement : unprocessedIn(judgement);
    if (unprocessed === undefined) continue;
    const { reason, unlock } = unprocessed;
    counts.set(reason, { reason, unlock, wasPlayed: !isBeyond, count: (counts.get(reason)?.count ?? 0) + 1 });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count);
}

/** A counterexample that was made as small as the budget allows, and played again. */
export interface Counterexample {
  readonly input: unknown;
  readonly experiment: Experiment;
  /** The violation that it shows. */
  readonly violation: Violation;
  readonly shrinks: number;
  /** What the failure itself showed; absent where nothing could be left out of it. */
  readonly firstReaction?: string;
  /** Milliseconds that they took. */
  readonly shrinkMs: number;
  /** fast-check's path from the seed to the input. */
  readonly path: string;
  readonly confirmed: { readonly failed: number; readonly of: number };
  /** The confirming runs that were judged, one by one. */
  readonly attempts?: FindingRecord['attempts'];
  /** Why playing it again judged nothing, a clause; present only where no confirming run could be judged, and none was cut short. */
  readonly unjudged?: string;
}

export interface ShrinkOptions extends Pick<
  SearchOptions,
  'seed' | 'levelOf' | 'isKnown' | 'slots' | 'listener' | 'isOver'
> {
  /** Milliseconds for making the input smaller; 0 leaves it as it is. */
  readonly shrinkMs: number;
  /** Already confirmed elsewhere: not played again. */
  readonly confirmed?: Counterexample['confirmed'];
}

/**
 * Makes the input of a failure smaller while it still breaks the same rule as badly, then confirms it. Where the smallest one does not show again each time, as in
 * a race, a larger one on the way to it may: the one that shows most often is kept.
 */
export async function reduceFailure(
  failure: Failure,
  executor: Executor,
  options: ShrinkOptions,
): Promise<Counterexample> {
  const { input, experiment } = failure;
  const itself: Step = { input, plan: experiment.plan, experiment };
  const { smaller, path, shrinkMs } = await shrink(failure, executor, options);
  const steps = [itself, ...smaller];
  const finish = (
    shrinks: number,
    { input: own, experiment: shown = experiment }: Step,
    confirmation: Confirmation,
  ) => ({
    input: own,
    experiment: shown,
    violation: violationIn(shown, failure, options),
    shrinks,
    ...(shrinks === 0 ? {} : { firstReaction: violationIn(experiment, failure, options).reaction }),
    shrinkMs,
    path: path.split(':', 1 + shrinks).join(':'),
    ...confirmation,
  });
  if (options.confirmed !== undefined) return finish(0, itself, { confirmed: options.confirmed });
  const tryStep = async (shrinks: number): Promise<Counterexample> => {
    const step = steps[shrinks] ?? itself;
    const { shown, ...confirmation } = await confirm(failure, step, executor, options);
    return finish(shrinks, { ...step, experiment: step.experiment ?? shown }, confirmation);
  };
  // Where each play waits for long there is no time for more of them than shrinking may take.
  const deadline = performance.now() + options.shrinkMs;
  let best = await tryStep(smaller.length);
  for (const shrinks of new Set(partsKept.map((part) => Math.floor(smaller.length * part)))) {
    if (isSteady(best) || shrinks === best.shrinks || performance.now() > deadline) break;
    if (options.isOver() || executor.aborted) break;
    const larger = await tryStep(shrinks);
    if (rateOf(larger) > rateOf(best)) best = larger;
  }
  return best;
}

/** True when a counterexample showed again each time that playing it again could be judged. */
export const isSteady = ({ confirmed: { failed, of } }: Pick<Counterexample, 'confirmed'>): boolean => failed === of;

/** The part of its confirming runs in which a counterexample showed again. */
export const rateOf = ({ confirmed: { failed, of } }: Pick<Counterexample, 'confirmed'>): number =>
  of === 0 ? 0 : failed / of;

/** An input on the way from a failure to its smallest counterexample, with its script. */
interface Step {
  readonly input: unknown;
  readonly plan: Plan;
  /** What was seen of it; of those in the middle nothing is kept. */
  readonly experiment?: Experiment;
}

/** Makes an input smaller. @returns the smaller inputs that broke the same rule as badly, the smallest last, and fast-check's path to it, a number for each. */
async function shrink(
  failure: Failure,
  executor: Executor,
  options: ShrinkOptions,
): Promise<{ readonly smaller: readonly Step[]; readonly path: string; readonly shrinkMs: number }> {
  const { property, rule } = failure;
  const smaller: Step[] = [];
  const given = String(failure.index);
  if (options.shrinkMs <= 0) return { smaller, path: given, shrinkMs: 0 };
  const started = performance.now();
  const deadline = started + options.shrinkMs;
  let runs = 0;
  const stillFails = fc.asyncProperty(arbitraryOf(property, executor), async (input: unknown) => {
    if (runs === 0) {
      // The failure itself; it was played already.
      runs++;
      return false;
    }
    // Interrupts fast-check, which would go on to make every smaller input that there is, for seconds when the input is large.
    if (runs >= shrinkRuns || performance.now() > deadline || options.isOver()) throw stopGenerating();
    const number = runs++;
    const experiment = await inSlot(property, options.slots, () => executor.play(property, input));
    if (executor.aborted) throw stopGenerating();
    const fails = breaks(experiment, failure, options);
    const broken = fails ? [rule] : [];
    options.listener({
      type: 'input-judged',
      id: property.id,
      index: number,
      phase: 'shrink',
      broken,
      milliseconds: experiment.milliseconds,
    });
    if (fails) {
      const before = smaller.pop();
      if (before !== undefined) smaller.push({ input: before.input, plan: before.plan });
      smaller.push({ input, plan: experiment.plan, experiment });
    }
    return !fails;
  });
  const parameters = parametersOf(property, executor, options.seed, 1);
  const { counterexamplePath } = await fc.check(stillFails, { ...parameters, path: given });
  return { smaller, path: counterexamplePath ?? given, shrinkMs: performance.now() - started };
}

/** Why a call was not looked at where that is because of a bound of ours, or because its script did not fit what the target allows. */
function whyBeyondUs(judgement: Experiment['judgement']): string | undefined {
  const unprocessed = unprocessedIn(judgement);
  return unprocessed !== undefined && ['bound', 'limit', 'fault'].includes(unprocessed.why)
    ? unprocessed.reason
    : undefined;
}

type Confirmation = Pick<Counterexample, 'confirmed' | 'unjudged' | 'attempts'>;

/** Confirming runs, with the first of them that failed. */
interface Confirmed extends Confirmation {
  readonly shown?: Experiment;
}

/** Not even a run that is over leaves a failure unconfirmed; only an interrupted one does. */
async function confirm(
  failure: Failure,
  { input, plan }: Step,
  executor: Executor,
  options: ShrinkOptions,
): Promise<Confirmed> {
  const { property } = failure;
  const attempts: AttemptRecord[] = [];
  let shown: Experiment | undefined;
  let unjudged: string | undefined;
  const playAgain = async (index: number): Promise<void> => {
    if (executor.aborted) return;
    const experiment = await executor.playPlan(property, plan, input);
    if (executor.aborted) return;
    const fails = breaks(experiment, failure, options);
    if (fails) shown ??= experiment;
    // What was too much for us, or could not be played to its end, says neither.
    const beyondUs = fails ? undefined : whyBeyondUs(experiment.judgement);
    if (beyondUs !== undefined) {
      unjudged ??= beyondUs;
      return;
    }
    const milliseconds = Math.round(experiment.milliseconds);
    attempts.push(
      fails ? { milliseconds, reaction: violationIn(experiment, failure, options).reaction } : { milliseconds },
    );
    const broken = fails ? [failure.rule] : [];
    options.listener({
      type: 'input-judged',
      id: property.id,
      index,
      phase: 'confirm',
      broken,
      milliseconds: experiment.milliseconds,
    });
  };
  const isAlone = property.timed === true || property.lane !== undefined;
  const plays = isAlone && failure.isKnown ? knownConfirmations : confirmations;
  const indexes = Array.from({ length: plays }, (_, index) => index);
  if (isAlone) {
    const oneByOne = async (): Promise<void> => {
      for (const index of indexes) {
        // A process keeps the memory that it once had: growth shows again only in a new one.
        const isMeasured = plan.steps.some((step) => step.do === 'sample' || step.do === 'watch');
        if (isMeasured && property.startsFresh !== true) await executor.restart();
        await playAgain(index);
      }
    };
    await options.slots.alone(oneByOne);
  } else if (plan.calls.some(({ role }) => role === 'probe')) {
    // All of them count under the key of the input: side by side, each would be counted with the others, and prove nothing.
    await options.slots.one(async () => {
      for (const index of indexes) await playAgain(index);
    });
  } else {
    await Promise.all(indexes.map((index) => options.slots.one(() => playAgain(index))));
  }
  const of = attempts.length;
  const failed = attempts.filter(({ reaction }) => reaction !== undefined).length;
  return {
    confirmed: { failed, of },
    attempts,
    ...(shown === undefined ? {} : { shown }),
    ...(of > 0 || unjudged === undefined || executor.aborted ? {} : { unjudged }),
  };
}

function inSlot<T>(property: AnyProperty, slots: Slots, task: () => Promise<T>): Promise<T> {
  return property.timed === true || property.lane !== undefined ? slots.alone(task) : slots.one(task);
}

/** Violations of a judged input; none when it could not be judged, or when the process ended under it: that says who was there, not who did it. */
function violationsOf({ judgement, exit }: Experiment): readonly Violation[] {
  return judgement.kind === 'judged' && exit === undefined ? judgement.violations : [];
}

type Grading = Pick<SearchOptions, 'levelOf' | 'isKnown'>;

const weigh = (violation: Violation, { levelOf, isKnown }: Grading): Weight => ({
  gravity: gravityOf(violation, levelOf(violation.rule)),
  isKnown: isKnown(violation),
});

/** The rule is pinned while shrinking: another bug that appears on the way must not take the counterexample over, nor one that is known already. */
const isSame = (violation: Violation, failure: Failure, options: Grading): boolean =>
  violation.rule === failure.rule && saysAtLeast(weigh(violation, options), failure);

const breaks = (experiment: Experiment, failure: Failure, options: Grading): boolean =>
  violationsOf(experiment).some((violation) => isSame(violation, failure, options));

/** What an input shows of a failure: where it shows several things, what was shown first. */
function violationIn(experiment: Experiment, failure: Failure, options: Grading): Violation {
  const sameIn = (one: Experiment): readonly Violation[] =>
    violationsOf(one).filter((violation) => isSame(violation, failure, options));
  const same = sameIn(experiment);
  const first = sameIn(failure.experiment)[0]?.reaction;
  const violation = same.find(({ reaction }) => reaction === first) ?? same[0] ?? violationsOf(experiment)[0];
  return violation ?? { rule: failure.rule, observed: 'a violation', expected: 'none', reaction: 'unknown' };
}

/** Interrupts fast-check, which would go on to make every further input that there is: seconds when inputs are large. */
const stopGenerating = (): Error => new fc.PreconditionFailure(true);

/** The inputs of a property, with the axes that it borrows. */
function arbitraryOf(property: AnyProperty, executor: Executor): fc.Arbitrary<unknown> {
  const { borrows = [], arbitrary, examples } = property as unknown as Property<unknown>;
  const inputs = arbitrary(executor.facts);
  return borrows.length === 0 ? inputs : borrowing(inputs, borrows, examples?.(executor.facts));
}

/** Values that are tried of a property whatever the seed is. */
export const countExamples = (property: AnyProperty, facts: TargetFacts): number =>
  (property as unknown as Property<unknown>).examples?.(facts).length ?? 0;

function parametersOf(
  property: AnyProperty,
  executor: Executor,
  seed: number,
  numRuns: number,
): fc.Parameters<[unknown]> {
  const { examples, borrows = [] } = property as unknown as Property<unknown>;
  const given = (examples?.(executor.facts) ?? []).map((example): [unknown] => [
    borrows.length === 0 ? example : new BorrowedInput(example),
  ]);
  return { seed, numRuns, examples: given, endOnFailure: false };
}

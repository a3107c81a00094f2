import { isConformError } from '../error';
import { isOwnId } from '../properties/own-row';
import type { Violation } from '../rules/violation';
import type { AnyProperty } from '../properties/property';
import type { ProcessExit } from '../report/events';
import type { PropertyVerdict } from '../report/model';
import { usualRuns } from '../report/usual-runs';
import { isTold, playCorpus } from './corpus';
import { inputsOf } from './inputs-of';
import { findCrashes } from './find-crashes';
import { isInterrupted, whyOver, type FilingContext } from './run-context';
import {
  countExamples,
  forgetDetails,
  forgetFailure,
  forgetSuspects,
  forgetUnanswered,
  isSteady,
  rateOf,
  searchProperty,
  type Counterexample,
  type Failure,
  type SearchOptions,
  type SearchResult,
} from './run-property';
import { describeSuiteFault } from './own-suites';
import type { Draft, Saying } from './run-records';
import type { Slots } from './slots';
import { subSeed } from './sub-seed';

/** Failures of a property about time that show no second time: so many are put down to a busy machine, one more to the target. */
const mostForgotten = 3;

/** Failures that did not show again each time: after so many the search for one that does is given up. */
const mostUnsteady = 4;

/** Findings of a property's own rule, each with another reaction. */
const mostReactions = 3;

/** Milliseconds within which an input failed after which the search goes on for another reaction: with waits that run out it would take minutes. */
const failedSoon = 1000;

/** Searches that go on after an end of the process that no input explains; someone ends it again and again when it takes more. */
const mostResumed = 3;

/** How far a property has come. */
export interface Progress {
  readonly property: AnyProperty;
  readonly draft: Draft;
  /** What was played already. */
  before?: Parameters<typeof searchProperty>[3];
  /** Searches that went on after ends of the process, or of the service, that no input explains. */
  resumed: number;
  /** Failures that were taken for noise. */
  forgotten: number;
  /** Failures that did not show again each time when they were confirmed, and the one that showed most often. */
  unsteady: number;
  steadiest?: { readonly failure: Failure; readonly counterexample: Counterexample };
  /** Reactions of its own rule that have a finding, while the search goes on for others. */
  readonly told: Set<string>;
  isConcluded: boolean;
  /** What once failed was tried. */
  hasPlayedCorpus: boolean;
}

/** What is played of properties at a time: what must always be tried, then everything. */
export type Part = 'examples' | 'all';

/** Plays the inputs of one property after the other's, and says the last word on each. */
export class PropertyPlayer {
  readonly #context: FilingContext;
  readonly #explained = new Set<ProcessExit>();
  /** Ids of the properties that the baseline says are broken each time. */
  readonly #listed: ReadonlySet<string>;

  constructor(context: FilingContext) {
    this.#context = context;
    const entries = context.run.baseline?.entries ?? [];
    this.#listed = new Set(entries.flatMap(({ id, intermittent }) => (intermittent === true ? [] : [id])));
  }

  /** The ends of the process that an input was found for. */
  get explained(): ReadonlySet<ProcessExit> {
    return this.#explained;
  }

  get whyOver(): string | undefined {
    return whyOver(this.#context);
  }

  get isOver(): boolean {
    return this.whyOver !== undefined;
  }

  begin(property: AnyProperty): Progress {
    const draft = this.#context.records.of(property);
    const counts = { resumed: 0, forgotten: 0, unsteady: 0 };
    return { property, draft, ...counts, told: new Set(), isConcluded: false, hasPlayedCorpus: false };
  }

  /**
   * Inputs that are planned for a property. One that a baseline lists has as many as usual where fewer were asked for, too: what it lists might not show, and would be
   * called stale. With `--quick` nothing is called that.
   */
  runsOf(property: AnyProperty): number {
    const { runs, quick } = this.#context.run.options;
    const isListed = quick !== true && this.#listed.has(property.id);
    return inputsOf(property, isListed ? Math.max(runs, usualRuns) : runs);
  }

  /** Plays a part of what a property has, in these places. Does nothing for one that is concluded. */
  async play(progress: Progress, part: Part, slots = this.#context.slots): Promise<void> {
    const { property, draft } = progress;
    const { run, executor, levelOf, isKnown, clock, evidence } = this.#context;
    if (progress.isConcluded) return;
    if (this.isOver && draft.runs === 0) return this.#concludeUnplayed(progress);
    const { options, listener } = run;
    if (!progress.hasPlayedCorpus) await this.#playCorpus(progress, slots);
    const planned = this.runsOf(property);
    const examples = Math.min(planned, countExamples(property, executor.facts));
    if (part === 'examples' && examples === 0) return;
    if (progress.before === undefined) listener({ type: 'property-started', id: property.id, runs: planned });
    const search: SearchOptions = {
      seed: subSeed(options.seed, property.id),
      runs: part === 'examples' ? examples : planned,
      levelOf,
      isKnown: (violation) =>
        isKnown(violation) || (violation.rule === property.id && progress.told.has(violation.reaction)),
      slots,
      listener: (event) => {
        if (event.type === 'input-judged' && event.phase === 'search') this.#tellEstimate();
        listener(event);
      },
      isOver: () => this.isOver,
      onPlayed: (experiment) => evidence.note(property, experiment),
    };
    try {
      await this.#judgeSearch(progress, search, part === 'all' || search.runs === planned);
    } catch (error) {
      if (isConformError(error) && error.code === 'ERR_TARGET_LOST') throw error;
      // What breaks under a hand that was withdrawn is no fault.
      if (isInterrupted(this.#context)) return this.#concludeUnplayed(progress);
      if (isOwnId(property.id)) {
        draft.isSuiteFault = true;
        return this.#concludeProgress(progress, 'error', { reason: describeSuiteFault(error) });
      }
      draft.isOurFault = true;
      this.#concludeProgress(progress, 'error', {
        reason: `${error instanceof Error ? error.message : String(error)} (a fault of grpc-conform: please report it)`,
      });
    }
    if (progress.isConcluded) clock.finish(planned);
  }

  /** What once failed comes before everything else of a property. */
  async #playCorpus(progress: Progress, slots: Slots): Promise<void> {
    progress.hasPlayedCorpus = true;
    for (const exit of await playCorpus(progress.property, this.#context, slots)) this.#explained.add(exit);
  }

  #tellEstimate(): void {
    const remainingMs = this.#context.clock.tick();
    if (remainingMs !== undefined) this.#context.run.listener({ type: 'estimate', remainingMs });
  }

  /**
   * The target stopped serving under it: where it serves again, the search goes on, unless it is an input of its own that stops it.
   * @returns true when it goes on; else the last word is said, and the finding about that counts it
   */
  #goesOn(progress: Progress, result: SearchResult): boolean {
    const { executor } = this.#context;
    const { freeze } = executor.downfalls.at(-1) ?? {};
    const isOwn = executor.downfalls.some((downfall) => downfall.freeze?.of === progress.property.id);
    if (!isOwn && executor.isUp && !this.isOver && (freeze !== undefined || progress.resumed < mostResumed)) {
      if (freeze === undefined) progress.resumed++;
      progress.before = forgetUnanswered(result);
      return true;
    }
    const reason = isOwn
      ? 'an input of it stops the target, see ALIVE-02'
      : 'the target stopped serving before this could be judged';
    this.#concludeProgress(progress, 'blocked', { reason });
    return false;
  }

  #concludeUnplayed(progress: Progress): void {
    const reason = this.whyOver ?? 'the run ended before its turn came';
    this.#concludeProgress(progress, 'not-run', { reason });
  }

  #concludeProgress(progress: Progress, verdict?: PropertyVerdict, extra: Saying = {}): void {
    progress.isConcluded = true;
    delete progress.before;
    this.#context.records.conclude(progress.draft, verdict, extra);
  }

  /** Searches, and concludes when there is a finding or nothing is left to play. What turns out to have been no finding is forgotten, and the search goes on. */
  async #judgeSearch(progress: Progress, search: SearchOptions, isLast: boolean): Promise<void> {
    const { property, draft } = progress;
    const { executor, filer, foreign, heartbeat, slots } = this.#context;
    for (;;) {
      const hasServed = heartbeat.watch();
      const result = await searchProperty(property, executor, search, progress.before);
      Object.assign(draft, { runs: result.runs, durationMs: result.milliseconds, reactions: result.reactions });
      Object.assign(draft, { playedMs: result.effort.played, waitedMs: result.effort.waited });
      if (Object.keys(result.answers).length > 0) Object.assign(draft, { answers: result.answers });
      if (Object.keys(result.labels).length > 0) Object.assign(draft, { labels: result.labels });
      const exitsBefore = executor.exits.length;
      const crash = await findCrashes(property, result.suspects, executor, slots);
      if (crash !== undefined) {
        const exits = [...result.suspects.map(({ exit }) => exit), ...executor.exits.slice(exitsBefore)];
        for (const exit of exits) this.#explained.add(exit);
        foreign.keep(property, result);
        const counterexample = await filer.reduce(crash.failure, search, crash.confirmed);
        await filer.file(draft, crash.failure, counterexample, { radius: 'server', process: crash.exit });
        return this.#concludeProgress(progress);
      }
      if (result.suspects.length > 0 && progress.resumed < mostResumed && !this.isOver) {
        progress.resumed++;
        progress.before = forgetSuspects(result);
        continue;
      }
      // After the plain call has failed nothing is a pass.
      if (result.runs > 0 && !(await hasServed())) {
        if (this.#goesOn(progress, result)) continue;
        return;
      }
      const own = result.failures.get(property.id);
      const isFiled = draft.findings.some(({ rule, verdict }) => rule === property.id && verdict === 'fail');
      const isSettled = isFiled && (progress.told.size === 0 || own?.isKnown === true || own?.gravity !== 'fail');
      if (own === undefined || isSettled) {
        foreign.keep(property, result);
        progress.before = forgetDetails(result);
        const isEnd = isLast || this.isOver;
        if (isFiled && (progress.told.size === 0 || result.isDecided || isEnd)) return this.#concludeProgress(progress);
        if (isEnd) await this.#concludeWithoutFailure(progress, result);
        return;
      }
      // What is known already, or only a warning, must not hide what the inputs that are left may show.
      if (!result.isDecided && !isLast && !this.isOver) {
        foreign.keep(property, result);
        progress.before = forgetDetails(result, own);
        return;
      }
      const counterexample = await filer.reduce(own, search);
      // Of a second reaction nothing is told that does not show again each time.
      if (isFiled && !(isSteady(counterexample) && counterexample.confirmed.of > 0)) {
        foreign.keep(property, result);
        return this.#concludeProgress(progress);
      }
      if (isNoise(property, counterexample) && progress.forgotten < mostForgotten) {
        progress.forgotten++;
        progress.before = forgetFailure(result, own);
        continue;
      }
      if (!(await hasServed())) {
        if (this.#goesOn(progress, result)) continue;
        return;
      }
      const isInDoubt = !isSteady(counterexample);
      if (isInDoubt) {
        progress.unsteady++;
        const { steadiest } = progress;
        if (steadiest === undefined || rateOf(counterexample) > rateOf(steadiest.counterexample))
          progress.steadiest = { failure: own, counterexample };
        if (progress.unsteady < mostUnsteady && !own.isKnown && !this.isOver) {
          progress.before = forgetFailure(result, own);
          continue;
        }
      }
      foreign.keep(property, result);
      if (progress.steadiest !== undefined && (isInDoubt || counterexample.confirmed.of === 0))
        return this.#fileSteadiest(progress, progress.steadiest);
      if (counterexample.confirmed.of === 0) {
        const { unjudged } = counterexample;
        const reason =
          unjudged === undefined
            ? `${this.whyOver ?? 'the run ended'} before what input ${own.index} showed could be confirmed`
            : `what input ${own.index} showed could not be judged again: ${unjudged}`;
        return this.#concludeProgress(progress, 'not-run', { reason });
      }
      if (!isTold(draft, own, counterexample.violation)) await filer.file(draft, own, counterexample);
      if (!this.#looksFurther(progress, own)) return this.#concludeProgress(progress);
      for (const violation of [counterexample.violation, ...ownViolations(own)]) progress.told.add(violation.reaction);
      progress.before = forgetDetails(result);
    }
  }

  /** True where another input may show another reaction of the same rule, and it does not take long to see. */
  #looksFurther({ draft, told }: Progress, { isKnown, gravity, experiment }: Failure): boolean {
    const isQuick = experiment.milliseconds <= failedSoon;
    return (
      this.#context.run.options.shrink &&
      !isKnown &&
      gravity === 'fail' &&
      isQuick &&
      told.size < mostReactions &&
      draft.findings.length < mostReactions &&
      !this.isOver
    );
  }

  /** No other input showed again each time, so the one that did so most often is told. */
  async #fileSteadiest(
    progress: Progress,
    { failure, counterexample }: NonNullable<Progress['steadiest']>,
  ): Promise<void> {
    const { draft } = progress;
    if (!isTold(draft, failure, counterexample.violation))
      await this.#context.filer.file(draft, failure, counterexample);
    this.#concludeProgress(progress);
  }

  async #concludeWithoutFailure(progress: Progress, result: SearchResult): Promise<void> {
    const { property, draft, steadiest } = progress;
    if (steadiest !== undefined) return this.#fileSteadiest(progress, steadiest);
    const planned = this.runsOf(property);
    const [most] = result.unprocessed;
    const notProcessed = result.unprocessed.map(
      ({ reason, count, wasPlayed }) =>
        `${count} of ${result.runs} inputs were ${wasPlayed ? 'not processed' : 'left out'}: ${reason}`,
    );
    if (draft.findings.length > 0) return this.#concludeProgress(progress);
    if (result.judged > 0) {
      // The last of the few: a generated one says more than an example.
      const sample = result.played.findLast((one) => one.sample !== undefined)?.sample;
      if (sample !== undefined) draft.sample = sample;
      const cutShort = result.runs < planned && this.whyOver !== undefined;
      const reasons = [
        ...(cutShort ? [`${result.runs} of ${planned} inputs, then ${this.whyOver ?? 'the end'}`] : []),
        ...notProcessed,
      ];
      const isFree =
        Object.keys(result.reactions).length > 0 ||
        property.requirement.level === 'may' ||
        result.unprocessed.some(({ wasPlayed }) => wasPlayed);
      return this.#concludeProgress(
        progress,
        isFree ? 'info' : 'pass',
        reasons.length > 0 ? { reason: reasons.join('; ') } : {},
      );
    }
    if (most !== undefined)
      return this.#concludeProgress(progress, 'untestable', { reason: notProcessed.join('; '), unlock: most.unlock });
    if (isInterrupted(this.#context) || (result.runs === 0 && this.isOver)) return this.#concludeUnplayed(progress);
    const [unjudged] = result.unjudged;
    const reason =
      unjudged?.reason ?? "nothing came back that the rule could judge: the target's process ended again and again";
    return this.#concludeProgress(progress, 'error', { reason });
  }
}

/** A rule about time can seem to be broken on a busy machine; with everything else paused it then holds. */
const isNoise = (property: AnyProperty, counterexample: Counterexample | undefined): boolean =>
  property.timed === true && counterexample?.confirmed.failed === 0 && counterexample.confirmed.of > 0;

/** What an input showed of the rule that failed. */
const ownViolations = ({ rule, experiment: { judgement } }: Failure): readonly Violation[] =>
  judgement.kind === 'judged' ? judgement.violations.filter((violation) => violation.rule === rule) : [];

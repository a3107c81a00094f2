import { setImmediate } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { pastOf, varyPlan, type AxisValues } from '../axes/axes';
import { splitInput } from '../axes/borrowing';
import type { ConnectionView } from '../transcript/connection-view';
import { MemoryBudget } from '../connection/memory-budget';
import { describeBound } from '../transcript/reached-bound';
import { playScript, pause, type Playback } from '../connection/play-script';
import { readConnection } from '../transcript/read-connection';
import type { Transcript } from '../transcript/transcript';
import { ConformError } from '../error';
import type { Call } from '../grpc/call';
import type { Plan } from '../grpc/call-plan';
import type { Observation } from '../grpc/observation';
import { observe } from '../grpc/observe';
import { PlanBuilder } from '../grpc/plan-builder';
import { plainestCall } from '../moves/plainest-call';
import { status } from '../grpc/status';
import { troubleOf } from '../launch/sanity';
import type { Target } from '../launch/target';
import { isOwnId } from '../properties/own-row';
import { judgingOf, type AnyProperty, type Property } from '../properties/property';
import { judgeClient } from '../rules/client-rules';
import { isDenial, type NotProcessed } from '../rules/not-processed';
import type { TargetFacts } from '../facts/target-facts';
import type { ProcessExit, RunListener } from '../report/events';
import type { SerializedTranscript } from '../report/model';
import { settingValue } from '../wire/setting-value';
import { settingIds } from '../wire/settings';
import { condense, recordTranscript } from './condense';
import { beyondLimits, leavesNoHandler } from './fits-limits';
import { judgeRun, unprocessedIn, type Judgement } from './judge-run';
import { findFreeze, type Aftermath, type Freeze } from './find-freeze';
import { History, plainCallName, sequenceOf } from './history';
import { mostRetries, type Throttle } from './throttle';
import { measurePlan } from './measure-plan';
import { noticeExit } from './notice-exit';
import { readProcessFact } from './read-process-fact';
import { Slots } from './slots';
import { WeightedSlots } from './weighted-slots';

/** Highest stream id (RFC 9113 §5.1.1): a connection that used it can take no further call. */
const lastStreamId = 0x7fffffff;

/** How often we try to reach a target that stopped answering, and how long we wait between. */
const reconnectAttempts = 5;
const reconnectPauseMs = 200;

/** Milliseconds within which a process ends that was about to when it served a call. */
const exitTime = 50;

/** How often the plain call is made before a target is said to have stopped serving: a busy machine misses one. */
const heartbeats = 3;

/** How often a process of ours may stop serving before the run is over: more of it would say the same. */
const mostDownfalls = 3;
/** And how often one input may stop it that was found; each takes a minute or so to find. */
const mostFreezes = 10;
/** Milliseconds that a suspect may take, when it is played again to find out which one stopped the target. */
const longestSuspect = 15_000;

/** How often a process may end that nobody asked to before the run is over: more of it would say the same. */
const mostExits = 50;

/** Inputs of one property that were not processed after all tries; those that come later are not tried again. */
const mostHopeless = 1;

/** Large answers that were asked for again in vain; those that come later are not asked for again. */
const mostLargeInVain = 4;

/** Credit for the answer of the fresh call: an empty message and its prefix, with room to spare. */
const afterwardsCredit = 1024;

/** The run was over before the script was, so that what is missing was never waited for: nothing was judged. */
export interface CutShort {
  readonly kind: 'cut-short';
  readonly seen: Observation;
}

/** One input, played and judged. */
export interface Experiment {
  readonly plan: Plan;
  readonly judgement: Judgement | CutShort;
  /** When it began, on the clock of `performance.now()`; absent where nothing was played. */
  readonly startedAt?: number;
  readonly milliseconds: number;
  /** Those of them for which it waited by the clock, see {@link Playback}. */
  readonly waited: number;
  /** Values of the axes that were not the plainest and had an effect on the plan; absent when there were none. */
  readonly axes?: AxisValues;
  /** Something came back that a rule can look at: frames, the end of a connection, or its refusal. */
  readonly answered: boolean;
  /** The target's process ended while this input was played, because of it or of another one beside it. */
  readonly exit?: ProcessExit;
  /** The transcript for the report, where what was seen is no longer kept (see condense.ts), and whether more than a stream was hurt. */
  readonly transcript?: SerializedTranscript;
  readonly hurtsConnection?: boolean;
}

/** The end of a process that nobody asked for, with what had been played against it and who was under way. */
export interface UnaskedExit {
  readonly exit: ProcessExit;
  readonly sequence: Plan;
  readonly calls: number;
  readonly during: readonly string[];
}

/** A target that serves no more, although its process goes on or is none of ours. */
export interface Downfall {
  /** Calls that had been made by then. */
  readonly calls: number;
  /** What the plain call ended with, as a clause. */
  readonly trouble: string;
  readonly attempts: number;
  /** Plays what had been played, and then the plain call. */
  readonly sequence: Plan;
  /** The plain call that failed last. */
  readonly heartbeat: PlainCall;
  readonly during: readonly string[];
  /** The input that did it, where it was one. */
  readonly freeze?: Freeze;
}

/** A plain call that was made beside the inputs. */
interface PlainCall {
  readonly plan: Plan;
  readonly transcript: SerializedTranscript;
  readonly call: Call;
  /** Why there was no connection, or why we ended it; a clause. */
  readonly failure?: string;
}

/** The script of a property for one input, in the plainest way. */
export const writePlan = (property: AnyProperty, given: unknown, facts: TargetFacts): Plan =>
  writeScript(property, splitInput(given).input, facts);

/**
 * The script of a property for one input, said as its axes want it. In the plainest way when that would go beyond a limit of the target that the plain script
 * keeps: axes are no reason to leave an input out.
 */
export function writeVariedPlan(
  property: AnyProperty,
  given: unknown,
  facts: TargetFacts,
): { readonly plan: Plan; readonly axes?: AxisValues } {
  const { input, axes } = splitInput(given);
  if (Object.keys(axes).length === 0) return { plan: writeScript(property, input, facts) };
  let hasPast = false;
  const write = pastOf(axes, facts);
  const past: typeof write = (script, connection) => {
    hasPast = true;
    write?.(script, connection);
  };
  const written = writeScript(property, input, facts, write && past);
  const { plan, applied } = varyPlan(written, axes);
  const effective = hasPast && axes.before !== undefined ? { before: axes.before, ...applied } : applied;
  if (Object.keys(effective).length === 0 || beyondLimits(plan, facts.limits, property.exceeds) !== undefined)
    return { plan: writeScript(property, input, facts) };
  return { plan, axes: effective };
}

/** The script of a property for one input, followed by a fresh call on each connection that it opened. */
function writeScript(
  property: AnyProperty,
  input: unknown,
  facts: TargetFacts,
  past?: ReturnType<typeof pastOf>,
): Plan {
  const { exceeds, id: row } = property;
  const script = new PlanBuilder(facts, { exceeds, row, judging: judgingOf(property), past });
  // The property's own input type: it gets back what its own arbitrary made.
  (property as unknown as Property<unknown>).script(script, input, facts);
  if (property.afterwards === false || leavesNoHandler(script.build(), facts.limits)) return script.build();
  const request = plainestCall(facts);
  for (const on of script.openConnections) {
    if (script.nextStream(on) > lastStreamId) continue;
    const call = script.call(request, { on, role: 'afterwards', awaitEnd: false });
    if (starvesAnswers(script.build(), on)) {
      call.grant(afterwardsCredit);
      script.grant(0, afterwardsCredit, on);
    }
    script.await({ see: 'end', stream: call.stream }, { on, optional: true });
  }
  return script.build();
}

/** True when the script left a connection on which a new stream has no credit for an answer, unless it is granted. */
function starvesAnswers({ steps }: Plan, on: string): boolean {
  return steps.some((step) => {
    if (!('on' in step) || step.on !== on || (step.do !== 'open' && step.do !== 'settings')) return false;
    const housekeeping = step.do === 'open' ? step.housekeeping : undefined;
    const window = settingValue(step.settings ?? [], settingIds.INITIAL_WINDOW_SIZE);
    const grantsNothing = housekeeping?.replenishStreams === false || housekeeping?.replenishConnection === false;
    return grantsNothing || (window !== undefined && window < afterwardsCredit);
  });
}

/** Plays inputs against one target, and keeps the target alive as long as that is possible. */
export class Executor {
  readonly #target: Target;
  readonly #listener: RunListener;
  readonly #signal: AbortSignal | undefined;
  /** Ids of the properties whose inputs are being played. */
  readonly #playing = new Map<symbol, string>();
  readonly #exits: ProcessExit[] = [];
  #recovery: Promise<void> | undefined;
  #closed = false;
  /** How many end the process on purpose at the moment: some may begin before others are through. */
  #endingIt = 0;
  readonly #throttle: Throttle;
  readonly #watchClient: boolean;
  readonly #namesFreezes: boolean;
  /** Inputs that were not processed after all tries, by property and reason. */
  readonly #hopeless = new Map<string, number>();
  /** Properties whose legal scripts broke a rule of clients. */
  readonly #faulty = new Set<string>();
  /** What looked like too much at a time was refused for what it said, when it was last looked into: the next one makes nothing slower, unless the target names a time. */
  #refusesContents = false;
  readonly #history = new History();
  /** For all that is received while inputs are played. */
  readonly #budget: MemoryBudget;
  readonly #unasked: UnaskedExit[] = [];
  readonly #downfalls: Downfall[] = [];
  /** Handlers of a target that has few, so that inputs side by side do not take them from each other. */
  readonly #handlers: WeightedSlots | undefined;
  /** What is under way; a large answer wants it all. */
  readonly #places = new Slots(Number.MAX_SAFE_INTEGER);
  #largeInVain = 0;
  #heartbeat: Promise<boolean> | undefined;
  /** The target was up when the run began; a downfall that cannot be mended ends that. */
  #isUp = true;

  /**
   * @param watchClient throws ERR_SCRIPT for a legal script of ours that breaks a rule of clients
   * @param shrink evidence is wanted that is as small as can be: of a target that stops serving the one input that does it is looked for
   */
  constructor(
    target: Target,
    throttle: Throttle,
    listener: RunListener,
    signal?: AbortSignal,
    {
      watchClient = false,
      shrink = false,
    }: { readonly watchClient?: boolean | undefined; readonly shrink?: boolean | undefined } = {},
  ) {
    this.#watchClient = watchClient;
    this.#namesFreezes = shrink;
    this.#budget = target.budget ?? new MemoryBudget();
    this.#target = target;
    const handlers = target.facts.limits?.handlers;
    this.#handlers = handlers === undefined ? undefined : new WeightedSlots(handlers);
    this.#throttle = throttle;
    this.#listener = listener;
    this.#signal = signal;
    for (const { plan, about } of target.conversations ?? []) this.#history.add(plan, about);
    target.process?.onExit((exit) => {
      if (!this.#expectsExit && !this.#closed) this.#noteExit(exit);
    });
  }

  /** Begins with what happened to the target before anything was played: a process that has ended under the plain calls of its discovery ended unasked, too. */
  open(): void {
    const exit = this.#target.process?.exit();
    if (exit !== undefined && !this.#exits.includes(exit)) this.#noteExit(exit);
  }

  get #expectsExit(): boolean {
    return this.#endingIt > 0;
  }

  #noteExit(exit: ProcessExit): void {
    this.#exits.push(exit);
    const during = [...new Set(this.#playing.values())];
    this.#unasked.push({ exit, sequence: this.#sequence(), calls: this.#history.calls, during });
    this.#history.clear();
    if (this.#exits.length >= mostExits) this.#isUp = false;
    this.#listener({ type: 'target-exited', exit, during });
  }

  get facts(): TargetFacts {
    return this.#target.facts;
  }

  get aborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** The ends of the process so far that nobody asked for. */
  get exits(): readonly ProcessExit[] {
    return this.#exits;
  }

  /** The same with what led to them. */
  get unaskedExits(): readonly UnaskedExit[] {
    return this.#unasked;
  }

  /** How often the target stopped serving. */
  get downfalls(): readonly Downfall[] {
    return this.#downfalls;
  }

  /** False once the target has stopped serving for good. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Nothing is played any more: whatever happens to the process now is no event of the run. */
  close(): void {
    this.#closed = true;
  }

  /** Plays one input of a property. @throws ConformError ERR_TARGET_LOST when the target is gone and does not come back. */
  async play(property: AnyProperty, input: unknown): Promise<Experiment> {
    const { plan, axes } = writeVariedPlan(property, input, this.facts);
    const experiment = await this.playPlan(property, plan, input);
    return axes === undefined ? experiment : { ...experiment, axes };
  }

  /** Plays one input, by the plan where one is given, and makes a call on a new connection: a process may end a moment after it. */
  async playAndProbe(property: AnyProperty, input: unknown, plan?: Plan): Promise<Experiment> {
    const experiment =
      plan === undefined ? await this.play(property, input) : await this.playPlan(property, plan, input);
    const exit = experiment.exit ?? (await this.probe()) ?? (await this.#exitSoon());
    return exit === undefined ? experiment : { ...experiment, exit };
  }

  /** How the process ended in a moment in which nothing was asked of it: one that is about to end may still serve a call. */
  async #exitSoon(): Promise<ProcessExit | undefined> {
    await pause(exitTime, this.#signal);
    return this.aborted ? undefined : this.#target.process?.exit();
  }

  /** Makes sure that a target that we started still serves. @returns how its process ended, when it has; then there is a new one. */
  async probe(): Promise<ProcessExit | undefined> {
    const { process } = this.#target;
    if (process === undefined || this.aborted || (await this.isServing())) return undefined;
    const exit = await process.findExit();
    await this.recover('a call on a new connection got no answer');
    return exit;
  }

  /**
   * Plays a plan as it stands. A plan that got no connection is played once more when the target can be reached again; a property that ends the process
   * leaves a new one behind.
   */
  async playPlan(property: AnyProperty, plan: Plan, given: unknown): Promise<Experiment> {
    const { input } = splitInput(given);
    const beyond = beyondLimits(plan, this.facts.limits, property.exceeds);
    if (beyond !== undefined) return notPlayed(plan, { kind: 'beyond', ...beyond });
    const play = (): Promise<Experiment> => this.#playRested(property, plan, input);
    if (property.lane === 'restart') return this.#withRestart(play);
    if (property.startsFresh === true) await this.restart();
    return play();
  }

  /**
   * An input whose calls were not all processed is played again, elsewhere or later, a bounded number of times. What then comes back each time although it
   * need not mean anything, is judged when the target serves a plain call meanwhile.
   */
  async #playRested(property: AnyProperty, plan: Plan, input: unknown): Promise<Experiment> {
    let rests = 0;
    for (let attempt = 0; ; attempt++) {
      const experiment = await this.#places.one(() => this.#playReachable(property, plan, input));
      const { judgement } = experiment;
      if (judgement.kind === 'judged') this.#throttle.noteServed();
      if (this.aborted) return experiment;
      // In a budget of its own: what is decided about it then depends on nothing else.
      if (unprocessedIn(judgement)?.why === 'bound')
        return this.#replayLarge(experiment, () => this.#playReachable(property, plan, input, new MemoryBudget()));
      if (judgement.kind !== 'void') return experiment;
      const { why } = judgement;
      // The same again would only be as much again.
      if (why === 'fault') this.#warnOfFault(property, judgement.reason);
      if (why === 'fault' || why === 'calm' || why === 'limit' || why === 'denied') return experiment;
      const key = `${property.id} ${why}`;
      const hopeless = this.#hopeless.get(key) ?? 0;
      if (attempt === mostRetries || hopeless >= mostHopeless) {
        this.#hopeless.set(key, hopeless + 1);
        const settled = await this.#settleVoid(experiment, judgement, property);
        if (settled.judgement.kind === 'judged') this.#throttle.forgive(rests);
        return settled;
      }
      if (isAboutVolume(why) && !(this.#refusesContents && judgement.pushback === undefined))
        rests += (await this.#throttle.rest(attempt, {
          ...judgement,
          mayPass: why === 'unavailable' && attempt === 0,
        }))
          ? 1
          : 0;
      else await pause(reconnectPauseMs * attempt, this.#signal);
    }
  }

  /** Nobody shall take a fault of ours for one of the target's, nor overlook it: once for each property. */
  #warnOfFault({ id }: AnyProperty, reason: string): void {
    if (this.#faulty.has(id)) return;
    this.#faulty.add(id);
    const next = isOwnId(id) ? 'correct its script, or say of the call legal: false' : 'please report this';
    this.#listener({ type: 'warning', text: `${id}: ${reason}; ${next}` });
  }

  /** What was answered was too much beside other answers: it is asked for again with nothing beside it, unless that was in vain before. */
  async #replayLarge(first: Experiment, play: () => Promise<Experiment>): Promise<Experiment> {
    if (!isBesideOthers(first) || this.#largeInVain >= mostLargeInVain) return first;
    const again = await this.#places.alone(play);
    if (unprocessedIn(again.judgement) !== undefined) this.#largeInVain++;
    return again;
  }

  /** The last word on an input that was never processed: void, or judged where that is no excuse. */
  async #settleVoid(
    experiment: Experiment,
    judgement: Extract<Judgement, { kind: 'void' }>,
    property: AnyProperty,
  ): Promise<Experiment> {
    if (judgement.isCertain) return experiment;
    // Several calls at a time can be too many each time; one call alone, which is refused while another one is served, is refused for what it says.
    const isAlone = experiment.plan.calls.filter(({ role }) => role === 'subject' || role === 'bystander').length <= 1;
    const isItsSubject = property.exceeds !== undefined;
    if (isAboutVolume(judgement.why)) {
      if (!isAlone && !isItsSubject) return experiment;
      this.#refusesContents = await this.#isServedPlainly();
      if (!this.#refusesContents) return experiment;
    }
    const { otherwise, judged, seen } = judgement;
    return { ...experiment, judgement: { kind: 'judged', violations: otherwise, judged, seen } };
  }

  async #playReachable(property: AnyProperty, plan: Plan, input: unknown, budget = this.#budget): Promise<Experiment> {
    for (let attempt = 1; ; attempt++) {
      await this.#recovery;
      if (!this.#isUp)
        return notPlayed(plan, { kind: 'no-connection', reason: 'the target stopped serving', errorName: 'DOWN' });
      await this.#throttle.pace(Math.max(1, plan.calls.length));
      const experiment = await this.#playOnce(property, plan, input, budget);
      if (experiment.judgement.kind !== 'no-connection' || this.aborted) return experiment;
      await this.recover(experiment.judgement.reason);
      if (attempt === 2 || experiment.exit !== undefined) return experiment;
    }
  }

  /** True when a plain call on a new connection is answered, if only by a refusal that is about now, and when the run is over, so that nothing speaks against it. */
  async isServing(): Promise<boolean> {
    const { call } = await this.#makePlainCall();
    return this.aborted || this.#isAnswer(call);
  }

  /** True when a plain call on a new connection is served. */
  async #isServedPlainly(): Promise<boolean> {
    const { call } = await this.#makePlainCall();
    return !this.aborted && this.#isAnswer(call) && !isDenial(call);
  }

  #isAnswer(call: Call): boolean {
    if (!isComplete(call)) return false;
    return !this.facts.offers.includes('unary') || call.status === status.OK || isDenial(call);
  }

  /** Once the run is over the call may not have been made: then there is nothing to see. */
  async #makePlainCall(): Promise<PlainCall> {
    const script = new PlanBuilder(this.facts);
    script.call(plainestCall(this.facts));
    const plan = script.build();
    const noteEnd = this.#history.add(plan, plainCallName);
    const { transcript, views, release } = await playScript(plan, this.#context());
    const seen = observe(plan, transcript, views);
    const [view] = seen.connections;
    const failure =
      view?.connectFailure === undefined ? describeOverflow(view) : `there was no connection: ${view.connectFailure}`;
    const made = { plan, call: seen.call(), transcript: recordTranscript(seen) };
    release();
    noteEnd(isComplete(made.call));
    return failure === undefined ? made : { ...made, failure };
  }

  /**
   * Makes the plain call that worked at the start. When it fails several times, the target has stopped serving: that is recorded, and a process of ours is
   * started again.
   * @returns false when the target had stopped serving, so that what was seen of it lately says nothing.
   */
  heartbeat(): Promise<boolean> {
    this.#heartbeat ??= this.#beat().finally(() => {
      this.#heartbeat = undefined;
    });
    return this.#heartbeat;
  }

  async #beat(): Promise<boolean> {
    if (!this.#isUp) return false;
    const exitsBefore = this.#exits.length;
    for (let attempt = 1; ; attempt++) {
      await this.#recovery;
      if (this.aborted) return true;
      const heartbeat = await this.#makePlainCall();
      if (this.aborted || this.#isAnswer(heartbeat.call)) return true;
      // The end of the process is another matter, and known as such.
      const exit = await this.#target.process?.findExit();
      if (exit !== undefined || this.#exits.length > exitsBefore) {
        await this.recover('the process ended');
        return true;
      }
      if (attempt === heartbeats) {
        await this.#whileNothingElse(() => this.#fall(heartbeat, attempt));
        return false;
      }
      await pause(reconnectPauseMs * attempt, this.#signal);
    }
  }

  /** Others wait before they play anything, as they do while the target is started again. */
  #whileNothingElse(task: () => Promise<void>): Promise<void> {
    this.#recovery ??= task().finally(() => {
      this.#recovery = undefined;
    });
    return this.#recovery;
  }

  /** Nothing else is played meanwhile. */
  async #fall(heartbeat: Downfall['heartbeat'], attempts: number): Promise<void> {
    const { process } = this.#target;
    const trouble = this.#troubleOf(heartbeat);
    const downfall: Downfall = {
      calls: this.#history.calls,
      // Whoever looks at the process finds it gone: that was us.
      trouble: process === undefined ? trouble : `${trouble}; then we ended its process`,
      attempts,
      sequence: this.#sequence(),
      heartbeat,
      during: this.#history.recent,
    };
    if (process === undefined) {
      this.#downfalls.push(downfall);
      this.#isUp = false;
      return;
    }
    const { suspects } = this.#history;
    const milliseconds = await this.restart();
    const freeze = this.#namesFreezes && !this.aborted ? await this.#findFreeze(suspects) : undefined;
    this.#downfalls.push(freeze === undefined ? downfall : { ...downfall, freeze });
    const freezes = this.#downfalls.filter((one) => one.freeze !== undefined).length;
    if (freezes >= mostFreezes || this.#downfalls.length - freezes >= mostDownfalls) this.#isUp = false;
    else if (milliseconds !== undefined) this.#listener({ type: 'target-restarted', milliseconds, why: 'unanswered' });
  }

  /** What a plain call that was not answered ended with, as a clause. */
  #troubleOf({ call, failure }: PlainCall): string {
    return failure ?? troubleOf(call, this.facts) ?? 'the plain call failed';
  }

  /** Which of them stops the target; each is played alone. */
  async #findFreeze(suspects: History['suspects']): Promise<Freeze | undefined> {
    this.#endingIt++;
    try {
      return await findFreeze(suspects, {
        restart: () => this.restart(),
        play: (plan) => this.#playThenCall(plan),
        isOver: () => this.aborted,
      });
    } finally {
      this.#endingIt--;
    }
  }

  /** A suspect as it was played, and the plain call behind it. */
  async #playThenCall(suspect: Plan): Promise<Aftermath> {
    if (this.#target.process?.exit() !== undefined) await this.restart();
    const plan = sequenceOf([suspect], plainestCall(this.facts), this.facts);
    const own = this.#context();
    const time = AbortSignal.timeout(longestSuspect);
    const signal = own.signal === undefined ? time : AbortSignal.any([own.signal, time]);
    const { transcript, views, release } = await playScript(plan, { ...own, signal, budget: new MemoryBudget() });
    const recorded = recordTranscript(observe(plan, transcript, views));
    release();
    // As often as when the target was said to have stopped: it may only be late.
    for (let attempt = 1; ; attempt++) {
      const made = await this.#makePlainCall();
      const serves = this.aborted || this.#isAnswer(made.call);
      const trouble = this.#troubleOf(made);
      if (serves || attempt === heartbeats) return { serves, plan, transcript: recorded, trouble };
      await pause(reconnectPauseMs * attempt, this.#signal);
    }
  }

  #sequence(): Plan {
    return sequenceOf(this.#history.plans, plainestCall(this.facts), this.facts);
  }

  /**
   * Makes sure that the target can be reached: starts it again when its process has ended, and tries to connect for about a second.
   * @throws ConformError ERR_TARGET_LOST
   */
  recover(reason: string): Promise<void> {
    return this.#whileNothingElse(() => this.#recover(reason));
  }

  /** A new process of a target that we started; nothing for one that we did not. @returns milliseconds until it was ready. */
  async restart(): Promise<number | undefined> {
    if (this.aborted) return undefined;
    this.#endingIt++;
    try {
      const milliseconds = await this.#target.process?.restart();
      this.#history.clear();
      return milliseconds;
    } finally {
      this.#endingIt--;
    }
  }

  /** Runs a task during which the process is expected to end; starts it again afterwards. */
  async #withRestart<T>(task: () => Promise<T>): Promise<T> {
    this.#endingIt++;
    try {
      const result = await task();
      await this.restart();
      return result;
    } finally {
      this.#endingIt--;
    }
  }

  async #playOnce(property: AnyProperty, plan: Plan, input: unknown, budget: MemoryBudget): Promise<Experiment> {
    const leave = await this.#handlers?.enter(measurePlan(plan).handlers);
    const token = Symbol();
    const exitsBefore = this.#exits.length;
    const started = performance.now();
    let playback: Playback | undefined;
    this.#playing.set(token, property.id);
    const noteEnd = this.#history.add(plan, property.id);
    try {
      playback = await playScript(plan, { ...this.#context(), budget });
      // What the process printed before it answered has come by now, and is read in the rest of this turn of the event loop.
      if (this.#target.process !== undefined) await setImmediate();
      if (this.aborted) return notPlayed(plan, { kind: 'cut-short' });
      if (this.#watchClient) requireLegalClient(property, plan, playback.transcript);
      const judgement = judgeRun(property, plan, playback, input, this.facts);
      const milliseconds = performance.now() - started;
      if (!this.#expectsExit) await noticeExit(this.#target.process, playback.views);
      const exit = this.#expectsExit ? undefined : this.#exits[exitsBefore];
      const answered = playback.views.some(
        ({ connected, received, closed }) => !connected || received.length > 0 || closed?.by === 'target',
      );
      noteEnd(judgement.seen.allCalls.some(isComplete));
      const { waited } = playback;
      const experiment = {
        plan,
        judgement,
        startedAt: playback.startedAt,
        milliseconds,
        waited,
        answered,
        ...(exit === undefined ? {} : { exit }),
      };
      return condense(experiment, playback.cost);
    } finally {
      playback?.release();
      leave?.();
      this.#playing.delete(token);
    }
  }

  #context(): Parameters<typeof playScript>[1] {
    const { process } = this.#target;
    return {
      endpoint: this.#target.endpoint(),
      times: this.facts.times,
      budget: this.#budget,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      control: () => {
        process?.gracefulStop();
        return Promise.resolve();
      },
      sample: (what) => readProcessFact(process, what),
    };
  }

  async #recover(reason: string): Promise<void> {
    const { process } = this.#target;
    if (process?.exit() !== undefined) {
      const milliseconds = await process.restart();
      this.#listener({ type: 'target-restarted', milliseconds, why: 'ended' });
      return;
    }
    for (let attempt = 0; attempt < reconnectAttempts; attempt++) {
      if (this.aborted || !this.#isUp || (await this.isServing())) return;
      if (process?.exit() !== undefined) return this.#recover(reason);
      await pause(reconnectPauseMs * (attempt + 1), this.#signal);
    }
    const heartbeat = await this.#makePlainCall();
    if (!this.aborted) await this.#fall(heartbeat, reconnectAttempts + 1);
  }
}

/** True for a call that came to an end of its own. */
const isComplete = ({ shape }: Call): boolean => shape !== 'open' && shape !== 'closed';

/** What a target says that can take no more, and one that cannot take what was sent. */
const isAboutVolume = (why: NotProcessed['why']): boolean => why === 'exhausted' || why === 'unavailable';

/** True when an answer was too much for us because of what others answered at the same time. */
const isBesideOthers = ({ judgement: { seen } }: Experiment): boolean =>
  seen.connections.some(({ bound }) => bound?.name === 'run');

/** Why we stopped listening, as a clause; undefined when we did not. */
const describeOverflow = (view: ConnectionView | undefined): string | undefined =>
  view?.bound === undefined
    ? undefined
    : `the plain call was answered with ${view.received.length} frames, and we ended the connection: to keep them takes more than our bound of ${describeBound(view.bound)}`;

/** The rules of the client's side, over our own octets. @throws ConformError ERR_SCRIPT */
function requireLegalClient(property: AnyProperty, plan: Plan, transcript: Transcript): void {
  for (const connection of transcript.connections) {
    const [fault] = judgeClient(readConnection(connection), plan);
    if (fault === undefined) continue;
    throw new ConformError(
      'ERR_SCRIPT',
      `${property.id} breaks a rule of clients although its script is legal: ${fault.observed} (${fault.source}; packet ${fault.packet} of ${fault.connection}). Please report this.`,
    );
  }
}

/** An experiment that was not made, with the reason why. */
function notPlayed(
  plan: Plan,
  judgement:
    | Omit<Extract<Judgement, { kind: 'no-connection' }>, 'seen'>
    | Omit<Extract<Judgement, { kind: 'beyond' }>, 'seen'>
    | Omit<CutShort, 'seen'>,
): Experiment {
  return { plan, milliseconds: 0, waited: 0, answered: false, judgement: { ...judgement, seen: nothingSeen } };
}

const nothingSeen: Observation = observe({ steps: [], calls: [] }, { connections: [], samples: {} });

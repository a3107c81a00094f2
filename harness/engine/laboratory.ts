import { performance } from 'node:perf_hooks';
import { playScript, pause } from '../connection/play-script';
import { ConformError } from '../error';
import type { Plan } from '../grpc/call-plan';
import { observe } from '../grpc/observe';
import { PlanBuilder } from '../grpc/plan-builder';
import { plainestCall } from '../grpc/plainest-call';
import { status } from '../grpc/status';
import type { Target } from '../launch/target';
import type { AnyProperty, Property } from '../properties/property';
import type { TargetFacts } from '../properties/target-facts';
import type { ProcessExit, RunListener } from '../report/events';
import { settingValue } from '../wire/setting-value';
import { settingIds } from '../wire/settings';
import { leavesNoHandler } from './fits-limits';
import { judgeRun, type Judgement } from './judge-run';
import { isExhausted, mostRests, type Manners } from './manners';
import { noticeExit } from './notice-exit';

/** Highest stream id (RFC 9113 §5.1.1): a connection that used it can take no further call. */
const lastStreamId = 0x7fffffff;

/** How often we try to reach a target that stopped answering, and how long we wait between. */
const reconnectAttempts = 5;
const reconnectPauseMs = 200;

/** Credit for the answer of the fresh call: an empty message and its prefix, with room to spare. */
const afterwardsCredit = 1024;

/** One input, played and judged. */
export interface Experiment {
  readonly plan: Plan;
  readonly judgement: Judgement;
  readonly milliseconds: number;
  /** The target's process ended while this input was played, because of it or of another one beside it. */
  readonly exit?: ProcessExit;
}

/** The script of a property for one input, followed by a fresh call on each connection that it opened. */
export function writePlan(property: AnyProperty, input: unknown, facts: TargetFacts): Plan {
  const peer = new PlanBuilder(facts, property);
  // The property's own input type: it gets back what its own arbitrary made.
  (property as unknown as Property<unknown>).script(peer, input, facts);
  if (property.afterwards === false || leavesNoHandler(peer.build(), facts.limits)) return peer.build();
  const request = plainestCall(facts);
  for (const on of peer.openConnections) {
    if (peer.nextStream(on) > lastStreamId) continue;
    const call = peer.call(request, { on, role: 'afterwards', awaitEnd: false });
    if (starvesAnswers(peer.build(), on)) {
      call.grant(afterwardsCredit);
      peer.grant(0, afterwardsCredit, on);
    }
    peer.await({ see: 'end', stream: call.stream }, { on, optional: true });
  }
  return peer.build();
}

/** True when the script left a connection on which a new stream has no credit for an answer, unless it is granted. */
function starvesAnswers({ steps }: Plan, on: string): boolean {
  return steps.some((step) => {
    if (!('on' in step) || step.on !== on || (step.do !== 'open' && step.do !== 'settings')) return false;
    const manners = step.do === 'open' ? step.housekeeping : undefined;
    const window = settingValue(step.settings ?? [], settingIds.INITIAL_WINDOW_SIZE);
    const grantsNothing = manners?.replenishStreams === false || manners?.replenishConnection === false;
    return grantsNothing || (window !== undefined && window < afterwardsCredit);
  });
}

/** Plays inputs against one target, and keeps the target alive as long as that is possible. */
export class Laboratory {
  readonly #target: Target;
  readonly #listener: RunListener;
  readonly #signal: AbortSignal | undefined;
  /** Ids of the properties whose inputs are being played. */
  readonly #playing = new Map<symbol, string>();
  readonly #exits: ProcessExit[] = [];
  #recovery: Promise<void> | undefined;
  #closed = false;
  /** True while a property ends the process on purpose. */
  #expectsExit = false;
  readonly #manners: Manners;
  /** Properties whose inputs are answered by RESOURCE_EXHAUSTED however long the target rests: it is what they ask for. */
  readonly #tireless = new Set<string>();

  constructor(target: Target, manners: Manners, listener: RunListener, signal?: AbortSignal) {
    this.#target = target;
    this.#manners = manners;
    this.#listener = listener;
    this.#signal = signal;
    target.process?.onExit((exit) => {
      if (this.#expectsExit || this.#closed) return;
      this.#exits.push(exit);
      listener({ type: 'target-exited', exit, during: [...new Set(this.#playing.values())] });
    });
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

  /** Nothing is played any more: whatever happens to the process now is no event of the run. */
  close(): void {
    this.#closed = true;
  }

  /** Plays one input of a property. @throws ConformError ERR_TARGET_LOST when the target is gone and does not come back. */
  async play(property: AnyProperty, input: unknown): Promise<Experiment> {
    return this.playPlan(property, writePlan(property, input, this.facts), input);
  }

  /** Plays one input and makes a call on a new connection: a process may end a moment after it. */
  async playAndProbe(property: AnyProperty, input: unknown): Promise<Experiment> {
    const experiment = await this.play(property, input);
    const exit = experiment.exit ?? (await this.probe());
    return exit === undefined ? experiment : { ...experiment, exit };
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
  async playPlan(property: AnyProperty, plan: Plan, input: unknown): Promise<Experiment> {
    const play = (): Promise<Experiment> => this.#playRested(property, plan, input);
    return property.lane === 'restart' ? this.#withRestart(play) : play();
  }

  /** A violation by a target that was exhausted is none when it goes away with a rest. */
  async #playRested(property: AnyProperty, plan: Plan, input: unknown): Promise<Experiment> {
    for (let attempt = 0; ; attempt++) {
      const experiment = await this.#playReachable(property, plan, input);
      const { judgement } = experiment;
      const isWorn = judgement.kind === 'judged' && isExhausted(judgement.violations);
      if (!isWorn || this.aborted || this.#tireless.has(property.id)) return experiment;
      if (attempt === mostRests) {
        this.#tireless.add(property.id);
        return experiment;
      }
      await this.#manners.rest(attempt);
    }
  }

  async #playReachable(property: AnyProperty, plan: Plan, input: unknown): Promise<Experiment> {
    for (let attempt = 1; ; attempt++) {
      await this.#recovery;
      await this.#manners.pace(Math.max(1, plan.calls.length));
      const experiment = await this.#playOnce(property, plan, input);
      if (experiment.judgement.kind !== 'no-connection' || this.aborted) return experiment;
      await this.recover(experiment.judgement.reason);
      if (attempt === 2 || experiment.exit !== undefined) return experiment;
    }
  }

  /** True when a plain call on a new connection is answered. */
  async isServing(): Promise<boolean> {
    const peer = new PlanBuilder(this.facts);
    const hasUnary = this.facts.offers.includes('unary');
    peer.call(plainestCall(this.facts));
    const plan = peer.build();
    const { transcript, views } = await playScript(plan, this.#context());
    const call = observe(plan, transcript, views).call();
    return hasUnary
      ? call.status === status.OK || call.status === status.RESOURCE_EXHAUSTED
      : call.shape !== 'open' && call.shape !== 'closed';
  }

  /**
   * Makes sure that the target can be reached: starts it again when its process has ended, and tries to connect for about a second.
   * @throws ConformError ERR_TARGET_LOST
   */
  recover(reason: string): Promise<void> {
    this.#recovery ??= this.#recover(reason).finally(() => {
      this.#recovery = undefined;
    });
    return this.#recovery;
  }

  /** A new process of a target that we started; nothing for one that we did not. */
  async restart(): Promise<void> {
    if (this.aborted) return;
    const before = this.#expectsExit;
    this.#expectsExit = true;
    try {
      await this.#target.process?.restart();
    } finally {
      this.#expectsExit = before;
    }
  }

  /** Runs a task during which the process is expected to end; starts it again afterwards. */
  async #withRestart<T>(task: () => Promise<T>): Promise<T> {
    this.#expectsExit = true;
    try {
      const result = await task();
      await this.restart();
      return result;
    } finally {
      this.#expectsExit = false;
    }
  }

  async #playOnce(property: AnyProperty, plan: Plan, input: unknown): Promise<Experiment> {
    const token = Symbol();
    const exitsBefore = this.#exits.length;
    const started = performance.now();
    this.#playing.set(token, property.id);
    try {
      const playback = await playScript(plan, this.#context());
      const judgement = judgeRun(property, plan, playback, input, this.facts);
      const milliseconds = performance.now() - started;
      if (!this.#expectsExit) await noticeExit(this.#target.process, playback.views);
      const exit = this.#expectsExit ? undefined : this.#exits[exitsBefore];
      return { plan, judgement, milliseconds, ...(exit === undefined ? {} : { exit }) };
    } finally {
      this.#playing.delete(token);
    }
  }

  #context(): Parameters<typeof playScript>[1] {
    const { process } = this.#target;
    return {
      endpoint: this.#target.endpoint(),
      times: this.facts.times,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      control: () => {
        process?.gracefulStop();
        return Promise.resolve();
      },
      sample: () => process?.residentMemory() ?? Promise.resolve(undefined),
    };
  }

  async #recover(reason: string): Promise<void> {
    const { process } = this.#target;
    const started = performance.now();
    if (process?.exit() !== undefined) {
      await process.restart();
      this.#listener({ type: 'target-restarted', milliseconds: performance.now() - started });
      return;
    }
    for (let attempt = 0; attempt < reconnectAttempts; attempt++) {
      if (this.aborted || (await this.isServing())) return;
      if (process?.exit() !== undefined) return this.#recover(reason);
      await pause(reconnectPauseMs * (attempt + 1), this.#signal);
    }
    if (process !== undefined && !this.aborted) {
      await process.restart();
      this.#listener({ type: 'target-restarted', milliseconds: performance.now() - started });
      return;
    }
    throw new ConformError(
      'ERR_TARGET_LOST',
      `The target ${this.#target.record.name} stopped serving during the run (${reason}). See whether it crashed; with --exec grpc-conform starts it again and goes on.`,
    );
  }
}

import { setMaxListeners } from 'node:events';
import { isConformError, type ConformError } from '../error';
import { listBriefly } from '../list-briefly';
import { describeStrays } from '../launch/reach/marked-processes';
import { levelLookup } from '../properties/catalogue';
import type { Need } from '../facts/need';
import type { AnyProperty } from '../properties/property';
import { coverFinding, findExpiring, nameBaseline } from '../report/baseline-entries';
import { conclude, executedOf, findOutdated, type RunConclusion, type RunEnd } from '../report/conclude';
import type { RunEvent } from '../report/events';
import type { LostRecord, PropertyRecord, RunPhase } from '../report/model';
import { downfallFinding, exitFinding, type StandingFinding } from './downfall-findings';
import { Evidence } from './evidence';
import { FindingFiler } from './finding-filer';
import { ForeignFailures, isToldAlready } from './foreign-failures';
import { Heartbeat } from './heartbeat';
import { judgeConversations } from './judge-conversations';
import { Executor } from './executor';
import { isShared, playAlone, playInLanes } from './lanes';
import { Throttle } from './throttle';
import { gravityOf } from './verdicts';
import { PropertyPlayer } from './property-player';
import { RunClock } from './run-clock';
import {
  isInterrupted,
  replayOptions,
  whyOver,
  type ConformanceRun,
  type FilingContext,
  type RunContext,
  type RunOutcome,
} from './run-context';
import { reduceFailure } from './run-property';
import { RunRecords } from './run-records';
import { Slots } from './slots';
import { subSeed } from './sub-seed';
import { whyUntestable } from './why-untestable';

export type { EngineOptions } from './engine-options';
export type { ConformanceRun, RunOutcome } from './run-context';

/**
 * Runs properties against a target: those that share it side by side, then those that disturb it one by one, then those that end it. Reports through
 * events alone; the first is `run-started`, the last `run-finished`. Ends a target that we started, unless the run was interrupted: then the report comes first.
 */
export async function runConformance(run: ConformanceRun): Promise<RunOutcome> {
  const session = new ConformanceSession(run);
  await session.start();
  await session.runAll();
  await session.endTarget();
  return session.finish();
}

/**
 * One run, step by step: `start`, then properties in any order, then `settle` and `finish`. For a door that runs properties one at a time;
 * {@link runConformance} does it all.
 */
export class ConformanceSession {
  readonly #run: ConformanceRun;
  readonly #context: FilingContext;
  readonly #player: PropertyPlayer;
  /** Capabilities that are there and do not work, with the rule that says why. */
  readonly #broken = new Map<Need, string>();
  /** Rules of others that were seen broken, and could not be shown again. */
  readonly #unsettled = new Set<string>();
  #lost: ConformError | undefined;

  constructor(run: ConformanceRun) {
    this.#run = run;
    const context = makeContext(run);
    this.#context = { ...context, filer: new FindingFiler(context) };
    this.#player = new PropertyPlayer(this.#context);
  }

  /** Tells what is known, and judges what was said to the target before the run. */
  async start(): Promise<void> {
    const { skipped, header, baseline } = this.#run;
    const { executor, records, now } = this.#context;
    this.#emit({ type: 'run-started', header });
    executor.open();
    for (const entry of findExpiring(baseline, now)) {
      const text = `The entry ${entry.id} in ${nameBaseline(entry.from)} holds until ${entry.expires ?? ''}: renew it with a reason, or fix what it lists.`;
      this.#emit({ type: 'warning', text });
    }
    for (const { property, reason } of skipped) records.conclude(records.of(property), 'skipped', { reason });
    await this.#untilLost(() => this.#fileConversations());
  }

  /**
   * All selected properties, and what follows from them. Stops early when the target is lost or the time is used up.
   */
  async runAll(): Promise<void> {
    await this.#untilLost(async () => {
      const { clock } = this.#context;
      const testable = this.#run.properties.filter((property) => !this.#isUntestable(property));
      const onPhase = (phase: RunPhase, properties: number, milliseconds = clock.elapsed): void =>
        this.#emit({ type: 'phase-started', phase, properties, milliseconds });
      const { properties, options } = this.#run;
      onPhase('discovery', properties.length, 0);
      await playInLanes(testable, this.#player, { clock, concurrency: options.concurrency, onPhase });
      onPhase('settling', this.#context.foreign.size);
      await this.settle();
    });
  }

  async #untilLost(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!isConformError(error) || error.code !== 'ERR_TARGET_LOST') throw error;
      this.#lost = error;
    }
  }

  /** One of the selected properties, with nothing beside it. @returns its record. */
  async runOne(property: AnyProperty): Promise<PropertyRecord> {
    if (!this.#isUntestable(property)) {
      const progress = this.#player.begin(property);
      this.#context.clock.plan([this.#player.runsOf(property)]);
      await (isShared(property) ? this.#player.play(progress, 'all') : playAlone(progress, this.#player));
    }
    return this.#context.records.of(property);
  }

  /**
   * Files what properties saw of rules that are not theirs, and marks baseline entries that list what no longer happens. After all properties.
   * @returns the records that this changed, and those of rows that no selected property is about.
   */
  async settle(): Promise<readonly PropertyRecord[]> {
    const { records } = this.#context;
    const own = new Set(
      [...this.#run.properties, ...this.#run.skipped.map(({ property }) => property)].map(({ id }) => id),
    );
    const before = new Map(records.all.map(({ id, verdict }) => [id, own.has(id) ? verdict : undefined]));
    await this.#fileForeign();
    this.#fileDownfalls();
    this.#markStale();
    return records.all.filter(({ id, verdict }) => before.get(id) !== verdict);
  }

  /** Capabilities that must be offered and are not. */
  get lost(): readonly LostRecord[] {
    return this.#run.header.lost ?? [];
  }

  #isUntestable(property: AnyProperty): boolean {
    const { records, executor } = this.#context;
    const { record, unusable } = this.#run.target;
    const { offers } = executor.facts;
    const why = whyUntestable(property, { record, unusable, offers, broken: this.#broken, lost: this.lost });
    if (why === undefined) return false;
    const draft = records.of(property);
    const { verdict, ...saying } = why;
    if (draft.findings.length === 0) records.conclude(draft, verdict, saying);
    else if (!records.isConcluded(draft.id)) records.conclude(draft);
    return true;
  }

  /** Files what was seen before the run, and remembers what cannot be used because of it. */
  async #fileConversations(): Promise<void> {
    const { target, rows, options, properties } = this.#run;
    const { executor, levelOf, records, filer } = this.#context;
    const conversations = target.conversations?.splice(0) ?? [];
    const found = judgeConversations(conversations, rows, executor.facts, levelOf);
    for (const { playback } of conversations.splice(0)) playback.release();
    for (const { failure, breaks } of found) for (const need of breaks) this.#broken.set(need, failure.rule);
    for (const { failure, breaks } of found) {
      const search = replayOptions(this.#context, subSeed(options.seed, failure.property.id));
      const counterexample = await reduceFailure(failure, executor, { ...search, shrinkMs: 0 });
      if (counterexample.confirmed.of === 0) continue;
      const draft = records.ofRow(failure.rule);
      const blocks = properties
        .filter(({ id, needs = [] }) => id !== failure.rule && needs.some((need) => breaks.includes(need)))
        .map(({ id }) => id);
      const isAll = target.unusable !== undefined && failure === found[0]?.failure;
      const all = properties.map(({ id }) => id).filter((id) => id !== failure.rule);
      await filer.file(draft, failure, counterexample, { blocks: isAll ? all : blocks });
      records.conclude(draft);
    }
  }

  /** A process that ended and a target that stopped serving gate, whether or not one input does it again. */
  #fileDownfalls(): void {
    const { executor, records } = this.#context;
    const unexplained = executor.unaskedExits.filter(({ exit }) => !this.#player.explained.has(exit));
    if (unexplained.length > 0) this.#fileStanding(exitFinding(unexplained, executor.facts));
    if (executor.downfalls.length === 0) return;
    const { finding, plan } = downfallFinding(executor.downfalls, executor.facts);
    const unserved = this.#run.properties
      .map(({ id }) => records.find(id))
      .flatMap((draft) => (draft?.verdict === 'blocked' || draft?.verdict === 'not-run' ? [draft.id] : []));
    this.#fileStanding({ finding: { ...finding, ...(unserved.length === 0 ? {} : { blocks: unserved }) }, plan });
  }

  #fileStanding({ finding, plan }: StandingFinding): void {
    const { records, filer } = this.#context;
    const draft = records.ofRow(finding.rule);
    if (draft.findings.length > 0) return;
    filer.fileStanding(draft, finding, plan);
    records.conclude(draft);
  }

  /** Files what properties saw of rules that are not theirs: one finding per rule, from the first property in the catalogue's order that saw it. */
  async #fileForeign(): Promise<void> {
    const { foreign, records, executor, filer, heartbeat } = this.#context;
    for (const seen of foreign.all) {
      const { rule, failure, alsoSeenIn } = seen;
      const draft = records.ofRow(rule);
      if (isToldAlready(draft, seen)) continue;
      this.#unsettled.add(rule);
      if (executor.aborted) continue;
      const search = replayOptions(this.#context, subSeed(this.#run.options.seed, failure.property.id));
      const hasServed = heartbeat.watch();
      const counterexample = await filer.reduce(failure, search);
      if (counterexample.confirmed.of === 0 || !(await hasServed())) continue;
      await filer.file(draft, failure, counterexample, { alsoSeenIn });
      this.#unsettled.delete(rule);
      records.conclude(draft);
    }
  }

  #markStale(): void {
    const { records } = this.#context;
    for (const { id, verdict, reason = '' } of this.#conclude().properties) {
      if (verdict !== 'stale' || records.find(id)?.verdict === 'stale') continue;
      records.conclude(records.ofRow(id), 'stale', { reason });
    }
  }

  /** What a baseline lists and `--quick` did not show: nothing is wrong with it, and nobody may think that it was seen. */
  #warnOfUnseen(): void {
    if (this.#end.is !== 'complete') return;
    const { records, now } = this.#context;
    const { baseline, options } = this.#run;
    const executed = executedOf(records.all);
    const { unseen } = findOutdated(records.all, { executed, isQuick: options.quick === true }, baseline, now);
    if (unseen.length === 0) return;
    const rules = listBriefly([...new Set(unseen.map(({ rule }) => rule))]);
    const text = `${unseen.length} of what ${nameBaseline(undefined)} lists did not show (${rules}): --quick has too few inputs to call it gone.`;
    this.#emit({ type: 'warning', text });
  }

  /** What the run comes to as far as it has come. */
  #conclude(): RunConclusion {
    const { records, evidence, now } = this.#context;
    const { rows, baseline, options } = this.#run;
    const told = {
      properties: records.all,
      evidence: evidence.rows,
      unsettled: this.#unsettled,
      lost: this.lost,
      end: this.#end,
      ...(options.quick === true ? { isQuick: true as const } : {}),
    };
    return conclude(told, baseline, { rows, strict: options.strict, now });
  }

  get #end(): RunEnd {
    if (isInterrupted(this.#context)) return { is: 'interrupted' };
    if (this.#lost !== undefined) return { is: 'target-lost', why: this.#lost.message };
    const why = whyOver(this.#context);
    return why === undefined ? { is: 'complete' } : { is: 'cut-short', why };
  }

  #emit(event: RunEvent): void {
    this.#run.listener(event);
  }

  /** Ends a target that we started, and tells of what it left outside of its process group. Nothing can be played afterwards. */
  async endTarget(): Promise<void> {
    const { process } = this.#run.target;
    if (process === undefined || isInterrupted(this.#context)) return;
    this.#context.executor.close();
    await process.stop();
    const strays = process.takeStrays();
    if (strays.length > 0) this.#emit({ type: 'warning', text: describeStrays(strays) });
  }

  /** Says the last word. @returns the verdict and the exit code. */
  finish(): RunOutcome {
    const { executor, records, clock } = this.#context;
    executor.close();
    const end = this.#end;
    const reason = end.is === 'target-lost' || end.is === 'cut-short' ? end.why : whyOver(this.#context);
    for (const property of this.#run.properties) {
      if (records.isConcluded(property.id)) continue;
      records.conclude(records.of(property), 'not-run', { reason: reason ?? 'the run ended' });
    }
    this.#markStale();
    this.#warnOfUnseen();
    const { properties: _, ...said } = this.#conclude();
    this.#emit({ type: 'run-finished', ...said, milliseconds: clock.elapsed });
    clock.stop();
    return { verdict: said.verdict, exitCode: said.exitCode };
  }
}

function makeContext(run: ConformanceRun): RunContext {
  const { rate, timeBudgetMs, bail, maxFailures, concurrency, strict } = run.options;
  const { listener, rows, target } = run;
  const records = new RunRecords({ rows, strict, listener });
  const limit = bail ? 1 : (maxFailures ?? Number.POSITIVE_INFINITY);
  const clock = new RunClock({
    ...(run.started === undefined ? {} : { started: run.started }),
    ...(timeBudgetMs === undefined ? {} : { budget: timeBudgetMs }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    hasEnough: () => records.gating >= limit,
  });
  const { signal } = clock;
  // Every wait of every script listens for Ctrl-C: that many listeners are no leak.
  setMaxListeners(0, signal);
  const slots = new Slots(concurrency);
  const throttle = new Throttle({ slots, listener, ...(rate === undefined ? {} : { rate }), signal });
  const executor = new Executor(target, throttle, listener, signal, run.options);
  const evidence = new Evidence();
  const levelOf = levelLookup(rows);
  const now = new Date();
  return {
    run,
    now,
    slots,
    executor,
    clock,
    levelOf,
    isKnown: (violation) => {
      const gravity = gravityOf(violation, levelOf(violation.rule));
      const { rule, reaction, mark } = violation;
      // Free choices are no findings.
      if (gravity === 'info') return false;
      const finding = { id: rule, rule, reaction, gravity, ...(mark === undefined ? {} : { mark }) };
      return coverFinding(run.baseline, finding, now).kind === 'covered';
    },
    records,
    evidence,
    foreign: new ForeignFailures(run.properties),
    heartbeat: new Heartbeat(executor, slots, () => evidence.noteHeartbeat(target.process !== undefined)),
  };
}

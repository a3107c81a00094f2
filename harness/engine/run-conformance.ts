import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { ConformError, exitCodes, isConformError } from '../error';
import { findBaselineEntry, findStaleEntries, type Baseline } from '../launch/baseline';
import { judgeSecondOpinion } from './judge-second-opinion';
import type { Target } from '../launch/target';
import { areaOf, levelLookup, type CatalogueRow } from '../properties/catalogue';
import type { CatalogueEntry } from '../properties/catalogue-entry';
import { unlocks } from '../properties/need';
import type { AnyProperty } from '../properties/property';
import { hasConnectionError } from '../properties/rules/reaction';
import type { ProcessExit, RunEvent, RunListener } from '../report/events';
import type { FindingRecord, PropertyRecord, PropertyVerdict, RunHeader, Verdict } from '../report/model';
import { Laboratory } from './laboratory';
import { Manners } from './manners';
import { makeFinding } from './make-finding';
import { findCrashes } from './find-crashes';
import {
  forgetSighting,
  forgetSuspects,
  reduceSighting,
  searchProperty,
  type Counterexample,
  type SearchOptions,
  type SearchResult,
  type Sighting,
} from './run-property';
import { Slots } from './slots';
import { subSeed } from './sub-seed';

/** How a run is to be done. */
export interface EngineOptions {
  readonly seed: number;
  /** Inputs per property; a property may take fewer, see {@link Property.effort}. */
  readonly runs: number;
  /** Inputs played at the same time. */
  readonly concurrency: number;
  /** Calls per second, at most. */
  readonly rate?: number;
  readonly shrink: boolean;
  /** Milliseconds after which no further input is started. */
  readonly timeBudgetMs?: number;
  /** Findings that gate after which no further input is started. */
  readonly maxFailures?: number;
  /** Stop at the first finding that gates. */
  readonly bail: boolean;
  /** Warnings gate. */
  readonly strict: boolean;
}

/** Failures of a property about time that show no second time: so many are put down to a busy machine, one more to the target. */
const mostForgotten = 3;

/** Searches that go on after an end of the process that no input explains; someone ends it again and again when it takes more. */
const mostResumed = 3;

export interface ConformanceRun {
  readonly target: Target;
  /** The whole catalogue, for the levels of rules and for findings under rows that were not selected. */
  readonly rows: readonly CatalogueRow[];
  /** Selected properties, in the catalogue's order. */
  readonly properties: readonly AnyProperty[];
  readonly skipped: readonly { readonly property: AnyProperty; readonly reason: string }[];
  readonly header: RunHeader;
  readonly options: EngineOptions;
  readonly baseline?: Baseline;
  readonly listener: RunListener;
  /** Ctrl-C: the run ends soon, as incomplete. */
  readonly signal?: AbortSignal;
}

export interface RunOutcome {
  readonly verdict: Verdict;
  readonly exitCode: number;
}

/**
 * Runs properties against a target: those that share it side by side, then those that disturb it one by one, then those that end it. Reports through
 * events alone; the first is `run-started`, the last `run-finished`. Does not stop the target.
 */
export async function runConformance(run: ConformanceRun): Promise<RunOutcome> {
  const session = new ConformanceSession(run);
  session.start();
  await session.runAll();
  return session.finish();
}

type Draft = Omit<PropertyRecord, 'findings' | 'verdict'> & { findings: FindingRecord[]; verdict: PropertyVerdict };

/**
 * One run, step by step: `start`, then properties in any order, then `settle` and `finish`. For a door that runs properties one at a time;
 * {@link runConformance} does it all.
 */
export class ConformanceSession {
  readonly #run: ConformanceRun;
  readonly #slots: Slots;
  readonly #laboratory: Laboratory;
  readonly #levelOf: SearchOptions['levelOf'];
  readonly #drafts = new Map<string, Draft>();
  /** Sightings of rules by properties that are about something else: filed when all properties have run, so that the order of runs does not matter. */
  readonly #foreign = new Map<string, Sighting[]>();
  /** The ends of the process that an input was found for. */
  readonly #explained = new Set<ProcessExit>();
  readonly #started = performance.now();
  #gating = 0;
  #lost: ConformError | undefined;

  constructor(run: ConformanceRun) {
    this.#run = run;
    // Every wait of every script listens for Ctrl-C: that many listeners are no leak.
    if (run.signal !== undefined) setMaxListeners(0, run.signal);
    this.#slots = new Slots(run.options.concurrency);
    const { rate } = run.options;
    const manners = new Manners({
      slots: this.#slots,
      listener: run.listener,
      ...(rate === undefined ? {} : { rate }),
      ...(run.signal === undefined ? {} : { signal: run.signal }),
    });
    this.#laboratory = new Laboratory(run.target, manners, run.listener, run.signal);
    this.#levelOf = levelLookup(run.rows);
  }

  start(): void {
    const { skipped, header, listener } = this.#run;
    listener({ type: 'run-started', header });
    for (const { property, reason } of skipped) this.#conclude(this.#draft(property), 'skipped', { reason });
  }

  /** All selected properties, by lane, and what follows from them. Stops early when the target is lost. */
  async runAll(): Promise<void> {
    try {
      const testable = this.#run.properties.filter((property) => !this.#isUntestable(property));
      await this.#runShared(testable.filter(({ lane = 'shared' }) => lane === 'shared'));
      for (const property of testable.filter(({ lane }) => lane === 'exclusive')) await this.#runAlone(property);
      for (const property of testable.filter(({ lane }) => lane === 'restart')) await this.#runAlone(property);
      await this.settle();
    } catch (error) {
      if (!isConformError(error) || error.code !== 'ERR_TARGET_LOST') throw error;
      this.#lost = error;
    }
  }

  /** One of the selected properties, with nothing beside it. @returns its record. */
  async runOne(property: AnyProperty): Promise<PropertyRecord> {
    if (!this.#isUntestable(property)) {
      await (property.lane === undefined || property.lane === 'shared'
        ? this.#runProperty(property)
        : this.#runAlone(property));
    }
    return this.#drafts.get(property.id) ?? this.#draft(property);
  }

  /**
   * Files what properties saw of rules that are not theirs, and marks baseline entries that list what no longer happens. After all properties.
   * @returns the records that this changed.
   */
  async settle(): Promise<readonly PropertyRecord[]> {
    const before = new Map([...this.#drafts].map(([id, { verdict }]) => [id, verdict]));
    await this.#fileForeign();
    this.#markStale();
    return [...this.#drafts.values()].filter(({ id, verdict }) => before.get(id) !== verdict);
  }

  /** Why no further input is to be started; undefined while there is no reason. */
  get #whyOver(): string | undefined {
    const { maxFailures, bail, timeBudgetMs } = this.#run.options;
    const limit = bail ? 1 : (maxFailures ?? Number.POSITIVE_INFINITY);
    if (this.#laboratory.aborted) return 'the run was interrupted';
    if (performance.now() - this.#started > (timeBudgetMs ?? Number.POSITIVE_INFINITY))
      return 'the time budget was used up';
    return this.#gating >= limit ? 'the run stopped after the failures that were allowed' : undefined;
  }

  get #isOver(): boolean {
    return this.#whyOver !== undefined;
  }

  #isUntestable(property: AnyProperty): boolean {
    const missing = (property.needs ?? []).filter((need) => !this.#laboratory.facts.offers.includes(need));
    if (missing.length === 0) return false;
    this.#conclude(this.#draft(property), 'untestable', {
      reason: `the target does not offer: ${missing.join(', ')}`,
      unlock: missing.map((need) => unlocks[need]).join('; and '),
    });
    return true;
  }

  /** As many properties at a time as inputs: more would only keep generators waiting. */
  async #runShared(properties: readonly AnyProperty[]): Promise<void> {
    const waiting = [...properties];
    const worker = async (): Promise<void> => {
      for (let property = waiting.shift(); property !== undefined; property = waiting.shift())
        await this.#runProperty(property);
    };
    await Promise.all(Array.from({ length: Math.min(this.#run.options.concurrency, properties.length) }, worker));
  }

  /** Its inputs one after the other, nothing else beside them. */
  #runAlone(property: AnyProperty): Promise<void> {
    return this.#runProperty(property, new Slots(1));
  }

  async #runProperty(property: AnyProperty, slots = this.#slots): Promise<void> {
    const draft = this.#draft(property);
    if (this.#whyOver !== undefined) return this.#conclude(draft, 'skipped', { reason: this.#whyOver });
    const { options, listener } = this.#run;
    const runs = Math.max(1, Math.round(options.runs * (property.effort ?? 1)));
    listener({ type: 'property-started', id: property.id, runs });
    const search: SearchOptions = {
      seed: subSeed(options.seed, property.id),
      runs,
      levelOf: this.#levelOf,
      slots,
      listener,
      isOver: () => this.#isOver,
    };
    try {
      await this.#judgeSearch(property, draft, search);
    } catch (error) {
      if (isConformError(error) && error.code === 'ERR_TARGET_LOST') throw error;
      this.#conclude(draft, 'error', {
        reason: `${error instanceof Error ? error.message : String(error)} (a fault of grpc-conform: please report it)`,
      });
    }
  }

  /** Searches and concludes. What turns out to have been no finding is forgotten, and the search goes on. */
  async #judgeSearch(property: AnyProperty, draft: Draft, search: SearchOptions): Promise<void> {
    let before: Parameters<typeof searchProperty>[3];
    for (let resumed = 0, forgotten = 0; ;) {
      const result = await searchProperty(property, this.#laboratory, search, before);
      Object.assign(draft, { runs: result.runs, durationMs: result.milliseconds, reactions: result.reactions });
      const exitsBefore = this.#laboratory.exits.length;
      const crash = await findCrashes(property, result.suspects, this.#laboratory, this.#slots);
      if (crash !== undefined) {
        const exits = [...result.suspects.map(({ exit }) => exit), ...this.#laboratory.exits.slice(exitsBefore)];
        for (const exit of exits) this.#explained.add(exit);
        this.#keepForeign(property, result);
        const counterexample = await this.#reduce(crash.sighting, search, crash.confirmed);
        await this.#file(draft, crash.sighting, counterexample, { radius: 'server', process: crash.exit });
        return this.#conclude(draft);
      }
      if (result.suspects.length > 0 && resumed < mostResumed && !this.#isOver) {
        resumed++;
        before = forgetSuspects(result);
        continue;
      }
      const own = result.sightings.get(property.id);
      const counterexample = own && (await this.#reduce(own, search));
      if (own !== undefined && isNoise(property, counterexample) && forgotten < mostForgotten) {
        forgotten++;
        before = forgetSighting(result, own);
        continue;
      }
      this.#keepForeign(property, result);
      if (own === undefined || counterexample === undefined)
        return this.#concludeWithoutSighting(property, draft, result, search.runs);
      if (counterexample.confirmed.of === 0) {
        const reason = `the run was interrupted before what input ${own.index} showed could be confirmed`;
        return this.#conclude(draft, 'error', { reason });
      }
      await this.#file(draft, own, counterexample);
      return this.#conclude(draft);
    }
  }

  #keepForeign(property: AnyProperty, { sightings }: SearchResult): void {
    for (const [rule, sighting] of sightings) {
      if (rule === property.id) continue;
      this.#foreign.set(rule, [...(this.#foreign.get(rule) ?? []), sighting]);
    }
  }

  #concludeWithoutSighting(property: AnyProperty, draft: Draft, result: SearchResult, planned: number): void {
    if (result.voids > 0) {
      const text = `${property.id}: the target met the volume of ${result.voids} of ${result.runs} inputs with GOAWAY ENHANCE_YOUR_CALM; they say nothing about the rule.`;
      this.#run.listener({ type: 'warning', text });
    }
    if (result.judged > 0)
      return this.#conclude(
        draft,
        Object.keys(result.reactions).length > 0 || property.requirement.level === 'may' ? 'info' : 'pass',
        result.runs < planned && this.#whyOver !== undefined
          ? { reason: `${result.runs} of ${planned} inputs, then ${this.#whyOver}` }
          : {},
      );
    if (result.runs === 0 && this.#whyOver !== undefined)
      return this.#conclude(draft, 'skipped', { reason: this.#whyOver });
    const [unjudged] = result.unjudged;
    const whyNot =
      result.voids === 0
        ? "the target's process ended again and again, and no input explains it"
        : 'the target met the volume of every input with GOAWAY ENHANCE_YOUR_CALM';
    return this.#conclude(draft, 'error', { reason: unjudged?.reason ?? whyNot });
  }

  #reduce(sighting: Sighting, search: SearchOptions, confirmed?: FindingRecord['confirmed']): Promise<Counterexample> {
    const shrink = this.#run.options.shrink && confirmed === undefined;
    return reduceSighting(sighting, this.#laboratory, {
      ...search,
      shrink,
      ...(confirmed === undefined ? {} : { confirmed }),
    });
  }

  /** Turns a counterexample into a finding under the row that was broken. */
  async #file(
    draft: Draft,
    sighting: Sighting,
    counterexample: Counterexample,
    extra: Partial<Pick<FindingRecord, 'radius' | 'process' | 'alsoSeenIn'>> = {},
  ): Promise<void> {
    const { listener, target, baseline, options } = this.#run;
    const radius = extra.radius ?? (await this.#radiusOf(sighting, counterexample));
    // What the confirming runs did not show again is in doubt already.
    const isSteady = counterexample.confirmed.failed === counterexample.confirmed.of;
    const secondOpinion = isSteady
      ? await judgeSecondOpinion(target, counterexample.experiment, this.#laboratory.facts)
      : undefined;
    const finding = makeFinding({
      sighting,
      counterexample,
      level: this.#levelOf(sighting.rule),
      facts: this.#laboratory.facts,
      seed: subSeed(options.seed, sighting.property.id),
      radius,
      alsoSeenIn: extra.alsoSeenIn ?? [],
      ...(extra.process === undefined ? {} : { process: extra.process }),
      ...(secondOpinion === undefined ? {} : { secondOpinion }),
    });
    const judged = secondOpinion?.agrees === false ? { ...finding, verdict: 'error' as const } : finding;
    const entry = findBaselineEntry(baseline, { id: draft.id, rule: sighting.rule });
    const filed: FindingRecord =
      entry === undefined || judged.verdict === 'error'
        ? judged
        : {
            ...judged,
            verdict: 'known',
            known: { reason: entry.reason, ...(entry.link === undefined ? {} : { link: entry.link }) },
          };
    draft.findings.push(filed);
    if (filed.verdict === 'fail' || (options.strict && filed.verdict === 'warn')) this.#gating++;
    const replay = { plan: counterexample.experiment.plan, facts: this.#laboratory.facts };
    listener({ type: 'finding', id: draft.id, finding: filed, replay });
  }

  async #radiusOf(sighting: Sighting, { experiment }: Counterexample): Promise<FindingRecord['radius']> {
    if (this.#laboratory.aborted) return 'connection';
    if (sighting.property.lane !== 'restart' && !(await this.#laboratory.isServing())) return 'server';
    const { seen } = experiment.judgement;
    const hurt =
      seen.connections.some(hasConnectionError) ||
      seen.allCalls.some(({ plan, shape }) => plan.role === 'afterwards' && (shape === 'open' || shape === 'closed'));
    return hurt || seen.transcript.abandoned !== undefined ? 'connection' : 'stream';
  }

  /** Files what properties saw of rules that are not theirs: one finding per rule, from the first property in the catalogue's order that saw it. */
  async #fileForeign(): Promise<void> {
    for (const [rule, sightings] of [...this.#foreign].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const inOrder = sightings.toSorted((a, b) => this.#rank(a.property) - this.#rank(b.property));
      const draft = this.#drafts.get(rule) ?? this.#draftOfRow(rule);
      const worst = inOrder.find(({ gravity }) => gravity === 'fail') ?? inOrder[0];
      const hasOwn = draft.findings.some(
        ({ rule: broken, verdict }) =>
          broken === rule && (verdict === 'fail' || verdict === 'known' || worst?.gravity !== 'fail'),
      );
      if (worst === undefined || hasOwn || this.#laboratory.aborted) continue;
      const { options, listener } = this.#run;
      const search: SearchOptions = {
        seed: subSeed(options.seed, worst.property.id),
        runs: 1,
        levelOf: this.#levelOf,
        slots: this.#slots,
        listener,
        isOver: () => this.#laboratory.aborted,
      };
      const counterexample = await this.#reduce(worst, search);
      if (counterexample.confirmed.of === 0) continue;
      const alsoSeenIn = inOrder.filter((one) => one !== worst).map(({ property }) => property.id);
      await this.#file(draft, worst, counterexample, { alsoSeenIn });
      this.#conclude(draft);
    }
  }

  #rank(property: AnyProperty): number {
    return this.#run.properties.indexOf(property);
  }

  #markStale(): void {
    if (this.#isOver) return;
    const findings = [...this.#drafts.values()].flatMap(({ id, findings: list }) =>
      list.map(({ rule }) => ({ id, rule })),
    );
    const everything =
      this.#run.skipped.length === 0 &&
      this.#run.properties.length === this.#run.rows.filter(({ state }) => state === 'property').length;
    const executed = new Set(
      [...this.#drafts.values()].filter(({ runs, verdict }) => runs > 0 && verdict !== 'error').map(({ id }) => id),
    );
    if (everything) for (const row of this.#run.rows) if (row.state === 'watched') executed.add(row.id);
    for (const entry of findStaleEntries(this.#run.baseline, executed, findings)) {
      const draft = this.#drafts.get(entry.id) ?? this.#draftOfRow(entry.id);
      // A broken MUST says more than a list that is too long.
      if (draft.verdict === 'fail') continue;
      this.#conclude(draft, 'stale', {
        reason: `the baseline lists ${entry.rule} as broken (${entry.reason}), but it held in every run; remove the entry`,
      });
      this.#gating++;
    }
  }

  #draft({ id, requirement, generates, accepts }: AnyProperty): Draft {
    return this.#newDraft({ id, requirement }, generates, accepts);
  }

  /** For a rule that was broken without a property of its own in this run. */
  #draftOfRow(id: string): Draft {
    const row = this.#run.rows.find((one) => one.id === id);
    if (row === undefined)
      throw new ConformError(
        'ERR_INTERNAL',
        `A check names the rule ${id}, which is not in the catalogue. Please report this.`,
      );
    if (row.property !== undefined) return this.#draft(row.property);
    return this.#newDraft(
      row,
      'nothing of its own: the rule is checked on every call and connection of every property',
      [],
    );
  }

  #newDraft(
    { id, requirement: { level, rule, sources } }: CatalogueEntry,
    generates: string,
    accepts: readonly string[],
  ): Draft {
    const draft: Draft = {
      id,
      area: areaOf(id),
      level,
      rule,
      sources,
      generates,
      accepts,
      verdict: 'pass',
      runs: 0,
      durationMs: 0,
      findings: [],
    };
    this.#drafts.set(id, draft);
    return draft;
  }

  /** The last word on a property: what its findings say, unless told otherwise. */
  #conclude(
    draft: Draft,
    verdict: PropertyVerdict = worstOf(draft.findings),
    extra: { readonly reason?: string; readonly unlock?: string } = {},
  ): void {
    Object.assign(draft, { reason: undefined, unlock: undefined }, extra, { verdict });
    this.#emit({ type: 'property-finished', property: { ...draft, findings: [...draft.findings] } });
  }

  #emit(event: RunEvent): void {
    this.#run.listener(event);
  }

  /** Says the last word. @returns the verdict and the exit code. */
  finish(): RunOutcome {
    this.#laboratory.close();
    for (const exit of this.#laboratory.exits) {
      if (this.#explained.has(exit)) continue;
      const how = exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
      const text = `The target's process ended (${how}), and no input was found that ends it again.`;
      this.#emit({ type: 'warning', text });
    }
    const verdicts = [...this.#drafts.values()].map(({ verdict }) => verdict);
    const executed = [...this.#drafts.values()].some(({ runs }) => runs > 0);
    const { exitCode, verdict, reason } = this.#outcome(verdicts, executed);
    const incomplete = reason !== undefined;
    this.#emit({
      type: 'run-finished',
      status: incomplete ? 'incomplete' : 'complete',
      verdict,
      ...(reason === undefined ? {} : { reason }),
      exitCode,
      milliseconds: performance.now() - this.#started,
    });
    return { verdict, exitCode };
  }

  #outcome(verdicts: readonly PropertyVerdict[], executed: boolean): RunOutcome & { readonly reason?: string } {
    if (this.#laboratory.aborted)
      return { exitCode: exitCodes.interrupted, verdict: 'error', reason: 'the run was interrupted' };
    if (this.#lost !== undefined)
      return { exitCode: exitCodes.targetLost, verdict: 'error', reason: this.#lost.message };
    if (this.#gating > 0) return { exitCode: exitCodes.findings, verdict: 'fail' };
    if (verdicts.includes('error')) return { exitCode: exitCodes.internal, verdict: 'error' };
    if (!executed) return { exitCode: exitCodes.usage, verdict: 'error', reason: 'no property could be run' };
    return { exitCode: exitCodes.conformant, verdict: 'pass' };
  }
}

/** A rule about time can seem to be broken on a busy machine; with everything else paused it then holds. */
const isNoise = (property: AnyProperty, counterexample: Counterexample | undefined): boolean =>
  property.timed === true && counterexample?.confirmed.failed === 0 && counterexample.confirmed.of > 0;

function worstOf(findings: readonly FindingRecord[]): PropertyVerdict {
  const order: readonly FindingRecord['verdict'][] = ['fail', 'error', 'warn', 'flaky', 'known', 'info'];
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'pass';
}

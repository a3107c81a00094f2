import { setMaxListeners } from 'node:events';
import { ConformError, exitCodes, isConformError } from '../error';
import { coverFinding, findExpiring, findStaleEntries, isExpired, type Baseline } from '../launch/baseline';
import { judgeSecondOpinion } from './judge-second-opinion';
import { describeStrays } from '../launch/marked-processes';
import type { Target } from '../launch/target';
import { levelLookup, type CatalogueRow } from '../properties/catalogue';
import { areaOf } from '../catalogue';
import type { Plan } from '../grpc/call-plan';
import { unlocks, type Need } from '../properties/need';
import type { AnyProperty } from '../properties/property';
import type { ProcessExit, RunEvent, RunListener } from '../report/events';
import { serializedSize, trimTranscript } from '../report/serialize';
import type { FindingRecord, LostRecord, PropertyRecord, PropertyVerdict, RunHeader, Verdict } from '../report/model';
import { hurtsConnection } from './condense';
import { downfallFinding, exitFinding } from './downfall-findings';
import { judgeConversations } from './judge-conversations';
import { describeLost } from './lost';
import { Laboratory } from './laboratory';
import { RunClock } from './run-clock';
import { Manners } from './manners';
import { makeFinding } from './make-finding';
import { findCrashes } from './find-crashes';
import {
  countExamples,
  forgetDetails,
  forgetSighting,
  forgetSuspects,
  forgetUnanswered,
  reduceSighting,
  searchProperty,
  type Counterexample,
  type SearchOptions,
  type SearchResult,
  type Sighting,
  withoutDetails,
} from './run-property';
import { Slots } from './slots';
import { isAsBadAs } from './verdicts';
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
  /** Milliseconds from {@link ConformanceRun.started} within which the run ends, whatever the target does. */
  readonly timeBudgetMs?: number;
  /** Findings that gate after which no further input is started. */
  readonly maxFailures?: number;
  /** Stop at the first finding that gates. */
  readonly bail: boolean;
  /** Warnings gate. */
  readonly strict: boolean;
  /** Judges our own octets, too: a legal script that breaks a rule of clients is an error. */
  readonly watchClient?: boolean;
}

/** Failures of a property about time that show no second time: so many are put down to a busy machine, one more to the target. */
const mostForgotten = 3;

/**
 * Octets that the transcripts of all findings may take together, the part of what is left that one may take, and what each may take in any case. So the first
 * ones have a MiB each, and run.json stays a file that editors open however many there are.
 */
const mostRecorded = 12 * 1024 * 1024;
const recordedParts = 12;
const leastRecorded = 16 * 1024;

/**
 * Milliseconds for making one input smaller, for all of them together, and the part of what is left that one may take: a target that answers at once needs
 * little of it, and one that makes us wait each time does not take minutes.
 */
const longestShrink = 10_000;
const shrinkInAll = 40_000;
const shrinkParts = 4;

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
  /** When the time budget began, by `performance.now()`; the start of the session when absent. */
  readonly started?: number;
}

export interface RunOutcome {
  readonly verdict: Verdict;
  readonly exitCode: number;
}

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

/** How far a property has come. */
interface Progress {
  readonly property: AnyProperty;
  readonly draft: Draft;
  /** What was played already. */
  before?: Parameters<typeof searchProperty>[3];
  /** Searches that went on after ends of the process, or of the service, that no input explains. */
  resumed: number;
  /** Failures that were taken for noise. */
  forgotten: number;
  isConcluded: boolean;
}

/** What is played of properties at a time: what must always be tried, then everything. */
type Part = 'examples' | 'all';

/** The part of the time budget after which properties that share the target leave the rest to those that do not. */
const sharedPart = 0.75;

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
  /** Capabilities that are there and do not work, with the rule that says why. */
  readonly #broken = new Map<Need, string>();
  readonly #clock: RunClock;
  readonly #concluded = new Set<string>();
  readonly #now = new Date();
  /** What the transcripts of findings have taken of {@link mostRecorded}. */
  #recorded = 0;
  /** Milliseconds that are left for shrinking. */
  #shrinkLeft = shrinkInAll;
  #gating = 0;
  /** An `error` that is not about the target: a fault of ours, or one that only our client sees. */
  #isOurFault = false;
  #lost: ConformError | undefined;

  constructor(run: ConformanceRun) {
    this.#run = run;
    const { rate, timeBudgetMs, bail, maxFailures } = run.options;
    const limit = bail ? 1 : (maxFailures ?? Number.POSITIVE_INFINITY);
    this.#clock = new RunClock({
      ...(run.started === undefined ? {} : { started: run.started }),
      ...(timeBudgetMs === undefined ? {} : { budget: timeBudgetMs }),
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      hasEnough: () => this.#gating >= limit,
    });
    const { signal } = this.#clock;
    // Every wait of every script listens for Ctrl-C: that many listeners are no leak.
    setMaxListeners(0, signal);
    this.#slots = new Slots(run.options.concurrency);
    const manners = new Manners({
      slots: this.#slots,
      listener: run.listener,
      ...(rate === undefined ? {} : { rate }),
      signal,
    });
    this.#laboratory = new Laboratory(run.target, manners, run.listener, signal, run.options);
    this.#levelOf = levelLookup(run.rows);
  }

  /** Tells what is known, and judges what was said to the target before the run. */
  async start(): Promise<void> {
    const { skipped, header, listener, baseline } = this.#run;
    listener({ type: 'run-started', header });
    this.#laboratory.open();
    for (const entry of findExpiring(baseline, this.#now)) {
      const text = `The baseline entry ${entry.id} holds until ${entry.expires ?? ''}: renew it with a reason, or fix what it lists.`;
      this.#emit({ type: 'warning', text });
    }
    for (const { property, reason } of skipped) this.#conclude(this.#draft(property), 'skipped', { reason });
    await this.#untilLost(() => this.#fileConversations());
  }

  /**
   * All selected properties, and what follows from them: what must always be tried of each, then the rest of those that share the target, then those that
   * disturb it. Stops early when the target is lost or the time is used up.
   */
  async runAll(): Promise<void> {
    await this.#untilLost(async () => {
      const testable = this.#run.properties
        .filter((property) => !this.#isUntestable(property))
        .map((property) => this.#begin(property));
      const inLane = (lane: NonNullable<AnyProperty['lane']>) =>
        testable.filter(({ property }) => (property.lane ?? 'shared') === lane);
      const last = [...inLane('exclusive'), ...inLane('restart')];
      this.#clock.plan(testable.map(({ property }) => this.#runsOf(property)));
      this.#clock.share(last.length === 0 ? 1 : sharedPart);
      await this.#runShared(inLane('shared'), 'examples');
      await this.#runShared(inLane('shared'), 'all');
      this.#clock.share(1);
      for (const progress of last) await this.#runAlone(progress);
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
      const progress = this.#begin(property);
      this.#clock.plan([this.#runsOf(property)]);
      await (property.lane === undefined || property.lane === 'shared'
        ? this.#runProperty(progress, 'all')
        : this.#runAlone(progress));
    }
    return this.#drafts.get(property.id) ?? this.#draft(property);
  }

  /**
   * Files what properties saw of rules that are not theirs, and marks baseline entries that list what no longer happens. After all properties.
   * @returns the records that this changed, and those of rows that no selected property is about.
   */
  async settle(): Promise<readonly PropertyRecord[]> {
    const own = new Set(
      [...this.#run.properties, ...this.#run.skipped.map(({ property }) => property)].map(({ id }) => id),
    );
    const before = new Map([...this.#drafts].map(([id, { verdict }]) => [id, own.has(id) ? verdict : undefined]));
    await this.#fileForeign();
    this.#fileDownfalls();
    this.#markStale();
    return [...this.#drafts.values()].filter(({ id, verdict }) => before.get(id) !== verdict);
  }

  /** Capabilities that must be offered and are not. */
  get lost(): readonly LostRecord[] {
    return this.#run.header.lost ?? [];
  }

  /** Why no further input is to be started; undefined while there is no reason. */
  get #whyOver(): string | undefined {
    if (!this.#laboratory.isUp) {
      return this.#laboratory.downfalls.length > 0 ? 'the target stopped serving' : 'the process ended again and again';
    }
    return this.#clock.whyOver;
  }

  get #isInterrupted(): boolean {
    return this.#run.signal?.aborted === true;
  }

  get #isOver(): boolean {
    return this.#whyOver !== undefined;
  }

  #isUntestable(property: AnyProperty): boolean {
    const missing = (property.needs ?? []).filter((need) => !this.#laboratory.facts.offers.includes(need));
    const { unusable } = this.#run.target;
    if (missing.length === 0 && unusable === undefined) return false;
    const draft = this.#draft(property);
    if (draft.findings.length > 0) {
      if (!this.#concluded.has(draft.id)) this.#conclude(draft);
      return true;
    }
    const cause = missing.map((need) => this.#broken.get(need)).find((rule) => rule !== undefined);
    if (cause !== undefined || unusable !== undefined) {
      this.#conclude(draft, 'blocked', {
        reason: unusable ?? `a plain call that it builds on (${missing.join(', ')}) breaks ${cause ?? 'a rule'}`,
      });
      return true;
    }
    const lost = (this.#run.header.lost ?? []).filter(({ need }) => missing.some((one) => one === need));
    if (lost.length > 0) {
      this.#conclude(draft, 'lost', {
        reason: describeLost(lost),
        unlock: lost.map(({ unlock }) => unlock).join('; and '),
      });
      return true;
    }
    const why = missing.flatMap((need) => this.#whyMissing(need));
    this.#conclude(draft, 'untestable', {
      reason: `the target does not offer: ${missing.join(', ')}${why.length === 0 ? '' : ` (${why.join('; ')})`}`,
      unlock: this.#unlockDenied(missing) ?? missing.map((need) => unlocks[need]).join('; and '),
    });
    return true;
  }

  #whyMissing(need: Need): readonly string[] {
    const known = this.#run.target.record.capabilities?.find((one) => one.need === need);
    return known?.why === undefined || known.state === 'absent' ? [] : [`${need}: ${known.why}`];
  }

  /** What would help where answers are about who asks or about now. */
  #unlockDenied(missing: readonly Need[]): string | undefined {
    const { capabilities = [] } = this.#run.target.record;
    const isDenied = missing.some((need) => capabilities.some((one) => one.need === need && one.state === 'denied'));
    return isDenied ? this.#run.target.record.denied?.unlock : undefined;
  }

  /** As many properties at a time as inputs: more would only keep generators waiting. */
  async #runShared(properties: readonly Progress[], part: Part): Promise<void> {
    const waiting = [...properties];
    const worker = async (): Promise<void> => {
      for (let progress = waiting.shift(); progress !== undefined; progress = waiting.shift())
        await this.#runProperty(progress, part);
    };
    await Promise.all(Array.from({ length: Math.min(this.#run.options.concurrency, properties.length) }, worker));
  }

  /** Its inputs one after the other, nothing else beside them. */
  #runAlone(progress: Progress): Promise<void> {
    return this.#runProperty(progress, 'all', new Slots(1));
  }

  #begin(property: AnyProperty): Progress {
    return { property, draft: this.#draft(property), resumed: 0, forgotten: 0, isConcluded: false };
  }

  /** Inputs that are planned for a property. */
  #runsOf({ effort = 1 }: AnyProperty): number {
    return Math.max(1, Math.round(this.#run.options.runs * effort));
  }

  async #runProperty(progress: Progress, part: Part, slots = this.#slots): Promise<void> {
    const { property, draft } = progress;
    if (progress.isConcluded) return;
    if (this.#isOver && draft.runs === 0) return this.#concludeUnplayed(progress);
    const { options, listener } = this.#run;
    const planned = this.#runsOf(property);
    const examples = Math.min(planned, countExamples(property, this.#laboratory.facts));
    if (part === 'examples' && examples === 0) return;
    if (progress.before === undefined) listener({ type: 'property-started', id: property.id, runs: planned });
    const search: SearchOptions = {
      seed: subSeed(options.seed, property.id),
      runs: part === 'examples' ? examples : planned,
      levelOf: this.#levelOf,
      slots,
      listener: (event) => {
        if (event.type === 'input-judged' && event.phase === 'search') this.#tellEstimate();
        listener(event);
      },
      isOver: () => this.#isOver,
    };
    try {
      await this.#judgeSearch(progress, search, part === 'all' || search.runs === planned);
    } catch (error) {
      if (isConformError(error) && error.code === 'ERR_TARGET_LOST') throw error;
      // What breaks under a hand that was withdrawn is no fault.
      if (this.#isInterrupted) return this.#concludeUnplayed(progress);
      this.#isOurFault = true;
      this.#concludeProgress(progress, 'error', {
        reason: `${error instanceof Error ? error.message : String(error)} (a fault of grpc-conform: please report it)`,
      });
    }
    if (progress.isConcluded) this.#clock.finish(planned);
  }

  #tellEstimate(): void {
    const remainingMs = this.#clock.tick();
    if (remainingMs !== undefined) this.#emit({ type: 'estimate', remainingMs });
  }

  /** The target stopped serving under it; the finding about that counts it. */
  #concludeDown(progress: Progress): void {
    this.#concludeProgress(progress, 'blocked', { reason: 'the target stopped serving before this could be judged' });
  }

  #concludeUnplayed(progress: Progress): void {
    const reason = this.#whyOver ?? 'the run ended before its turn came';
    this.#concludeProgress(progress, 'not-run', { reason });
  }

  #concludeProgress(
    progress: Progress,
    verdict?: PropertyVerdict,
    extra: { readonly reason?: string; readonly unlock?: string } = {},
  ): void {
    progress.isConcluded = true;
    delete progress.before;
    this.#conclude(progress.draft, verdict, extra);
  }

  /** The plain call, in a place of its own: who plays alone is not disturbed by it. */
  #beat(): Promise<boolean> {
    return this.#slots.one(() => this.#laboratory.heartbeat());
  }

  /** Searches, and concludes when there is a finding or nothing is left to play. What turns out to have been no finding is forgotten, and the search goes on. */
  async #judgeSearch(progress: Progress, search: SearchOptions, isLast: boolean): Promise<void> {
    const { property, draft } = progress;
    for (;;) {
      const falls = this.#laboratory.downfalls.length;
      /** True while the target has served since the search began: else a hang is nobody's, and silence confirms nothing. */
      const hasServed = async (): Promise<boolean> =>
        (await this.#beat()) && this.#laboratory.downfalls.length === falls;
      const result = await searchProperty(property, this.#laboratory, search, progress.before);
      Object.assign(draft, { runs: result.runs, durationMs: result.milliseconds, reactions: result.reactions });
      if (Object.keys(result.labels).length > 0) Object.assign(draft, { labels: result.labels });
      const exitsBefore = this.#laboratory.exits.length;
      const crash = await findCrashes(property, result.suspects, this.#laboratory, this.#slots);
      if (crash !== undefined) {
        const exits = [...result.suspects.map(({ exit }) => exit), ...this.#laboratory.exits.slice(exitsBefore)];
        for (const exit of exits) this.#explained.add(exit);
        this.#keepForeign(property, result);
        const counterexample = await this.#reduce(crash.sighting, search, crash.confirmed);
        await this.#file(draft, crash.sighting, counterexample, { radius: 'server', process: crash.exit });
        return this.#concludeProgress(progress);
      }
      if (result.suspects.length > 0 && progress.resumed < mostResumed && !this.#isOver) {
        progress.resumed++;
        progress.before = forgetSuspects(result);
        continue;
      }
      // After the plain call has failed nothing is a pass.
      if (result.runs > 0 && !(await hasServed())) {
        if (this.#laboratory.isUp && progress.resumed < mostResumed && !this.#isOver) {
          progress.resumed++;
          progress.before = forgetUnanswered(result);
          continue;
        }
        return this.#concludeDown(progress);
      }
      const own = result.sightings.get(property.id);
      const isFiled = draft.findings.some(({ rule, verdict }) => rule === property.id && verdict === 'fail');
      if (own === undefined || isFiled) {
        this.#keepForeign(property, result);
        progress.before = forgetDetails(result);
        if (isFiled) return this.#concludeProgress(progress);
        if (isLast || this.#isOver) this.#concludeWithoutSighting(progress, result);
        return;
      }
      const counterexample = await this.#reduce(own, search);
      if (isNoise(property, counterexample) && progress.forgotten < mostForgotten) {
        progress.forgotten++;
        progress.before = forgetSighting(result, own);
        continue;
      }
      if (!(await hasServed())) return this.#concludeDown(progress);
      this.#keepForeign(property, result);
      if (counterexample.confirmed.of === 0) {
        const { unjudged } = counterexample;
        const reason =
          unjudged === undefined
            ? `${this.#whyOver ?? 'the run ended'} before what input ${own.index} showed could be confirmed`
            : `what input ${own.index} showed could not be judged again: ${unjudged}`;
        return this.#concludeProgress(progress, 'not-run', { reason });
      }
      await this.#file(draft, own, counterexample);
      return this.#concludeProgress(progress);
    }
  }

  /** Files what was seen before the run, and remembers what cannot be used because of it. */
  async #fileConversations(): Promise<void> {
    const { target, rows, options, listener, properties } = this.#run;
    const conversations = target.conversations?.splice(0) ?? [];
    const found = judgeConversations(conversations, rows, this.#laboratory.facts, this.#levelOf);
    for (const { playback } of conversations.splice(0)) playback.release();
    for (const { sighting, breaks } of found) for (const need of breaks) this.#broken.set(need, sighting.rule);
    for (const { sighting, breaks } of found) {
      const search: SearchOptions = {
        seed: subSeed(options.seed, sighting.property.id),
        runs: 1,
        levelOf: this.#levelOf,
        slots: this.#slots,
        listener,
        isOver: () => this.#clock.signal.aborted,
      };
      const counterexample = await reduceSighting(sighting, this.#laboratory, { ...search, shrinkMs: 0 });
      if (counterexample.confirmed.of === 0) continue;
      const draft = this.#drafts.get(sighting.rule) ?? this.#draftOfRow(sighting.rule);
      const blocks = properties
        .filter(({ id, needs = [] }) => id !== sighting.rule && needs.some((need) => breaks.includes(need)))
        .map(({ id }) => id);
      const isAll = target.unusable !== undefined && sighting === found[0]?.sighting;
      const all = properties.map(({ id }) => id).filter((id) => id !== sighting.rule);
      await this.#file(draft, sighting, counterexample, { blocks: isAll ? all : blocks });
      this.#conclude(draft);
    }
  }

  /** A process that ended and a target that stopped serving gate, whether or not one input does it again. */
  #fileDownfalls(): void {
    const unexplained = this.#laboratory.unaskedExits.filter(({ exit }) => !this.#explained.has(exit));
    const lastExit = unexplained.at(-1);
    if (lastExit !== undefined) {
      const found = exitFinding(unexplained, this.#laboratory.facts);
      this.#fileStanding(found.finding, found.plan);
    }
    const lastFall = this.#laboratory.downfalls.at(-1);
    if (lastFall !== undefined) {
      const found = downfallFinding(this.#laboratory.downfalls, this.#laboratory.facts);
      const unserved = this.#run.properties
        .map(({ id }) => this.#drafts.get(id))
        .flatMap((draft) => (draft?.verdict === 'blocked' || draft?.verdict === 'not-run' ? [draft.id] : []));
      this.#fileStanding({ ...found.finding, ...(unserved.length === 0 ? {} : { blocks: unserved }) }, found.plan);
    }
  }

  #fileStanding(found: FindingRecord, plan: Plan): void {
    const finding = this.#trim(found);
    const draft = this.#drafts.get(finding.rule) ?? this.#draftOfRow(finding.rule);
    if (draft.findings.length > 0) return;
    draft.findings.push(finding);
    this.#gating++;
    this.#emit({
      type: 'finding',
      id: draft.id,
      finding,
      row: rowOf(draft),
      replay: { plan, facts: this.#laboratory.facts },
    });
    this.#conclude(draft);
  }

  /** Only the sighting that will be filed keeps what was seen; of the others nothing is asked but whose they are. */
  #keepForeign(property: AnyProperty, { sightings }: SearchResult): void {
    for (const [rule, sighting] of sightings) {
      if (rule === property.id) continue;
      const known = this.#foreign.get(rule) ?? [];
      const mine = known.find((one) => one.property === property);
      // What it was seen by before has its transcript, which a search that goes on has let go.
      if (mine !== undefined && isAsBadAs(mine.gravity, sighting.gravity)) continue;
      const inOrder = [...known.filter((one) => one !== mine), sighting].toSorted(
        (a, b) =>
          Number(a.gravity !== 'fail') - Number(b.gravity !== 'fail') ||
          this.#rank(a.property) - this.#rank(b.property),
      );
      this.#foreign.set(
        rule,
        inOrder.map((one, place) => (place === 0 ? one : { ...one, experiment: withoutDetails(one.experiment) })),
      );
    }
  }

  #concludeWithoutSighting(progress: Progress, result: SearchResult): void {
    const { property, draft } = progress;
    const planned = this.#runsOf(property);
    const [most] = result.unprocessed;
    const notProcessed = result.unprocessed.map(
      ({ reason, count, wasPlayed }) =>
        `${count} of ${result.runs} inputs were ${wasPlayed ? 'not processed' : 'left out'}: ${reason}`,
    );
    if (draft.findings.length > 0) return this.#concludeProgress(progress);
    if (result.judged > 0) {
      const cutShort = result.runs < planned && this.#whyOver !== undefined;
      const reasons = [
        ...(cutShort ? [`${result.runs} of ${planned} inputs, then ${this.#whyOver ?? 'the end'}`] : []),
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
    if (this.#isInterrupted || (result.runs === 0 && this.#isOver)) return this.#concludeUnplayed(progress);
    const [unjudged] = result.unjudged;
    const reason =
      unjudged?.reason ?? "nothing came back that the rule could judge: the target's process ended again and again";
    return this.#concludeProgress(progress, 'error', { reason });
  }

  async #reduce(
    sighting: Sighting,
    search: SearchOptions,
    confirmed?: FindingRecord['confirmed'],
  ): Promise<Counterexample> {
    const isWanted = this.#run.options.shrink && confirmed === undefined;
    const counterexample = await reduceSighting(sighting, this.#laboratory, {
      ...search,
      shrinkMs: isWanted ? Math.min(longestShrink, this.#shrinkLeft / shrinkParts) : 0,
      ...(confirmed === undefined ? {} : { confirmed }),
    });
    this.#shrinkLeft -= counterexample.shrinkMs;
    return counterexample;
  }

  /** Turns a counterexample into a finding under the row that was broken. */
  async #file(
    draft: Draft,
    sighting: Sighting,
    counterexample: Counterexample,
    extra: Partial<Pick<FindingRecord, 'radius' | 'process' | 'alsoSeenIn' | 'blocks'>> = {},
  ): Promise<void> {
    const { listener, target, baseline, options } = this.#run;
    const radius = extra.radius ?? (await this.#radiusOf(sighting, counterexample));
    // What the confirming runs did not show again is in doubt already.
    const isSteady = counterexample.confirmed.failed === counterexample.confirmed.of;
    const secondOpinion = isSteady
      ? await judgeSecondOpinion(target, counterexample.experiment, this.#laboratory.facts)
      : undefined;
    const finding = this.#trim(
      makeFinding({
        sighting,
        counterexample,
        level: this.#levelOf(sighting.rule),
        facts: this.#laboratory.facts,
        seed: subSeed(options.seed, sighting.property.id),
        radius,
        alsoSeenIn: extra.alsoSeenIn ?? [],
        ...(extra.process === undefined ? {} : { process: extra.process }),
        ...(extra.blocks === undefined || extra.blocks.length === 0 ? {} : { blocks: extra.blocks }),
        ...(secondOpinion === undefined ? {} : { secondOpinion }),
      }),
    );
    const judged = secondOpinion?.agrees === false ? { ...finding, verdict: 'error' as const } : finding;
    const filed = judged.verdict === 'error' ? judged : applyBaseline(judged, draft.id, baseline, this.#now);
    draft.findings.push(filed);
    if (filed.verdict === 'error') this.#isOurFault = true;
    const isFlakyMust = filed.verdict === 'flaky' && filed.gravity === 'fail';
    if (filed.verdict === 'fail' || (options.strict && (filed.verdict === 'warn' || isFlakyMust))) this.#gating++;
    const replay = { plan: counterexample.experiment.plan, facts: this.#laboratory.facts };
    listener({ type: 'finding', id: draft.id, finding: filed, row: rowOf(draft), replay });
  }

  /** Transcripts of a run keep to a bound together: each takes no more than a part of what is left. */
  #trim(finding: FindingRecord): FindingRecord {
    const total = Math.max(leastRecorded, (mostRecorded - this.#recorded) / recordedParts);
    const transcript = trimTranscript(finding.transcript, Math.floor(total));
    this.#recorded += serializedSize(transcript);
    return { ...finding, transcript };
  }

  async #radiusOf(sighting: Sighting, { experiment }: Counterexample): Promise<FindingRecord['radius']> {
    if (this.#laboratory.aborted) return 'connection';
    if (sighting.property.lane !== 'restart' && !(await this.#laboratory.isServing())) return 'server';
    return (experiment.hurtsConnection ?? hurtsConnection(experiment.judgement.seen)) ? 'connection' : 'stream';
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
        isOver: () => this.#clock.signal.aborted,
      };
      const falls = this.#laboratory.downfalls.length;
      const counterexample = await this.#reduce(worst, search);
      if (counterexample.confirmed.of === 0) continue;
      if (!(await this.#beat()) || this.#laboratory.downfalls.length > falls) continue;
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
    const stale = findStaleEntries(this.#run.baseline, executed, findings);
    const expired = (this.#run.baseline?.entries ?? []).filter(
      (entry) => executed.has(entry.id) && isExpired(entry, this.#now) && !stale.includes(entry),
    );
    for (const entry of [...stale, ...expired]) {
      const draft = this.#drafts.get(entry.id) ?? this.#draftOfRow(entry.id);
      // A broken MUST says more than a list that is too long.
      if (draft.verdict === 'fail') continue;
      const reason = stale.includes(entry)
        ? `the baseline lists ${entry.rule} as broken (${entry.reason}), but it held in every run; remove the entry`
        : `the baseline entry of ${entry.rule} (${entry.reason}) expired on ${entry.expires ?? ''}; give it a later day and a reason that still holds, or fix what it lists`;
      this.#conclude(draft, 'stale', { reason });
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
    { id, requirement: { level, rule, sources } }: Pick<CatalogueRow, 'id' | 'requirement'>,
    generates: string,
    accepts: readonly string[],
  ): Draft {
    const before = this.#drafts.get(id);
    // What was found before the run belongs to the row as well.
    if (before !== undefined) return Object.assign(before, { generates, accepts });
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
    this.#concluded.add(draft.id);
    this.#emit({ type: 'property-finished', property: { ...draft, findings: [...draft.findings] } });
  }

  #emit(event: RunEvent): void {
    this.#run.listener(event);
  }

  /** Ends a target that we started, and tells of what it left outside of its process group. Nothing can be played afterwards. */
  async endTarget(): Promise<void> {
    const { process } = this.#run.target;
    if (process === undefined || this.#run.signal?.aborted === true) return;
    this.#laboratory.close();
    await process.stop();
    const strays = process.takeStrays();
    if (strays.length > 0) this.#emit({ type: 'warning', text: describeStrays(strays) });
  }

  /** Says the last word. @returns the verdict and the exit code. */
  finish(): RunOutcome {
    this.#laboratory.close();
    for (const draft of this.#neverConcluded())
      this.#conclude(draft, 'not-run', { reason: this.#lost?.message ?? this.#whyOver ?? 'the run ended' });
    const verdicts = [...this.#drafts.values()].map(({ verdict }) => verdict);
    const { exitCode, verdict, reason } = this.#outcome(verdicts);
    const incomplete = reason !== undefined;
    this.#emit({
      type: 'run-finished',
      status: incomplete ? 'incomplete' : 'complete',
      verdict,
      ...(reason === undefined ? {} : { reason }),
      exitCode,
      milliseconds: this.#clock.elapsed,
    });
    this.#clock.stop();
    return { verdict, exitCode };
  }

  /** Selected properties that nobody has said a last word on. */
  #neverConcluded(): readonly Draft[] {
    return this.#run.properties.filter(({ id }) => !this.#concluded.has(id)).map((property) => this.#draft(property));
  }

  #outcome(verdicts: readonly PropertyVerdict[]): RunOutcome & { readonly reason?: string } {
    if (this.#isInterrupted)
      return { exitCode: exitCodes.interrupted, verdict: 'error', reason: 'the run was interrupted' };
    if (this.#lost !== undefined)
      return { exitCode: exitCodes.targetLost, verdict: 'error', reason: this.#lost.message };
    const why = this.#whyIncomplete(verdicts);
    const cutShort = why === undefined ? {} : { reason: why };
    if (this.#gating > 0) return { exitCode: exitCodes.findings, verdict: 'fail', ...cutShort };
    const { lost } = this.#run.header;
    if (lost !== undefined) return { exitCode: exitCodes.findings, verdict: 'fail', ...cutShort };
    if (verdicts.includes('error')) {
      const exitCode = this.#isOurFault ? exitCodes.internal : exitCodes.unreachable;
      return { exitCode, verdict: 'error', ...cutShort };
    }
    if (!verdicts.some(isJudged))
      return { exitCode: exitCodes.usage, verdict: 'error', reason: why ?? this.#whyNothing() };
    return { exitCode: exitCodes.conformant, verdict: 'pass', ...cutShort };
  }

  /** Why no property was judged, when none was. */
  #whyNothing(): string {
    const drafts = [...this.#drafts.values()];
    const played = drafts.find(({ runs, reason }) => runs > 0 && reason !== undefined);
    if (played !== undefined) return `no property could be judged; ${played.id}: ${played.reason ?? ''}`;
    return drafts.some(({ verdict }) => verdict === 'untestable')
      ? 'no property could be run: the target offers none of what the selected ones need'
      : 'no property could be run';
  }

  /** Some properties were not run, or not to their end. */
  #whyIncomplete(verdicts: readonly PropertyVerdict[]): string | undefined {
    const notRun = verdicts.filter((verdict) => verdict === 'not-run').length;
    const why = this.#whyOver;
    if (why === undefined) return undefined;
    return notRun === 0 ? why : `${why}, with ${notRun} ${notRun === 1 ? 'property' : 'properties'} not run`;
  }
}

/** What a finding is filed under, for who hears of it before its property has finished. */
const rowOf = ({ rule, sources, accepts }: Draft): Pick<Draft, 'rule' | 'sources' | 'accepts'> => ({
  rule,
  sources,
  accepts,
});

/** A finding as the baseline lets it count. */
function applyBaseline(finding: FindingRecord, id: string, baseline: Baseline | undefined, now: Date): FindingRecord {
  const { rule, reaction, mark, gravity = 'fail' } = finding;
  const coverage = coverFinding(
    baseline,
    { id, rule, reaction, gravity, ...(mark === undefined ? {} : { mark }) },
    now,
  );
  if (coverage.kind === 'new') return finding;
  if (coverage.kind === 'other') {
    return { ...finding, summary: `${finding.summary} The baseline lists this rule, but ${coverage.why}.` };
  }
  const { reason, link } = coverage.entry;
  return { ...finding, verdict: 'known', known: { reason, ...(link === undefined ? {} : { link }) } };
}

/** A rule about time can seem to be broken on a busy machine; with everything else paused it then holds. */
const isNoise = (property: AnyProperty, counterexample: Counterexample | undefined): boolean =>
  property.timed === true && counterexample?.confirmed.failed === 0 && counterexample.confirmed.of > 0;

/** Verdicts that say something about the target. */
const isJudged = (verdict: PropertyVerdict): boolean =>
  !['untestable', 'blocked', 'not-run', 'skipped'].includes(verdict);

function worstOf(findings: readonly FindingRecord[]): PropertyVerdict {
  const order: readonly FindingRecord['verdict'][] = ['fail', 'error', 'warn', 'flaky', 'known', 'info'];
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'pass';
}

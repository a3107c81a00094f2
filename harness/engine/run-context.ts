import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { Baseline } from '../report/baseline-entries';
import type { RunListener } from '../report/events';
import type { RunHeader, Verdict } from '../report/model';
import type { Target } from '../launch/target';
import type { EngineOptions } from './engine-options';
import type { Corpus } from './corpus';
import type { Evidence } from './evidence';
import type { FindingFiler } from './finding-filer';
import type { ForeignFailures } from './foreign-failures';
import type { Heartbeat } from './heartbeat';
import type { Executor } from './executor';
import type { RunClock } from './run-clock';
import type { SearchOptions } from './run-property';
import type { RunRecords } from './run-records';
import type { Slots } from './slots';

/** What a run is about. */
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
  /** Inputs that once failed somewhere: those of each property are played before all others of it. */
  readonly corpus?: Corpus;
  /** When the time budget began, by `performance.now()`; the start of the session when absent. */
  readonly started?: number;
}

export interface RunOutcome {
  readonly verdict: Verdict;
  readonly exitCode: number;
}

/** What the parts of a run share. */
export interface RunContext {
  readonly run: ConformanceRun;
  readonly now: Date;
  readonly slots: Slots;
  readonly executor: Executor;
  readonly clock: RunClock;
  readonly levelOf: SearchOptions['levelOf'];
  readonly isKnown: SearchOptions['isKnown'];
  readonly records: RunRecords;
  readonly evidence: Evidence;
  readonly foreign: ForeignFailures;
  readonly heartbeat: Heartbeat;
}

/** A run in which findings are filed. */
export interface FilingContext extends RunContext {
  readonly filer: FindingFiler;
}

/** Why no further input is to be started; undefined while there is no reason. */
export function whyOver({ executor, clock }: Pick<RunContext, 'executor' | 'clock'>): string | undefined {
  if (!executor.isUp)
    return executor.downfalls.length > 0 ? 'the target stopped serving' : 'the process ended again and again';
  return clock.whyOver;
}

export const isInterrupted = ({ run }: Pick<RunContext, 'run'>): boolean => run.signal?.aborted === true;

/** Options for playing one input that is known again. */
export function replayOptions({ run, levelOf, isKnown, slots, clock }: RunContext, seed: number): SearchOptions {
  return { seed, runs: 1, levelOf, isKnown, slots, listener: run.listener, isOver: () => clock.signal.aborted };
}

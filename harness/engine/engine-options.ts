/** How a run is to be done. */
export interface EngineOptions {
  readonly seed: number;
  /** Inputs per property; a property may take fewer, see its `effort`. */
  readonly runs: number;
  /** Inputs played at the same time. */
  readonly concurrency: number;
  /** The inputs are a tenth of what was asked for: what a baseline lists need not show, and is only seen to be there where it does. */
  readonly quick?: boolean;
  /** Calls per second, at most. */
  readonly rate?: number;
  readonly shrink: boolean;
  /** Milliseconds from the start of the run within which it ends, whatever the target does. */
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

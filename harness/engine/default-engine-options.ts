import { usualRuns } from '../report/usual-runs';

/** What a run is like when nobody says otherwise. */
export const defaultEngineOptions = {
  runs: usualRuns,
  /** Small servers refuse more than eight calls at once. */
  concurrency: 8,
} as const;

/** Milliseconds within which a run of the default size ends unless told otherwise: a healthy server takes a fraction of it. */
const defaultTimeBudget = 300_000;

/** The time budget of a run with so many inputs per property, in milliseconds: who asks for more of them gets more time. */
export const timeBudgetFor = (runs: number): number =>
  Math.round(defaultTimeBudget * Math.max(1, runs / defaultEngineOptions.runs));

/** What a run is like when nobody says otherwise. */
export const defaultEngineOptions = {
  /** Enough for a biased generator to find what it is made for, few enough for seconds. */
  runs: 100,
  /** Small servers refuse more than eight calls at once. */
  concurrency: 8,
} as const;

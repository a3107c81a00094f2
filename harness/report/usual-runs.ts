/** Inputs per property of a run of which nobody says how many: enough for a biased generator to find what it is made for, few enough for seconds. */
export const usualRuns = 100;

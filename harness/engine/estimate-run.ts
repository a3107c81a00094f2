import type { AnyProperty } from '../properties/property';
import { inputsOf } from './inputs-of';

/** Milliseconds that an input of ours takes on one core of a usual machine, all inputs taken together: measured with `npm run bench -- run`. */
const workOfInput = 8;

/** Milliseconds of an input whose property is slow. */
const slowInput = 3000;

/** Round trips of an input, on average: connecting, a request, the fence after it. */
const roundTripsOfInput = 4;

export interface EstimateOptions {
  /** Inputs per property, before its effort. */
  readonly runs: number;
  readonly concurrency: number;
  /** Milliseconds to the target and back. */
  readonly roundTrip: number;
}

/** How long a run on a healthy server takes, roughly. */
export interface RunEstimate {
  readonly inputs: number;
  readonly milliseconds: number;
}

/** Says before a run how many inputs it plays and about how long that takes: our own work, or the way there and back where that is longer, and what is slow. */
export function estimateRun(
  properties: readonly AnyProperty[],
  { runs, concurrency, roundTrip }: EstimateOptions,
): RunEstimate {
  const count = (few: readonly AnyProperty[]): number =>
    few.reduce((sum, property) => sum + inputsOf(property, runs), 0);
  const inputs = count(properties);
  const slow = count(properties.filter(isSlow));
  const perInput = Math.max(workOfInput, (roundTripsOfInput * roundTrip) / concurrency);
  return { inputs, milliseconds: Math.round((inputs - slow) * perInput + (slow * slowInput) / concurrency) };
}

/** True for a property whose inputs take seconds however fast the server is. */
export const isSlow = ({ slow, lane }: AnyProperty): boolean => slow === true || lane === 'restart';

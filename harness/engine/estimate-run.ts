import type { AnyProperty } from '../properties/property';
import { inputsOf } from './inputs-of';

/** Milliseconds that an input of ours takes on one core of a usual machine, all inputs taken together: measured with `npm run bench -- run`. */
const workOfInput = 8;

/** Milliseconds of an input whose property is slow. */
const slowInput = 3000;

/** Milliseconds of an attack: three waves, calls beside them, and what the server needs to get over it. */
const attackInput = 2000;

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
  // Nothing is played beside them.
  const attacks = properties.filter(({ lane }) => lane === 'hostile');
  const attacking = count(attacks) * attackInput + count(attacks.filter(isSlow)) * slowInput;
  const slow = count(properties.filter((property) => isSlow(property) && !attacks.includes(property)));
  const perInput = Math.max(workOfInput, (roundTripsOfInput * roundTrip) / concurrency);
  const usual = (inputs - slow - count(attacks)) * perInput;
  return { inputs, milliseconds: Math.round(usual + (slow * slowInput) / concurrency + attacking) };
}

/** True for a property whose inputs take seconds however fast the server is. */
export const isSlow = ({ slow, lane }: AnyProperty): boolean => slow === true || lane === 'restart';

import type { AnyProperty } from '../properties/property';

/** Inputs that a property gets in a run of so many per property: the part that is worth spending on it, and one at least. */
export const inputsOf = ({ effort = 1 }: Pick<AnyProperty, 'effort'>, runs: number): number =>
  Math.max(1, Math.round(runs * effort));

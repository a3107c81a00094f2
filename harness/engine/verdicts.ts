import type { Level } from '../catalogue/requirement';
import type { Violation } from '../rules/violation';

/** How bad one violation is, from worst to mildest. */
export type Gravity = 'fail' | 'warn' | 'info';

const order: readonly Gravity[] = ['fail', 'warn', 'info'];

/** A broken MUST fails, so does any hang or crash; everything else warns, unless the violation says that it is milder. */
export function gravityOf(violation: Violation, level: Level): Gravity {
  if (violation.mark !== undefined) return 'fail';
  if (violation.severity === 'info') return 'info';
  if (violation.severity === 'warn' || level !== 'must') return 'warn';
  return 'fail';
}

/** What decides which of several failures of one rule is told: what no baseline lists comes before what one does, then the worse of them. */
export interface Weight {
  readonly gravity: Gravity;
  /** The baseline covers it: its reaction, its gravity, its mark. */
  readonly isKnown: boolean;
}

/** True when `left` says at least as much as `right`. */
export const saysAtLeast = (left: Weight, right: Weight): boolean =>
  left.isKnown === right.isKnown ? isAsBadAs(left.gravity, right.gravity) : right.isKnown;

/** True when `left` is at least as bad as `right`. */
export const isAsBadAs = (left: Gravity, right: Gravity): boolean => order.indexOf(left) <= order.indexOf(right);

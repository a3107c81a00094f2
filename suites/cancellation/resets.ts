import type { TargetFacts } from '../../harness';

/** Resets of one connection: fewer than any server takes for an attack. */
export const mostResets = 10;

/** True where there is a method that waits for more messages. */
export const canConverse = ({ offers }: Pick<TargetFacts, 'offers'>): boolean =>
  offers.includes('bidirectional-streaming');

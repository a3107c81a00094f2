import type { Times } from '../connection/script';
import type { PlanBuilder } from './plan-builder';
import { probeAwait, probeReset, type Thresholds } from './test-service';

/** The connection on which the probe service is asked, so that nothing done to the others disturbs it. */
const probeConnection = 'probe';

/**
 * Forgets what was counted for a key; comes before everything else in a script. Keys are random, but a counterexample is played again under the same
 * key: a property that counts must be `timed` or in a lane of its own, or confirmations would run side by side and count each other's calls.
 */
export function forgetCounts(peer: PlanBuilder, key: string): void {
  peer.call(probeReset(key), { on: probeConnection, role: 'probe' });
}

/** Asks for the counters of a key as soon as they reach the thresholds, and after the budget for a cancellation in any case. */
export function askCounts(
  peer: PlanBuilder,
  { times, ...thresholds }: Omit<Thresholds, 'withinMs'> & { readonly times: Times },
): void {
  const withinMs = times.cancel;
  const request = probeAwait({ ...thresholds, withinMs });
  peer.call(request, { on: probeConnection, role: 'probe', awaitEnd: false }).awaitEnd(withinMs + times.reply);
}

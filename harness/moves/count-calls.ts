import type { Times } from '../connection/script';
import type { PlanBuilder } from '../grpc/plan-builder';
import { probeAwait, probeKeyName, type Thresholds } from '../grpc/test-service';
import type { FieldSpec } from '../wire/hpack/encoder';

/** The connection on which the probe service is asked, so that nothing done to the others disturbs it. */
const probeConnection = 'probe';

/** Calls whose handlers the probe service of the target counts. */
export interface CallCount {
  /** What a request carries whose handler is to be counted. */
  readonly metadata: readonly FieldSpec[];
  /**
   * Asks for the counters as soon as they reach the thresholds, and after `withinMs` in any case: the budget for a cancellation unless told otherwise. Where the thresholds
   * must not be reached, that is how long a correct server is waited for.
   */
  readonly ask: (
    asked: Omit<Thresholds, 'withinMs' | 'key'> & { readonly times: Times; readonly withinMs?: number },
  ) => void;
}

/**
 * Counts calls of this script, under a key that is another one each time that it is played: however many plays run side by side, none counts the calls of
 * another, and nothing has to be forgotten before.
 *
 * @param on the connection on which the probe service is asked; one of its own unless the script has a reason
 */
export function countCalls(
  script: PlanBuilder,
  { on = probeConnection }: { readonly on?: string | undefined } = {},
): CallCount {
  const key = script.nonce();
  return {
    metadata: [{ name: probeKeyName, value: key }],
    ask: ({ times, withinMs = times.cancel, ...thresholds }) => {
      const request = probeAwait({ ...thresholds, key, withinMs });
      script.call(request, { on, role: 'probe', awaitEnd: false }).awaitEnd(withinMs + times.reply);
    },
  };
}

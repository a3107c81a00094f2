import type { PlanBuilder } from '../grpc/plan-builder';
import { openStalled } from './stalled-reader';
import { plainestCall } from './plainest-call';

/** States of a stream as the client sees them (RFC 9113 §5.1); `reset` is closed by our own RST_STREAM, `closed` by the end of an answer. */
export const streamStates = ['idle', 'open', 'half-closed', 'closed', 'reset'] as const;

/** One of {@link streamStates}. */
export type StreamState = (typeof streamStates)[number];

/**
 * Brings a stream of the main connection into a state, for a frame that comes next. Nothing may have been opened on that connection before. The call that it takes
 * is a bystander: nobody asks what becomes of it, and it may be left under way.
 *
 * The answer to a half-closed stream waits for credit, so that the stream stays what it is on every target that serves EmptyCall; where only an unknown method can
 * be called, open and half-closed streams may have been ended by their refusal.
 *
 * @returns the id of the stream; of an idle one, the next that a call would get
 */
export function streamInState(
  script: PlanBuilder,
  state: StreamState,
  facts: { readonly offers: readonly string[] },
): number {
  const request = plainestCall(facts);
  const role = 'bystander';
  switch (state) {
    case 'idle':
      return script.open().nextStream();
    case 'open':
      return script.begin(request, { role }).stream;
    case 'half-closed':
      openStalled(script, 0, { replenishConnection: true });
      return script.call(request, { role, awaitEnd: false }).stream;
    case 'closed':
      return script.call(request, { role }).stream;
    case 'reset':
      return script.begin(request, { role }).reset().stream;
  }
}

import { encodeMessage } from '../grpc/length-prefixed-message';
import { absentMethod } from './plainest-call';
import type { CallOptions, CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { status } from '../grpc/status';
import { fullDuplexCall, unaryCall, unknownMethod } from '../grpc/test-service';
import type { TargetFacts } from '../facts/target-facts';
import { largestMessage } from '../facts/within-limits';

/** Why a target discards DATA: how it comes to that is written by {@link discard}. */
const discards = ['unknown method', 'our reset', 'early status', 'message too large'] as const;
export type Discard = (typeof discards)[number];

/** What a target can be made to discard. */
export const discardsFor = ({ offers, messageLimit }: TargetFacts): readonly Discard[] =>
  discards.filter((reason) => {
    if (reason === 'early status') return offers.includes('bidirectional-streaming') && offers.includes('status');
    return reason !== 'message too large' || messageLimit !== undefined;
  });

/** Sends so many octets of DATA that nobody will read, and waits until their stream is over. */
export function discard(script: PlanBuilder, reason: Discard, length: number, facts: TargetFacts): void {
  const payload = new Uint8Array(length);
  const open: CallOptions = { halfClose: false, awaitEnd: false };
  const over = (call: CallWriter) => script.await({ see: 'end', stream: call.stream }, { optional: true });
  switch (reason) {
    case 'unknown method':
      over(script.call(unknownMethod(absentMethod, [payload]), { awaitEnd: false }));
      return;
    case 'our reset':
      // Less than the message that its prefix announces: no handler has anything to read.
      script.call(unaryCall(), { ...open, body: encodeMessage(payload, { length: length + 1 }) }).reset();
      return;
    case 'early status': {
      const refused = { responses: [], status: { code: status.ABORTED, message: 'asked for' } };
      const call = script.call(fullDuplexCall([refused, { responses: [], payload }]), open);
      over(call);
      // A client that knows the status has no reason to go on sending.
      call.reset();
      return;
    }
    case 'message too large': {
      const announced = (facts.messageLimit ?? largestMessage(facts)) + 1;
      const call = script.call(unaryCall(), { ...open, body: encodeMessage(payload, { length: announced }) });
      over(call);
      call.reset();
    }
  }
}

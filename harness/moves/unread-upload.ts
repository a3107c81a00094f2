import { encodeMessage } from '../grpc/length-prefixed-message';
import type { CallOptions, PlanBuilder } from '../grpc/plan-builder';
import { probeAnswer } from '../grpc/test-service';
import type { TargetFacts } from '../facts/target-facts';
import { largestBody, largestMessage } from '../facts/within-limits';
import { slowCall } from './slow-call';

/** Milliseconds for which a handler of FullDuplexCall is busy: many servers have no handler that hears of a reset while it sleeps. */
const busyFor = 3000;
/** Milliseconds for which the one of Probe is, which does hear of it: longer than any script. */
const busyUntilReset = 60_000;

/** Octets of the message that nobody reads, at most: more than the windows that servers usually have, both levels together. */
const mostUnread = 1_048_576;

/** A call whose handler is busy and reads nothing more, so that what is sent to it stays in its windows. */
export interface UnreadUpload {
  readonly stream: number;
  /** Sends a part of a message that is never complete, as far as the windows allow now. @param parts how many of them make all of it */
  readonly feed: (parts: number) => void;
  readonly reset: () => void;
}

/** What a script must see before the handler is done with its wait, as a budget. */
export const whileBusy = ({ offers }: Pick<TargetFacts, 'offers'>): 'reply' | number =>
  offers.includes('answer') ? 'reply' : busyFor - 1000;

/** Begins one. Needs `slow`, and takes the handler of Probe where there is one. */
export function beginUnread(script: PlanBuilder, facts: TargetFacts, options: CallOptions = {}): UnreadUpload {
  const request = facts.offers.includes('answer') ? probeAnswer({ waitMs: busyUntilReset }) : slowCall(busyFor);
  const call = script.begin(request, options).sendMessages(request.messages);
  const length = Math.max(1, Math.min(mostUnread, largestMessage(facts), largestBody(facts) - 1000));
  let begun = false;
  return {
    stream: call.stream,
    reset: () => void call.reset(),
    feed: (parts) => {
      const octets = new Uint8Array(Math.floor(length / parts));
      call.sendOctets(begun ? octets : encodeMessage(octets, { length }), { unsentAfter: 0 });
      begun = true;
    },
  };
}

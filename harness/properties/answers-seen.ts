import type { Call } from '../grpc/call';
import type { Observation } from '../grpc/observation';
import { isChoice, type Expectation } from '../grpc/outcome';
import { callReaction, connectionReaction, hasConnectionError } from '../rules/reaction';
import type { ConnectionView } from '../transcript/connection-view';
import { errorCodeName } from '../wire/error-codes';
import { subjectOf } from './subject-of';

/**
 * What came wherever a script accepts more than one answer, as short classes: `status 3`, `RST PROTOCOL_ERROR`, `GOAWAY FRAME_SIZE_ERROR`. One of each, since an input
 * counts once. Of a script that was kept it says which of the accepted answers a target has chosen. Pure.
 */
export function answersSeen(seen: Observation): readonly string[] {
  const choices = (seen.plan.expects ?? []).filter(({ accepts }) => isChoice(accepts));
  return [...new Set(choices.flatMap((choice) => answerTo(choice, seen)))];
}

/** One answer, or none where the script never came to that connection. */
function answerTo({ on }: Expectation, seen: Observation): readonly string[] {
  const subject = subjectOf({ on }, seen);
  if (subject === undefined) return [];
  const { view, call } = subject;
  if (on.stream === undefined) return [connectionReaction(view)];
  return [call === undefined ? streamReaction(view, on.stream) : reactionTo(call, view)];
}

/** A call that its connection took along, or that got no answer for it, is answered by what ended that. */
function reactionTo(call: Call, view: ConnectionView): string {
  const isTaken = call.reset === undefined && ['closed', 'refused', 'open'].includes(call.shape);
  return isTaken && hasConnectionError(view) ? connectionReaction(view) : callReaction(call);
}

/** A stream that no call was made on. */
function streamReaction(view: ConnectionView, stream: number): string {
  for (const { frame } of view.received) {
    if (frame.type === 'RST_STREAM' && frame.streamId === stream) return `RST ${errorCodeName(frame.errorCode)}`;
  }
  return connectionReaction(view);
}

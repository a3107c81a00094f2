import type { ConnectionView } from '../transcript/connection-view';
import type { Call } from '../grpc/call';
import { describeStatus } from '../grpc/status';
import { errorCodeName, errorCodes } from '../wire/error-codes';
import type { HpackFault } from '../wire/hpack/decoder';
import { quoted } from './quoted';

/** How a target answered a call, as a short class without generated values: `status 13`, `RST PROTOCOL_ERROR`, `HTTP 415`, `closed`. */
export function callReaction(call: Call): string {
  if (isUnreadable(call)) return call.undecodable.rule;
  switch (call.shape) {
    case 'normal':
    case 'trailers-only':
      if (call.status !== undefined) return `status ${call.status}`;
      return endsOnData(call) ? 'ended on DATA' : 'no grpc-status';
    case 'http':
      return `HTTP ${call.httpStatus ?? 'without :status'}`;
    case 'reset':
      return call.reset?.by === 'client' ? 'reset by us' : `RST ${errorCodeName(call.reset?.errorCode ?? 0)}`;
    case 'refused':
      return call.reset === undefined ? 'GOAWAY below the stream' : 'RST REFUSED_STREAM';
    case 'closed':
      return call.goawayErrorCode === undefined ? 'connection closed' : `GOAWAY ${errorCodeName(call.goawayErrorCode)}`;
    case 'open':
      return 'no end';
  }
}

/** The answer of gRPC came to its end without trailers, and so without a status. */
const endsOnData = ({ shape, trailers }: Call): boolean => shape === 'normal' && trailers === undefined;

/** The answer came, and how it begins or ends cannot be read. */
export const isUnreadable = (call: Call): call is Call & { readonly undecodable: HpackFault } =>
  call.undecodable !== undefined && ['normal', 'trailers-only', 'http'].includes(call.shape);

/** How a target ended a connection: `GOAWAY PROTOCOL_ERROR`, `closed`, `reset`, `open`. */
export function connectionReaction(view: ConnectionView): string {
  if (!view.connected) return 'no connection';
  const goaway = errorGoaway(view);
  if (goaway !== undefined) return `GOAWAY ${errorCodeName(goaway)}`;
  if (view.closed?.by === 'target') return view.closed.how === 'reset' ? 'reset' : 'closed';
  return 'open';
}

/** The error code of the first GOAWAY that is not NO_ERROR. */
export function errorGoaway(view: ConnectionView): number | undefined {
  for (const { frame } of view.received) {
    if (frame.type === 'GOAWAY' && frame.errorCode !== errorCodes.NO_ERROR) return frame.errorCode;
  }
  return undefined;
}

/** True for a connection error in any form: GOAWAY with an error code, or a close by the target (RFC 9113 §5.4.1). */
export const hasConnectionError = (view: ConnectionView): boolean =>
  errorGoaway(view) !== undefined || view.closed?.by === 'target';

/**
 * What was seen of a call and why, as the target said: `status INTERNAL (13) after 2 messages: "no such table"`. What stands beside OK explains nothing, and
 * would be taken for the message of the answer.
 */
export function describeAnswer(call: Call): string {
  const { message = '', status } = call;
  return message === '' || status === 0
    ? describeCall(call)
    : `${describeCall(call)}: ${quoted(message, longestMessage)}`;
}

/** Characters of grpc-message that fit beside the rest: most messages whole, and no stack trace. */
const longestMessage = 200;

/** What was seen of a call, for people: `status INTERNAL (13) after 2 messages`, `RST_STREAM with PROTOCOL_ERROR`. */
export function describeCall(call: Call): string {
  const { messages, rest } = call;
  const after =
    messages.length === 0 ? '' : ` after ${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  const unfinished = rest === 0 ? '' : ` and ${rest} ${rest === 1 ? 'octet' : 'octets'} of an unfinished one`;
  return `${describeEnd(call)}${after}${unfinished}`;
}

function describeEnd(call: Call): string {
  if (isUnreadable(call)) return `fields that cannot be decoded: ${call.undecodable.reason}`;
  const isGrpc = call.shape === 'normal' || call.shape === 'trailers-only';
  if (isGrpc && call.status !== undefined) return `status ${describeStatus(call.status)}`;
  if (endsOnData(call)) return 'an end on DATA, without trailers';
  if (call.shape === 'http') return `an HTTP answer with :status ${call.httpStatus ?? 'missing'}`;
  if (call.shape !== 'closed' && call.reset?.by === 'target')
    return `RST_STREAM with ${errorCodeName(call.reset.errorCode)}`;
  return callReaction(call);
}

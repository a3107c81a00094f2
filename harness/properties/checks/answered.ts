import type { RowId } from '../../catalogue';
import type { Call } from '../../grpc/call';
import type { Breach } from '../../rules/violation';
import { callBreach } from './expectations';

/**
 * A legal call got a gRPC answer at all, with whatever status: what a property asserts whose rule is watched on every call, so that a target that answers
 * nothing passes none of them unseen. What came instead is filed under the row that it breaks, never under the one that the property is about: a plain
 * HTTP answer has no trailers that could be wrong. A call that the script did not get to is not judged.
 */
export function isAnswered(call: Call): readonly Breach[] {
  const isGrpc = call.shape === 'normal' || call.shape === 'trailers-only';
  if (isGrpc || call.times.opened === undefined) return [];
  const breach = callBreach(call, 'a gRPC answer with Response-Headers or Trailers-Only');
  return [{ ...breach, rule: breach.rule ?? brokenRow(call) }];
}

/** The call ended, in whatever way. */
export function hasEnded(call: Call): readonly Breach[] {
  return call.shape === 'open' ? [callBreach(call, 'any final answer')] : [];
}

/** A plain HTTP answer, with that :status where one is given. */
export function isPlainHttp(call: Call, httpStatus?: number): readonly Breach[] {
  if (call.shape === 'http' && (httpStatus === undefined || call.httpStatus === httpStatus)) return [];
  return [callBreach(call, httpStatus === undefined ? 'a plain HTTP answer' : `HTTP status ${httpStatus}`)];
}

/** The row that an answer breaks which is none of gRPC, or has no end. */
function brokenRow({ shape, httpStatus }: Call): RowId {
  // No answer at all, or none that begins with :status 200.
  if (httpStatus !== 200) return 'RESP-01-status-200';
  return shape === 'http' ? 'RESP-03-content-type' : 'TRAIL-01-trailers-end-the-stream';
}

/** The answer ended with a block of fields, not on DATA (PROTOCOL-HTTP2, Responses). */
export function endsOnTrailers(call: Call): readonly Breach[] {
  if (call.shape !== 'normal' || call.trailers !== undefined) return [];
  return [{ ...callBreach(call, 'trailers with END_STREAM', 'the response ended on DATA'), reaction: 'ended on DATA' }];
}

import type { Call } from '../../grpc/call';
import type { Breach } from '../violation';
import { callBreach } from './expectations';

/**
 * The call got a gRPC answer at all, with whatever status: what a property asserts whose rule is watched on every call, so that it cannot pass on a target that
 * answers nothing. A call that the script did not get to is not judged.
 */
export function isAnswered(call: Call): readonly Breach[] {
  const isGrpc = call.shape === 'normal' || call.shape === 'trailers-only';
  return isGrpc || call.times.opened === undefined
    ? []
    : [callBreach(call, 'a gRPC answer with Response-Headers or Trailers-Only')];
}

/** The answer ended with a block of fields, not on DATA (PROTOCOL-HTTP2, Responses). */
export function endsOnTrailers(call: Call): readonly Breach[] {
  if (call.shape !== 'normal' || call.trailers !== undefined) return [];
  return [{ ...callBreach(call, 'trailers with END_STREAM', 'the response ended on DATA'), reaction: 'ended on DATA' }];
}

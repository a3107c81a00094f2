import type { Call } from '../../grpc/call';
import { status } from '../../grpc/status';
import { describeDenial, isDenial } from '../../rules/not-processed';
import { callReaction, describeCall } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { CapabilityRecord } from '../../report/model';

/** What a target does with the plainest use of a capability; see {@link CapabilityRecord}. */
export type CapabilityState = CapabilityRecord['state'];

/** A state with the reason for it; a clause, absent for `offered`. */
export interface Judged {
  readonly state: CapabilityState;
  readonly why?: string;
}

/**
 * Judges the plain call of a method by what a target claims: it is absent only when it is refused as unimplemented in a legal form, or exactly as a method
 * that surely does not exist is. Everything else means that it is there.
 * @param breaches what the row about such calls says of the answer
 * @param absent the answer to a call of a method that no server has
 */
export function judgeMethod(call: Call, breaches: readonly Breach[], absent: Call | undefined): Judged {
  const failing = breaches.filter(({ severity }) => severity !== 'info');
  if (failing.length === 0) return { state: 'offered' };
  if (isUnimplemented(call)) return { state: 'absent' };
  if (isDenial(call)) return { state: 'denied', why: `answered ${describeDenial(call)}` };
  // Whoever answers every path alike has said nothing about this one.
  const isAlike = absent !== undefined && callReaction(call) === callReaction(absent);
  if (isAlike && call.shape !== 'open' && call.shape !== 'closed') return { state: 'absent' };
  return { state: 'broken', why: describeBroken(call, failing) };
}

/** Refused as unimplemented: with the status, or by the HTTP status that stands for it (http-grpc-status-mapping). */
export function isUnimplemented({ shape, status: code, httpStatus }: Call): boolean {
  return shape === 'http' ? httpStatus === 404 : isComplete({ shape }) && code === status.UNIMPLEMENTED;
}

/** A capability of the fixture, not of the protocol, that a served method promises: kept or not. */
export function judgePromise(isKept: boolean, what: string): Judged {
  return isKept ? { state: 'offered' } : { state: 'unkept', why: what };
}

const isComplete = ({ shape }: Pick<Call, 'shape'>): boolean =>
  shape === 'normal' || shape === 'trailers-only' || shape === 'http';

function describeBroken(call: Call, [first]: readonly Breach[]): string {
  return first?.observed ?? describeCall(call);
}

import type { Call } from '../../grpc/call';
import { status } from '../../grpc/status';
import { errorCodes } from '../../wire/error-codes';
import type { Breach } from '../../rules/violation';
import { callBreach } from './expectations';

/** Milliseconds after the deadline by which the target has ended the call (catalogue DL-03). */
export const expiryGrace = 2000;

/** How the target ended a call whose deadline had passed, as one class: by RST_STREAM, or with DEADLINE_EXCEEDED or CANCELLED. */
export function hasExpired(call: Call): boolean {
  if (call.shape === 'reset') return call.reset?.by === 'target' && call.reset.errorCode !== errorCodes.NO_ERROR;
  const isGrpc = call.shape === 'normal' || call.shape === 'trailers-only';
  return isGrpc && (call.status === status.DEADLINE_EXCEEDED || call.status === status.CANCELLED);
}

/** Milliseconds from our header to the end of the call; undefined while it is open. */
export function lastedFor({ times: { opened, end } }: Call): number | undefined {
  return opened === undefined || end === undefined ? undefined : end - opened;
}

/**
 * The target ended the call by itself when its deadline had passed: RST_STREAM(CANCEL) or DEADLINE_EXCEEDED; CANCELLED is recorded, another error
 * code warned about. That the call never ends is the rule itself, which is a SHOULD, and no hang of a server that serves its other calls.
 * @param timeout milliseconds
 * @param roundTrip milliseconds that our header and the end of the call were under way together
 */
export function endsAtDeadline(call: Call, timeout: number, roundTrip = 0): readonly Breach[] {
  const expected = 'RST_STREAM(CANCEL) or status DEADLINE_EXCEEDED within 2 s after the deadline';
  const { mark: _, ...breach } = callBreach(call, expected);
  if (!hasExpired(call)) return [breach];
  const late = (lastedFor(call) ?? 0) - timeout - roundTrip > expiryGrace;
  if (late) return [{ ...breach, observed: `${breach.observed}, long after the deadline`, reaction: 'late' }];
  if (call.status === status.CANCELLED) return [{ ...breach, severity: 'info' }];
  const isUnusual = call.shape === 'reset' && call.reset?.errorCode !== errorCodes.CANCEL;
  return isUnusual ? [{ ...breach, severity: 'warn' }] : [];
}

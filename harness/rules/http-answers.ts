import type { Call } from '../grpc/call';
import type { Breach } from './violation';

/**
 * HTTP statuses by which whoever stands in front of a server speaks for itself: about who asks (401, 403), how much (413, 429, 431), or that the server gave no
 * answer in time (502, 503, 504). http-grpc-status-mapping.md tells clients what to make of them, so they end the call in an unusual form.
 */
const frontStatuses: readonly number[] = [401, 403, 413, 429, 431, 502, 503, 504];

/** The status that a router gives to a path which nobody serves. */
const notFound = 404;

/**
 * The row that a plain HTTP answer to a legal gRPC request breaks, and how bad that is. An answer counts once, whatever the property was about: a 404 for a
 * method that nobody has is no UNIMPLEMENTED (REQ-21), all others have a wrong :status (RESP-01).
 */
export function httpAnswerBreach(
  { kind }: Call['plan'],
  httpStatus: number,
): Required<Pick<Breach, 'rule'>> & Pick<Breach, 'severity'> {
  if (kind === 'unknown' && httpStatus === notFound)
    return { rule: 'REQ-21-unknown-service-or-method', severity: 'warn' };
  const rule = 'RESP-01-status-200';
  return frontStatuses.includes(httpStatus) ? { rule, severity: 'warn' } : { rule };
}

/** The call was legal, and was answered in plain HTTP by a router or by what stands in front: nothing that the property's own rule could judge. */
export function isAnsweredInFront({ plan, shape, httpStatus }: Call): boolean {
  return (
    plan.legal && shape === 'http' && httpStatus !== undefined && httpAnswerBreach(plan, httpStatus).severity === 'warn'
  );
}

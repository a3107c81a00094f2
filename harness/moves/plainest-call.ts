import type { CallRequest } from '../grpc/call-request';
import type { TargetFacts } from '../facts/target-facts';
import { emptyAnswer, endsWith, plainHttp, type Graded, type Outcome } from '../grpc/outcome';
import type { PlanBuilder } from '../grpc/plan-builder';
import { status } from '../grpc/status';
import { emptyCall, unknownMethod } from '../grpc/test-service';

/** A method that no server has. */
export const absentMethod = '/grpcconform.v1.Absent/Absent';

/** The call that a target must answer whenever it is well: EmptyCall where the interop service is served, an unknown method elsewhere. */
export function plainestCall({ offers }: { readonly offers: readonly string[] }): CallRequest {
  return offers.includes('unary') ? emptyCall() : unknownMethod(absentMethod);
}

/** What comes of it where nothing is wrong; servers that know gRPC only by registered paths answer an unknown method with whatever HTTP status they like. */
export const plainestAnswers = ({ offers }: { readonly offers: readonly string[] }): readonly Outcome[] =>
  offers.includes('unary') ? [emptyAnswer] : [endsWith(status.UNIMPLEMENTED), plainHttp()];

/**
 * The plainest call by somebody who means no harm, and that it must be served.
 * @param also what else may come of it
 */
export function callPlainly(
  script: PlanBuilder,
  facts: Pick<TargetFacts, 'offers'>,
  on: string,
  ...also: readonly Graded[]
): void {
  script.call(plainestCall(facts), { on, role: 'bystander' }).expect(...plainestAnswers(facts), ...also);
}

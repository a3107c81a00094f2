import type { CallRequest } from '../grpc/call-request';
import { emptyAnswer, endsWith, plainHttp, type Outcome } from '../grpc/outcome';
import { status } from '../grpc/status';
import { emptyCall, unknownMethod } from '../grpc/test-service';

/** A method that no server has. */
export const absentMethod = '/grpcconform.v1.Absent/Absent';

/** The call that a target must answer whenever it is well: EmptyCall where the interop service is served, an unknown method elsewhere. */
export function plainestCall({ offers }: { readonly offers: readonly string[] }): CallRequest {
  return offers.includes('unary') ? emptyCall() : unknownMethod(absentMethod);
}

/** What comes of it where nothing is wrong. */
export const plainestAnswers = ({ offers }: { readonly offers: readonly string[] }): readonly Outcome[] =>
  offers.includes('unary') ? [emptyAnswer] : [endsWith(status.UNIMPLEMENTED), plainHttp(404)];

import type { CallRequest } from '../grpc/call-request';
import { emptyCall, unknownMethod } from '../grpc/test-service';

/** A method that no server has. */
export const absentMethod = '/grpcconform.v1.Absent/Absent';

/** The call that a target must answer whenever it is well: EmptyCall where the interop service is served, an unknown method elsewhere. */
export function plainestCall({ offers }: { readonly offers: readonly string[] }): CallRequest {
  return offers.includes('unary') ? emptyCall() : unknownMethod(absentMethod);
}

import type { CallRequest } from '../grpc/call-request';
import { fullDuplexCall } from '../grpc/test-service';

/**
 * FullDuplexCall whose handler is busy for so many milliseconds before its last answer, of one octet.
 * @param first sizes of answers that come at once before it, in octets
 */
export const slowCall = (milliseconds: number, first: readonly number[] = []): CallRequest =>
  fullDuplexCall([{ responses: [...first.map((size) => ({ size })), { size: 1, intervalUs: milliseconds * 1000 }] }]);

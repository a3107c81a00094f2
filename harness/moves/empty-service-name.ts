import type { CallRequest } from '../grpc/call-request';
import { healthCheck } from '../grpc/test-service';

/** Field 1 of HealthCheckRequest, `service`, as a string of no octets: what an encoder writes that does not leave out defaults. */
const emptyName = [0x0a, 0x00] as const;

/**
 * Asks for the health of the whole server: for the service of the empty name, which is said that many times. Protobuf takes the last one, and all of them
 * mean the same as none.
 */
export function healthCheckOfAll(times: number): CallRequest {
  const message = Uint8Array.from({ length: times * emptyName.length }, (_, index) => emptyName[index % 2] ?? 0);
  return { ...healthCheck(''), messages: [message] };
}

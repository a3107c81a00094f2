import type { CallRequest } from '../grpc/call-request';
import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { streamingInputCall } from '../grpc/test-service';

/** A StreamingInputCall with these payloads; one of no octets makes a message of no octets, not one with an empty payload. */
export function uploadCall(payloads: readonly OctetsSpec[]): CallRequest {
  const messages = payloads.map((payload) => {
    if (payload.length === 0) return new Uint8Array(0);
    return streamingInputCall([{ payload: octetsOf(payload) }]).messages[0] ?? new Uint8Array(0);
  });
  return { ...streamingInputCall([]), messages };
}

/** Octets of all payloads together: what StreamingInputCall answers. */
export function sumOf(payloads: readonly OctetsSpec[]): number {
  return payloads.reduce((sum, { length }) => sum + length, 0);
}

import type { CallRequest } from '../grpc/call-request';
import { gzip } from '../grpc/compression';
import { unaryCallOfLength } from './sized-message';

/** Making a large one takes longer than a round trip, and scripts ask for the same few again and again. */
const made = new Map<number, Uint8Array>();

/** Sizes that are kept; scripts that ask for more than that take their time. */
const mostKept = 16;

/**
 * A UnaryCall whose message inflates to exactly that many octets, nearly all of them zero, from about a thousandth of that.
 * @throws ConformError ERR_SCRIPT below 32 octets.
 */
export function gzippedCallOfLength(length: number): { readonly request: CallRequest; readonly octets: Uint8Array } {
  const octets = made.get(length) ?? gzipOf(length);
  if (made.size < mostKept) made.set(length, octets);
  return { request: { ...unaryCallOfLength(shortest), messages: [octets] }, octets };
}

/** Octets; only the path and the kind of this call are of interest. */
const shortest = 32;

function gzipOf(length: number): Uint8Array {
  const [message = new Uint8Array(0)] = unaryCallOfLength(length).messages;
  return gzip(message, { level: 9 });
}

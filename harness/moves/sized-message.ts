import { ConformError } from '../error';
import type { CallRequest } from '../grpc/call-request';
import { streamingInputCall, unaryCall } from '../grpc/test-service';

/** A UnaryCall whose message has exactly that many octets, prefix not counted. @throws ConformError ERR_SCRIPT below 32 octets. */
export function unaryCallOfLength(length: number): CallRequest {
  const { octets } = messageOfLength(length, (payload) => unaryCall({ payload }), 3);
  return { ...unaryCall(), messages: [octets] };
}

/** A StreamingInputCall whose messages have exactly these lengths in octets, and the sum that its answer must say. @throws as {@link unaryCallOfLength}. */
export function streamingInputCallOfLengths(lengths: readonly number[]): {
  readonly request: CallRequest;
  readonly sum: number;
} {
  const sized = lengths.map((length) => messageOfLength(length, (payload) => streamingInputCall([{ payload }]), 1));
  return {
    request: { ...streamingInputCall([]), messages: sized.map(({ octets }) => octets) },
    sum: sized.reduce((total, { payload }) => total + payload, 0),
  };
}

/**
 * A message of the interop service that is still one when it is cut at any even length: a field of two octets again and again that no method cares for. A
 * server that takes the beginning of it for the whole has no other reason to refuse it.
 */
export function cuttableMessage(pairs: number): Uint8Array {
  // Field 4, a varint of 0: fill_username of SimpleRequest, and unknown to the requests of the streaming methods.
  return Uint8Array.from({ length: 2 * pairs }, (_, index) => (index % 2 === 0 ? 0x20 : 0));
}

interface SizedMessage {
  readonly octets: Uint8Array;
  /** Octets of its payload. */
  readonly payload: number;
}

/** Room for everything around a payload of one octet or more. */
const shortestSized = 32;

function messageOfLength(
  length: number,
  make: (payload: Uint8Array) => CallRequest,
  payloadField: number,
): SizedMessage {
  const encode = (payload: number): Uint8Array => make(new Uint8Array(payload)).messages[0] ?? new Uint8Array(0);
  if (length < shortestSized) throw unreachable(length);
  const overhead = encode(length).length - length;
  // Where a length field of the encoding grows by an octet, one length in between cannot be reached by a payload alone.
  const guess = length - overhead;
  for (let payload = Math.max(1, guess - 2); payload <= guess + 2; payload++) {
    const octets = encode(payload);
    if (octets.length === length) return { octets, payload };
    if (octets.length === length - 2) return { octets: withEmptyField(octets, payloadField), payload };
  }
  throw unreachable(length);
}

/** The same message with its payload field once more, empty: protobuf merges it into the one before. */
function withEmptyField(octets: Uint8Array, field: number): Uint8Array {
  const longer = new Uint8Array(octets.length + 2);
  longer.set(octets);
  longer[octets.length] = (field << 3) | lengthDelimited;
  return longer;
}

/** Wire type of protobuf for embedded messages. */
const lengthDelimited = 2;

const unreachable = (length: number): ConformError =>
  new ConformError('ERR_SCRIPT', `No message of ${length} octets can be made. Please report this.`);

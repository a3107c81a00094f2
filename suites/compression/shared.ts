import {
  answersSum,
  answersUnary,
  arb,
  encodeMessage,
  fc,
  joinOctets,
  octetsOf,
  payloadOf,
  status,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  type Breach,
  type Call,
  type OctetsSpec,
  type Outcome,
  type TargetFacts,
} from '../../harness';

/** Every error status: those that are not the right one are right in kind. */
export const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** What we read of compressed answers ourselves. */
export const acceptEncoding = 'identity,gzip';

/** A request whose message at `at` claims to be compressed, and what becomes of its octets. */
export interface Flagged {
  readonly payloads: readonly OctetsSpec[];
  /** Unary when false; then only the first payload is sent. */
  readonly isUpload: boolean;
  readonly at: number;
}

/** Octets that unary calls are answered with. */
export const answerSize = 9;

/** The request of a {@link Flagged}: one message with Compressed-Flag 1, whatever its octets are. */
export function flaggedCall({ payloads, isUpload, at }: Flagged, compress: (octets: Uint8Array) => Uint8Array) {
  const [first = { length: 0, seed: 0 }] = payloads;
  const request = isUpload ? uploadCall(payloads) : unaryCall({ payload: octetsOf(first), responseSize: answerSize });
  const flaggedAt = isUpload ? at % payloads.length : 0;
  const body = request.messages.map((octets, index) =>
    index === flaggedAt ? encodeMessage(compress(octets), { compressedFlag: 1 }) : encodeMessage(octets),
  );
  return { request, body: joinOctets(body) };
}

/** The answer to its plain messages. */
export const answerTo = ({ payloads, isUpload }: Pick<Flagged, 'payloads' | 'isUpload'>): Outcome =>
  isUpload ? sumOfOctets(sumOf(payloads)) : payloadOf(answerSize);

export const answersFlagged = (call: Call, { payloads, isUpload }: Flagged): readonly Breach[] =>
  isUpload ? answersSum(call, sumOf(payloads)) : answersUnary(call, answerSize);

export const flagged = (offers: readonly string[], { maxCount = 3 } = {}): fc.Arbitrary<Flagged> =>
  arb.record<Flagged>({
    payloads: arb.messages({ minCount: 1, maxCount, minLength: 1, maxLength: 1000 }),
    isUpload: maybeUpload(offers),
    at: fc.nat(maxCount - 1),
  });

/** A client-streaming call every other time, where there is such a method. */
export const maybeUpload = (offers: readonly string[]): fc.Arbitrary<boolean> =>
  offers.includes('client-streaming') ? fc.boolean() : fc.constant(false);

export const oneMessage: Flagged = { payloads: [{ length: 20, seed: 1 }], isUpload: false, at: 0 };

/** The second of two messages where the target takes several. */
export const laterMessage = (offers: readonly string[]): Flagged => ({
  payloads: [3, 4].map((length) => ({ length, seed: 1 })),
  isUpload: offers.includes('client-streaming'),
  at: 1,
});

/** Encodings of other libraries and an invented one, without those that the target has said it accepts. */
export const otherEncodings = ({ acceptedEncodings = [] }: Pick<TargetFacts, 'acceptedEncodings'>): readonly string[] =>
  ['x-other', 'snappy', 'br', 'zstd', 'lz4'].filter((encoding) => !acceptedEncodings.includes(encoding));

/** One of {@link otherEncodings}, or a name that means nothing. */
export const unknownEncoding = (facts: Pick<TargetFacts, 'acceptedEncodings'>): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...otherEncodings(facts)),
    arb.metadataName({ maxLength: 12 }).map((name) => `x-${name}`),
  );

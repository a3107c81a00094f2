import {
  answersSum,
  answersUnary,
  arb,
  callBreach,
  encodeMessage,
  endsWith,
  endsWithStatus,
  experiment,
  fc,
  gzip,
  joinOctets,
  octetsOf,
  payloadOf,
  property,
  splitFieldValues,
  status,
  stimulus,
  suite,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  warned,
  type Breach,
  type Call,
  type GzipShape,
  type OctetsSpec,
} from '../harness';

/** Every error status: those that are not the right one are right in kind. */
const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** What we read of compressed answers ourselves. */
const acceptEncoding = 'identity,gzip';

/** A request whose message at `at` claims to be compressed, and what becomes of its octets. */
interface Flagged {
  readonly payloads: readonly OctetsSpec[];
  /** Unary when false; then only the first payload is sent. */
  readonly isUpload: boolean;
  readonly at: number;
}

/** The request of a {@link Flagged}: one message with Compressed-Flag 1, whatever its octets are. */
function flaggedCall({ payloads, isUpload, at }: Flagged, compress: (octets: Uint8Array) => Uint8Array) {
  const [first = { length: 0, seed: 0 }] = payloads;
  const request = isUpload ? uploadCall(payloads) : unaryCall({ payload: octetsOf(first), responseSize: answerSize });
  const flagged = isUpload ? at % payloads.length : 0;
  const body = request.messages.map((octets, index) =>
    index === flagged ? encodeMessage(compress(octets), { compressedFlag: 1 }) : encodeMessage(octets),
  );
  return { request, body: joinOctets(body) };
}

/** Octets that unary calls are answered with. */
const answerSize = 9;

const answersFlagged = (call: Call, { payloads, isUpload }: Flagged): readonly Breach[] =>
  isUpload ? answersSum(call, sumOf(payloads)) : answersUnary(call, answerSize);

const flagged = (offers: readonly string[], { maxCount = 3 } = {}): fc.Arbitrary<Flagged> =>
  arb.record<Flagged>({
    payloads: arb.messages({ minCount: 1, maxCount, minLength: 1, maxLength: 1000 }),
    isUpload: offers.includes('client-streaming') ? fc.boolean() : fc.constant(false),
    at: fc.nat(maxCount - 1),
  });

const oneMessage: Flagged = { payloads: [{ length: 20, seed: 1 }], isUpload: false, at: 0 };

export default suite('compression', [
  experiment('COMP-02-gzip-request', {
    generates:
      'gzip members of every level, with stored blocks, fixed codes, a file name, a comment or a header check sum',
    accepts: ['status OK with the answer to the plain message'],
    needs: ['gzip', 'unary'],
    arbitrary: ({ offers }) =>
      arb.record({
        payload: arb.message({ maxLength: 20_000 }),
        isUpload: offers.includes('client-streaming') ? fc.boolean() : fc.constant(false),
        shape: arb.gzipShape(),
      }),
    examples: ({ offers }) => {
      const shapes: readonly GzipShape[] = [
        {},
        { level: 0 },
        { name: 'a' },
        { comment: 'a' },
        { headerCrc: true },
        { name: 'a', comment: 'b', headerCrc: true },
      ];
      return [
        ...shapes.map((shape) => ({ payload: { length: 300, seed: 0 }, isUpload: false, shape })),
        // The answer to this one, a sum of zero, has no octets.
        { payload: { length: 0, seed: 0 }, isUpload: offers.includes('client-streaming'), shape: {} },
      ];
    },
    script: (script, { payload, isUpload, shape }) => {
      const { request, body } = flaggedCall({ payloads: [payload], isUpload, at: 0 }, (octets) => gzip(octets, shape));
      const call = script.call(request, { body, encoding: 'gzip', acceptEncoding });
      call.expect(isUpload ? sumOfOctets(payload.length) : payloadOf(answerSize));
    },
  }),

  property({
    id: 'COMP-05-unsupported-encoding',
    generates: 'messages with Compressed-Flag 1 in encodings of other libraries, invented ones, an empty one and GZIP',
    accepts: ['status UNIMPLEMENTED', 'another error status, with a warning', 'service of GZIP, recorded as info'],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: ({ offers, acceptedEncodings }) =>
      arb.record({
        encoding: fc.oneof(
          fc.constantFrom(...except(acceptedEncodings, ['x-other', 'snappy', 'br', 'zstd', 'lz4', 'GZIP', ''])),
          arb.metadataName({ maxLength: 12 }),
        ),
        message: flagged(offers, { maxCount: 1 }),
      }),
    examples: ({ offers, acceptedEncodings }) => [
      { encoding: 'x-other', message: oneMessage },
      { encoding: 'x-other', message: { ...oneMessage, isUpload: offers.includes('client-streaming') } },
      ...except(acceptedEncodings, ['snappy', 'br', 'zstd', 'GZIP', '']).map((encoding) => ({
        encoding,
        message: oneMessage,
      })),
    ],
    script: (script, { encoding, message }) => {
      // A server that takes GZIP for gzip shall be able to read it; in the others the plain octets would be served if the encoding were not looked at.
      const { request, body } = flaggedCall(message, (octets) => (encoding === 'GZIP' ? gzip(octets) : octets));
      script.call(request, { body, encoding, acceptEncoding });
    },
    check: (seen, { encoding, message }, { acceptedEncodings = [] }) => {
      const call = seen.call();
      // Octets that are none of an encoding which the server has are for it to refuse as it likes.
      if (acceptedEncodings.includes(encoding) || listsEncoding(call, encoding)) return [];
      if (encoding === 'GZIP' && answersFlagged(call, message).length === 0) {
        return [{ ...callBreach(call, 'status UNIMPLEMENTED', 'GZIP is read as gzip'), severity: 'info' }];
      }
      if (encoding !== '') return endsWithStatus(call, [status.UNIMPLEMENTED], errors);
      // An empty grpc-encoding can be read as none: then the flag alone is wrong.
      const breaches = endsWithStatus(call, [status.UNIMPLEMENTED, status.INTERNAL], errors);
      return breaches.map((breach) => ({ ...breach, rule: 'COMP-08-flag-without-encoding' }));
    },
  }),

  stimulus('COMP-08-flag-without-encoding', {
    generates:
      'a message with Compressed-Flag 1, plain or compressed, the first or a later one, with grpc-encoding identity or none',
    accepts: [endsWith(status.INTERNAL), warned(endsWith(...errors))],
    needs: ['unary'],
    effort: 0.5,
    sends: ({ offers }) =>
      arb.record({ hasIdentity: fc.boolean(), isCompressed: fc.boolean(), message: flagged(offers) }),
    examples: ({ offers }) =>
      [true, false].flatMap((hasIdentity) => [
        { hasIdentity, isCompressed: false, message: oneMessage },
        {
          hasIdentity,
          isCompressed: false,
          message: {
            payloads: [3, 4].map((length) => ({ length, seed: 1 })),
            isUpload: offers.includes('client-streaming'),
            at: 1,
          },
        },
      ]),
    write: (script, { hasIdentity, isCompressed, message }) => {
      const { request, body } = flaggedCall(message, (octets) => (isCompressed ? gzip(octets) : octets));
      script.call(request, { body, acceptEncoding, legal: false, ...(hasIdentity ? { encoding: 'identity' } : {}) });
    },
  }),
]);

/** Those that the server has not said it accepts. */
function except(accepted: readonly string[] = [], encodings: readonly string[]): readonly string[] {
  return encodings.filter((encoding) => !accepted.includes(encoding));
}

/** The server has that encoding after all, and says so in the same answer. */
function listsEncoding(call: Call, encoding: string): boolean {
  const fields = [...(call.headers ?? []), ...(call.trailers ?? [])];
  return encoding !== '' && splitFieldValues(fields, 'grpc-accept-encoding').includes(encoding);
}

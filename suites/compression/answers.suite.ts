import {
  arb,
  callBreach,
  deflate,
  encodeMessage,
  experiment,
  fc,
  gzip,
  joinOctets,
  octetsOf,
  payloadOf,
  splitFieldValues,
  streamingOutputCall,
  streamOfSizes,
  unaryCall,
  type AnyProperty,
  type Breach,
  type Call,
} from '../../harness';
import { acceptEncoding, answerTo, flagged, flaggedCall, oneMessage } from './shared';

/** An encoding that we can write ourselves, where the target has listed it: gzip at least, by what the properties need. */
type Written = 'gzip' | 'deflate' | 'identity';

const listedEncodings = (accepted: readonly string[] = ['gzip']): readonly Written[] =>
  (['gzip', 'deflate', 'identity'] as const).filter((encoding) => accepted.includes(encoding));

const compressions: Readonly<Record<Written, (octets: Uint8Array) => Uint8Array>> = {
  gzip: (octets) => gzip(octets),
  deflate: (octets) => deflate(octets),
  identity: (octets) => octets,
};

/** A message of an answer that the handler was asked for, and whether it was to be compressed. */
interface Asked {
  readonly size: number;
  readonly isCompressed: boolean;
}

const isCompressed = ({ compressedFlag }: { readonly compressedFlag: number }): boolean => compressedFlag === 1;

/** Above what libraries compress that have a threshold and no switch, as interop's server_compressed_streaming has it. Octets. */
const probeSize = 31_415;

/** Octets, all of them zero, that every compressor makes fewer of. */
const worthIt = 1024;

/** Messages whose flags do not follow what was asked for. A library may leave compression out where it is of no use. */
function followsSwitch(call: Call, asked: readonly Asked[]): readonly Breach[] {
  const expected = 'Compressed-Flag 0 where compression was switched off, and 1 where it was asked for';
  const wrong = (which: (one: Asked, flag: boolean) => boolean): number =>
    asked.findIndex((one, index) => {
      const message = call.messages[index];
      return message !== undefined && which(one, isCompressed(message));
    });
  const against = wrong((one, flag) => flag && !one.isCompressed);
  if (against !== -1) {
    const observed = `message ${against} of ${asked.length} is compressed though that was switched off for it`;
    return [{ ...callBreach(call, expected, observed), reaction: 'compressed though switched off' }];
  }
  const without = wrong((one, flag) => !flag && one.isCompressed && one.size >= worthIt);
  if (without === -1) return [];
  // Where none is compressed the handler may not know the word at all.
  if (!call.messages.some(isCompressed)) {
    const never = callBreach(call, expected, 'no message of the stream is compressed, whatever was asked for');
    return [{ ...never, severity: 'info', reaction: 'never compressed' }];
  }
  const observed = `message ${without} of ${asked.length} is not compressed though that was asked for`;
  return [{ ...callBreach(call, expected, observed), severity: 'warn', reaction: 'not compressed' }];
}

/** The fields of an answer that name the encodings which the server accepts; undefined without such a field. */
function disclosedBy({ headers = [], trailers = [] }: Call): readonly string[] | undefined {
  const fields = [...headers, ...trailers];
  return fields.some(({ name }) => name === 'grpc-accept-encoding')
    ? splitFieldValues(fields, 'grpc-accept-encoding')
    : undefined;
}

/** What answers say of compression, and how they use it. */
export const answers: readonly AnyProperty[] = [
  experiment('COMP-12-response-uncompressed-by-default', {
    generates:
      'plain and gzip requests from clients that accept gzip, only identity, or deflate, answered by 0 to 20,000 octets, compression not asked for',
    accepts: [
      'status OK with the answer in messages with Compressed-Flag 0',
      'compressed messages in an encoding that the client accepts, recorded as info',
    ],
    needs: ['gzip', 'unary'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        isZipped: fc.boolean(),
        accepts: fc.constantFrom('deflate', 'identity', 'gzip', 'identity, gzip', 'deflate,identity'),
        payload: arb.message({ maxLength: 2000 }),
        size: fc.oneof(arb.responseSize({ maxLength: 2000 }), arb.responseSize({ minLength: 1025, maxLength: 20_000 })),
      }),
    examples: () =>
      ['identity,deflate,gzip', 'identity', 'deflate'].flatMap((accepts) =>
        [true, false].map((isZipped) => ({ isZipped, accepts, payload: { length: 20, seed: 1 }, size: 2000 })),
      ),
    labels: {
      'a gzip request': ({ isZipped }) => isZipped,
      'a plain request': ({ isZipped }) => !isZipped,
      'a gzip request of a client that does not accept it': ({ isZipped, accepts }) =>
        isZipped && !accepts.includes('gzip'),
      'an answer of more than 1,024 octets': ({ size }) => size > 1024,
    },
    script: (script, { isZipped, accepts, payload, size }) => {
      const request = unaryCall({ payload: octetsOf(payload), responseSize: size });
      const zipped = joinOctets(request.messages.map((octets) => encodeMessage(gzip(octets), { compressedFlag: 1 })));
      script
        .call(request, { acceptEncoding: accepts, ...(isZipped ? { body: zipped, encoding: 'gzip' } : {}) })
        .expect(payloadOf(size));
    },
    check: (seen, { accepts }) => {
      const call = seen.call();
      if (!call.messages.some(isCompressed)) return [];
      const [encoding = ''] = splitFieldValues(call.headers ?? [], 'grpc-encoding');
      const isAccepted = accepts.split(',').some((name) => name.trim() === encoding);
      const breach = callBreach(call, 'messages with Compressed-Flag 0');
      return [
        isAccepted
          ? {
              ...breach,
              severity: 'info',
              observed: 'a compressed answer that nobody asked for',
              reaction: 'compressed',
            }
          : {
              ...breach,
              observed: 'an answer in an encoding that the client does not accept',
              reaction: 'encoding not accepted',
            },
      ];
    },
  }),

  experiment('COMP-15-disable-per-message', {
    generates:
      'streams of one to eight messages of 0 to 20,000 octets, each asked for with compression on or off, and a stream with compression off',
    accepts: [
      'status OK with these messages, with Compressed-Flag 0 where compression was off',
      'Compressed-Flag 0 where it was on, with a warning',
      'a target without a switch, or one that compresses no message of a stream, recorded as info',
    ],
    needs: ['compressed-responses', 'server-streaming'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        asked: arb.list(
          arb.record<Asked>({ size: arb.responseSize({ maxLength: 20_000 }), isCompressed: fc.boolean() }),
          {
            minCount: 1,
            maxCount: 8,
          },
        ),
      }),
    examples: () => [
      // interop's server_compressed_streaming, and the other way round.
      {
        asked: [
          { size: 31_415, isCompressed: true },
          { size: 92_653, isCompressed: false },
        ],
      },
      {
        asked: [
          { size: 2000, isCompressed: false },
          { size: 2000, isCompressed: true },
          { size: 0, isCompressed: false },
        ],
      },
    ],
    labels: {
      'off behind on': ({ asked }) =>
        asked.some((one, index) => one.isCompressed && asked[index + 1]?.isCompressed === false),
      'on behind off': ({ asked }) =>
        asked.some((one, index) => !one.isCompressed && asked[index + 1]?.isCompressed === true),
      'off for all': ({ asked }) => asked.every((one) => !one.isCompressed),
      'off for more than 1,024 octets': ({ asked }) => asked.some((one) => !one.isCompressed && one.size > 1024),
    },
    script: (script, { asked }) => {
      // Several libraries have no switch for each message: they cannot keep the rule, and do not break it.
      script
        .call(streamingOutputCall({ responses: [{ size: probeSize, compressed: false }] }), {
          acceptEncoding,
          as: 'switch',
        })
        .expect(streamOfSizes([probeSize]));
      const responses = asked.map(({ size, isCompressed: compressed }) => ({ size, compressed }));
      script
        .call(streamingOutputCall({ responses }), { acceptEncoding, as: 'stream' })
        .expect(streamOfSizes(asked.map(({ size }) => size)));
    },
    check: (seen, { asked }) => {
      const plain = seen.call('switch');
      if (!plain.messages.some(isCompressed)) return followsSwitch(seen.call('stream'), asked);
      const breach = callBreach(
        plain,
        'a target that can switch compression off',
        'compression cannot be switched off',
      );
      return [{ ...breach, severity: 'info', reaction: 'no switch' }];
    },
  }),

  experiment('COMP-16-accept-encoding-advertised', {
    generates: 'a message in each encoding that the target has listed in grpc-accept-encoding and that we can write',
    accepts: ['status OK with the answer to the plain message'],
    needs: ['gzip', 'unary'],
    effort: 0.3,
    arbitrary: ({ offers, acceptedEncodings }) =>
      arb.record({ encoding: fc.constantFrom(...listedEncodings(acceptedEncodings)), message: flagged(offers) }),
    examples: ({ acceptedEncodings }) =>
      listedEncodings(acceptedEncodings).map((encoding) => ({ encoding, message: oneMessage })),
    labels: {
      gzip: ({ encoding }) => encoding === 'gzip',
      'the last one of the list': ({ encoding }, { acceptedEncodings }) =>
        encoding === listedEncodings(acceptedEncodings).at(-1),
      'a client-streaming call': ({ message }, { offers }) => message.isUpload || !offers.includes('client-streaming'),
    },
    script: (script, { encoding, message }) => {
      const { request, body } = flaggedCall(message, compressions[encoding]);
      const isPlain = encoding === 'identity';
      script.call(request, { encoding, acceptEncoding, ...(isPlain ? {} : { body }) }).expect(answerTo(message));
    },
  }),

  experiment('COMP-17-undisclosed-encoding-disclosed', {
    generates:
      'a compressed message as the first one of a connection, in gzip, or in deflate where the target lists it',
    accepts: [
      'an answer whose grpc-accept-encoding lists the encoding',
      'one without grpc-accept-encoding, with a warning',
    ],
    needs: ['gzip', 'unary'],
    effort: 0.3,
    arbitrary: ({ offers, acceptedEncodings }) =>
      arb.record({
        encoding: fc.constantFrom(...listedEncodings(acceptedEncodings).filter((encoding) => encoding !== 'identity')),
        accepts: fc.boolean(),
        message: flagged(offers),
      }),
    examples: () => [true, false].map((accepts) => ({ encoding: 'gzip' as Written, accepts, message: oneMessage })),
    labels: {
      'a unary call': ({ message }) => !message.isUpload,
      'a client-streaming call': ({ message }, { offers }) => message.isUpload || !offers.includes('client-streaming'),
      'a client that says what it accepts': ({ accepts }) => accepts,
      'a client that does not': ({ accepts }) => !accepts,
    },
    script: (script, { encoding, accepts, message }) => {
      const { request, body } = flaggedCall(message, compressions[encoding]);
      script.call(request, { body, encoding, ...(accepts ? { acceptEncoding } : {}) });
    },
    check: (seen, { encoding }) => {
      const call = seen.call();
      // An answer that refused it is for COMP-02.
      if (call.status !== 0) return [];
      const disclosed = disclosedBy(call);
      if (disclosed?.includes(encoding) === true) return [];
      const expected = `grpc-accept-encoding that lists ${encoding}, which was just accepted`;
      return [
        disclosed === undefined
          ? {
              ...callBreach(call, expected, 'an answer without grpc-accept-encoding'),
              severity: 'warn',
              reaction: 'no grpc-accept-encoding',
            }
          : { ...callBreach(call, expected, 'the encoding is not listed'), reaction: 'encoding not listed' },
      ];
    },
  }),
];

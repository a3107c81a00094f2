import {
  arb,
  callBreach,
  encodeMessage,
  endsWith,
  experiment,
  fc,
  gzip,
  joinOctets,
  octetsOf,
  payloadOf,
  status,
  streamOfSizes,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  warned,
  type AnyProperty,
  type Breach,
  type Call,
  type CallRequest,
  type GzipShape,
  type OctetsSpec,
} from '../../harness';
import { mirrored } from '../messages/shared';
import {
  acceptEncoding,
  answerTo,
  answerSize,
  errors,
  flaggedCall,
  maybeUpload,
  otherEncodings,
  unknownEncoding,
} from './shared';

/** What identity means in both directions: each message as it is. */
const isPlain = (call: Call): readonly Breach[] =>
  call.messages.some(({ compressedFlag }) => compressedFlag !== 0)
    ? [
        {
          ...callBreach(call, 'messages with Compressed-Flag 0'),
          observed: 'a compressed message',
          reaction: 'compressed',
        },
      ]
    : [];

/** A message, and whether it goes compressed. */
interface Mixed {
  readonly payload: OctetsSpec;
  readonly isCompressed: boolean;
}

const mixedBody = ({ messages }: CallRequest, mixed: readonly Mixed[]): Uint8Array =>
  joinOctets(
    messages.map((octets, index) =>
      mixed[index]?.isCompressed === true ? encodeMessage(gzip(octets), { compressedFlag: 1 }) : encodeMessage(octets),
    ),
  );

const payloadsOf = (mixed: readonly Mixed[]): readonly OctetsSpec[] => mixed.map(({ payload }) => payload);

/** One of both kinds of a stream, and what must come of it. */
function streamed(payloads: readonly OctetsSpec[], isBidirectional: boolean) {
  const sizes = payloads.map(({ length }) => length);
  return isBidirectional
    ? { request: mirrored(payloads), expected: streamOfSizes(sizes) }
    : { request: uploadCall(payloads), expected: sumOfOctets(sumOf(payloads)) };
}

const maybeBidirectional = (offers: readonly string[]): fc.Arbitrary<boolean> =>
  offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(false);

/** True when a message of the one kind stands directly before one of the other. */
const follows = (mixed: readonly Mixed[], first: boolean): boolean =>
  mixed.some(({ isCompressed }, index) => isCompressed === first && mixed[index + 1]?.isCompressed === !first);

/** Requests whose messages are what their fields and flags say. */
export const requests: readonly AnyProperty[] = [
  experiment('COMP-01-identity-explicit', {
    generates:
      'plain messages without grpc-encoding and with identity, from clients that accept identity alone or do not say what they accept',
    accepts: ['status OK with the answer, its messages with Compressed-Flag 0'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: ({ offers }) =>
      arb.record({
        hasIdentity: fc.boolean(),
        accepts: fc.constantFrom(null, 'identity'),
        payloads: arb.messages({ minCount: 1, maxCount: 3, maxLength: 2000 }),
        isUpload: maybeUpload(offers),
        size: arb.responseSize({ maxLength: 20_000 }),
      }),
    examples: ({ offers }) =>
      [true, false].flatMap((hasIdentity) =>
        ([null, 'identity'] as const).map((accepts) => ({
          hasIdentity,
          accepts,
          payloads: [{ length: 20, seed: 1 }],
          isUpload: hasIdentity && offers.includes('client-streaming'),
          size: 2000,
        })),
      ),
    labels: {
      'grpc-encoding: identity': ({ hasIdentity }) => hasIdentity,
      'without grpc-encoding': ({ hasIdentity }) => !hasIdentity,
      'without grpc-accept-encoding': ({ accepts }) => accepts === null,
      'identity is all that is accepted': ({ accepts }) => accepts === 'identity',
      'an answer of more than 1,024 octets': ({ size }) => size > 1024,
    },
    script: (script, { hasIdentity, accepts, payloads, isUpload, size }) => {
      const [payload = { length: 0, seed: 0 }] = payloads;
      const request = isUpload ? uploadCall(payloads) : unaryCall({ payload: octetsOf(payload), responseSize: size });
      script
        .call(request, {
          ...(hasIdentity ? { encoding: 'identity' } : {}),
          ...(accepts === null ? {} : { acceptEncoding: accepts }),
        })
        .expect(isUpload ? sumOfOctets(sumOf(payloads)) : payloadOf(size));
    },
    check: (seen) => isPlain(seen.call()),
  }),

  experiment('COMP-02-gzip-request', {
    generates:
      'gzip members of every level, with stored blocks, fixed codes, a file name, a comment or a header check sum',
    accepts: ['status OK with the answer to the plain message'],
    needs: ['gzip', 'unary'],
    arbitrary: ({ offers }) =>
      arb.record({
        payload: arb.message({ maxLength: 20_000 }),
        isUpload: maybeUpload(offers),
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
    labels: {
      'stored blocks': ({ shape }) => shape.level === 0,
      'fixed codes': ({ shape }) => shape.fixed === true && shape.level !== 0,
      'a file name': ({ shape }) => shape.name !== undefined,
      'a comment': ({ shape }) => shape.comment !== undefined,
      'a header check sum': ({ shape }) => shape.headerCrc === true,
      'more than 1,024 octets': ({ payload }) => payload.length > 1024,
    },
    script: (script, { payload, isUpload, shape }) => {
      const { request, body } = flaggedCall({ payloads: [payload], isUpload, at: 0 }, (octets) => gzip(octets, shape));
      const call = script.call(request, { body, encoding: 'gzip', acceptEncoding });
      call.expect(isUpload ? sumOfOctets(payload.length) : payloadOf(answerSize));
    },
  }),

  experiment('COMP-03-per-message-flag', {
    generates: 'streams of one to eight messages under grpc-encoding gzip, each compressed or not',
    accepts: ['status OK with the sum of all payloads', 'status OK with one answer for each message, in order'],
    needs: ['gzip', 'client-streaming'],
    effort: 0.6,
    arbitrary: ({ offers }) =>
      arb.record({
        mixed: arb.list(arb.record<Mixed>({ payload: arb.message({ maxLength: 1000 }), isCompressed: fc.boolean() }), {
          minCount: 1,
          maxCount: 8,
        }),
        isBidirectional: maybeBidirectional(offers),
      }),
    examples: ({ offers }) => {
      const mix = (...flags: readonly boolean[]): readonly Mixed[] =>
        flags.map((isCompressed, index) => ({ payload: { length: 40 * index, seed: index }, isCompressed }));
      return [false, offers.includes('bidirectional-streaming')].flatMap((isBidirectional) => [
        // The pair of interop's client_compressed_streaming, and the other way round.
        { mixed: mix(true, false), isBidirectional },
        { mixed: mix(false, true, false), isBidirectional },
        { mixed: mix(false, false), isBidirectional },
      ]);
    },
    labels: {
      'a plain message behind a compressed one': ({ mixed }) => follows(mixed, true),
      'a compressed message behind a plain one': ({ mixed }) => follows(mixed, false),
      'no message is compressed': ({ mixed }) => mixed.every(({ isCompressed }) => !isCompressed),
      'an empty message, compressed': ({ mixed }) =>
        mixed.some(({ payload, isCompressed }) => payload.length === 0 && isCompressed),
    },
    script: (script, { mixed, isBidirectional }) => {
      const { request, expected } = streamed(payloadsOf(mixed), isBidirectional);
      script.call(request, { body: mixedBody(request, mixed), encoding: 'gzip', acceptEncoding }).expect(expected);
    },
  }),

  experiment('COMP-04-fresh-context-per-message', {
    generates:
      'streams of two to six gzip messages, the same one again and again or different ones; answers compressed as well where that can be asked for',
    accepts: ['status OK with the answers to all of them, each of which inflates on its own'],
    needs: ['gzip', 'bidirectional-streaming'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        payloads: arb.list(
          fc.oneof(
            arb.message({ maxLength: 2000 }),
            arb.message({ maxLength: 2000 }).map(({ length }): OctetsSpec => ({ length, seed: 0 })),
          ),
          { minCount: 2, maxCount: 6 },
        ),
        isRepeated: fc.boolean(),
      }),
    examples: () => [
      { payloads: [300, 300].map((length) => ({ length, seed: 0 })), isRepeated: true },
      { payloads: [300, 100, 200].map((length) => ({ length, seed: 1 })), isRepeated: false },
    ],
    labels: {
      'the same message again': ({ isRepeated }) => isRepeated,
      'different messages': ({ isRepeated }) => !isRepeated,
      'more than two messages': ({ payloads }) => payloads.length > 2,
      'octets that compress well': ({ payloads }) => payloads.some(({ seed, length }) => seed === 0 && length > 100),
    },
    script: (script, { payloads, isRepeated }, { offers }) => {
      const [first = { length: 0, seed: 0 }] = payloads;
      const sent = isRepeated ? payloads.map(() => first) : payloads;
      const compressed = offers.includes('compressed-responses');
      const request = mirrored(sent, compressed ? { compressed } : {});
      const body = mixedBody(
        request,
        sent.map((payload) => ({ payload, isCompressed: true })),
      );
      script
        .call(request, { body, encoding: 'gzip', acceptEncoding })
        .expect(streamOfSizes(sent.map(({ length }) => length)));
    },
  }),

  experiment('COMP-07-unsupported-encoding-flag-0', {
    generates: 'messages with Compressed-Flag 0 under a grpc-encoding that the target does not have',
    accepts: ['status OK with the answer', 'status UNIMPLEMENTED or INTERNAL', 'another error status, with a warning'],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        encoding: unknownEncoding(facts),
        payloads: arb.messages({ minCount: 1, maxCount: 3, maxLength: 1000 }),
        isUpload: maybeUpload(facts.offers),
      }),
    examples: (facts) =>
      otherEncodings(facts).map((encoding, index) => ({
        encoding,
        payloads: [20, 30].map((length) => ({ length, seed: 1 })),
        isUpload: index % 2 === 1 && facts.offers.includes('client-streaming'),
      })),
    labels: {
      'a name of another library': ({ encoding }) => !encoding.startsWith('x-'),
      'an invented name': ({ encoding }) => encoding.startsWith('x-'),
      'several messages': ({ payloads, isUpload }) => isUpload && payloads.length > 1,
    },
    script: (script, { encoding, payloads, isUpload }) => {
      const [payload = { length: 0, seed: 0 }] = payloads;
      const request = isUpload
        ? uploadCall(payloads)
        : unaryCall({ payload: octetsOf(payload), responseSize: answerSize });
      // Serving and refusing are both seen on real servers; nothing is compressed by the encoding that is named.
      script
        .call(request, { encoding, acceptEncoding })
        .expect(
          answerTo({ payloads, isUpload }),
          endsWith(status.UNIMPLEMENTED, status.INTERNAL),
          warned(endsWith(...errors)),
        );
    },
  }),
];

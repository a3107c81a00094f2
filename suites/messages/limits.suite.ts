import {
  arb,
  cuttableMessage,
  encodeMessage,
  endsWith,
  experiment,
  fc,
  fitCuts,
  gzip,
  joinOctets,
  mostEmptyFrames,
  octetsOf,
  payloadOf,
  rejected,
  status,
  stimulus,
  streamingInputCall,
  streamingInputCallOfLengths,
  sumOfOctets,
  unaryCall,
  unaryCallOfLength,
  uploadCall,
  warned,
  type AnyProperty,
  type OctetsSpec,
  type TargetFacts,
} from '../../harness';
import { wire, wireWith, mirrored } from './shared';

/** Octets beyond the limit that stand for far above it: as much again where the limit is the usual one. */
const farAbove = 4_194_304;

const lengthOf = (excess: number, limit: number): number => limit + Math.min(excess, limit);

/** Octets; what gRPC libraries take unless told otherwise. */
const usualLimit = 4_194_304;

/** Octets of the message before the one that is measured. */
const smallLength = 40;

/** Any other error refuses the message as well; which one is not for this rule to fail. */
const otherErrors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

type TruncatedKind = 'unary' | 'client-streaming' | 'bidirectional-streaming';

const truncatedKinds = (offers: readonly string[]): readonly TruncatedKind[] =>
  (['client-streaming', 'unary', 'bidirectional-streaming'] as const).filter((kind) => offers.includes(kind));

interface Truncated {
  readonly kind: TruncatedKind;
  readonly before: readonly OctetsSpec[];
  readonly pairs: number;
  readonly sent: number;
  readonly cuts: readonly number[];
}

function truncatedRequest({ offers }: TargetFacts) {
  return arb.record({
    kind: fc.constantFrom(...truncatedKinds(offers)),
    before: arb.list(arb.message({ minLength: 1, maxLength: 300 }), { maxCount: 4 }),
    pairs: arb.boundaryInteger({ min: 1, max: 200 }),
    sent: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.nat(404)),
    cuts: arb.cuts({ max: 4, length: 1500 }),
  });
}

function truncatedExample(kind: TruncatedKind) {
  const before = kind === 'unary' ? [] : [{ length: 3, seed: 1 }];
  return (sent: number): Truncated => ({ kind, before, pairs: 3, sent, cuts: [] });
}

/** The octets of a request that ends inside its last message. */
function truncate({ kind, before, pairs, sent }: Truncated) {
  const request = requestBefore(kind, before);
  const last = encodeMessage(cuttableMessage(pairs));
  // One octet at least is there, and one at least is missing.
  const tail = last.subarray(0, Math.min(Math.max(sent, 1), last.length - 1));
  return { request, body: joinOctets([wire(request.messages), tail]) };
}

/** The complete messages before the truncated one; a unary call has one at most. */
function requestBefore(kind: TruncatedKind, before: readonly OctetsSpec[]) {
  switch (kind) {
    case 'unary':
      return { ...unaryCall(), messages: unaryCall().messages.slice(0, before.length) };
    case 'client-streaming':
      return streamingInputCall(before.map((payload) => ({ payload: octetsOf(payload) })));
    case 'bidirectional-streaming':
      return mirrored(before);
  }
}

/** Messages that are too large, too short, or whose flag means nothing. */
export const limits: readonly AnyProperty[] = [
  experiment('MSG-08-size-limit-boundary', {
    generates:
      'messages one octet below, at, one above and far above the limit, alone or after a small one on a stream',
    accepts: [
      'status OK up to the limit',
      'status RESOURCE_EXHAUSTED above it',
      'another error status, with a warning',
    ],
    needs: ['message-limit', 'unary'],
    // A body that is too large for what stands before the server says nothing of messages.
    exceeds: ['message'],
    effort: 0.08,
    arbitrary: ({ offers }) =>
      arb.record({
        excess: fc.constantFrom(-1, 0, 1, farAbove),
        isSecond: offers.includes('client-streaming') ? fc.boolean() : fc.constant(false),
      }),
    examples: ({ offers }) => [
      { excess: 0, isSecond: false },
      { excess: 1, isSecond: false },
      { excess: 0, isSecond: offers.includes('client-streaming') },
      { excess: -1, isSecond: false },
      { excess: 1, isSecond: offers.includes('client-streaming') },
      { excess: farAbove, isSecond: false },
    ],
    labels: {
      'of the limit or less': ({ excess }) => excess <= 0,
      'of exactly the limit': ({ excess }) => excess === 0,
      'above the limit': ({ excess }) => excess > 0,
      'the second message of a stream': ({ isSecond }, { offers }) => isSecond || !offers.includes('client-streaming'),
    },
    script: (script, { excess, isSecond }, { messageLimit = usualLimit }) => {
      const length = lengthOf(excess, messageLimit);
      const upload = isSecond ? streamingInputCallOfLengths([smallLength, length]) : undefined;
      const call = script.call(upload?.request ?? unaryCallOfLength(length));
      if (length > messageLimit) call.expect(endsWith(status.RESOURCE_EXHAUSTED), warned(endsWith(...otherErrors)));
      else call.expect(upload === undefined ? payloadOf(0) : sumOfOctets(upload.sum));
    },
  }),

  stimulus('MSG-10-truncated-message', {
    generates:
      'END_STREAM after 1 to 4 octets of a prefix or in the middle of a message, alone or after up to 4 complete messages',
    accepts: [rejected],
    needs: ['unary', 'client-streaming'],
    sends: truncatedRequest,
    examples: ({ offers }) => truncatedKinds(offers).flatMap((kind) => [1, 4, 5, 7].map(truncatedExample(kind))),
    labels: {
      'ends inside a prefix': ({ sent }) => sent < 5,
      'ends behind a prefix': ({ sent }) => sent === 5,
      'ends inside a message': ({ sent }) => sent > 5,
      'behind a whole message': ({ before }) => before.length > 0,
      'a unary call': ({ kind }) => kind === 'unary',
    },
    write: (script, truncated, facts) => {
      const { request, body } = truncate(truncated);
      script.call(request, { body, cuts: fitCuts(truncated.cuts, body.length, mostEmptyFrames(facts)), legal: false });
    },
  }),

  stimulus('MSG-11-invalid-compressed-flag', {
    generates:
      'one to three messages of 0 to 300 octets, one of which, the first or a later one, has a Compressed-Flag of 2 to 255, without grpc-encoding, or plain or compressed with it',
    accepts: [rejected],
    needs: ['unary', 'client-streaming'],
    effort: 0.5,
    sends: ({ offers }) =>
      arb.record({
        payloads: arb.messages({ minCount: 1, maxCount: 3, maxLength: 300 }),
        at: fc.nat(2),
        compressedFlag: fc.oneof(fc.constantFrom(2, 3, 128, 255), fc.integer({ min: 2, max: 255 })),
        encoding: fc.constantFrom<string>('none', ...(offers.includes('gzip') ? ['announced', 'compressed'] : [])),
      }),
    labels: {
      'a later message': ({ payloads, at }) => at % payloads.length > 0,
      'its lowest bit is 0': ({ compressedFlag }) => compressedFlag % 2 === 0,
      'its highest bit alone is 1': ({ compressedFlag }) => compressedFlag === 128,
      'an empty message': ({ payloads, at }) => payloads[at % payloads.length]?.length === 0,
      'compressed indeed': ({ encoding }) => encoding === 'compressed',
    },
    examples: ({ offers }) =>
      [2, 3, 128, 255].flatMap((compressedFlag) => [
        { payloads: [{ length: 1, seed: 1 }], at: 0, compressedFlag, encoding: 'none' },
        {
          payloads: [3, 4].map((length) => ({ length, seed: 1 })),
          at: 1,
          compressedFlag,
          encoding: offers.includes('gzip') ? 'compressed' : 'none',
        },
      ]),
    write: (script, { payloads, at, compressedFlag, encoding }) => {
      const [first = { length: 0, seed: 0 }, ...more] = payloads;
      const request = more.length === 0 ? unaryCall({ payload: octetsOf(first) }) : uploadCall(payloads);
      const body = wireWith(request.messages, at % payloads.length, (octets) =>
        encodeMessage(encoding === 'compressed' ? gzip(octets) : octets, { compressedFlag }),
      );
      script.call(request, { body, legal: false, ...(encoding === 'none' ? {} : { encoding: 'gzip' }) });
    },
  }),
];

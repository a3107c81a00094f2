import {
  arb,
  callBreach,
  encodeMessage,
  endsWith,
  experiment,
  fc,
  largestMessage,
  octetsOf,
  payloadOf,
  staysSmall,
  status,
  streamingInputCallOfLengths,
  streamingOutputCall,
  streamOfSizes,
  sumOfOctets,
  unaryCall,
  warned,
  type AnyProperty,
  type Breach,
  type Call,
  type CallRequest,
  type CallWriter,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';

const mebibyte = 1024 * 1024;

/** The sizes of interop's large_unary: up, and down. */
const interopLarge = { up: 271_828, down: 314_159 } as const;

/** Octets; what gRPC libraries take unless told otherwise. */
const usualLimit = 4 * mebibyte;

/** What Message-Length can say at most. */
const largestLength = 0xffff_ffff;

/** Octets of a message before it that nothing is wrong with. */
const smallLength = 40;

const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** Octets around one frame, two, and the initial window, with and without the prefix of a message. */
const unarySizes: readonly number[] = [0, 1, 4, 5, 6, 16_378, 16_379, 16_383, 16_384, 16_385, 65_530, 65_535, 65_536];

/** A multiple of the largest usual frame, or of the initial window, and some octets more or less: of a payload, with room for what is around it. */
function nearMultiple(most: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.constantFrom(16_384, 65_535), fc.nat(64), fc.integer({ min: -24, max: 6 }))
    .map(([unit, factor, off]) => Math.min(most, Math.max(32, unit * factor + off)));
}

const largeSize = (most: number): fc.Arbitrary<number> =>
  fc.oneof(nearMultiple(most), arb.boundaryInteger({ min: Math.min(65_536, most), max: most }));

const largestOf = (facts: TargetFacts): number => Math.min(mebibyte, largestMessage(facts));

/** Whether a size is near a multiple of a frame. */
const isNearFrames = (size: number): boolean => size > 65_536 && (size + 32) % 16_384 <= 48;

/** A message that is all there but its last octets, or none of its octets: and more of it than the target takes. */
interface Announced {
  readonly length: number;
  readonly sent: number;
  /** After a small message on a stream. */
  readonly isSecond: boolean;
}

function announce(script: PlanBuilder, { length, sent, isSecond }: Announced): CallWriter {
  const { request } = isSecond ? streamingInputCallOfLengths([smallLength]) : { request: unaryOpening };
  const call = script.begin(request, { legal: false });
  if (isSecond) call.sendMessages(request.messages);
  return call.sendOctets(encodeMessage(new Uint8Array(sent), { length }));
}

/** The prefix says enough. */
function answersBeforeEnd(call: Call): readonly Breach[] {
  if (call.times.halfClosed === undefined || call.shape === 'open') return [];
  const breach = callBreach(call, 'a refusal before the half-close', 'it was refused after the half-close alone');
  return [{ ...breach, severity: 'warn', reaction: 'refused late' }];
}

const unaryOpening: CallRequest = unaryCall();

/** Messages of all sizes, and such as only say how large they are. */
export const sizes: readonly AnyProperty[] = [
  experiment('MSG-01-unary-echo', {
    generates: 'a payload of 0 to 256 KiB of any octets, and an answer that is as long, both in one message',
    accepts: ['status OK after one message with a payload of that many octets'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        size: arb.boundaryInteger({ max: Math.min(262_144, largestMessage(facts) - 64), boundaries: unarySizes }),
        seed: arb.seed(),
      }),
    examples: (facts) =>
      unarySizes.filter((size) => size + 64 <= largestMessage(facts)).map((size) => ({ size, seed: size })),
    labels: {
      'less than a prefix': ({ size }) => size <= 5,
      'more than a frame': ({ size }) => size > 16_384,
      'about as much as a window': ({ size }, facts) =>
        (size >= 65_500 && size <= 65_536) || largestMessage(facts) < 65_600,
    },
    script: (script, { size, seed }, { times }) => {
      const payload = octetsOf({ length: size, seed });
      // Several turns of two windows, each of which takes its time on a busy machine.
      script.call(unaryCall({ payload, responseSize: size }), { awaitEnd: 4 * times.reply }).expect(payloadOf(size));
    },
  }),

  experiment('MSG-07-large-message', {
    generates:
      'messages of up to 1 MiB up, down and both ways, most of them near a multiple of a frame or of a window, unary and streamed',
    accepts: ['status OK with the answer asked for'],
    needs: ['unary', 'client-streaming', 'server-streaming'],
    effort: 0.25,
    arbitrary: (facts) =>
      arb.record({
        kind: fc.constantFrom('unary' as const, 'up' as const, 'down' as const),
        up: largeSize(largestOf(facts)),
        down: largeSize(mebibyte),
      }),
    examples: (facts) => [
      ...(interopLarge.up + 64 <= largestMessage(facts) ? [{ kind: 'unary' as const, ...interopLarge }] : []),
      { kind: 'up' as const, up: largestOf(facts), down: 32 },
      { kind: 'down' as const, up: 32, down: mebibyte },
    ],
    labels: {
      'a large request': ({ kind, up }, facts) => kind !== 'down' && up > Math.min(65_536, largestOf(facts) / 2),
      'a large answer': ({ kind, down }) => kind !== 'up' && down > 65_536,
      'about a multiple of a frame': ({ kind, up, down }, facts) =>
        isNearFrames(kind === 'down' ? down : up) || largestOf(facts) < 100_000,
    },
    script: (script, { kind, up, down }, { times }) => {
      // So many octets need many turns of two windows, and each turn its time on a busy machine.
      const awaitEnd = 4 * times.reply;
      if (kind === 'down') {
        const responses = [{ size: down }, { size: 1 }];
        script.call(streamingOutputCall({ responses }), { awaitEnd }).expect(streamOfSizes([down, 1]));
      } else if (kind === 'up') {
        const { request, sum } = streamingInputCallOfLengths([up, smallLength]);
        script.call(request, { awaitEnd }).expect(sumOfOctets(sum));
      } else {
        const payload = Math.max(0, up - 64);
        script
          .call(unaryCall({ payload: new Uint8Array(payload), responseSize: down }), { awaitEnd })
          .expect(payloadOf(down));
      }
    },
  }),

  experiment('MSG-09-huge-announced-length', {
    generates:
      'a prefix that announces one octet more than the limit up to 4,294,967,295, with 0 to 100 octets of the message behind it and no half-close, alone or after a small message on a stream',
    accepts: [
      'status RESOURCE_EXHAUSTED before the half-close',
      'another error status, with a warning',
      'an error status after the half-close, with a warning',
      'memory that does not grow with what was announced (where it can be read: with --exec)',
    ],
    needs: ['unary', 'message-limit'],
    exceeds: ['message'],
    // Memory is a question that nothing else may disturb.
    lane: 'exclusive',
    effort: 0.15,
    arbitrary: ({ offers, messageLimit = usualLimit }) =>
      arb.record({
        length: arb.boundaryInteger({
          min: messageLimit + 1,
          max: largestLength,
          boundaries: [2 * messageLimit, 0x7fff_ffff, 0x8000_0000, largestLength - 4],
        }),
        sent: arb.boundaryInteger({ max: 100 }),
        isSecond: offers.includes('client-streaming') ? fc.boolean() : fc.constant(false),
      }),
    examples: ({ offers, messageLimit = usualLimit }) =>
      [messageLimit + 1, 0x7fff_ffff, 0x8000_0000, largestLength].flatMap((length, index) => [
        { length, sent: 0, isSecond: false },
        { length, sent: 10 * index, isSecond: offers.includes('client-streaming') },
      ]),
    labels: {
      'less than 2^31': ({ length }) => length < 0x8000_0000,
      'from 2^31 on': ({ length }) => length >= 0x8000_0000,
      'the prefix alone': ({ sent }) => sent === 0,
      'after another message': ({ isSecond }, { offers }) => isSecond || !offers.includes('client-streaming'),
    },
    script: (script, announced) => {
      script.open().sampleMemory('before');
      const call = announce(script, announced);
      script.await({ see: 'end', stream: call.stream }, { within: 'reply', optional: true }).sampleMemory('announced');
      // Left out where the answer is there by now.
      call.halfClose().awaitEnd();
      call.expect(endsWith(status.RESOURCE_EXHAUSTED), warned(endsWith(...errors)));
    },
    check: (seen) => [
      ...answersBeforeEnd(seen.call()),
      ...staysSmall(seen.transcript, { from: 'before', to: 'announced', because: 'the length that was announced' }),
    ],
  }),
];

import {
  arb,
  countCalls,
  experiment,
  fc,
  fitCuts,
  mostEmptyFrames,
  octetsOf,
  payloadOf,
  sendInReads,
  streamError,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  type AnyProperty,
  type OctetsSpec,
  type TargetFacts,
} from '../../harness';
import { countsMessages, wire } from './shared';

const cutInside = (cuts: readonly number[], from: number, to: number): boolean =>
  cuts.some((cut) => cut > from && cut < to);

/** A request whose octets are nothing special: what is special are the frames that they come in. */
interface Framed {
  readonly payloads: readonly OctetsSpec[];
  /** Unary: then only the first payload is sent, and the answer is as long. */
  readonly isUnary: boolean;
}

const framed = (maxLength: number) => ({
  payloads: arb.messages({ minCount: 1, maxCount: 4, maxLength, maxTotal: 2 * maxLength }),
  isUnary: fc.boolean(),
});

function requestOf({ payloads, isUnary }: Framed) {
  const [first = { length: 0, seed: 0 }] = payloads;
  const request = isUnary ? unaryCall({ payload: octetsOf(first), responseSize: first.length }) : uploadCall(payloads);
  const expected = isUnary ? payloadOf(first.length) : sumOfOctets(sumOf(payloads));
  return { request, body: wire(request.messages), expected, messages: request.messages.length };
}

/** Counts the messages of an upload where the target has a probe: one without octets changes no sum. */
const countedUpload = (
  script: Parameters<typeof countCalls>[0],
  { isUnary }: Framed,
  { offers }: Pick<TargetFacts, 'offers'>,
) => (!isUnary && offers.includes('probe') ? countCalls(script, { on: 'main' }) : undefined);

/** DATA frames that hold something else than octets of messages: nothing, or padding. */
export const padding: readonly AnyProperty[] = [
  experiment('MSG-06-padded-data', {
    generates:
      'one to four messages in up to 13 DATA frames with pad lengths of 0 to 255, or without padding, some of them padding alone; padding of zeros, and of other octets',
    accepts: [
      'status OK with the answer to the same messages without padding',
      'RST_STREAM or a connection error where padding octets are not zero',
    ],
    needs: ['unary', 'client-streaming'],
    arbitrary: () =>
      arb.record({
        ...framed(3000),
        cuts: arb.cuts({ max: 12, length: 3100 }),
        padLengths: arb.padLengths(),
        padOctet: fc.oneof(
          { arbitrary: fc.constant(0), weight: 3 },
          { arbitrary: fc.integer({ min: 1, max: 255 }), weight: 1 },
        ),
        endStreamOnEmptyFrame: fc.boolean(),
      }),
    examples: () => {
      const payloads = [{ length: 300, seed: 1 }];
      const plain = { payloads, isUnary: true, cuts: [], padOctet: 0, endStreamOnEmptyFrame: false };
      return [
        { ...plain, padLengths: [3] },
        { ...plain, padLengths: [0] },
        { ...plain, padLengths: [255], cuts: [3, 3, 100], isUnary: false },
        { ...plain, padLengths: [-1, 7], cuts: [0, 100, 305], endStreamOnEmptyFrame: true },
        { ...plain, padLengths: [9], padOctet: 1 },
      ];
    },
    labels: {
      'padding of zeros': ({ padOctet }) => padOctet === 0,
      'padding of other octets': ({ padOctet }) => padOctet !== 0,
      'a Pad Length of 0': ({ padLengths }) => padLengths.includes(0),
      'a Pad Length above 127': ({ padLengths }) => padLengths.some((length) => length > 127),
      'padded frames beside plain ones': ({ padLengths, cuts }) =>
        cuts.length > 0 && padLengths.includes(-1) && padLengths.some((length) => length >= 0),
      'a frame that ends inside a prefix': ({ cuts }) => cutInside(cuts, 0, 5),
      'a frame that is padding alone': ({ cuts }) => new Set(cuts).size < cuts.length || cuts.includes(0),
      'END_STREAM on a frame of its own': ({ endStreamOnEmptyFrame }) => endStreamOnEmptyFrame,
    },
    script: (script, input, facts) => {
      const { cuts, padLengths, padOctet, endStreamOnEmptyFrame } = input;
      const { request, body, expected } = requestOf(input);
      const counted = countedUpload(script, input, facts);
      const call = script.call(request, {
        metadata: counted?.metadata ?? [],
        cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)),
        padLengths,
        endStreamOnEmptyFrame,
        ...(padOctet === 0 ? {} : { padOctet, legal: false }),
      });
      // A receiver may treat padding that is not zero as a connection error (RFC 9113 §6.1).
      call.expect(expected, ...(padOctet === 0 ? [] : [streamError]));
      counted?.ask({ finished: 1, times: facts.times });
    },
    check: (seen, { isUnary, padOctet, payloads }) =>
      isUnary || padOctet !== 0 ? [] : countsMessages(seen, payloads.length),
  }),

  experiment('MSG-04-empty-data-between', {
    generates:
      'one to four messages with one to five empty DATA frames before, inside, between and behind them, some in reads of their own',
    accepts: ['status OK with the answer to the same messages without them, and no message more'],
    needs: ['unary', 'client-streaming'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        ...framed(600),
        at: arb.cuts({ min: 1, max: 5, length: 650 }),
        stops: fc.uniqueArray(fc.nat(6), { maxLength: 2 }),
        endStreamOnEmptyFrame: fc.boolean(),
      }),
    examples: () => {
      const payloads = [20, 0, 30].map((length) => ({ length, seed: 1 }));
      const plain = { payloads, isUnary: false, stops: [0], endStreamOnEmptyFrame: false };
      return [
        { ...plain, at: [0] },
        { ...plain, at: [3, 3], isUnary: true },
        { ...plain, at: [12, 31], stops: [1, 3] },
        { ...plain, at: [0, 0, 0, 0, 0], endStreamOnEmptyFrame: true },
      ];
    },
    labels: {
      'before the first octet': ({ at }) => at.includes(0),
      'inside a prefix': ({ at }) => cutInside(at, 0, 5),
      'several in a row': ({ at }) => new Set(at).size < at.length,
      'in a read of its own': ({ stops }) => stops.some((stop) => stop < 2),
      'the half-close on another empty frame': ({ endStreamOnEmptyFrame }) => endStreamOnEmptyFrame,
    },
    script: (script, input, facts) => {
      const { at, stops, endStreamOnEmptyFrame } = input;
      const { request, body, expected } = requestOf(input);
      const counted = countedUpload(script, input, facts);
      const call = script.begin(request, { metadata: counted?.metadata ?? [] });
      // Two cuts at the same offset are an empty frame; before the first octet one is enough.
      const cuts = fitCuts(at, body.length).flatMap((offset) => (offset === 0 ? [0] : [offset, offset]));
      sendInReads(script, call, body, {
        cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)),
        stops,
        endStreamOnEmptyFrame,
      })
        .awaitEnd()
        .expect(expected);
      counted?.ask({ finished: 1, times: facts.times });
    },
    check: (seen, input) => (input.isUnary ? [] : countsMessages(seen, input.payloads.length)),
  }),
];

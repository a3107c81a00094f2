import {
  arb,
  connectionPreface,
  countCalls,
  emptyAnswer,
  emptyCall,
  experiment,
  fc,
  fitCuts,
  mostAtOnce,
  mostEmptyFrames,
  octetsOf,
  payloadOf,
  sendInReads,
  streamOfSizes,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  type AnyProperty,
  type OctetsSpec,
  type Outcome,
} from '../../harness';
import { countsMessages, mirrored, wire } from './shared';

/** Octets that an answer is asked for beside every other call: any size will do. */
const bystanderSize = 7;

function requestOf(method: string, payloads: readonly OctetsSpec[]) {
  if (method === 'StreamingInputCall') return uploadCall(payloads);
  return method === 'EmptyCall' ? emptyCall() : { ...unaryCall(), messages: [new Uint8Array(0)] };
}

function answerOf(method: string, payloads: readonly OctetsSpec[]): Outcome {
  if (method === 'StreamingInputCall') return sumOfOctets(sumOf(payloads));
  return method === 'EmptyCall' ? emptyAnswer : payloadOf(0);
}

/** How messages lie in DATA frames. */
export const framing: readonly AnyProperty[] = [
  experiment('MSG-02-any-data-split', {
    generates:
      'one to three messages cut at up to 40 offsets, also inside the prefix, some pieces in reads of their own with other calls between, in TCP writes of any size',
    accepts: ['status OK with the answer to the same messages in one frame'],
    needs: ['unary', 'client-streaming'],
    arbitrary: (facts) =>
      arb.record({
        payloads: arb.messages({ minCount: 1, maxCount: 3, maxLength: 20_000, maxTotal: 30_000 }),
        isUnary: fc.boolean(),
        cuts: arb.cuts(),
        stops: fc.uniqueArray(fc.nat(8), { maxLength: 3 }),
        hasBystander: mostAtOnce(facts, 2) < 2 ? fc.constant(false) : fc.boolean(),
        endStreamOnEmptyFrame: fc.boolean(),
        segments: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: arb.segments(), weight: 1 }),
      }),
    examples: () => {
      const plain = { hasBystander: false, endStreamOnEmptyFrame: false, segments: null };
      const payloads = [{ length: 20, seed: 1 }];
      return [
        { ...plain, payloads, isUnary: true, cuts: [1, 2, 3, 4, 5, 6], stops: [] },
        { ...plain, payloads, isUnary: true, cuts: [2], stops: [0], hasBystander: true },
        { ...plain, payloads, isUnary: true, cuts: [5], stops: [0], endStreamOnEmptyFrame: true },
        { ...plain, payloads: [...payloads, ...payloads], isUnary: false, cuts: [31], stops: [0] },
        { ...plain, payloads, isUnary: true, cuts: [4], stops: [], segments: [1] },
      ];
    },
    labels: {
      'a frame that ends inside a prefix': ({ cuts }) => cuts.some((cut) => cut > 0 && cut < 5),
      'in a read of its own': ({ cuts, stops }) => stops.some((stop) => stop < cuts.length),
      'END_STREAM on an empty frame': ({ endStreamOnEmptyFrame }) => endStreamOnEmptyFrame,
      'another call between': ({ hasBystander }, facts) => hasBystander || mostAtOnce(facts, 2) < 2,
      'writes that do not follow the frames': ({ segments }) => segments !== null,
      'more than eight frames': ({ cuts }) => cuts.length > 8,
    },
    script: (script, { payloads, isUnary, cuts, stops, hasBystander, endStreamOnEmptyFrame, segments }, facts) => {
      const first = payloads.slice(0, 1);
      const request = isUnary
        ? unaryCall({ payload: octetsOf(first[0] ?? { length: 0, seed: 0 }), responseSize: sumOf(first) })
        : uploadCall(payloads);
      const body = wire(request.messages);
      // The preface in one piece: cutting that is for CONN-01-settings-first, and is found there.
      script.open(segments === null ? {} : { segments: [connectionPreface.length, ...segments] });
      const call = script.begin(request);
      const besides = () =>
        script.call(unaryCall({ responseSize: bystanderSize }), { role: 'bystander' }).expect(payloadOf(bystanderSize));
      sendInReads(script, call, body, {
        cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)),
        stops,
        endStreamOnEmptyFrame,
        ...(hasBystander ? { atStop: besides } : {}),
      })
        .awaitEnd()
        .expect(isUnary ? payloadOf(sumOf(first)) : sumOfOctets(sumOf(payloads)));
    },
  }),

  experiment('MSG-03-merged-messages', {
    generates:
      '2 to 200 messages of 0 to 300 octets in as few DATA frames as possible, or in frames that end inside a message',
    accepts: ['status OK with the sum of all payloads', 'status OK with one answer for each message, in order'],
    needs: ['client-streaming'],
    effort: 0.6,
    arbitrary: ({ offers }) =>
      arb.record({
        payloads: arb.messages({ minCount: 2, maxCount: 200, maxLength: 300, maxTotal: 12_000 }),
        isBidirectional: offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(false),
        cuts: arb.cuts({ max: 3 }),
      }),
    examples: ({ offers }) => {
      const payloads = Array.from({ length: 9 }, (_, index) => ({ length: index % 3 === 0 ? 0 : index, seed: 1 }));
      const isOffered = offers.includes('bidirectional-streaming');
      return [false, isOffered].map((isBidirectional) => ({ payloads, isBidirectional, cuts: [] }));
    },
    labels: {
      'all in one frame': ({ cuts }) => cuts.length === 0,
      'a frame that ends inside them': ({ cuts }) => cuts.length > 0,
      'an empty message among others': ({ payloads }) => payloads.some(({ length }) => length === 0),
      'more than a hundred messages': ({ payloads }) => payloads.length > 100,
    },
    script: (script, { payloads, isBidirectional, cuts }, facts) => {
      const request = isBidirectional ? mirrored(payloads) : uploadCall(payloads);
      script
        .call(request, { cuts: fitCuts(cuts, wire(request.messages).length, mostEmptyFrames(facts)) })
        .expect(isBidirectional ? streamOfSizes(payloads.map(({ length }) => length)) : sumOfOctets(sumOf(payloads)));
    },
  }),

  experiment('MSG-05-zero-length-message', {
    generates: 'calls with one message of no octets, and uploads with some among others, the prefixes cut anywhere',
    accepts: [
      'status OK with an answer of no octets',
      'status OK with the sum of the others, and every message counted',
    ],
    needs: ['unary', 'client-streaming'],
    arbitrary: () =>
      arb.record({
        method: fc.constantFrom<string>('EmptyCall', 'UnaryCall', 'StreamingInputCall'),
        payloads: arb.list(fc.oneof(fc.constant<OctetsSpec>({ length: 0, seed: 0 }), arb.message({ maxLength: 300 })), {
          minCount: 1,
          maxCount: 8,
        }),
        cuts: arb.cuts({ max: 10, length: 600 }),
        stops: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
      }),
    examples: () => {
      const empty = { length: 0, seed: 0 };
      const plain = { payloads: [empty], cuts: [], stops: [] };
      return [
        { ...plain, method: 'EmptyCall' },
        { ...plain, method: 'EmptyCall', cuts: [2], stops: [0] },
        { ...plain, method: 'UnaryCall', cuts: [1, 2, 3, 4] },
        { ...plain, method: 'StreamingInputCall', payloads: [empty, { length: 9, seed: 1 }, empty, empty] },
      ];
    },
    labels: {
      'alone in a unary call': ({ method }) => method !== 'StreamingInputCall',
      'the last of an upload': ({ method, payloads }) =>
        method === 'StreamingInputCall' && payloads.at(-1)?.length === 0,
      'between others': ({ method, payloads }) =>
        method === 'StreamingInputCall' &&
        payloads.some(({ length }, index) => length === 0 && index > 0 && index < payloads.length - 1),
      'its prefix in two frames': ({ cuts }) => cuts.some((cut) => cut > 0 && cut < 5),
    },
    script: (script, { method, payloads, cuts, stops }, facts) => {
      const { offers, times } = facts;
      const request = requestOf(method, payloads);
      const isCounted = method === 'StreamingInputCall' && offers.includes('probe');
      const counted = isCounted ? countCalls(script, { on: 'main' }) : undefined;
      const call = script.begin(request, { metadata: counted?.metadata ?? [] });
      const body = wire(request.messages);
      sendInReads(script, call, body, { cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)), stops })
        .awaitEnd()
        .expect(answerOf(method, payloads));
      counted?.ask({ finished: 1, times });
    },
    check: (seen, { method, payloads }) =>
      method === 'StreamingInputCall' ? countsMessages(seen, payloads.length) : [],
  }),
];

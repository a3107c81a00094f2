import {
  answersStream,
  arb,
  callBreach,
  encodeMessage,
  experiment,
  fc,
  fitCuts,
  fullDuplexCall,
  joinOctets,
  mostEmptyFrames,
  octetsOf,
  payloadOf,
  sendInReads,
  streamingOutputCall,
  streamOfSizes,
  suite,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  type OctetsSpec,
} from '../harness';
import { cardinality } from './rpc-kinds/cardinality.suite';
import { greetings } from './rpc-kinds/greetings.suite';
import { courses } from './rpc-kinds/courses.suite';

/** Sizes of the interop tests (interop-test-descriptions.md): of requests in client_streaming and ping_pong, of answers in server_streaming and ping_pong. */
const interopUploads: readonly number[] = [27182, 8, 1828, 45904];
const interopAnswers: readonly number[] = [31415, 9, 2653, 58979];

const zeros = (lengths: readonly number[]): readonly OctetsSpec[] => lengths.map((length) => ({ length, seed: 0 }));

/** One round of a conversation: a message, and the sizes of the answers that it asks for. */
const speak = (payload: OctetsSpec, sizes: readonly number[]) => ({
  payload: octetsOf(payload),
  responses: sizes.map((size) => ({ size })),
});

export default suite('rpc-kinds', [
  experiment('RPC-01-unary', {
    generates: 'payloads of 0 to 20,000 octets both ways, the request in 1 to 9 DATA frames',
    accepts: ['status OK after exactly one message, the one asked for'],
    needs: ['unary'],
    arbitrary: () =>
      arb.record({
        payload: arb.message({ maxLength: 20_000 }),
        size: arb.responseSize({ maxLength: 20_000 }),
        cuts: arb.cuts({ max: 8, length: 20_000 }),
        stops: fc.uniqueArray(fc.nat(4), { maxLength: 1 }),
      }),
    examples: () => [
      { payload: { length: 0, seed: 0 }, size: 0, cuts: [], stops: [] },
      { payload: { length: 300, seed: 1 }, size: 1, cuts: [5, 100], stops: [1] },
      { payload: { length: 2000, seed: 1 }, size: 2000, cuts: [], stops: [] },
    ],
    labels: {
      'an empty payload': ({ payload }) => payload.length === 0,
      'an empty answer': ({ size }) => size === 0,
      'more than a frame holds': ({ payload, size }) => payload.length > 16_384 || size > 16_384,
      'a prefix that is cut': ({ cuts }) => cuts.some((cut) => cut > 0 && cut < 5),
      'a request in several reads': ({ cuts, stops }) => cuts.length > 0 && stops.length > 0,
    },
    script: (script, { payload, size, cuts, stops }, facts) => {
      const request = unaryCall({ payload: octetsOf(payload), responseSize: size });
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      sendInReads(script, script.begin(request), body, {
        cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)),
        stops,
      })
        .awaitEnd()
        .expect(payloadOf(size));
    },
  }),

  experiment('RPC-02-client-streaming', {
    generates: '0 to 100 messages of 0 to 3,000 octets, and the sizes of the interop test',
    accepts: ['status OK with the sum of all payloads'],
    needs: ['client-streaming'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        payloads: arb.messages({ maxCount: 100, maxLength: 3000, maxTotal: 24_000 }),
        endStreamOnEmptyFrame: fc.boolean(),
      }),
    examples: () => [
      { payloads: zeros(interopUploads), endStreamOnEmptyFrame: false },
      { payloads: [], endStreamOnEmptyFrame: false },
      { payloads: [{ length: 300, seed: 1 }], endStreamOnEmptyFrame: false },
      { payloads: zeros(Array.from({ length: 100 }, () => 1)), endStreamOnEmptyFrame: true },
    ],
    labels: {
      'no message': ({ payloads }) => payloads.length === 0,
      'one message': ({ payloads }) => payloads.length === 1,
      'more than 16 messages': ({ payloads }) => payloads.length > 16,
      'a message of no octets': ({ payloads }) => payloads.some(({ length }) => length === 0),
      'END_STREAM on an empty frame': ({ endStreamOnEmptyFrame }) => endStreamOnEmptyFrame,
    },
    script: (script, { payloads, endStreamOnEmptyFrame }) => {
      script.call(uploadCall(payloads), { endStreamOnEmptyFrame }).expect(sumOfOctets(sumOf(payloads)));
    },
  }),

  experiment('RPC-03-server-streaming', {
    generates: '0 to 200 answers of 0 to 3,000 octets, and the sizes of the interop test',
    accepts: ['status OK after exactly these messages'],
    needs: ['server-streaming'],
    effort: 0.6,
    arbitrary: () => arb.record({ sizes: arb.responseSizes({ maxCount: 200, maxLength: 3000, maxTotal: 60_000 }) }),
    examples: () => [
      { sizes: interopAnswers },
      { sizes: [] },
      { sizes: [0] },
      { sizes: [1, 0, 2, 0] },
      { sizes: Array.from({ length: 200 }, (_, index) => index % 7) },
    ],
    labels: {
      'no answer': ({ sizes }) => sizes.length === 0,
      'one answer': ({ sizes }) => sizes.length === 1,
      'more than 16 answers': ({ sizes }) => sizes.length > 16,
      'an answer of no octets': ({ sizes }) => sizes.includes(0),
      'equal answers in a row': ({ sizes }) => sizes.some((size, index) => index > 0 && size === sizes[index - 1]),
    },
    script: (script, { sizes }) => {
      script.call(streamingOutputCall({ responses: sizes.map((size) => ({ size })) })).expect(streamOfSizes(sizes));
    },
  }),

  experiment('RPC-04-bidi', {
    generates:
      'conversations of 0 to 40 messages with 0 to 3 answers each, in bursts, turn by turn and everything between, half-closed early or late',
    accepts: ['status OK after all answers, in order'],
    needs: ['bidirectional-streaming'],
    arbitrary: () =>
      arb.record({
        rounds: arb.rounds({ maxCount: 40, maxLength: 3000, maxTotal: 40_000 }),
        isLate: fc.boolean(),
      }),
    examples: () => {
      const round = (index: number) => ({ payload: { length: index, seed: 1 }, responses: [index + 1], await: false });
      const burst = Array.from({ length: 40 }, (_, index) => round(index));
      return [
        { rounds: [], isLate: false },
        { rounds: burst.slice(0, 3), isLate: false },
        { rounds: burst, isLate: false },
        { rounds: burst.slice(0, 4), isLate: true },
      ];
    },
    labels: {
      'no message': ({ rounds }) => rounds.length === 0,
      'a burst': ({ rounds }) => rounds.some((round, index) => index > 0 && !rounds[index - 1]?.await && !round.await),
      'a turn that is waited for': ({ rounds }) => rounds.some((round) => round.await),
      'a message that is not answered': ({ rounds }) => rounds.some(({ responses }) => responses.length === 0),
      'a late half-close': ({ isLate }) => isLate,
    },
    script: (script, { rounds, isLate }) => {
      const request = fullDuplexCall(rounds.map(({ payload, responses }) => speak(payload, responses)));
      const call = script.begin(request);
      let answers = 0;
      let sent = 0;
      for (const [index, round] of rounds.entries()) {
        answers += round.responses.length;
        const isLast = index === rounds.length - 1;
        // A burst goes out in as few frames as possible: what waits for nothing is sent with what comes next.
        if (!round.await && !isLast) continue;
        call.sendMessages(request.messages.slice(sent, index + 1), { endStream: isLast && !isLate });
        sent = index + 1;
        if (round.await || (isLast && isLate)) call.awaitMessages(answers);
      }
      if (isLate || rounds.length === 0) call.halfClose();
      call.awaitEnd().expect(streamOfSizes(rounds.flatMap(({ responses }) => responses)));
    },
  }),

  ...cardinality,

  experiment('RPC-07-ping-pong-interleaving', {
    generates: '1 to 20 rounds with 0 to 3,000 octets each way, and the sizes of the interop test',
    accepts: ['every answer while the request is still open, then status OK'],
    needs: ['bidirectional-streaming'],
    effort: 0.4,
    timed: true,
    arbitrary: () =>
      arb.record({
        turns: arb.list(
          arb.record({ payload: arb.message({ maxLength: 3000 }), size: arb.responseSize({ maxLength: 3000 }) }),
          { minCount: 1, maxCount: 20 },
        ),
      }),
    examples: () => [
      { turns: [{ payload: { length: 0, seed: 0 }, size: 0 }] },
      { turns: [0, 1, 2].map((size) => ({ payload: { length: 1, seed: 1 }, size })) },
      {
        turns: interopAnswers.map((size, index) => ({
          payload: { length: interopUploads[index] ?? 0, seed: 0 },
          size,
        })),
      },
    ],
    labels: {
      'one round': ({ turns }) => turns.length === 1,
      'ten rounds and more': ({ turns }) => turns.length >= 10,
      'an answer of at most one octet': ({ turns }) => turns.some(({ size }) => size <= 1),
      'an answer of more than 1,024 octets': ({ turns }) => turns.some(({ size }) => size > 1024),
    },
    script: (script, { turns }) => {
      const request = fullDuplexCall(turns.map(({ payload, size }) => speak(payload, [size])));
      const call = script.begin(request);
      for (const [index, message] of request.messages.entries()) call.sendMessages([message]).awaitMessages(index + 1);
      call.halfClose().awaitEnd();
    },
    check: (seen, { turns }) => {
      const call = seen.call();
      if (call.shape === 'open' && call.times.halfClosed === undefined) {
        const observed = `no answer to message ${call.messages.length + 1} while the request was open`;
        return [callBreach(call, 'an answer to each message before the next is sent', observed)];
      }
      return answersStream(
        call,
        turns.map(({ size }) => size),
      );
    },
  }),

  ...courses,
  ...greetings,
]);

import {
  arb,
  asWarnings,
  callBreach,
  countCalls,
  countsOf,
  data,
  encodeMessage,
  endsWithAll,
  experiment,
  fc,
  fitCuts,
  fullDuplexCall,
  hasStreamed,
  joinOctets,
  largestMessage,
  markedAnswer,
  markedCall,
  mostAtOnce,
  mostCalls,
  mostEmptyFrames,
  octetsOf,
  sendInReads,
  served,
  sessionKinds,
  staysUp,
  streamingOutputCall,
  type AnyProperty,
  type Breach,
  type Observation,
} from '../../harness';

/** Milliseconds that a handler rests before its last answer, and in which those before it must arrive: an answer that waits for the end comes too late. */
const rest = 1500;
const untilThen = 1200;

/** What becomes of our half of a call that the target ends first. */
const halves = ['open', 'closed', 'late'] as const;
type Half = (typeof halves)[number];

const statusText = 'ended first';

/** The course of a call: when answers leave, who ends first, and how often a handler runs. */
export const courses: readonly AnyProperty[] = [
  experiment('RPC-08-streaming-responses-not-buffered', {
    generates:
      'server-streaming calls whose handler sends 1 to 4 answers of 0 to 20,000 octets, 0 to 40 ms apart, and rests before its last one',
    accepts: ['the answers while the handler rests', 'answers that come later, with a warning'],
    needs: ['server-streaming', 'slow'],
    effort: 0.1,
    timed: true,
    arbitrary: () =>
      arb.record({
        sizes: arb.responseSizes({ minCount: 1, maxCount: 4, maxLength: 20_000 }),
        interval: fc.oneof(fc.constant(0), fc.nat(40)),
      }),
    examples: () => [
      { sizes: [1], interval: 0 },
      { sizes: [1, 1, 1], interval: 30 },
      { sizes: [0], interval: 0 },
      { sizes: [20_000, 10], interval: 0 },
    ],
    labels: {
      'one answer': ({ sizes }) => sizes.length === 1,
      'several answers': ({ sizes }) => sizes.length > 1,
      'small answers alone': ({ sizes }) => sizes.every((size) => size < 1000),
      'an answer of no octets': ({ sizes }) => sizes.includes(0),
      'pauses between answers': ({ sizes, interval }) => sizes.length > 1 && interval > 0,
    },
    script: (script, { sizes, interval }) => {
      const responses = sizes.map((size, index) => ({ size, intervalUs: index === 0 ? 0 : interval * 1000 }));
      const last = { size: 1, intervalUs: rest * 1000 };
      const call = script.call(streamingOutputCall({ responses: [...responses, last] }), { awaitEnd: false });
      const until = { see: 'messages', stream: call.stream, count: sizes.length } as const;
      script.await(until, { within: untilThen, optional: true });
      call.resetUnlessEnded();
    },
    check: (seen, { sizes }) => {
      const call = seen.call();
      if (call.messages.length >= sizes.length)
        return hasStreamed({ ...call, messages: call.messages.slice(0, sizes.length) }, sizes);
      const breach = callBreach(call, 'each answer as soon as the handler has sent it');
      const observed = `${call.messages.length} of ${sizes.length} answers came while the handler was resting`;
      return asWarnings([{ ...breach, observed, reaction: 'answers held back' }]);
    },
  }),

  experiment('RPC-09-server-may-end-first', {
    generates:
      'bidirectional calls whose 1st to 7th message asks for an error status, with 0 to 4 messages of up to 16,384 octets behind it, in the same write or behind it, half-closed, left open, or half-closed by DATA that comes when the call is over',
    accepts: ['the answers to the messages before, then that status, while the request is open', staysUp],
    needs: ['bidirectional-streaming', 'status'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        rounds: arb.list(arb.responseSizes({ maxCount: 2, maxLength: 3000 }), { maxCount: 6 }),
        code: fc.integer({ min: 1, max: 16 }),
        surplus: arb.list(arb.message({ maxLength: Math.min(16_384, largestMessage(facts) - 64) }), { maxCount: 4 }),
        isApart: fc.boolean(),
        half: fc.constantFrom(...halves),
      }),
    examples: () => {
      const surplus = [1, 300].map((length) => ({ length, seed: 1 }));
      const plain = { rounds: [], code: 10, surplus, isApart: false, half: 'open' as Half };
      return [
        { ...plain, surplus: [] },
        plain,
        { ...plain, rounds: [[1], [2, 3], []] },
        { ...plain, isApart: true, half: 'closed' as const },
        { ...plain, half: 'late' as const },
        { ...plain, rounds: [[5]], surplus: [...surplus, { length: 4000, seed: 1 }], isApart: true },
      ];
    },
    labels: {
      'nothing behind it': ({ surplus }) => surplus.length === 0,
      'messages behind it, in the same write': ({ surplus, isApart }) => surplus.length > 0 && !isApart,
      'messages behind it, later': ({ surplus, isApart }) => surplus.length > 0 && isApart,
      'answers before it': ({ rounds }) => rounds.some((sizes) => sizes.length > 0),
      'the first message asks for it': ({ rounds }) => rounds.length === 0,
      'the request stays open': ({ half }) => half === 'open',
      'DATA when the call is over': ({ half }) => half === 'late',
    },
    script: (script, { rounds, code, surplus, isApart, half }) => {
      const halfCloses = half === 'closed';
      const sized = (sizes: readonly number[]) => ({ responses: sizes.map((size) => ({ size })) });
      const { messages, ...method } = fullDuplexCall([
        ...rounds.map(sized),
        { responses: [], status: { code, message: statusText } },
        ...surplus.map((payload) => ({ responses: [], payload: octetsOf(payload) })),
      ]);
      const call = script.begin(method);
      // A handler may drop the answers that it has not given yet when it is told to fail (STATUS-08).
      if (rounds.length > 0) call.sendMessages(messages.slice(0, rounds.length)).awaitMessages(rounds.flat().length);
      const first = isApart ? rounds.length + 1 : messages.length;
      call.sendMessages(messages.slice(rounds.length, first), { endStream: halfCloses && first === messages.length });
      // What the target has ended meanwhile is not sent any more.
      if (first < messages.length) call.sendMessages(messages.slice(first), { endStream: halfCloses });
      call.awaitEnd().expect(endsWithAll(code, { text: statusText, after: rounds.flat() }));
      // What a client that has not heard of the end may still send.
      if (half === 'late') script.frame(data(call.stream, new Uint8Array(700), { endStream: true }));
      script.expectConnection([staysUp]);
    },
  }),

  experiment('RPC-10-exactly-once-per-stream', {
    generates:
      'one to six calls of every kind that the target counts, each known by its answer, whose requests are cut anywhere, some in reads of their own, one after the other or side by side',
    accepts: ['status OK with the answer of each, and as many handlers started as there were calls'],
    needs: ['unary', 'probe'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(
          arb.record({
            kind: fc.constantFrom(...sessionKinds.filter((kind) => facts.offers.includes(kind))),
            mark: arb.boundaryInteger({ max: 3000, boundaries: [0, 1, 250] }),
            cuts: arb.cuts({ max: 8, length: 3000 }),
            stops: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
          }),
          { minCount: 1, maxCount: mostCalls(facts, 7) - 1 },
        ),
        isParallel: fc.boolean(),
      }),
    examples: ({ offers }) =>
      [false, true].map((isParallel) => ({
        calls: sessionKinds
          .filter((kind) => offers.includes(kind))
          .map((kind, index) => ({ kind, mark: index, cuts: [2, 5, 7], stops: [0] })),
        isParallel,
      })),
    labels: {
      'one call': ({ calls }) => calls.length === 1,
      'several unary calls': ({ calls }) => calls.filter(({ kind }) => kind === 'unary').length > 1,
      'calls side by side': ({ calls, isParallel }) => isParallel && calls.length > 1,
      'a request in several reads': ({ calls }) => calls.some(({ cuts, stops }) => cuts.length > 0 && stops.length > 0),
      'a prefix that is cut': ({ calls }) => calls.some(({ cuts }) => cuts.some((cut) => cut > 0 && cut < 5)),
    },
    script: (script, { calls, isParallel }, facts) => {
      const count = countCalls(script);
      const begin = ({ kind, mark, cuts, stops }: (typeof calls)[number]) => {
        const request = markedCall(kind, mark);
        const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
        const fitted = fitCuts(cuts, body.length, mostEmptyFrames(facts));
        const call = sendInReads(script, script.begin(request, { metadata: count.metadata }), body, {
          cuts: fitted,
          stops,
        });
        return () => call.awaitEnd().expect(served(markedAnswer(kind, mark)));
      };
      const atOnce = isParallel ? mostAtOnce(facts, calls.length) : 1;
      for (let first = 0; first < calls.length; first += atOnce)
        for (const finish of calls.slice(first, first + atOnce).map(begin)) finish();
      count.ask({ started: calls.length, finished: calls.length, times: facts.times });
    },
    check: (seen, { calls }) => ranOnceEach(seen, calls.length),
  }),
];

/** As many handlers were started as there were calls; what was not counted to its end says nothing. */
function ranOnceEach(seen: Observation, calls: number): readonly Breach[] {
  const counts = countsOf(seen);
  if (counts === undefined || counts.started === calls) return [];
  const observed = `${counts.started} handlers were started for ${calls} calls`;
  return [{ observed, expected: 'one handler for each call', reaction: 'wrong number of runs' }];
}

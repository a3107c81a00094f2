import {
  arb,
  countCalls,
  experiment,
  fc,
  fullDuplexCall,
  mostAtOnce,
  slowCall,
  streamingInputCall,
  streamingOutputCall,
  streamOfSizes,
  suite,
  wasCancelled,
  type CallOptions,
  type CallWriter,
  type PlanBuilder,
  type TargetFacts,
} from '../harness';

/** Calls that are under way for a long time, by what has happened on them when we reset them. */
const moments = [
  'the header',
  'a message to a client-streaming method',
  'a message to a bidirectional method',
  'an answer',
  'an answer and the half-close',
  'the half-close',
] as const;
type Moment = (typeof moments)[number];

const momentsFor = ({ offers }: TargetFacts): readonly Moment[] =>
  moments.filter((moment) => {
    if (moment === 'a message to a client-streaming method') return offers.includes('client-streaming');
    if (moment === 'the half-close') return offers.includes('server-streaming');
    return true;
  });

/** Starts a call whose handler has more to do for that many milliseconds. */
function startCall(script: PlanBuilder, moment: Moment, milliseconds: number, options: CallOptions): CallWriter {
  const open = { ...options, halfClose: false, awaitEnd: false };
  switch (moment) {
    case 'the header':
      return script.begin(fullDuplexCall([]), options);
    case 'a message to a client-streaming method':
      return script.call(streamingInputCall([{ payload: new Uint8Array(10) }]), open);
    case 'a message to a bidirectional method':
      return script.call(slowCall(milliseconds), open);
    case 'an answer':
      return script.call(slowCall(milliseconds, [5]), open).awaitMessages(1);
    case 'an answer and the half-close':
      return script.call(slowCall(milliseconds, [5]), { ...options, awaitEnd: false }).awaitMessages(1);
    case 'the half-close':
      return script.call(streamingOutputCall({ responses: [{ size: 1, intervalUs: milliseconds * 1000 }] }), {
        ...options,
        awaitEnd: false,
      });
  }
}

/** When one of several parallel calls is reset, in the order of time; the last ones survive. */
const fates = [
  'after its header',
  'after its first message',
  'after its first answers',
  'after its half-close',
  'never',
] as const;
type Fate = (typeof fates)[number];

export default suite('cancellation', [
  experiment('CANC-01-rst-cancels-handler', {
    generates:
      'long calls of every streaming kind that are reset once their handler has started: after the header, a message, an answer or the half-close',
    accepts: ['a handler that was told within the time for a cancellation', 'a handler that was never started'],
    needs: ['slow', 'probe', 'bidirectional-streaming'],
    effort: 0.3,
    timed: true,
    arbitrary: (facts) => arb.record({ moment: fc.constantFrom(...momentsFor(facts)) }),
    examples: (facts) => momentsFor(facts).map((moment) => ({ moment })),
    script: (script, { moment }, { times }) => {
      const count = countCalls(script);
      // Whoever is not told must still be busy when the count is taken.
      const busy = 3 * times.cancel;
      const call = startCall(script, moment, busy, { metadata: count.metadata });
      count.ask({ started: 1, times });
      call.reset();
      count.ask({ cancelled: 1, times });
    },
    check: (seen) => wasCancelled(seen, 'our RST_STREAM'),
  }),

  experiment('CANC-03-other-streams-unaffected', {
    generates:
      'two to ten bidirectional calls side by side, some of them reset after the header, a message, answers or the half-close, while the others go on',
    accepts: ['status OK with every answer, for all calls that were not reset'],
    needs: ['bidirectional-streaming'],
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(
          arb.record({
            fate: fc.oneof(fc.constantFrom(...fates), fc.constant<Fate>('never')),
            first: arb.responseSizes({ minCount: 1, maxCount: 3, maxLength: 5000 }),
            second: arb.responseSizes({ maxCount: 3, maxLength: 5000 }),
          }),
          { minCount: 2, maxCount: Math.max(2, mostAtOnce(facts, 10)) },
        ),
      }),
    examples: (facts) =>
      fates.slice(0, -1).map((fate) => ({
        calls: ([fate, 'never', fate, 'never'] as const)
          .slice(0, Math.max(2, mostAtOnce(facts, 4)))
          .map((own) => ({ fate: own, first: [10, 20], second: [30] })),
      })),
    script: (script, { calls }) => {
      const started = calls.map(({ fate, first, second }) => {
        const request = fullDuplexCall(
          [first, second].map((sizes) => ({ responses: sizes.map((size) => ({ size })) })),
        );
        return { fate, request, first, second, call: script.begin(request) };
      });
      const resetThose = (now: Fate) => started.filter(({ fate }) => fate === now).forEach(({ call }) => call.reset());
      const those = (later: Fate) => started.filter(({ fate }) => fates.indexOf(fate) >= fates.indexOf(later));
      resetThose('after its header');
      for (const { call, request } of those('after its first message')) call.sendMessages(request.messages.slice(0, 1));
      resetThose('after its first message');
      for (const { call, first } of those('after its first answers')) call.awaitMessages(first.length);
      resetThose('after its first answers');
      for (const { call, request } of those('after its half-close')) {
        call.sendMessages(request.messages.slice(1), { endStream: true });
      }
      resetThose('after its half-close');
      for (const { call, first, second } of those('never'))
        call.awaitEnd().expect(streamOfSizes([...first, ...second]));
    },
  }),
]);

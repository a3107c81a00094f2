import {
  answersAs,
  arb,
  callBreach,
  echoesInitial,
  echoInitialName,
  experiment,
  fc,
  hasField,
  markedAnswer,
  markOf,
  mostAtOnce,
  mostParallelCalls,
  openingOrder,
  parallelCalls,
  payloadOf,
  pendingCalls,
  pendingOctets,
  sendInterleaved,
  served,
  slowCall,
  suite,
  unaryCall,
  type Breach,
  type Call,
  type ParallelCall,
} from '../harness';
import { bursts } from './multiplexing/bursts.suite';
import { limitRows } from './multiplexing/limit.suite';

/** What an earlier call looks like that is not done: one of the first ones is finished in the end, the slow one is reset. */
const unfinished = ['half a message', 'half an upload', 'a header'] as const;
const blockers = [...unfinished, 'a slow handler'] as const;

/** Milliseconds for which a slow handler is busy: much longer than a plain call takes on any machine, shorter than we wait for one. */
const slowTime = 3000;

const echoOf = (index: number): string => `call ${index}`;

const slowName = (index: number): string => `slow ${index}`;
const laterName = (index: number): string => `later ${index}`;

export default suite('multiplexing', [
  experiment('MUX-01-parallel-calls-isolated', {
    generates:
      '2 to 16 calls of all four kinds whose headers and DATA frames are shuffled, each with a size and metadata of its own; half the time all are open before the first one is complete',
    accepts: ['status OK for each call, with the sizes and the metadata that it asked for'],
    needs: ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        calls: parallelCalls({ maxCount: mostAtOnce(facts, mostParallelCalls) }),
        order: arb.choices({ maxCount: 64 }),
        together: fc.boolean(),
      }),
    labels: {
      'all calls open together': ({ together }) => together,
      'more than eight calls': ({ calls }) => calls.length > 8,
      'calls of different kinds': ({ calls }) => new Set(calls.map(({ kind }) => kind)).size > 1,
      'messages cut into several frames': ({ calls }) => calls.some(({ cuts }) => cuts.length > 0),
    },
    examples: (facts) => {
      const calls = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'].flatMap((kind) =>
        [1, 2].map((size) => ({ kind: kind as ParallelCall['kind'], size, cuts: [3] })),
      );
      return [
        { calls, order: [], together: false },
        { calls, order: Array.from({ length: 24 }, (_, place) => place), together: false },
        {
          calls: [...calls, ...calls].slice(0, Math.max(2, mostAtOnce(facts, mostParallelCalls))),
          order: [],
          together: true,
        },
        { calls: calls.slice(0, 2), order: [0, 1, 0, 1, 0, 1], together: false },
      ];
    },
    script: (script, { calls, order, together }, { offers }) => {
      const echoes = offers.includes('metadata');
      sendInterleaved(script, calls, { picks: order, together }, (index) =>
        echoes ? { metadata: [{ name: echoInitialName, value: echoOf(index) }] } : {},
      );
    },
    check: (seen, { calls, order }, { offers }) =>
      openingOrder(calls, order).flatMap((index, place) => {
        const call = seen.call(place);
        const one = calls[index]!;
        const answer = answersAs(call, markedAnswer(one.kind, markOf(one, index))).map((breach): Breach => {
          const owner = breach.reaction === 'wrong message' ? ownerOf(call, { calls, order }) : undefined;
          return owner === undefined ? breach : { ...breach, asker: seen.call(owner).plan.stream };
        });
        return offers.includes('metadata') && owesEcho(call)
          ? [...answer, ...echoesInitial(call, [echoOf(index)])]
          : answer;
      }),
  }),

  experiment('MUX-02-out-of-order-completion', {
    generates:
      'one to three calls that are not done: half a message, half an upload, no message at all, or a slow handler; then up to four plain calls, and only then the rest of the first ones',
    accepts: ['status OK for the later calls at once', 'status OK for the first ones when they are finished'],
    needs: ['unary', 'client-streaming', 'bidirectional-streaming', 'slow'],
    effort: 0.5,
    timed: true,
    arbitrary: (facts) =>
      arb.record({
        first: arb.list(arb.record({ blocker: fc.constantFrom(...blockers), sent: fc.nat(pendingOctets) }), {
          minCount: 1,
          // One more is for the later calls.
          maxCount: Math.max(1, mostAtOnce(facts, 4) - 1),
        }),
        later: arb.responseSizes({ minCount: 1, maxCount: 4, maxLength: 20_000 }),
      }),
    labels: {
      'half a message': ({ first }) => first.some(({ blocker }) => blocker === 'half a message'),
      'half an upload': ({ first }) => first.some(({ blocker }) => blocker === 'half an upload'),
      'no message at all': ({ first }) => first.some(({ blocker }) => blocker === 'a header'),
      'a slow handler': ({ first }) => first.some(({ blocker }) => blocker === 'a slow handler'),
      'several later calls': ({ later }) => later.length > 1,
    },
    examples: () => [
      ...blockers.map((blocker) => ({ first: [{ blocker, sent: 50 }], later: [10] })),
      { first: [{ blocker: 'half a message' as const, sent: 3 }], later: [10] },
    ],
    script: (script, { first, later }) => {
      const finishes = first.map(({ blocker, sent }, index) => {
        if (blocker === 'a slow handler') {
          const call = script.call(slowCall(slowTime), { as: slowName(index), awaitEnd: false });
          return () => call.reset();
        }
        const { begin, answer } = pendingCalls[blocker];
        const finish = begin(script, { sent });
        return () => finish().expect(served(answer));
      });
      for (const [index, size] of later.entries())
        script.call(unaryCall({ responseSize: size }), { as: laterName(index) }).expect(payloadOf(size));
      for (const finish of finishes) finish();
    },
    // That nothing waits for the slow ones is a matter of time.
    check: (seen, { first, later }) => {
      const plain = later.map((_, index) => seen.call(laterName(index)));
      return first.flatMap(({ blocker }, index) =>
        blocker === 'a slow handler' ? endsAfter(seen.call(slowName(index)), plain) : [],
      );
    },
  }),

  ...bursts,
  ...limitRows,
]);

/** The place of another call whose answer a call was given; undefined when nobody asked for this one. */
function ownerOf(
  call: Call,
  { calls, order }: { readonly calls: readonly ParallelCall[]; readonly order: readonly number[] },
): number | undefined {
  const place = openingOrder(calls, order).findIndex((index) => {
    const one = calls[index]!;
    return one.kind === call.plan.kind && answersAs(call, markedAnswer(one.kind, markOf(one, index))).length === 0;
  });
  return place === -1 ? undefined : place;
}

/** The interop service promises the echo for two kinds of method; on the others it may be missing, but never another call's. */
const owesEcho = ({ plan, headers }: Call): boolean =>
  plan.kind === 'unary' || plan.kind === 'bidirectional-streaming' || hasField(headers ?? [], echoInitialName);

/** The slow call was still under way when the others had their answers. */
function endsAfter(slow: Call, others: readonly Call[]): readonly Breach[] {
  const { end } = slow.times;
  const late = others.find(({ times }) => end !== undefined && times.end !== undefined && times.end > end);
  if (late === undefined) return [];
  const expected = 'an answer while the slow handler is busy';
  return [{ ...callBreach(late, expected, 'a later call was answered after the slow one'), reaction: 'late' }];
}

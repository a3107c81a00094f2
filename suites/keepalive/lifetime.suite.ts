import {
  answersAs,
  arb,
  endsInOrder,
  experiment,
  fc,
  lastsThroughGrace,
  maxAgeOf,
  maxIdleOf,
  mostAtOnce,
  patienceForGoaway,
  pendingCalls,
  plainestCall,
  type AnyProperty,
  type ConnectionView,
  type TargetFacts,
} from '../../harness';

/** Calls that wait for the client. */
const waiting = ['a conversation', 'half an upload', 'half a message', 'a header'] as const;

type Ending = 'age' | 'idle';

/** By what connections end that is known and short. */
const endingsOf = ({ claims }: TargetFacts): readonly Ending[] => {
  const known: readonly Ending[] = [
    ...(maxAgeOf(claims) === undefined ? [] : (['age'] as const)),
    ...(maxIdleOf(claims) === undefined ? [] : (['idle'] as const)),
  ];
  // Where nothing is known nothing is played.
  return known.length === 0 ? ['age'] : known;
};

const ageOf = ({ claims }: TargetFacts) => maxAgeOf(claims) ?? { age: 1000, grace: undefined };
const idleOf = ({ claims }: TargetFacts): number => maxIdleOf(claims) ?? 1000;

/** Debug data that may say why a connection ends. */
const textsOf = ({ claims = {} }: TargetFacts): readonly string[] => [
  ...(claims.maxAge === undefined ? [] : ['max_age']),
  ...(claims.maxIdle === undefined ? [] : ['max_idle']),
];

/** When a connection began. */
const startOf = (view: ConnectionView): number => view.packets[0]?.at ?? 0;

/** When we last said something on a stream, which is no later than the target was done with it. */
const lastSaid = (view: ConnectionView): number =>
  view.sent.findLast(({ frame }) => frame.type === 'HEADERS' || frame.type === 'DATA')?.at ?? startOf(view);

/** How long connections live. */
export const lifetime: readonly AnyProperty[] = [
  experiment('KA-11-max-age-and-idle', {
    generates:
      'a connection with up to two calls that wait for us, or with one that is over, until it is too old; the calls go on in the middle of the grace time. Or, where an idle time is named, such calls for longer than that time, and then none',
    accepts: [
      'GOAWAY(NO_ERROR) with max_age or max_idle near its time, and whole answers of the calls',
      'another error code or debug data, a close without GOAWAY, or no end, with a warning',
    ],
    needs: ['connection-lifetime', 'unary', 'client-streaming', 'bidirectional-streaming'],
    borrows: [],
    slow: true,
    timed: true,
    effort: 0.04,
    afterwards: false,
    expectsDefence: true,
    aboutRefusals: true,
    exceeds: ['age', 'idle'],
    arbitrary: (facts) =>
      arb.record({
        ending: fc.constantFrom(...endingsOf(facts)),
        calls: arb.list(fc.constantFrom(...waiting), { minCount: 0, maxCount: Math.max(1, mostAtOnce(facts, 2)) }),
      }),
    labels: {
      'calls under way': ({ calls }) => calls.length > 0,
      'no call under way': ({ calls }) => calls.length === 0,
      'too old': ({ ending }, facts) => ending === 'age' || !endingsOf(facts).includes('age'),
      'idle for too long': ({ ending }, facts) => ending === 'idle' || !endingsOf(facts).includes('idle'),
    },
    examples: (facts) =>
      endingsOf(facts).flatMap((ending) => [
        { ending, calls: ['a conversation'] as const },
        { ending, calls: [] },
      ]),
    script: (script, { ending, calls }, facts) => {
      const finishes = calls.map((kind) => pendingCalls[kind].begin(script));
      if (calls.length === 0) script.call(plainestCall(facts));
      const { age, grace = 1000 } = ageOf(facts);
      const idle = idleOf(facts);
      // A connection with calls is not idle.
      if (ending === 'idle' && calls.length > 0)
        script.await({ see: 'closed' }, { within: 2 * idle + 500, optional: true });
      if (ending === 'age') {
        script.await({ see: 'goaway' }, { within: patienceForGoaway(age), optional: true });
        if (calls.length > 0) script.await({ see: 'closed' }, { within: grace / 2, optional: true });
      }
      for (const finish of finishes) finish();
      const rest = ending === 'idle' ? patienceForGoaway(idle) : facts.times.close;
      script.await({ see: ending === 'idle' ? 'goaway' : 'closed' }, { within: rest, optional: true });
    },
    check: (seen, { ending, calls }, facts) => {
      const view = seen.connection();
      const { age, grace } = ageOf(facts);
      const texts = textsOf(facts);
      const cuts = calls.map((kind, index) => answersAs(seen.call(index), pendingCalls[kind].answer));
      const isBoth = texts.length > 1;
      if (ending === 'age') {
        // Where nobody has named a grace time, calls may end with the connection.
        const cut =
          grace === undefined
            ? []
            : cuts.flatMap((breaches, index) => lastsThroughGrace(seen.call(index), breaches, view, { age, grace }));
        const after = isBoth ? Math.min(age, idleOf(facts)) : age;
        return cut.length > 0 ? cut : endsInOrder(view, { after, texts, since: startOf(view) });
      }
      // Where connections also end by their age, it may have been that.
      const cut = isBoth ? [] : cuts.flat();
      if (cut.length > 0) return cut;
      return endsInOrder(view, {
        after: isBoth ? 0 : idleOf(facts),
        texts,
        since: isBoth ? startOf(view) : lastSaid(view),
      });
    },
  }),
];

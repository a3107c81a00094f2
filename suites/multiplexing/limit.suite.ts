import {
  arb,
  commitFault,
  countCalls,
  echoInitialName,
  echoedInHeaders,
  encodeMessage,
  experiment,
  fc,
  fullDuplexCall,
  givesSlotsBack,
  joinOctets,
  largestMessage,
  markedCall,
  mostOpenStreams,
  readsRefusedBlocks,
  refusedUnexecuted,
  refusesSurplus,
  runsOn,
  slowCall,
  status,
  streamFaultsFor,
  unaryCall,
  type AnyProperty,
  type CallWriter,
  type FieldSpec,
  type PlanBuilder,
  type StreamFaultName,
  type TargetFacts,
} from '../../harness';

/** Calls beyond the limit. */
const kinds = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'] as const;

const surplusName = (index: number): string => `surplus ${index}`;
const heldName = (index: number): string => `within ${index}`;

/** A conversation: what is asked for and answered first, and what last. */
const sizes = [3, 4] as const;
const answer = { of: 'stream', sizes } as const;

/** As many conversations as that, each with its first answer. @param name of each; none when absent */
function hold(script: PlanBuilder, count: number, name?: (index: number) => string): () => void {
  const { messages, ...method } = fullDuplexCall(sizes.map((size) => ({ responses: [{ size }] })));
  const calls = Array.from({ length: count }, (_, index) =>
    script.begin(method, name === undefined ? {} : { as: name(index) }).sendMessages(messages.slice(0, 1)),
  );
  for (const call of calls) call.awaitMessages(1);
  return () => {
    for (const call of calls) call.sendMessages(messages.slice(1), { endStream: true });
    for (const call of calls) call.awaitEndOrError();
  };
}

/** A field that a refused block puts into the dynamic table, and that a later call refers to. */
const inserted = (representation: 'incremental' | 'indexed'): FieldSpec => ({
  name: echoInitialName,
  value: 'of a refused block',
  representation,
});

/** Octets of the payload of a call beyond the limit. */
const largestOf = (facts: TargetFacts): number => Math.max(1, Math.min(65_000, largestMessage(facts) - 64));

/** How a call ends, in the last slot or beside others. */
type Ending = StreamFaultName | 'a whole call' | 'an error status' | 'a deadline';

const endingsFor = (facts: TargetFacts): readonly Ending[] => [
  'a whole call',
  'an error status',
  'a deadline',
  ...streamFaultsFor(facts),
];

/** Milliseconds of a deadline, and for how long the handler would be busy. */
const deadline = { short: 50, busy: 3000 } as const;

/** Milliseconds in which a handler that was kept waiting by those before it has started. */
const startingTime = 200;

/** Milliseconds in which a server has learned that a stream is over, and its handler that it is to end. */
const unwinding = 250;

function end(script: PlanBuilder, ending: Ending, facts: TargetFacts): CallWriter {
  const failing = { responses: [], status: { code: status.ABORTED, message: 'asked for' } };
  switch (ending) {
    case 'a whole call':
      return script.call(unaryCall({ responseSize: 5 }), { awaitEnd: false });
    case 'an error status':
      return script.call(fullDuplexCall([failing]), { awaitEnd: false });
    case 'a deadline':
      return script.call(slowCall(deadline.busy), { timeout: `${deadline.short}m`, awaitEnd: false });
    default:
      return commitFault(script, ending, facts);
  }
}

/** What becomes of calls beyond SETTINGS_MAX_CONCURRENT_STREAMS, and of the slots of those within. */
export const limitRows: readonly AnyProperty[] = [
  experiment('MUX-03-limit-enforced', {
    generates:
      'as many open conversations as the target allows, and one to four whole calls of any kind beyond, with up to 65,000 octets each, which put a field into the dynamic table; then the rest of the conversations, and a call that refers to that field',
    accepts: [
      'RST_STREAM with an error code for each call beyond the limit, and no handler for those that REFUSED_STREAM ends',
      'a connection error, or a call beyond the limit that is served, with a warning',
      'status OK for the calls within the limit',
    ],
    needs: ['stream-limit', 'unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    effort: 0.08,
    exceeds: ['streams'],
    aboutRefusals: true,
    expectsDefence: true,
    arbitrary: (facts) =>
      arb.record({
        surplus: arb.list(
          arb.record({
            kind: fc.constantFrom(...kinds),
            size: fc.oneof(
              fc.constant(largestOf(facts)),
              arb.boundaryInteger({ max: largestOf(facts), boundaries: [0, 1] }),
            ),
          }),
          { minCount: 1, maxCount: 4 },
        ),
        isFenced: fc.boolean(),
      }),
    labels: {
      'one call beyond': ({ surplus }) => surplus.length === 1,
      'several calls beyond': ({ surplus }) => surplus.length > 1,
      'large requests beyond': ({ surplus }, facts) =>
        surplus.some(
          ({ kind, size }) => 2 * size > largestOf(facts) && (kind === 'unary' || kind === 'client-streaming'),
        ),
      'streamed answers asked for': ({ surplus }) => surplus.some(({ kind }) => kind.endsWith('streaming')),
      'the conversations go on at once': ({ isFenced }) => !isFenced,
    },
    examples: (facts) => [
      { surplus: [{ kind: 'unary' as const, size: 1 }], isFenced: true },
      { surplus: kinds.map((kind) => ({ kind, size: 100 })), isFenced: true },
      {
        surplus: Array.from({ length: 2 }, () => ({ kind: 'unary' as const, size: largestOf(facts) })),
        isFenced: false,
      },
    ],
    script: (script, { surplus, isFenced }, facts) => {
      const finish = hold(script, mostOpenStreams(facts), heldName);
      script.fence();
      const echoes = facts.offers.includes('metadata') ? [inserted('incremental')] : [];
      const beyond = surplus.map(({ kind, size }, index) =>
        script.call(markedCall(kind, size), { as: surplusName(index), metadata: echoes, awaitEnd: false }),
      );
      if (isFenced) {
        script.fence();
        for (const { stream } of beyond)
          script.await({ see: 'end', stream, orError: true }, { within: 'quiet', optional: true });
      }
      finish();
      // One that waited for its turn has it now.
      for (const { stream } of beyond) script.await({ see: 'end', stream, orError: true }, { optional: true });
      const [field] = echoes;
      const later = script.call(unaryCall({ payload: new Uint8Array(2000), responseSize: 9 }), {
        ...(field === undefined ? {} : { metadata: [inserted('indexed')] }),
        as: 'later',
        awaitEnd: false,
      });
      later.awaitEndOrError();
      if (field !== undefined) later.expectOf('HPACK-12-context-survives-rejections', echoedInHeaders([field.value]));
    },
    check: (seen, { surplus }, facts) => {
      const view = seen.connection();
      return [
        ...readsRefusedBlocks(view),
        ...surplus.flatMap((_, index) => refusesSurplus(view, seen.call(surplusName(index)))).slice(0, 1),
        ...Array.from({ length: mostOpenStreams(facts) }, (_, index) =>
          runsOn(view, seen.call(heldName(index)), answer),
        ).flat(),
      ];
    },
  }),

  experiment('MUX-04-slots-return', {
    generates:
      'four to twenty calls that end in any way, one after the other or at once, in the last slot of the limit or beside no other; then two rounds of as many conversations at once as the target allows',
    accepts: ['conversations up to the limit', 'a connection error, which says nothing'],
    needs: ['stream-limit', 'unary', 'bidirectional-streaming', 'slow', 'status'],
    effort: 0.12,
    timed: true,
    afterwards: false,
    aboutRefusals: true,
    expectsDefence: true,
    arbitrary: (facts) =>
      arb.record({
        endings: arb.list(fc.constantFrom(...endingsFor(facts)), { minCount: 4, maxCount: 20 }),
        atLimit: fc.boolean(),
        atOnce: fc.boolean(),
      }),
    labels: {
      'in the last slot': ({ atLimit }) => atLimit,
      'beside no other call': ({ atLimit, atOnce }) => !atLimit && !atOnce,
      'several at once': ({ atOnce, endings }) => atOnce && endings.length > 1,
      'our reset': ({ endings }) => endings.some((ending) => ending.includes('reset')),
      'a deadline': ({ endings }) => endings.includes('a deadline'),
    },
    // Few at a time: what is an error of the connection somewhere hides those beside it.
    examples: (facts) =>
      Array.from({ length: 6 }, (_, part) => ({
        endings: endingsFor(facts).filter((_one, index) => index % 6 === part),
        atLimit: part % 2 === 0,
        atOnce: part % 3 === 1,
      })),
    script: (script, { endings, atLimit, atOnce }, facts) => {
      const most = mostOpenStreams(facts);
      const finish = atLimit ? hold(script, most - 1) : () => undefined;
      const calls: CallWriter[] = [];
      const awaitEnds = (): void => {
        for (const call of calls.splice(0))
          script.await({ see: 'end', stream: call.stream, orError: true }, { optional: true });
      };
      // What has ended on our side makes room: without waiting there is only as much as the limit leaves.
      const together = atOnce && !atLimit ? most : 1;
      for (const ending of endings) {
        calls.push(end(script, ending, facts));
        if (calls.length === together) awaitEnds();
      }
      awaitEnds();
      finish();
      script.fence();
      // Between our reset and the end of its handler a slot may be taken, and nothing tells when it is free.
      script.pause(unwinding);
      for (const round of rounds) {
        hold(script, most, (index) => roundName(round, index))();
        // Another number of calls than a target takes that refuses each so many-th one.
        script.call(unaryCall({ responseSize: 1 }), { awaitEnd: false }).awaitEndOrError();
      }
    },
    check: (seen, _, facts) =>
      givesSlotsBack(
        seen.connection(),
        rounds.map((round) =>
          Array.from({ length: mostOpenStreams(facts) }, (_one, index) => seen.call(roundName(round, index))),
        ),
      ),
  }),

  experiment('MUX-05-refused-is-not-executed', {
    generates:
      'as many open conversations as the target allows, and one to eight whole unary calls beyond, with payloads of 0 to 3,000 octets, whose handlers the target counts',
    accepts: ['no handler that is started for a call that ends in REFUSED_STREAM'],
    needs: ['stream-limit', 'unary', 'bidirectional-streaming', 'probe'],
    effort: 0.06,
    exceeds: ['streams'],
    aboutRefusals: true,
    expectsDefence: true,
    arbitrary: () =>
      arb.record({
        payloads: arb.list(arb.boundaryInteger({ max: 3000, boundaries: [0, 1, 1000] }), { minCount: 1, maxCount: 8 }),
        isApart: fc.boolean(),
      }),
    labels: {
      'one call': ({ payloads }) => payloads.length === 1,
      'several calls': ({ payloads }) => payloads.length > 1,
      'a request without payload': ({ payloads }) => payloads.includes(0),
      'HEADERS and DATA apart': ({ isApart }) => isApart,
    },
    examples: () => [
      { payloads: [0], isApart: false },
      { payloads: [10, 3000, 20, 0], isApart: true },
    ],
    script: (script, { payloads, isApart }, facts) => {
      const count = countCalls(script);
      const finish = hold(script, mostOpenStreams(facts));
      script.fence();
      const beyond = payloads.map((size, index) => {
        const { messages, ...method } = unaryCall({ payload: new Uint8Array(size), responseSize: 1 });
        const body = joinOctets(messages.map((message) => encodeMessage(message)));
        const call = script.begin(method, { as: surplusName(index), metadata: count.metadata });
        return isApart ? () => call.sendOctets(body, { endStream: true }) : call.sendOctets(body, { endStream: true });
      });
      for (const one of beyond) if (typeof one === 'function') one();
      script.fence();
      finish();
      count.ask({ started: payloads.length, times: facts.times, withinMs: startingTime });
    },
    check: (seen, { payloads }) =>
      refusedUnexecuted(
        seen,
        payloads.map((_, index) => seen.call(surplusName(index))),
      ),
  }),
];

/** Rounds at the limit. */
const rounds = [1, 2] as const;

const roundName = (round: number, index: number): string => `round ${round}, ${index}`;

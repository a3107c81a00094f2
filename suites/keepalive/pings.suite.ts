import {
  answered,
  acknowledgesOnce,
  acknowledgesSoon,
  forgivesPings,
  judgeEnforcement,
  arb,
  connectionError,
  experiment,
  fc,
  fullDuplexCall,
  mostAtOnce,
  mostCalls,
  octetsOf,
  openStalled,
  ping,
  plainestCall,
  stimulus,
  streamingOutputCall,
  streamOfSizes,
  unaryCall,
  rawFrame,
  settingIds,
  flags,
  frameTypes,
  type AnyProperty,
  type PlanBuilder,
} from '../../harness';

const mebibyte = 1_048_576;

const opaqueOf = (seed: number): Uint8Array => octetsOf({ length: 8, seed });

/** Sends a PING and waits for its ACK; for the check to judge when none comes. */
const askPing = (script: PlanBuilder, seed: number): PlanBuilder => {
  const opaque = opaqueOf(seed);
  return script.frame(ping(opaque)).await({ see: 'ping-ack', opaque }, { optional: true });
};

/** PINGs that are legal, and those that are not. */
export const pingRows: readonly AnyProperty[] = [
  experiment('KA-02-ping-ack-ignored', {
    generates:
      'one to three PINGs with ACK that nobody has asked for, of any 8 octets or those of the PING that follows, on an idle connection or while a call is open; then that PING',
    accepts: ['one ACK, for the PING alone', 'a connection error, with a warning'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        unasked: arb.list(fc.constantFrom('other', 'same', 'zeros'), { minCount: 1, maxCount: 3 }),
        seed: arb.seed(),
        beside: fc.boolean(),
      }),
    labels: {
      'the octets of the PING that follows': ({ unasked }) => unasked.includes('same'),
      'other octets': ({ unasked }) => unasked.includes('other'),
      'octets that are zero': ({ unasked }) => unasked.includes('zeros'),
      'several of them': ({ unasked }) => unasked.length > 1,
      'while a call is open': ({ beside }) => beside,
    },
    examples: () =>
      (['other', 'same', 'zeros'] as const).map((one, index) => ({ unasked: [one], seed: 7, beside: index > 0 })),
    script: (script, { unasked, seed, beside }, facts) => {
      if (beside) script.begin(plainestCall(facts), { legal: false });
      for (const which of unasked) script.frame(ping(unaskedOctets(which, seed), { ack: true }));
      askPing(script, seed);
    },
    check: (seen, { unasked, seed }) =>
      acknowledgesOnce(
        seen.connection(),
        unasked.map((which) => unaskedOctets(which, seed)),
        opaqueOf(seed),
      ),
  }),

  stimulus('KA-03-ping-malformed', {
    generates:
      'a PING on a stream of any number, of 0 to 100 octets that are not 8, or both, with ACK or without, on an idle connection or while a call is open',
    accepts: [connectionError],
    effort: 0.6,
    sends: () =>
      arb
        .record({
          wrong: fc.constantFrom('stream', 'stream', 'length', 'both'),
          // The stream of a call, one that is idle, one of the target, any.
          streamId: fc.oneof(fc.constantFrom(1, 1, 2, 3), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
          length: fc.oneof(fc.constantFrom(0, 6, 7, 9), fc.nat(7), fc.integer({ min: 9, max: 100 })),
          ack: fc.boolean(),
          beside: fc.boolean(),
        })
        .map(({ wrong, ...one }) => ({
          ...one,
          ...(wrong === 'stream' ? { length: 8 } : wrong === 'length' ? { streamId: 0 } : {}),
        })),
    labels: {
      'on the stream of a call': ({ streamId, beside }) => streamId === 1 && beside,
      'on an idle stream': ({ streamId, beside }) => streamId > 1 || (streamId === 1 && !beside),
      'too short': ({ length }) => length < 8,
      'too long': ({ length }) => length > 8,
      'with ACK': ({ ack }) => ack,
      'of the right length, on a stream': ({ length }) => length === 8,
    },
    examples: () => [
      ...[0, 6, 7, 9, 100].map((length) => ({ streamId: 0, length, ack: false, beside: false })),
      ...[1, 3].map((streamId) => ({ streamId, length: 8, ack: false, beside: true })),
      { streamId: 0, length: 7, ack: true, beside: false },
      { streamId: 1, length: 8, ack: true, beside: true },
    ],
    write: (script, { streamId, length, ack, beside }, facts) => {
      if (beside) script.begin(plainestCall(facts), { legal: false });
      const payload = octetsOf({ length, seed: 1 });
      script.frame(rawFrame({ type: frameTypes.PING, streamId, flags: ack ? flags.ACK : 0, payload }));
    },
  }),

  experiment('KA-04-ping-not-flow-controlled', {
    generates:
      'one or two PINGs while one to three responses have used up the window of the connection and stand still, or in the middle of a download of 6 MiB whose windows are ample',
    accepts: ['a PING ACK', 'an ACK behind more than 4 MiB of DATA, with a warning'],
    needs: ['server-streaming'],
    effort: 0.12,
    arbitrary: (facts) =>
      arb.record({
        isStalled: fc.boolean(),
        streams: fc.integer({ min: 1, max: Math.max(1, mostAtOnce(facts, 3)) }),
        window: arb.boundaryInteger({ max: 70_000, boundaries: [0, 1, 65_535] }),
        message: fc.constantFrom(16_384, 65_536, mebibyte),
        pings: fc.uniqueArray(arb.seed(), { minLength: 1, maxLength: 2 }),
      }),
    labels: {
      'everything stands still': ({ isStalled }) => isStalled,
      'in the middle of a download': ({ isStalled }) => !isStalled,
      'no window at all': ({ isStalled, window }) => isStalled && window === 0,
      'the connection window is used up': ({ isStalled, window, streams }) => isStalled && window * streams >= 65_535,
    },
    examples: () => [
      { isStalled: true, streams: 1, window: 0, message: mebibyte, pings: [1] },
      { isStalled: true, streams: 1, window: 70_000, message: mebibyte, pings: [1, 2] },
      { isStalled: false, streams: 1, window: 0, message: mebibyte, pings: [1] },
      { isStalled: false, streams: 1, window: 0, message: 16_384, pings: [1, 2] },
    ],
    script: (script, { isStalled, streams, window, message, pings: seeds }) => {
      if (!isStalled) {
        const sizes = Array.from({ length: (6 * mebibyte) / message }, () => message);
        // What is on its way when the PING leaves is no more than a window.
        script.open({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: mebibyte }] }).grant(0, mebibyte);
        const call = script.call(streamingOutputCall({ responses: sizes.map((size) => ({ size })) }), {
          awaitEnd: false,
        });
        call.awaitData(1);
        for (const seed of seeds) askPing(script, seed);
        call.awaitEnd().expect(streamOfSizes(sizes));
        return;
      }
      openStalled(script, window);
      const calls = Array.from({ length: streams }, () =>
        script.call(streamingOutputCall({ responses: [{ size: 80_000 }] }), { awaitEnd: false }),
      );
      for (const { stream } of calls) script.await({ see: 'credit-used', stream }, { within: 300, optional: true });
      for (const seed of seeds) askPing(script, seed);
      for (const call of calls) call.reset();
    },
    check: (seen, { pings: seeds }) => seeds.flatMap((seed) => acknowledgesSoon(seen.connection(), opaqueOf(seed))),
  }),

  experiment('KA-05-too-many-pings', {
    generates: '10 to 20 PINGs in a row on an idle connection, or on one with an open call on which nothing happens',
    accepts: [
      'GOAWAY(ENHANCE_YOUR_CALM) with too_many_pings from the third PING on, and a closed connection',
      'no enforcement, recorded as info',
    ],
    effort: 0.06,
    afterwards: false,
    expectsDefence: true,
    aboutRefusals: true,
    arbitrary: ({ offers }) =>
      arb.record({
        count: fc.integer({ min: 10, max: 20 }),
        isOpen: offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(false),
        before: fc.nat(1),
      }),
    labels: {
      'an idle connection': ({ isOpen }) => !isOpen,
      'a call on which nothing happens': ({ isOpen }, { offers }) =>
        isOpen || !offers.includes('bidirectional-streaming'),
      'after a call that has ended': ({ before }) => before > 0,
    },
    examples: ({ offers }) => [
      { count: 20, isOpen: false, before: 0 },
      { count: 20, isOpen: offers.includes('bidirectional-streaming'), before: 1 },
    ],
    script: (script, { count, isOpen, before }, facts) => {
      for (let call = 0; call < before; call++) script.call(plainestCall(facts));
      if (isOpen) script.begin(fullDuplexCall([]));
      for (let seed = 1; seed <= count; seed++) {
        const opaque = opaqueOf(seed);
        script.frame(ping(opaque)).await({ see: 'ping-ack', opaque }, { within: 'close', optional: true });
      }
      // The process is none the worse for it.
      script.call(plainestCall(facts), { on: 'another', role: 'probe' }).expect(answered);
    },
    check: (seen) => judgeEnforcement(seen.connection()),
  }),

  experiment('KA-06-pings-forgiven-by-traffic', {
    generates:
      '10 to 50 rounds of a unary call, or of a message of a conversation with its answer, each with one PING behind it; payloads of 0 to 20,000 octets',
    accepts: ['an ACK for every PING, and no GOAWAY'],
    needs: ['unary'],
    effort: 0.1,
    expectsDefence: true,
    arbitrary: (facts) =>
      arb.record({
        rounds: fc.integer({ min: 10, max: Math.max(10, Math.min(50, mostCalls(facts, 60) - 1)) }),
        isConversation: facts.offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(false),
        size: arb.responseSize({ maxLength: 20_000 }),
      }),
    labels: {
      'between the messages of one stream': ({ isConversation }, { offers }) =>
        isConversation || !offers.includes('bidirectional-streaming'),
      'between unary calls': ({ isConversation }) => !isConversation,
      'answers of no octets': ({ size }) => size === 0,
    },
    examples: ({ offers }) => [
      { rounds: 12, isConversation: false, size: 1 },
      { rounds: 12, isConversation: offers.includes('bidirectional-streaming'), size: 0 },
      { rounds: 12, isConversation: offers.includes('bidirectional-streaming'), size: 100 },
    ],
    script: (script, { rounds, isConversation, size }) => {
      const seeds = Array.from({ length: rounds }, (_, round) => round + 1);
      if (!isConversation) {
        for (const seed of seeds) {
          script.call(unaryCall({ responseSize: size }));
          askPing(script, seed);
        }
        return;
      }
      const { messages, ...method } = fullDuplexCall(seeds.map(() => ({ responses: [{ size }] })));
      const call = script.begin(method);
      messages.forEach((message, round) => {
        call.sendMessages([message]).awaitMessages(round + 1);
        askPing(script, round + 1);
      });
      call.halfClose().awaitEnd();
    },
    check: (seen, { rounds }) => forgivesPings(seen.connection(), rounds),
  }),
];

/** What stands in an ACK that nobody has asked for. */
function unaskedOctets(which: 'other' | 'same' | 'zeros', seed: number): Uint8Array {
  if (which === 'zeros') return new Uint8Array(8);
  // A bit apart from the octets of the PING.
  return which === 'same' ? opaqueOf(seed) : opaqueOf(seed).map((octet, at) => (at === 7 ? octet ^ 1 : octet));
}

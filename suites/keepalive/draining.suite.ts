import {
  arb,
  echoInitialName,
  encodeMessage,
  experiment,
  fc,
  joinOctets,
  mostAtOnce,
  pendingCalls,
  served,
  servesWhileDraining,
  settingIds,
  settingValue,
  streamingInputCall,
  sumOfOctets,
  unaryCall,
  initialSettings,
  type AnyProperty,
  type FieldSpec,
  type TargetFacts,
} from '../../harness';

/** Octets that one stream, and the first ones of a connection together, may send without further credit. */
const windowOf = ({ settings }: TargetFacts): number =>
  Math.min(
    settingValue(settings, settingIds.INITIAL_WINDOW_SIZE) ?? initialSettings.INITIAL_WINDOW_SIZE,
    initialSettings.INITIAL_WINDOW_SIZE,
  );

/** Octets of the rest of the call that was accepted: more than the connection has without credit. */
const restOctets = 70_000;

/** A field that the first late block puts into the dynamic table, and the others refer to. */
const lateField = (index: number): FieldSpec => ({
  name: echoInitialName,
  value: 'behind the last stream',
  representation: index === 0 ? 'incremental' : 'indexed',
});

/** Milliseconds after which DATA without credit is left unsent. */
const patience = 300;

const lateName = (index: number): string => `late ${index}`;

/** What rows of a graceful stop have in common. */
const stopping = {
  borrows: [],
  lane: 'restart',
  effort: 0.03,
  afterwards: false,
  expectsDefence: true,
  aboutRefusals: true,
} as const;

/** What is still on its way, and still has to be read, when a server has said which stream is the last. */
export const draining: readonly AnyProperty[] = [
  experiment('KA-15-after-goaway-state-kept', {
    generates:
      'a graceful stop while an upload is under way, one to three requests behind the GOAWAY that names the last stream, as a client sends them that has not read it yet, which put a field into the dynamic table, refer to it, and take up to all credit of the connection; then the rest of the upload, of 70,000 octets',
    accepts: ['status OK for the upload'],
    needs: ['graceful-stop', 'client-streaming', 'unary'],
    ...stopping,
    arbitrary: () =>
      arb.record({
        // Parts of the credit that is left, in hundredths.
        late: arb.list(arb.boundaryInteger({ max: 100, boundaries: [0, 50, 100] }), { minCount: 1, maxCount: 3 }),
        begun: arb.boundaryInteger({ max: 1000, boundaries: [0, 1] }),
      }),
    labels: {
      'all credit is taken': ({ late }) => late.includes(100),
      'one refers to the field of another': ({ late }) => late.length > 1,
      'requests of no octets': ({ late }) => late.includes(0),
    },
    examples: () => [
      { late: [0, 0], begun: 10 },
      { late: [100], begun: 1 },
      { late: [50, 0, 100], begun: 0 },
    ],
    script: (script, { late, begun }, facts) => {
      const { messages, ...method } = streamingInputCall([
        { payload: new Uint8Array(begun) },
        ...Array.from({ length: restOctets / 10_000 }, () => ({ payload: new Uint8Array(10_000) })),
      ]);
      const first = encodeMessage(messages[0] ?? new Uint8Array(0));
      const upload = script.begin(method).sendOctets(first);
      // What the target has not seen when it stops was never accepted.
      script.fence();
      script.gracefulStop();
      script.await({ see: 'goaway', final: true }, { within: 'close', optional: true });
      let left = windowOf(facts) - first.length;
      for (const [index, part] of late.entries()) {
        const octets = Math.floor((left * part) / 100);
        left -= octets;
        const call = script.begin(unaryCall(), {
          metadata: [lateField(index)],
          afterGoaway: 'beyond',
          role: 'bystander',
          legal: false,
        });
        // A message that goes on.
        const body = encodeMessage(new Uint8Array(Math.max(0, octets - 5)), { length: octets });
        if (octets > 0) call.sendOctets(body.subarray(0, octets), { unsentAfter: patience });
      }
      script.fence();
      upload.sendOctets(joinOctets(messages.slice(1).map((message) => encodeMessage(message))), { endStream: true });
      upload.awaitEnd().expect(sumOfOctets(begun + restOctets));
      script.await({ see: 'closed' }, { optional: true });
    },
  }),

  experiment('KA-10-drain-window', {
    generates:
      'a graceful stop while a call is under way or none is, whose PING is not acknowledged; one to three new calls behind the first GOAWAY where that names the highest id, and then the ACK',
    accepts: [
      'status OK for the new calls',
      'no shutdown in two steps, recorded as info',
      'a last stream below the new calls, with a warning',
    ],
    needs: ['graceful-stop', 'unary', 'bidirectional-streaming'],
    ...stopping,
    arbitrary: (facts) =>
      arb.record({
        isUnderWay: fc.boolean(),
        sizes: arb.responseSizes({ minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 4) - 1), maxLength: 3000 }),
      }),
    labels: {
      'a call under way': ({ isUnderWay }) => isUnderWay,
      'no call under way': ({ isUnderWay }) => !isUnderWay,
      'several new calls': ({ sizes }, facts) => sizes.length > 1 || mostAtOnce(facts, 4) < 3,
    },
    examples: (facts) => [
      { isUnderWay: true, sizes: [5] },
      { isUnderWay: false, sizes: [5, 6, 7].slice(0, Math.max(1, mostAtOnce(facts, 4) - 1)) },
    ],
    script: (script, { isUnderWay, sizes }) => {
      script.open({ housekeeping: { ackPings: false } });
      const { begin, answer } = pendingCalls['a conversation'];
      const finish = isUnderWay ? begin(script) : undefined;
      if (!isUnderWay) script.call(unaryCall({ responseSize: 1 }));
      script.fence();
      script.gracefulStop();
      script.await({ see: 'goaway' }, { within: 'close', optional: true });
      const late = sizes.map((size, index) =>
        script.call(unaryCall({ responseSize: size }), {
          as: lateName(index),
          afterGoaway: 'within',
          awaitEnd: false,
        }),
      );
      // In all less than servers wait for the ACK: the first has had the time of an answer, and the others had it as well.
      for (const [index, { stream }] of late.entries())
        script.await({ see: 'end', stream }, { within: index === 0 ? 'close' : 'quiet', optional: true });
      script.acknowledgePings();
      script.await({ see: 'goaway', final: true }, { within: 'close', optional: true });
      finish?.().expect(served(answer));
      script.await({ see: 'closed' }, { optional: true });
    },
    check: (seen, { sizes }) =>
      servesWhileDraining(
        seen.connection(),
        sizes.map((_, index) => seen.call(lateName(index))),
      ),
  }),
];

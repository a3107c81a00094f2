import {
  answersAlike,
  answersInTime,
  arb,
  callBreach,
  changeEncoding,
  decodesAsDeclared,
  disputedChangeKinds,
  encodeMessage,
  encodeMessageValue,
  encodeUndecodable,
  endsAtDeadline,
  expiryGrace,
  fc,
  fitCuts,
  mostEmptyFrames,
  gzip,
  initialSettings,
  isNotServed,
  isUnanswered,
  joinOctets,
  lastedFor,
  methodAt,
  methodCall,
  methodRequest,
  methodsOf,
  plainMethodCalls,
  plainestCall,
  property,
  repeatableMethods,
  represent,
  schemaOf,
  settingIds,
  status,
  staysOpen,
  staysSmall,
  suite,
  tolerableGrowth,
  windowsBefore,
  type Breach,
  type Call,
  type CallOptions,
  type MessageValue,
  type Observation,
  type PlanBuilder,
  type TargetFacts,
} from '../harness';

/** Messages of an answer after which we leave a call that goes on. */
const enoughMessages = 32;

/** What is said three times: twice in the plainest way, then in another. */
interface Repeated {
  readonly path: string;
  readonly message: MessageValue;
}

const repeated = (facts: TargetFacts): fc.Arbitrary<Repeated> =>
  fc.oneof(
    ...repeatableMethods(facts).map(({ path, input }) =>
      arb.record({ path: fc.constant(path), message: arb.typedMessage(schemaOf(facts), input) }),
    ),
  );

const plainRepeated = (facts: TargetFacts): readonly Repeated[] =>
  repeatableMethods(facts).map(({ path }) => ({ path, message: [] }));

/** The request twice as it is, and once more as `options` say or with another body. */
function sayThrice(peer: PlanBuilder, facts: TargetFacts, { path, message }: Repeated, options: CallOptions): void {
  const request = methodRequest(facts, { path, messages: [message] });
  for (const way of [{}, {}, options]) peer.call(request, { ...way, awaitEnd: false }).leaveAfter(enoughMessages);
}

const judgeAlike = (seen: Observation, { path }: Repeated, facts: TargetFacts, way: string): readonly Breach[] =>
  answersAlike(seen.calls, schemaOf(facts), methodAt(facts, path), way);

/** Methods whose request is exactly one message. */
const oneMessageMethods = (facts: TargetFacts) => methodsOf(facts, 'unary', 'server-streaming');

/** When a call is cancelled. */
const moments = ['the header', 'a part of a message', 'the messages', 'the half-close', 'an answer'] as const;

/** A reader that gives credit only when the script says so. */
const openStalled = (peer: PlanBuilder, initialWindow: number): PlanBuilder =>
  peer.open({
    settings: [
      { id: settingIds.ENABLE_PUSH, value: 0 },
      { id: settingIds.INITIAL_WINDOW_SIZE, value: initialWindow },
    ],
    housekeeping: { replenishStreams: false, replenishConnection: false },
  });

/** Credit on both levels for as much as we read of most answers, and little enough for one that never ends. Octets. */
const plenty = 1_048_576;

/** Milliseconds that a reader stalls at most, while the server's memory still grows. */
const stallTime = 20_000;

export default suite('methods', [
  property({
    id: 'METHOD-01-legal-answer',
    generates: 'one to three calls beside each other, to any method that may be called, with messages of its type',
    accepts: [
      'any status from 0 to 16',
      'another, with a warning',
      'an answer that goes on for more than 32 messages',
      'no answer in time, recorded as info',
    ],
    needs: ['method'],
    arbitrary: (facts) =>
      arb.record({ calls: arb.list(methodCall(facts, methodsOf(facts)), { minCount: 1, maxCount: 3 }) }),
    examples: (facts) => plainMethodCalls(methodsOf(facts)).map((call) => ({ calls: [call] })),
    script: (peer, { calls }, facts) => {
      const writers = calls.map((call) => peer.call(methodRequest(facts, call), { awaitEnd: false }));
      for (const writer of writers) writer.leaveAfter(enoughMessages);
    },
    check: (seen) => seen.calls.flatMap((call) => [...answersInTime(call), ...hasKnownStatus(call)]),
  }),

  property({
    id: 'METHOD-02-declared-type',
    generates: 'a call to any method that may be called, with messages of its type',
    accepts: ['any message of the declared type, unknown fields included', 'a status and no message'],
    needs: ['method'],
    arbitrary: (facts) => methodCall(facts, methodsOf(facts)),
    examples: (facts) => plainMethodCalls(methodsOf(facts)),
    script: (peer, call, facts) => {
      peer.call(methodRequest(facts, call), { awaitEnd: false }).leaveAfter(enoughMessages);
    },
    check: (seen, { path }, facts) => decodesAsDeclared(seen.call(), schemaOf(facts), methodAt(facts, path)),
  }),

  property({
    id: 'METHOD-03-encodings-alike',
    generates: 'a request to a method that may be repeated, twice, and then in another legal encoding of its message',
    accepts: [
      'the same status and equal messages',
      'answers that differ by themselves, recorded as info',
      'other answers to encodings on which the large protobuf libraries differ, recorded as info',
    ],
    needs: ['idempotent-method'],
    effort: 0.7,
    arbitrary: (facts) =>
      arb.record({
        said: repeated(facts),
        changes: fc.oneof(
          { arbitrary: arb.encodingChanges(), weight: 9 },
          { arbitrary: arb.encodingChanges({ kinds: disputedChangeKinds, maxCount: 1 }), weight: 1 },
        ),
      }),
    script: (peer, { said, changes }, facts) => {
      const other = changeEncoding(schemaOf(facts), methodAt(facts, said.path).input, said.message, changes);
      sayThrice(peer, facts, said, { body: encodeMessage(encodeMessageValue(other)) });
    },
    check: (seen, { said, changes }, facts) => {
      const breaches = judgeAlike(seen, said, facts, 'in another encoding');
      const isDisputed = changes.some(({ kind }) => disputedChangeKinds.includes(kind));
      return isDisputed ? breaches.map((breach) => ({ ...breach, severity: 'info' as const })) : breaches;
    },
  }),

  property({
    id: 'METHOD-04-framing-alike',
    generates:
      'a request to a method that may be repeated, twice, and then in other DATA frames, with padding, CONTINUATION and other representations of its fields',
    accepts: ['the same status and equal messages', 'answers that differ by themselves, recorded as info'],
    needs: ['idempotent-method'],
    effort: 0.7,
    arbitrary: (facts) =>
      arb.record({
        said: repeated(facts),
        cuts: arb.cuts({ length: 300 }),
        padLengths: arb.padLengths(),
        headerCuts: arb.continuationCuts(),
        representations: arb.representations(),
        endStreamOnEmptyFrame: fc.boolean(),
      }),
    examples: (facts) =>
      plainRepeated(facts).map((said) => ({
        said,
        cuts: [1, 3],
        padLengths: [],
        headerCuts: [],
        representations: [],
        endStreamOnEmptyFrame: true,
      })),
    script: (peer, { said, cuts, padLengths, headerCuts, representations, endStreamOnEmptyFrame }, facts) => {
      const { length } = encodeMessage(encodeMessageValue(said.message));
      sayThrice(peer, facts, said, {
        cuts: fitCuts(cuts, length, mostEmptyFrames(facts)),
        padLengths,
        headerCuts,
        endStreamOnEmptyFrame,
        fields: (ordinary) => represent(ordinary, representations),
      });
    },
    check: (seen, { said }, facts) => judgeAlike(seen, said, facts, 'in other frames'),
  }),

  property({
    id: 'METHOD-05-undecodable-request',
    generates: 'a message of the declared type with one thing wrong that no decoder can pass over',
    accepts: ['any status but OK', 'RST_STREAM', 'no answer in time'],
    needs: ['unary-method'],
    effort: 0.5,
    arbitrary: (facts) =>
      fc.oneof(
        ...oneMessageMethods(facts).map(({ path, input }) =>
          arb.record({ path: fc.constant(path), damaged: arb.undecodable(schemaOf(facts), input) }),
        ),
      ),
    script: (peer, { path, damaged }, facts) => {
      const request = { ...methodAt(facts, path), messages: [encodeUndecodable(damaged)] };
      peer.call(request, { awaitEnd: false }).leaveAfter(enoughMessages);
    },
    check: (seen) => isNotServed(seen.call(), 'an error status, since the request does not decode'),
  }),

  property({
    id: 'METHOD-06-cancellation',
    generates:
      'a call to any method that is reset after its header, a part of a message, its messages, the half-close or an answer, beside another that goes on',
    accepts: ['a connection that stays open', 'any gRPC answer to the other call'],
    needs: ['method'],
    arbitrary: (facts) =>
      arb.record({
        call: methodCall(facts, methodsOf(facts)),
        beside: methodCall(facts, methodsOf(facts)),
        moment: fc.constantFrom(...moments),
        part: fc.nat(100),
      }),
    examples: (facts) =>
      plainMethodCalls(methodsOf(facts)).flatMap((call) =>
        moments.map((moment) => ({ call, beside: call, moment, part: 2 })),
      ),
    script: (peer, { call, beside, moment, part }, facts) => {
      const other = peer.call(methodRequest(facts, beside), { role: 'bystander', awaitEnd: false });
      const request = methodRequest(facts, call);
      const writer = peer.begin(request);
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      const sent = moment === 'a part of a message' ? body.subarray(0, part % (body.length + 1)) : body;
      const endStream = moment === 'the half-close' || moment === 'an answer';
      // An empty DATA frame that ends nothing would be legal, and is another rule's subject (MSG-04).
      if (moment !== 'the header' && (endStream || sent.length > 0)) writer.sendOctets(sent, { endStream });
      writer.leaveAfter(moment === 'an answer' ? 1 : 0);
      other.leaveAfter(enoughMessages);
    },
    check: (seen) => [
      ...staysOpen(seen.connection()),
      ...seen.calls.filter(({ plan }) => plan.role === 'bystander').flatMap(answersInTime),
    ],
  }),

  property({
    id: 'METHOD-07-deadline',
    generates:
      'a call to any method with a timeout of 100 to 400 milliseconds that is never half-closed, after its header, a part of a message or its messages',
    accepts: ['RST_STREAM', 'status DEADLINE_EXCEEDED or CANCELLED', 'a call that ended before its deadline'],
    needs: ['method'],
    effort: 0.15,
    timed: true,
    arbitrary: (facts) =>
      arb.record({
        call: methodCall(facts, methodsOf(facts)),
        part: fc.nat(100),
        timeout: fc.integer({ min: 100, max: 400 }),
      }),
    examples: (facts) => plainMethodCalls(methodsOf(facts)).map((call) => ({ call, part: 0, timeout: 200 })),
    script: (peer, { call, part, timeout }, facts) => {
      const request = methodRequest(facts, call);
      const { kind } = request;
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      // A method that takes one message could be done as soon as it has it.
      const sent = kind === 'unary' || kind === 'server-streaming' ? body.subarray(0, part % body.length) : body;
      openStalled(peer, initialSettings.INITIAL_WINDOW_SIZE);
      const writer = peer.begin(request, { timeout: `${timeout}m` });
      if (sent.length > 0) writer.sendOctets(sent);
      peer.await({ see: 'end', stream: writer.stream }, { within: timeout + expiryGrace, optional: true });
      writer.leaveAfter(0);
    },
    check: (seen, { timeout }, { roundTrip }) => {
      const call = seen.call();
      if (call.reset?.by === 'peer')
        return [callBreach(call, 'an end at the deadline', 'the call was still open 2 s after its deadline')];
      return (lastedFor(call) ?? Infinity) < timeout ? [] : endsAtDeadline(call, timeout, roundTrip);
    },
  }),

  property({
    id: 'METHOD-08-stingy-reader',
    generates:
      'a call to any method behind a stream window of 0 octets to 1 MiB, credit of 1 to 100,000 octets at a time, then plenty',
    accepts: ['DATA within the credit that we have sent', 'messages that decode as declared', 'any status'],
    needs: ['method'],
    effort: 0.5,
    arbitrary: (facts) => arb.record({ call: methodCall(facts, methodsOf(facts)), schedule: arb.windowSchedule() }),
    examples: (facts) =>
      plainMethodCalls(methodsOf(facts)).map((call) => ({ call, schedule: { initialWindow: 0, grants: [1, 4, 1] } })),
    script: (peer, { call, schedule }, facts) => {
      openStalled(peer, schedule.initialWindow);
      const writer = peer.call(methodRequest(facts, call), { awaitEnd: false });
      peer.fence();
      for (const octets of schedule.grants) {
        writer.grant(octets);
        // The fence gives the server the time to use the credit up before it gets more.
        peer.fence();
      }
      writer.grant(plenty);
      peer.grant(0, plenty);
      writer.leaveAfter(enoughMessages);
    },
    check: (seen, { call }, facts) => [
      ...decodesAsDeclared(seen.call(), schemaOf(facts), methodAt(facts, call.path)),
      ...stopsInMessage(seen),
    ],
  }),

  property({
    id: 'METHOD-09-stalled-reader',
    generates:
      'a call to a server-streaming method that nobody reads from, in a fresh process, until its memory stands still or has grown too much',
    accepts: ['memory that grows by at most 64 MiB'],
    needs: ['server-streaming-method', 'rss'],
    // What a process has once grown to it does not give back: each run needs one of its own.
    lane: 'restart',
    effort: 0.04,
    arbitrary: (facts) =>
      arb.record({
        call: methodCall(facts, methodsOf(facts, 'server-streaming')),
        initialWindow: fc.constantFrom(initialSettings.INITIAL_WINDOW_SIZE, 0),
      }),
    examples: (facts) =>
      plainMethodCalls(methodsOf(facts, 'server-streaming')).map((call) => ({
        call,
        initialWindow: initialSettings.INITIAL_WINDOW_SIZE,
      })),
    script: (peer, { call, initialWindow }, facts) => {
      peer.call(plainestCall(facts), { on: 'before' });
      peer.sampleMemory('before');
      openStalled(peer, initialWindow);
      const writer = peer.call(methodRequest(facts, call), { awaitEnd: false });
      peer.watchMemory('after', { from: 'before', growth: tolerableGrowth, within: stallTime });
      writer.leaveAfter(0);
    },
    check: (seen) => [
      ...seen.connections.flatMap(staysOpen),
      ...staysSmall(seen.transcript, { from: 'before', to: 'after', because: 'the time that nobody read an answer' }),
    ],
  }),

  property({
    id: 'METHOD-10-cardinality',
    generates: 'a call with an empty message, then one with no message, or with two to four of them',
    accepts: ['any status but OK', 'RST_STREAM', 'the first of several messages is served, with a warning'],
    needs: ['unary-method'],
    effort: 0.3,
    arbitrary: (facts) =>
      fc.oneof(
        ...oneMessageMethods(facts).map(({ path, input }) =>
          arb.record({
            path: fc.constant(path),
            messages: fc.oneof(
              fc.constant<readonly MessageValue[]>([]),
              arb.list(arb.typedMessage(schemaOf(facts), input), { minCount: 2, maxCount: 4 }),
            ),
          }),
        ),
      ),
    examples: (facts) =>
      oneMessageMethods(facts).flatMap(({ path }) => [
        { path, messages: [] },
        { path, messages: [[], []] },
      ]),
    script: (peer, call, facts) => {
      const usual = { path: call.path, messages: [[]] };
      for (const [said, legal] of [
        [usual, true],
        [call, false],
      ] as const) {
        peer.call(methodRequest(facts, said), { awaitEnd: false, legal }).leaveAfter(enoughMessages);
      }
    },
    check: (seen, { messages }) => {
      const expected = 'an error status, since the method takes exactly one message';
      const [usual, call] = [seen.call(0), seen.call(1)];
      // A handler that was quick with one message is not busy with none.
      if (messages.length === 0 && isUnanswered(call) && !isUnanswered(usual))
        return [{ ...callBreach(call, expected, 'the call is never answered'), mark: 'hang' }];
      return isNotServed(call, expected).map((breach) =>
        // Several libraries never look at what follows the first message (catalogue RPC-05).
        messages.length === 0 ? breach : { ...breach, severity: 'warn' },
      );
    },
  }),

  property({
    id: 'METHOD-11-compressed-alike',
    generates:
      'a request to a method that may be repeated, twice, and then as gzip of any level and with any header fields',
    accepts: [
      'the same status and equal messages',
      'status UNIMPLEMENTED',
      'answers that differ by themselves, recorded as info',
    ],
    needs: ['idempotent-method', 'gzip'],
    effort: 0.5,
    arbitrary: (facts) => arb.record({ said: repeated(facts), shape: arb.gzipShape() }),
    examples: (facts) => plainRepeated(facts).map((said) => ({ said, shape: {} })),
    script: (peer, { said, shape }, facts) =>
      sayThrice(peer, facts, said, {
        encoding: 'gzip',
        body: encodeMessage(gzip(encodeMessageValue(said.message), shape), { compressedFlag: 1 }),
      }),
    check: (seen, { said }, facts) =>
      seen.calls[2]?.status === status.UNIMPLEMENTED ? [] : judgeAlike(seen, said, facts, 'compressed by gzip'),
  }),
]);

/** The table of status codes ends at UNAUTHENTICATED; no sentence forbids another number. */
function hasKnownStatus(call: Call): readonly Breach[] {
  if (call.status === undefined || call.status <= status.UNAUTHENTICATED) return [];
  return [{ ...callBreach(call, 'a status from 0 to 16'), severity: 'warn', reaction: 'status above 16' }];
}

/** Credit on both levels, and yet the answer stopped in the middle of a message. */
function stopsInMessage(seen: Observation): readonly Breach[] {
  const call = seen.call();
  const { plan, rest, reset, lastPacket = 0 } = call;
  // After enough messages it was us who stopped, wherever that was.
  const hasStopped = reset?.by === 'peer' && call.messages.length < enoughMessages;
  if (rest === 0 || !hasStopped) return [];
  const windows = windowsBefore(seen.connection(), plan.stream, lastPacket);
  if (windows.stream <= 0 || windows.connection <= 0) return [];
  return [
    {
      ...callBreach(call, 'the rest of the message, since both windows allow it'),
      observed: `the answer stopped ${rest} octets into a message`,
      reaction: 'stops in a message',
      rule: 'FLOW-03-resumes-on-credit',
    },
  ];
}

import {
  answersInTime,
  arb,
  callBreach,
  decodesAsDeclared,
  encodeMessage,
  encodeMessageValue,
  endsAtDeadline,
  expiryGrace,
  fc,
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
  openStalled,
  plainestCall,
  plainMethodCalls,
  property,
  schemaOf,
  status,
  staysOpen,
  staysSmall,
  tolerableGrowth,
  windowsBefore,
  type AnyProperty,
  type Breach,
  type MessageValue,
  type Observation,
} from '../../harness';
import { enoughMessages, repeated, plainRepeated, sayThrice, judgeAlike, oneMessageMethods } from './shared';

/** When a call is cancelled. */
const moments = ['the header', 'a part of a message', 'the messages', 'the half-close', 'an answer'] as const;

/** Credit on both levels for as much as we read of most answers, and little enough for one that never ends. Octets. */
const plenty = 1_048_576;

/** Milliseconds that a reader stalls at most, while the server's memory still grows. */
const stallTime = 20_000;

/** Credit on both levels, and yet the answer stopped in the middle of a message. */
function stopsInMessage(seen: Observation): readonly Breach[] {
  const call = seen.call();
  const { plan, rest, reset, lastPacket = 0 } = call;
  // After enough messages it was us who stopped, wherever that was.
  const hasStopped = reset?.by === 'client' && call.messages.length < enoughMessages;
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

/** What may happen in the course of a call. */
export const courses: readonly AnyProperty[] = [
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
    labels: {
      'after the header': ({ moment }) => moment === 'the header',
      'inside a message': ({ moment }) => moment === 'a part of a message',
      'after the half-close': ({ moment }) => moment === 'the half-close' || moment === 'an answer',
    },
    examples: (facts) =>
      plainMethodCalls(methodsOf(facts)).flatMap((call) =>
        moments.map((moment) => ({ call, beside: call, moment, part: 2 })),
      ),
    script: (script, { call, beside, moment, part }, facts) => {
      const other = script.call(methodRequest(facts, beside), { role: 'bystander', awaitEnd: false });
      const request = methodRequest(facts, call);
      const writer = script.begin(request);
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
    labels: {
      'after the header alone': ({ part }) => part === 0,
      'behind octets of a message': ({ part }) => part > 0,
      '200 milliseconds or less': ({ timeout }) => timeout <= 200,
    },
    examples: (facts) => plainMethodCalls(methodsOf(facts)).map((call) => ({ call, part: 0, timeout: 200 })),
    script: (script, { call, part, timeout }, facts) => {
      const request = methodRequest(facts, call);
      const { kind } = request;
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      // A method that takes one message could be done as soon as it has it.
      const sent = kind === 'unary' || kind === 'server-streaming' ? body.subarray(0, part % body.length) : body;
      openStalled(script, initialSettings.INITIAL_WINDOW_SIZE);
      const writer = script.begin(request, { timeout: `${timeout}m` });
      if (sent.length > 0) writer.sendOctets(sent);
      script.await({ see: 'end', stream: writer.stream }, { within: timeout + expiryGrace, optional: true });
      writer.leaveAfter(0);
    },
    check: (seen, { timeout }, { roundTrip }) => {
      const call = seen.call();
      if (call.reset?.by === 'client')
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
    arbitrary: (facts) =>
      arb.record({
        call: methodCall(facts, methodsOf(facts)),
        schedule: fc.oneof(arb.windowSchedule(), arb.windowSchedule({ maxInitialWindow: 0 })),
      }),
    labels: {
      'no credit at first': ({ schedule }) => schedule.initialWindow === 0,
      'one octet at a time': ({ schedule }) => schedule.grants.includes(1),
      'three grants or more': ({ schedule }) => schedule.grants.length >= 3,
    },
    examples: (facts) =>
      plainMethodCalls(methodsOf(facts)).map((call) => ({ call, schedule: { initialWindow: 0, grants: [1, 4, 1] } })),
    script: (script, { call, schedule }, facts) => {
      openStalled(script, schedule.initialWindow);
      const writer = script.call(methodRequest(facts, call), { awaitEnd: false });
      script.fence();
      for (const octets of schedule.grants) {
        writer.grant(octets);
        // The fence gives the server the time to use the credit up before it gets more.
        script.fence();
      }
      writer.grant(plenty);
      script.grant(0, plenty);
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
    script: (script, { call, initialWindow }, facts) => {
      script.call(plainestCall(facts), { on: 'before' });
      script.sampleMemory('before');
      openStalled(script, initialWindow);
      const writer = script.call(methodRequest(facts, call), { awaitEnd: false });
      script.watchMemory('after', { from: 'before', growth: tolerableGrowth, within: stallTime });
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
    labels: {
      'no message': ({ messages }) => messages.length === 0,
      'two messages': ({ messages }) => messages.length === 2,
      'more than two messages': ({ messages }) => messages.length > 2,
    },
    examples: (facts) =>
      oneMessageMethods(facts).flatMap(({ path }) => [
        { path, messages: [] },
        { path, messages: [[], []] },
      ]),
    script: (script, call, facts) => {
      const usual = { path: call.path, messages: [[]] };
      for (const [said, legal] of [
        [usual, true],
        [call, false],
      ] as const) {
        script.call(methodRequest(facts, said), { awaitEnd: false, legal }).leaveAfter(enoughMessages);
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
    labels: {
      'an empty message': ({ said: { message } }) => message.length === 0,
      'a message with fields': ({ said: { message } }) => message.length > 0,
      'a header with optional fields': ({ shape }) => Object.keys(shape).length > 1,
    },
    examples: (facts) => plainRepeated(facts).map((said) => ({ said, shape: {} })),
    script: (script, { said, shape }, facts) =>
      sayThrice(script, facts, said, {
        encoding: 'gzip',
        body: encodeMessage(gzip(encodeMessageValue(said.message), shape), { compressedFlag: 1 }),
      }),
    check: (seen, { said }, facts) =>
      seen.calls[2]?.status === status.UNIMPLEMENTED ? [] : judgeAlike(seen, said, facts, 'compressed by gzip'),
  }),
];

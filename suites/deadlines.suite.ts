import {
  answersUnary,
  arb,
  callBreach,
  countCalls,
  endsAtDeadline,
  experiment,
  fc,
  isRefusal,
  isRejected,
  lastedFor,
  malformedTimeouts,
  mostAtOnce,
  mostCalls,
  parseTimeout,
  payloadOf,
  property,
  slowCall,
  status,
  staysOpen,
  streamOfSizes,
  suite,
  unaryCall,
  wasCancelled,
  type Breach,
  type CallOptions,
  type CallWriter,
  type PlanBuilder,
} from '../harness';

/** Milliseconds that a timeout stands for; our generators make legal ones only. */
const millisecondsOf = (timeout: string): number => parseTimeout(timeout) ?? 0;

/** Milliseconds after which the handler of a slow call would answer: at least three times the longest timeout that must expire before (catalogue O-06). */
const handlerTime = 3000;

/** Milliseconds for which a handler is busy under a timeout that must not expire: enough for a timer that fires at once. */
const moment = 60;

/** The shortest timeout that must not expire on a plain call, in milliseconds: longer than we wait for any answer by default. */
const ample = 5000;

/** What a call does while its deadline comes: each leaves the handler in another state. */
const states = ['asleep', 'asleep after an answer', 'waiting for a message', 'asleep and half-open'] as const;
type State = (typeof states)[number];

/** A call whose handler would be busy for that many milliseconds more. */
function beginSlow(script: PlanBuilder, state: State, milliseconds: number, options: CallOptions): CallWriter {
  const request = slowCall(milliseconds, state === 'asleep after an answer' ? [1] : []);
  if (state === 'waiting for a message') return script.begin(request, options);
  const halfClose = state !== 'asleep and half-open';
  return script.call(request, { ...options, halfClose, awaitEnd: false });
}

export default suite('deadlines', [
  experiment('DL-01-units-and-values', {
    generates:
      'up to eight calls with timeouts from 5 seconds to 11,000 years in every unit, some with leading zeros, whose handlers answer at once or after a moment; now and then slow calls with timeouts of 1 nanosecond to 1 second in different units beside each other',
    accepts: [
      'status OK where the timeout is ample',
      'an end near the deadline where it is short, in whatever form an error has',
      'deadlines that are never enforced, with a warning',
    ],
    needs: ['unary', 'slow'],
    timed: true,
    arbitrary: (facts) =>
      arb.record({
        long: arb.list(arb.timeout({ min: ample }), { minCount: 1, maxCount: Math.max(1, mostCalls(facts, 8)) }),
        isBusy: fc.boolean(),
        short: fc.oneof(
          { arbitrary: fc.constant([]), weight: 9 },
          {
            arbitrary: arb.list(fc.oneof(arb.timeout({ min: 90, max: 1000 }), arb.timeout({ max: 1000 })), {
              minCount: 2,
              maxCount: Math.max(2, mostAtOnce(facts, 4)),
            }),
            weight: 1,
          },
        ),
      }),
    examples: () => [
      { long: ['1H', '99999999H', '00000010S', '60M', '5000m', '99999999u'], isBusy: false, short: [] },
      { long: ['99999999M', '99999999S', '99999999m', '2147484S', '35792M'], isBusy: false, short: [] },
      // A deadline that overflows shows only while a handler is busy: one unit below and above 2^31, 2^32 and 2^53 ms, us and ns.
      { long: ['596H', '597H', '2147483S', '2147484S', '1193H', '1194H', '4294968S'], isBusy: true, short: [] },
      { long: ['99999999H', '99999999M', '99999999S', '99999999m', '2562047H', '2562048H'], isBusy: true, short: [] },
      { long: ['1H'], isBusy: false, short: ['300m', '300000u', '1S', '99999999n'] },
      { long: ['1H'], isBusy: false, short: ['300m', '1n', '99n', '1u'] },
    ],
    script: (script, { long, isBusy, short }, { times }) => {
      for (const timeout of long) {
        if (isBusy)
          beginSlow(script, 'asleep', moment, { timeout })
            .awaitEnd()
            .expect(streamOfSizes([1]));
        else script.call(unaryCall({ responseSize: 3 }), { timeout }).expect(payloadOf(3));
      }
      const calls = short.map((timeout, index) =>
        beginSlow(script, 'asleep', handlerTime, { timeout, as: `slow ${index}` }),
      );
      for (const call of calls) call.awaitEnd(handlerTime + times.reply);
    },
    check: (seen, { short }) => {
      const slow = short.map((timeout, index) => ({ timeout, call: seen.call(`slow ${index}`) }));
      const isEnforced = slow.some(({ call }) => isRefusal(call));
      return slow.flatMap(({ timeout, call }): readonly Breach[] => {
        const milliseconds = millisecondsOf(timeout);
        const breach = callBreach(call, `an end near the deadline, after ${milliseconds} ms`);
        // A server that enforces none of them says nothing about units; that it enforces none is the rule of DL-03. So is the form of the end.
        if (!isRefusal(call))
          return [isEnforced || call.status !== status.OK ? breach : { ...breach, severity: 'warn' }];
        const lasted = lastedFor(call) ?? 0;
        // Units differ by a factor of 60 at least: half of the time cannot be a matter of clocks.
        const isEarly = lasted < milliseconds / 2;
        return isEarly ? [{ ...breach, observed: 'the call expired early', reaction: 'early' }] : [];
      });
    },
  }),

  property({
    id: 'DL-03-expiry-ends-the-call',
    generates:
      'slow calls with timeouts of 100 to 600 milliseconds whose handler sleeps, sleeps after an answer, or waits for a message',
    accepts: [
      'RST_STREAM(CANCEL)',
      'status DEADLINE_EXCEEDED',
      'status CANCELLED, recorded as info',
      'another error code, with a warning',
      'no end, or status OK, with a warning',
    ],
    needs: ['slow'],
    effort: 0.15,
    timed: true,
    arbitrary: () =>
      arb.record({
        state: fc.constantFrom(...states),
        timeout: arb.timeout({ min: 100, max: 600 }),
      }),
    examples: () => states.map((state) => ({ state, timeout: '250m' })),
    script: (script, { state, timeout }, { times }) => {
      const busy = handlerTime + millisecondsOf(timeout);
      const call = beginSlow(script, state, busy, { timeout });
      // That it does not come is for the check to judge.
      script.await({ see: 'end', stream: call.stream }, { within: busy + times.reply, optional: true });
    },
    check: (seen, { timeout }, { roundTrip }) => endsAtDeadline(seen.call(), millisecondsOf(timeout), roundTrip),
  }),

  property({
    id: 'DL-05-handler-sees-cancellation',
    generates:
      'slow calls with timeouts of 100 to 600 milliseconds whose handler sleeps, sleeps after an answer, or waits for a message, and the count of handlers that were told',
    accepts: ['a handler that was told within the time for a cancellation', 'a handler that was never started'],
    needs: ['slow', 'probe'],
    effort: 0.1,
    timed: true,
    arbitrary: () =>
      arb.record({
        state: fc.constantFrom(...states),
        timeout: arb.timeout({ min: 100, max: 600 }),
      }),
    examples: () => states.map((state) => ({ state, timeout: '250m' })),
    script: (script, { state, timeout }, { times }) => {
      const count = countCalls(script);
      const milliseconds = millisecondsOf(timeout);
      // Whoever is not told must still be busy when the count is taken.
      const busy = milliseconds + times.cancel + handlerTime;
      const call = beginSlow(script, state, busy, { timeout, metadata: count.metadata });
      script.await({ see: 'end', stream: call.stream }, { within: milliseconds + times.cancel, optional: true });
      count.ask({ cancelled: 1, times });
    },
    check: (seen) => wasCancelled(seen, 'the deadline'),
  }),

  property({
    id: 'DL-08-malformed-timeout',
    generates:
      'plain calls with a timeout without digits or unit, with a sign, a fraction, a blank, nine digits, two units, or twice in one request',
    accepts: ['a refusal', 'status OK', 'a connection error, recorded as info'],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: () =>
      fc.oneof(
        { arbitrary: arb.list(arb.malformedTimeout(), { minCount: 1, maxCount: 1 }), weight: 4 },
        { arbitrary: arb.list(arb.timeout({ min: ample }), { minCount: 2, maxCount: 2 }), weight: 1 },
      ),
    examples: () => [...malformedTimeouts.map((value) => [value]), ['10S', '10S'], ['10S', '20S']],
    script: (script, timeouts) => {
      const [timeout = '', ...more] = timeouts;
      const metadata = more.map((value) => ({ name: 'grpc-timeout', value }));
      script.call(unaryCall({ responseSize: 3 }), { timeout, metadata, legal: false });
    },
    check: (seen) => {
      const call = seen.call();
      const breaches = [
        // A stream error may be treated as a connection error (RFC 9113 §5.4).
        ...staysOpen(seen.connection()).map((breach) => ({ ...breach, severity: 'info' as const })),
        ...(call.status === status.OK ? answersUnary(call, 3) : isRejected(call)),
      ];
      const isExpiry = call.status === status.DEADLINE_EXCEEDED;
      const breach = callBreach(call, 'a refusal of the request, or no deadline at all');
      return isExpiry ? [...breaches, { ...breach, severity: 'info' }] : breaches;
    },
  }),
]);

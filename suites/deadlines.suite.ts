import {
  answersUnary,
  arb,
  callBreach,
  countCalls,
  endsAtDeadline,
  experiment,
  fc,
  isBeyond,
  isRefusal,
  isRejected,
  lastedFor,
  malformedTimeouts,
  mostAtOnce,
  mostCalls,
  payloadOf,
  property,
  status,
  staysOpen,
  streamOfSizes,
  suite,
  unaryCall,
  wasCancelled,
  type AnyProperty,
  type Breach,
} from '../harness';
import { blocked } from './deadlines/blocked.suite';
import { many } from './deadlines/many.suite';
import { ample as longEnough } from './deadlines/ample.suite';
import { ample, beginSlow, handlerTime, millisecondsOf, moment, states } from './deadlines/shared';

const written: readonly AnyProperty[] = [
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
    labels: {
      'a handler that is busy': ({ isBusy, short }) => isBusy || short.length > 0,
      'a short timeout in small units': ({ short }) => short.some((timeout) => /[nu]$/.test(timeout)),
      'more than 2^31 ms': ({ long }) => long.some((timeout) => isBeyond(millisecondsOf(timeout), 31, 'm')),
      'more than 2^63 ns': ({ long }) => long.some((timeout) => isBeyond(millisecondsOf(timeout), 63, 'n')),
      'leading zeros': ({ long, short }) => [...long, ...short].some((timeout) => timeout.startsWith('0')),
      'eight digits': ({ long, short }) => [...long, ...short].some((timeout) => /^[1-9]\d{7}/.test(timeout)),
    },
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
    labels: {
      'a handler that has not answered yet': ({ state }) => state === 'asleep',
      'a handler that has answered': ({ state }) => state === 'asleep after an answer',
      'a handler that reads': ({ state }) => state === 'waiting for a message',
      'a request that is not complete': ({ state }) => state === 'asleep and half-open',
    },
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
    labels: {
      'a handler that has not answered yet': ({ state }) => state === 'asleep',
      'a handler that has answered': ({ state }) => state === 'asleep after an answer',
      'a handler that reads': ({ state }) => state === 'waiting for a message',
      'a request that is not complete': ({ state }) => state === 'asleep and half-open',
    },
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
    labels: {
      'no unit': (values) => values.some((value) => /^\d+$/.test(value)),
      'more than eight digits': (values) => values.some((value) => /^\d{9,}/.test(value)),
      'a sign or a fraction': (values) => values.some((value) => /[-+.]/.test(value)),
      'twice in one request': (values) => values.length > 1,
    },
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
];

export default suite('deadlines', [...written, ...longEnough, ...blocked, ...many]);

import {
  arb,
  callBreach,
  endsAtDeadline,
  experiment,
  expiryGrace,
  fc,
  hasExpired,
  isRefusal,
  isRejected,
  lastedFor,
  mostAtOnce,
  payloadOf,
  status,
  streamOfSizes,
  unaryCall,
  type AnyProperty,
  type Breach,
} from '../../harness';
import { beginSlow, clockTolerance, handlerTime, millisecondsOf, states } from './shared';

/** Timeouts of nothing, which are no positive integers, and the shortest that are. */
const noTime = ['0n', '0u', '0m', '0S', '0M', '0H', '00000000H', '00000000n', '1n'];

/** Calls of one input at most: below what servers allow on a connection unless told otherwise. */
const mostDeadlines = 90;

const nameOf = (index: number): string => `call ${index}`;

/** Deadlines that are at once, and many at the same time. */
export const many: readonly AnyProperty[] = [
  experiment('DL-09-zero-timeout', {
    generates:
      'calls with a timeout of 0 in every unit or of 1 to 99 nanoseconds, to handlers that answer at once, and that sleep, sleep after an answer, or wait for a message',
    accepts: [
      'status DEADLINE_EXCEEDED or CANCELLED, or RST_STREAM',
      'a refusal as of a malformed timeout',
      'status OK of a handler that answers at once, recorded as info',
    ],
    needs: ['unary', 'slow'],
    effort: 0.4,
    timed: true,
    arbitrary: () =>
      arb.record({
        timeout: fc.oneof(
          fc.constantFrom(...noTime),
          fc.integer({ min: 1, max: 99 }).map((value) => `${value}n`),
        ),
        state: fc.constantFrom('at once', ...states),
      }),
    labels: {
      'zero in a small unit': ({ timeout }) => /^0+[num]$/.test(timeout),
      'zero in a large unit': ({ timeout }) => /^0+[SMH]$/.test(timeout),
      'some nanoseconds': ({ timeout }) => /^[1-9]\d?n$/.test(timeout),
      'eight zeros': ({ timeout }) => timeout.startsWith('00000000'),
      'a handler that is busy': ({ state }) => state !== 'at once',
      'a handler that answers at once': ({ state }) => state === 'at once',
    },
    examples: () => [
      ...['0n', '0S', '00000000H', '1n', '99n'].map((timeout) => ({ timeout, state: 'asleep' as const })),
      ...['0n', '1n'].map((timeout) => ({ timeout, state: 'at once' as const })),
      { timeout: '0m', state: 'waiting for a message' as const },
    ],
    script: (script, { timeout, state }, { times }) => {
      // The request is not one that a client may rely on: TimeoutValue is a positive integer.
      const options = { timeout, legal: millisecondsOf(timeout) > 0 };
      if (state === 'at once') {
        script.call(unaryCall({ responseSize: 3 }), options);
        return;
      }
      // Longer than we wait, so that an end in time is no answer of the handler.
      const call = beginSlow(script, state, times.reply + handlerTime, options);
      script.await({ see: 'end', stream: call.stream }, { within: times.reply, optional: true });
    },
    check: (seen, { state }) => {
      const call = seen.call();
      const isQuick = state === 'at once';
      if (isQuick && call.status === status.OK)
        return [{ ...callBreach(call, 'an end at once'), severity: 'info' as const }];
      // That it never ends is no hang of a server that serves its other calls.
      return isRejected(call).map(({ mark, ...breach }) =>
        isQuick && mark !== undefined ? { ...breach, mark } : breach,
      );
    },
  }),

  experiment('DL-10-many-deadlines-fire-independently', {
    generates:
      'up to 90 calls beside each other to handlers that sleep, most with timeouts of 100 to 600 milliseconds, others with ample ones and less to do, and a plain call in between',
    accepts: [
      'an end of each call near its own deadline, in whatever form an error has',
      'status OK of the calls whose timeouts are ample',
      'status CANCELLED, recorded as info',
    ],
    needs: ['unary', 'slow'],
    effort: 0.04,
    timed: true,
    arbitrary: (facts) =>
      arb.list(
        fc.oneof(
          { arbitrary: arb.timeout({ min: 100, max: 600 }), weight: 5 },
          { arbitrary: fc.constant(ampleTimeout), weight: 1 },
        ),
        { minCount: Math.min(50, Math.max(1, mostOf(facts))), maxCount: Math.max(1, mostOf(facts)) },
      ),
    labels: {
      'one beside it that must not end': (timeouts) => timeouts.includes(ampleTimeout) || timeouts.length < 6,
      'deadlines out of order': (timeouts) =>
        timeouts.length < 2 ||
        timeouts.some((timeout, index) => millisecondsOf(timeout) < millisecondsOf(timeouts[index - 1] ?? '1n')),
      'fifty and more, where the target takes them': (timeouts, facts) =>
        timeouts.length >= Math.min(50, mostOf(facts)),
    },
    examples: (facts) => [
      Array.from({ length: Math.max(1, mostOf(facts)) }, (_, index) =>
        index % 6 === 5 ? ampleTimeout : `${600 - ((index * 37) % 450)}m`,
      ),
    ],
    script: (script, timeouts, { times }) => {
      const calls = timeouts.map((timeout, index) => {
        const isAmple = timeout === ampleTimeout;
        const call = beginSlow(script, 'asleep', isAmple ? workTime : handlerTime, { timeout, as: nameOf(index) });
        return isAmple ? call.expect(streamOfSizes([1])) : call;
      });
      script.call(unaryCall({ responseSize: 3 })).expect(payloadOf(3));
      for (const call of calls) {
        script.await({ see: 'end', stream: call.stream }, { within: expiryGrace + times.reply, optional: true });
      }
    },
    check: (seen, timeouts, { roundTrip }) =>
      timeouts
        .flatMap((timeout, index) => {
          if (timeout === ampleTimeout) return [];
          const call = seen.call(nameOf(index));
          const milliseconds = millisecondsOf(timeout);
          // The form of the end is the subject of DL-03.
          if (isRefusal(call) && !hasExpired(call)) return [];
          const lasted = lastedFor(call) ?? 0;
          const isEarly = hasExpired(call) && lasted < milliseconds - clockTolerance;
          const early: Breach = {
            ...callBreach(call, `no end before its own deadline, after ${milliseconds} ms`),
            reaction: 'early',
          };
          return isEarly ? [early] : endsAtDeadline(call, milliseconds, roundTrip);
        })
        .slice(0, 3),
  }),
];

/** A timeout that is not over before the work is done, and the work, in milliseconds: it outlives every deadline beside it. */
const ampleTimeout = '20S';
const workTime = 700;

const mostOf = (facts: Parameters<typeof mostAtOnce>[0]): number => mostAtOnce(facts, mostDeadlines) - 1;

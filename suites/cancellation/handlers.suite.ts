import {
  allWereCancelled,
  arb,
  countCalls,
  experiment,
  fc,
  mostAtOnce,
  staysUp,
  wasCancelled,
  type AnyProperty,
} from '../../harness';
import { hasAnswered, hasHalfClosed, momentsFor, startLongCall, type Moment } from './long-calls';

/** Error codes of RST_STREAM: all that are known, and two that nobody knows (RFC 9113 §7). */
const knownCodes = Array.from({ length: 0xe }, (_, code) => code);
const unknownCodes: readonly number[] = [0x10, 0xffff_ffff];

/** What a handler learns of the end of its call. */
export const handlers: readonly AnyProperty[] = [
  experiment('CANC-01-rst-cancels-handler', {
    generates:
      'long calls of every streaming kind that are reset once their handler has started: after the header, a message, an answer or the half-close',
    accepts: ['a handler that was told within the time for a cancellation', 'a handler that was never started'],
    needs: ['slow', 'probe', 'bidirectional-streaming'],
    effort: 0.3,
    timed: true,
    arbitrary: (facts) => arb.record({ moment: fc.constantFrom(...momentsFor(facts)) }),
    examples: (facts) => momentsFor(facts).map((moment) => ({ moment })),
    labels: {
      'no answer yet': ({ moment }) => !hasAnswered(moment),
      'the answer has begun': ({ moment }) => hasAnswered(moment),
      'the request is complete': ({ moment }) => hasHalfClosed(moment),
    },
    script: (script, { moment }, { times }) => {
      const count = countCalls(script);
      // Whoever is not told must still be busy when the count is taken.
      const busy = 3 * times.cancel;
      const call = startLongCall(script, moment, busy, { metadata: count.metadata });
      count.ask({ started: 1, times });
      call.reset();
      count.ask({ cancelled: 1, times });
    },
    check: (seen) => wasCancelled(seen, 'our RST_STREAM'),
  }),

  experiment('CANC-04-any-rst-code-cancels', {
    generates:
      'long calls of every streaming kind that are reset with any error code, from NO_ERROR to codes that nobody knows',
    accepts: [
      'a handler that was told within the time for a cancellation',
      'a handler that was never started',
      staysUp,
    ],
    needs: ['slow', 'probe', 'bidirectional-streaming'],
    effort: 0.3,
    timed: true,
    arbitrary: (facts) =>
      arb.record({
        moment: fc.constantFrom(...momentsFor(facts)),
        errorCode: fc.oneof(
          { arbitrary: fc.constant(0), weight: 1 },
          { arbitrary: fc.constantFrom(...knownCodes), weight: 3 },
          { arbitrary: arb.boundaryInteger({ min: 0xe, max: 0xffff_ffff, boundaries: unknownCodes }), weight: 1 },
        ),
      }),
    examples: (facts) => {
      const some: readonly Moment[] = momentsFor(facts);
      return [...knownCodes, ...unknownCodes].map((errorCode, index) => ({
        moment: some[index % some.length] ?? 'the header',
        errorCode,
      }));
    },
    labels: {
      NO_ERROR: ({ errorCode }) => errorCode === 0,
      'an error code other than CANCEL': ({ errorCode }) => errorCode > 0 && errorCode < 0xe && errorCode !== 8,
      'an unknown error code': ({ errorCode }) => errorCode >= 0xe,
      'the answer has begun': ({ moment }) => hasAnswered(moment),
    },
    script: (script, { moment, errorCode }, { times }) => {
      const count = countCalls(script);
      const call = startLongCall(script, moment, 3 * times.cancel, { metadata: count.metadata });
      count.ask({ started: 1, times });
      call.reset(errorCode);
      script.expectConnection([staysUp]);
      count.ask({ cancelled: 1, times });
    },
    check: (seen) => wasCancelled(seen, 'our RST_STREAM'),
  }),

  experiment('CANC-05-connection-loss-cancels-all', {
    generates:
      'one to four long calls of every streaming kind on one connection, which is then closed by FIN or by RST of TCP',
    accepts: ['handlers that were all told within the time for a cancellation'],
    needs: ['slow', 'probe', 'bidirectional-streaming'],
    effort: 0.3,
    timed: true,
    afterwards: false,
    arbitrary: (facts) =>
      arb.record({
        moments: arb.list(fc.constantFrom(...momentsFor(facts)), { minCount: 1, maxCount: mostAtOnce(facts, 4) }),
        how: fc.constantFrom('fin' as const, 'reset' as const),
      }),
    examples: (facts) =>
      momentsFor(facts).flatMap((moment, index, all) => {
        const beside = all[(index + 1) % all.length] ?? moment;
        const moments = [moment, beside].slice(0, mostAtOnce(facts, 2));
        return [{ moments, how: index % 2 === 0 ? ('fin' as const) : ('reset' as const) }];
      }),
    labels: {
      'one call': ({ moments }) => moments.length === 1,
      'several calls': ({ moments }) => moments.length > 1,
      'closed by FIN': ({ how }) => how === 'fin',
      'closed by RST': ({ how }) => how === 'reset',
      'an answer has begun': ({ moments }) => moments.some(hasAnswered),
      'a request is complete': ({ moments }) => moments.some(hasHalfClosed),
    },
    script: (script, { moments, how }, { times }) => {
      const count = countCalls(script);
      for (const moment of moments) startLongCall(script, moment, 3 * times.cancel, { metadata: count.metadata });
      count.ask({ started: moments.length, times });
      script.close(how);
      count.ask({ cancelled: moments.length, times });
    },
    check: (seen) => allWereCancelled(seen, 'the end of the connection'),
  }),
];

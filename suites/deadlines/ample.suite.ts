import {
  answersStream,
  arb,
  callBreach,
  experiment,
  fc,
  hasExpired,
  isBeyond,
  lastedFor,
  mostAtOnce,
  slowCall,
  streamingOutputCall,
  streamOfSizes,
  type AnyProperty,
  type Breach,
  type CallWriter,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { clockTolerance, millisecondsOf } from './shared';

/** What the handler of a call is about while the deadline is still to come. */
const works = ['asleep', 'asleep after an answer', 'asleep and half-open', 'streaming'] as const;
type Work = (typeof works)[number];

interface BusyCall {
  readonly work: Work;
  /** Milliseconds for which the handler is busy. */
  readonly busy: number;
  readonly timeout: string;
}

/** Milliseconds: enough to see a timer that fires at once, and at least 200 less than every timeout here. */
const longestWork = 250;
const shortestTimeout = longestWork + 250;

/** Sizes of the answers, in octets. */
const sizesOf = (work: Work): readonly number[] =>
  work === 'asleep' || work === 'asleep and half-open' ? [1] : [1, 1];

/** A call that is served when its handler has done its work. */
function beginBusy(
  script: PlanBuilder,
  { work, busy }: Omit<BusyCall, 'timeout'>,
  options: { readonly timeout?: string; readonly as: string },
): CallWriter {
  const halfClose = work !== 'asleep and half-open';
  const how = { ...options, halfClose, awaitEnd: false };
  if (work !== 'streaming') return script.call(slowCall(busy, work === 'asleep after an answer' ? [1] : []), how);
  const response = { size: 1, intervalUs: busy * 500 };
  return script.call(streamingOutputCall({ responses: [response, response] }), how);
}

/** Waits for its end, and half-closes it where that is left to do. */
const endBusy = (call: CallWriter, work: Work, busy: number, reply: number): CallWriter =>
  (work === 'asleep and half-open' ? call.awaitMessages(1, busy + reply).halfClose() : call).awaitEnd(busy + reply);

const nameOf = (index: number): string => `busy ${index}`;

const workOf = ({ offers }: { readonly offers: readonly string[] }): readonly Work[] =>
  works.filter((work) => work !== 'streaming' || offers.includes('server-streaming'));

/** Timeouts that are far away, and how handlers live with none. */
export const ample: readonly AnyProperty[] = [
  experiment('DL-02-no-timeout-is-infinite', {
    generates:
      'calls without a timeout, beside each other, whose handlers are busy for twice the time for a reply and a second more, before they answer or between two answers',
    accepts: ['status OK with every message'],
    needs: ['slow'],
    slow: true,
    effort: 0.01,
    timed: true,
    arbitrary: (facts) => arb.record({ busy: fc.constant(longWork(facts)) }),
    labels: {
      'longer than any answer is waited for': ({ busy }, { times }) => busy > times.reply,
      'beside calls in other states': (_, facts) => mostAtOnce(facts, works.length) > 1,
      'a handler that has not answered yet': ({ busy }) => busy > 0,
    },
    examples: (facts) => [{ busy: longWork(facts) }],
    script: (script, { busy }, facts) => {
      const chosen = workOf(facts).slice(0, mostAtOnce(facts, works.length));
      const calls = chosen.map((work, index) => beginBusy(script, { work, busy }, { as: nameOf(index) }));
      for (const [index, call] of calls.entries()) {
        const work = chosen[index] ?? 'asleep';
        endBusy(call, work, busy, facts.times.reply).expect(streamOfSizes(sizesOf(work)));
      }
    },
  }),

  experiment('DL-04-not-before-the-deadline', {
    generates:
      'up to eight calls beside each other whose handlers are busy for 20 to 250 milliseconds, with timeouts of half a second to 11,000 years in every unit: on both sides of 2^31, 2^32, 2^53 and 2^63 nanoseconds, microseconds, milliseconds and seconds, of eight digits, with leading zeros, and a little longer than the work',
    accepts: ['status OK with every message', 'an end that is not before the deadline, where the work took that long'],
    needs: ['slow'],
    effort: 0.3,
    timed: true,
    arbitrary: (facts) =>
      arb.list(
        arb.record<BusyCall>({
          work: fc.constantFrom(...workOf(facts)),
          busy: arb.boundaryInteger({ min: 20, max: longestWork }),
          timeout: fc.oneof(
            { arbitrary: arb.timeout({ min: shortestTimeout }), weight: 3 },
            { arbitrary: arb.timeout({ min: shortestTimeout, max: 4 * shortestTimeout }), weight: 1 },
          ),
        }),
        { minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 8)) },
      ),
    labels: {
      microseconds: (calls) => calls.some(({ timeout }) => timeout.endsWith('u')),
      minutes: (calls) => calls.some(({ timeout }) => timeout.endsWith('M')),
      'more than 2^31 ms': (calls) => isAnyBeyond(calls, 31, 'm'),
      'more than 2^32 s': (calls) => isAnyBeyond(calls, 32, 'S'),
      'more than 2^53 us': (calls) => isAnyBeyond(calls, 53, 'u'),
      'more than 2^63 ns': (calls) => isAnyBeyond(calls, 63, 'n'),
      'eight digits': (calls) => calls.some(({ timeout }) => /^[1-9]\d{7}/.test(timeout)),
      'leading zeros': (calls) => calls.some(({ timeout }) => timeout.startsWith('0')),
      'a timeout that passes soon after the work': (calls) =>
        calls.some(({ timeout }) => millisecondsOf(timeout) <= 2 * shortestTimeout),
    },
    examples: (facts) => {
      const most = Math.max(1, mostAtOnce(facts, 8));
      const rows = [
        ['597H', '2147484S', '35792M', '99999999m'],
        ['1193047H', '2562048H', '99999999H', '99999999M'],
        ['99999999S', '4294968S', '71583M', '9007200S'],
        ['500m', '00000001S', '99999999u', '600000u'],
      ];
      return rows.map((timeouts) =>
        timeouts.slice(0, most).map((timeout) => ({ work: 'asleep' as const, busy: 100, timeout })),
      );
    },
    script: (script, calls, { times }) => {
      const writers = calls.map((call, index) => beginBusy(script, call, { timeout: call.timeout, as: nameOf(index) }));
      for (const [index, writer] of writers.entries()) {
        const { work, busy } = calls[index] ?? { work: 'asleep', busy: 0 };
        endBusy(writer, work, busy, times.reply);
      }
    },
    check: (seen, calls) =>
      calls.flatMap(({ timeout, work }, index): readonly Breach[] => {
        const call = seen.call(nameOf(index));
        if (!hasExpired(call)) return answersStream(call, sizesOf(work));
        const milliseconds = millisecondsOf(timeout);
        // On a machine that is busy the work may have taken as long.
        if ((lastedFor(call) ?? 0) >= milliseconds - clockTolerance) return [];
        const breach = callBreach(call, `service, or no end before the deadline of ${timeout}`);
        return [{ ...breach, observed: `${breach.observed}, before the deadline`, reaction: breach.reaction }];
      }),
  }),
];

/** Milliseconds, eleven seconds unless told otherwise: timeouts of ten seconds that nobody asked for are not rare; longer ones are not waited for. */
const longWork = ({ times }: TargetFacts): number => 2 * times.reply + 1000;

const isAnyBeyond = (calls: readonly BusyCall[], bits: number, unit: 'n' | 'u' | 'm' | 'S'): boolean =>
  calls.some(({ timeout }) => isBeyond(millisecondsOf(timeout), bits, unit));

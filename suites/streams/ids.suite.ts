import {
  allBystanders,
  arb,
  beginBystanders,
  connectionError,
  countCalls,
  experiment,
  fc,
  mostCalls,
  opensNothing,
  payloadOf,
  plainestCall,
  sendRequestOn,
  staysUp,
  stimulus,
  unaryCall,
  type AnyProperty,
  type Bystander,
  type TargetFacts,
} from '../../harness';
import { highestStream } from './shared';

/** Streams that are passed over before each of several calls. */
const gap = () => arb.boundaryInteger({ max: 0x1fff_ffff, boundaries: [0, 1, 49, 50, 999, 0x7fff, 0x7f_ffff] });

/** The ids that calls with these gaps get; the last one may be the last that there is. */
function idsOf(gaps: readonly number[], endsAtLast: boolean): readonly number[] {
  let next = 1;
  const taken = gaps.map((each, index) => {
    // Room for those that come behind it.
    const id = Math.min(next + 2 * each, highestStream - 2 * (gaps.length - 1 - index));
    next = id + 2;
    return id;
  });
  return endsAtLast ? [...taken.slice(0, -1), highestStream] : taken;
}

/** Nothing else on the connection, and the lowest ids that there are. */
const firstOnConnection = () =>
  arb.record({
    skipped: fc.nat(2),
    isLast: fc.constant(false),
    callsBefore: fc.constant(0),
    beside: fc.constant<readonly Bystander[]>([]),
  });

/** Which stream is opened though it cannot be: one that was passed over, one whose call is complete, or one below a call that is under way. */
const lateForms = ['passed over', 'used', 'below an open one'] as const;

/** Which streams a client may open (RFC 9113 §5.1.1). */
export const ids: readonly AnyProperty[] = [
  stimulus('STREAM-01-even-stream-id', {
    generates:
      'a whole request on stream 2, on the next even id, on any higher one or on the last, on a new connection, after calls, or beside calls',
    accepts: [connectionError],
    // A stream above 1 is open: whatever a call on 1 brings is none of the answer to it.
    afterwards: false,
    effort: 0.25,
    sends: (facts) =>
      fc.oneof(
        {
          arbitrary: arb.record({
            skipped: arb.boundaryInteger({ max: 0x3fff_fff0, boundaries: [0, 1, 49, 0x7fff] }),
            isLast: fc.boolean(),
            callsBefore: fc.nat(2),
            beside: arb.bystanders(facts, { maxCount: 2 }),
          }),
          weight: 3,
        },
        { arbitrary: firstOnConnection(), weight: 1 },
      ),
    labels: {
      'stream 2': ({ skipped, isLast, callsBefore, beside }) =>
        skipped === 0 && !isLast && callsBefore + beside.length === 0,
      'the highest even id': ({ isLast }) => isLast,
      'a stream id further up': ({ skipped, isLast }) => skipped > 0 && !isLast,
      'after calls': ({ callsBefore }) => callsBefore > 0,
    },
    examples: (facts) => [
      { skipped: 0, isLast: false, callsBefore: 0, beside: [] },
      { skipped: 1, isLast: false, callsBefore: 1, beside: [] },
      { skipped: 0, isLast: true, callsBefore: 0, beside: allBystanders(facts).slice(0, 2) },
    ],
    write: (script, { skipped, isLast, callsBefore, beside }, facts) => {
      script.open();
      for (let call = 0; call < callsBefore; call++) script.call(plainestCall(facts), { role: 'bystander' });
      const finish = beginBystanders(script, beside);
      const even = isLast ? highestStream - 1 : Math.min(script.nextStream() + 1 + 2 * skipped, highestStream - 1);
      sendRequestOn(script, even, plainestCall(facts));
      script.expectStream(even, [connectionError]);
      finish();
    },
  }),

  experiment('STREAM-02-decreasing-stream-id', {
    generates:
      'a call on some stream, then a whole request on an id that it passed over, on its own one when it is complete, or below it while it is under way',
    accepts: [connectionError, 'nothing, or an error of the stream alone, with a warning'],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        form: fc.constantFrom(...lateForms),
        passed: arb.boundaryInteger({ min: 1, max: 5000, boundaries: [1, 2, 50] }),
        below: fc.nat(5000),
      }),
    labels: {
      'an id that was passed over': ({ form }) => form === 'passed over',
      'an id that was used': ({ form }) => form === 'used',
      'below a call that is under way': ({ form }) => form === 'below an open one',
      'right below': ({ form, passed, below }) => form !== 'used' && below % passed === 0,
    },
    examples: () => lateForms.map((form) => ({ form, passed: 2, below: 0 })),
    script: (script, { form, passed, below }, facts) => {
      script.open();
      const stream = script.nextStream() + 2 * passed;
      const isUnderWay = form === 'below an open one';
      const request = unaryCall({ responseSize: 11 });
      // A call of its own, so that whatever comes on the late stream is not taken for its answer.
      const call = script.begin(request, { stream, role: 'bystander', legal: false });
      if (!isUnderWay) call.sendMessages(request.messages, { endStream: true }).awaitEnd().expect(payloadOf(11));
      const counted = facts.offers.includes('probe') ? countCalls(script) : undefined;
      const late = lateStreamOf({ form, passed, below }, stream);
      sendRequestOn(script, late, unaryCall({ responseSize: 3 }), counted?.metadata);
      // Whoever passes it over says nothing, and we do not wait for long.
      script.await({ see: 'connection-error' }, { within: 'quiet', optional: true });
      if (isUnderWay) {
        call
          .sendMessages(request.messages, { endStream: true })
          .awaitEndOrError()
          .expect(payloadOf(11), connectionError);
      }
      counted?.ask({ started: 1, times: facts.times, withinMs: countingTime });
    },
    check: (seen, input) => opensNothing(seen, lateStreamOf(input, seen.call().plan.stream), input.form === 'used'),
  }),

  experiment('STREAM-03-skipped-ids', {
    generates: 'one to five calls on rising stream ids with any gaps, the last one on 2^31−1 or below',
    accepts: ['status OK for each', staysUp],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        gaps: arb.list(gap(), { minCount: 1, maxCount: Math.max(1, mostCalls(facts, 6) - 1) }),
        endsAtLast: fc.boolean(),
      }),
    labels: {
      'the last stream id': ({ endsAtLast }) => endsAtLast,
      'a gap of one': ({ gaps }) => gaps.includes(1),
      'a gap of more than 2^20': ({ gaps }) => gaps.some((each) => each > 0x10_0000),
      'no gap between two calls': ({ gaps }) => gaps.slice(1).includes(0),
    },
    examples: (facts) =>
      [
        { gaps: [0, 1, 0, 50, 0x1fff_ffff], endsAtLast: false },
        { gaps: [1, 0], endsAtLast: true },
      ].map(({ gaps, endsAtLast }) => ({ gaps: gaps.slice(-mostCallsOf(facts)), endsAtLast })),
    script: (script, { gaps, endsAtLast }) => {
      script.open();
      for (const [index, stream] of idsOf(gaps, endsAtLast).entries())
        script.call(unaryCall({ responseSize: index + 1 }), { stream }).expect(payloadOf(index + 1));
      script.expectConnection([staysUp]);
    },
  }),
];

/** Calls of one connection that the examples may make. */
const mostCallsOf = (facts: TargetFacts): number => Math.max(1, mostCalls(facts, 6) - 1);

/** Milliseconds in which a handler that should not start would have been counted; the answer of its call is looked at as well. */
const countingTime = 50;

/** The stream of the late request, by that of the call before it. */
const lateStreamOf = (
  {
    form,
    passed,
    below,
  }: { readonly form: (typeof lateForms)[number]; readonly passed: number; readonly below: number },
  stream: number,
): number => (form === 'used' ? stream : stream - 2 - 2 * (below % passed));

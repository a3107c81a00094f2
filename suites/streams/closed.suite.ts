import {
  allBystanders,
  arb,
  beginBystanders,
  connectionError,
  countCalls,
  echoedInHeaders,
  echoInitialName,
  experiment,
  fc,
  fullDuplexCall,
  isServedOnce,
  outcomesOfReaction,
  payloadOf,
  plainFrame,
  reactionTo,
  resetsNoReset,
  sendStreamFrame,
  staysUp,
  unaryCall,
  type AnyProperty,
  type CallWriter,
  type FieldSpec,
  type PlanBuilder,
  type StreamFrame,
  type TargetFacts,
} from '../../harness';
import { frames, hasType, heldAnswer, heldRequest, openHolding } from './shared';

/** Frames that nobody expects on a closed stream. */
const late = ['DATA', 'HEADERS', 'RST_STREAM', 'WINDOW_UPDATE'] as const;

/** A field that a late HEADERS puts into the dynamic table, and that a later call refers to. */
const inserted = (representation: 'incremental' | 'indexed'): readonly FieldSpec[] => [
  { name: echoInitialName, value: 'of a late block', representation },
];

/** A call on the same connection, where that has not ended: one that refers to what a late HEADERS has inserted. */
function callOn(script: PlanBuilder, sent: readonly StreamFrame[], { offers }: TargetFacts): void {
  const refers = hasType(sent, 'HEADERS');
  const call = script.call(unaryCall({ responseSize: 7 }), {
    metadata: refers ? inserted('indexed') : [],
    role: 'bystander',
    awaitEnd: false,
  });
  call.awaitEndOrError().expect(payloadOf(7), connectionError);
  if (refers && offers.includes('metadata')) call.expect(echoedInHeaders(['of a late block']), connectionError);
}

/** What a stream has seen when we reset it. */
const stages = ['header', 'message', 'answer', 'half-closed'] as const;

/** A conversation that we reset. */
function resetAt(script: PlanBuilder, stage: (typeof stages)[number], metadata: readonly FieldSpec[]): CallWriter {
  const request = fullDuplexCall([{ responses: [{ size: 5 }] }, { responses: [{ size: heldAnswer }] }]);
  const call = script.begin(request, { metadata, legal: false });
  if (stage !== 'header') call.sendMessages(request.messages.slice(0, 1));
  if (stage === 'answer' || stage === 'half-closed') call.awaitMessages(1);
  if (stage === 'half-closed') call.sendMessages(request.messages.slice(1), { endStream: true });
  return call.reset();
}

/** A request as whoever uses a stream again would send it. */
const wholeRequest = () =>
  fc.constant<readonly StreamFrame[]>([
    plainFrame('HEADERS'),
    plainFrame('DATA', { isMessage: true, endStream: true }),
  ]);

/** In which state a stream is that gets RST_STREAM of ours. */
const resettable = ['open', 'half-closed', 'completed', 'reset by us'] as const;

/** Frames on streams that the client has reset, or both ends have ended (RFC 9113 §5.1). */
export const closed: readonly AnyProperty[] = [
  experiment('STREAM-07-frames-after-client-rst', {
    generates:
      'a conversation that we reset after its header, a message, an answer or its half-close, then one to four DATA, HEADERS, RST_STREAM or WINDOW_UPDATE frames on its stream, at once or behind a fence, beside up to three other calls',
    accepts: [
      'nothing, or an error of the stream or of the connection',
      'all other calls served while the connection is open',
    ],
    needs: ['bidirectional-streaming', 'unary'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        stage: fc.constantFrom(...stages),
        sent: fc.oneof(
          { arbitrary: frames(late, { maxCount: 4 }), weight: 3 },
          { arbitrary: wholeRequest(), weight: 1 },
        ),
        isFenced: fc.boolean(),
        beside: arb.bystanders(facts, { maxCount: 3 }),
      }),
    labels: {
      DATA: ({ sent }) => hasType(sent, 'DATA'),
      HEADERS: ({ sent }) => hasType(sent, 'HEADERS'),
      'a second RST_STREAM': ({ sent }) => hasType(sent, 'RST_STREAM'),
      WINDOW_UPDATE: ({ sent }) => hasType(sent, 'WINDOW_UPDATE'),
      'behind a fence': ({ isFenced }) => isFenced,
      'beside other calls': ({ beside }) => beside.length > 0,
      'a reset behind the half-close': ({ stage }) => stage === 'half-closed',
    },
    examples: (facts) =>
      late.flatMap((type) => [
        { stage: 'header' as const, sent: [plainFrame(type, { isMessage: true })], isFenced: false, beside: [] },
        {
          stage: 'answer' as const,
          sent: [plainFrame(type, { endStream: true })],
          isFenced: true,
          beside: allBystanders(facts).slice(0, 3),
        },
      ]),
    script: (script, { stage, sent, isFenced, beside }, facts) => {
      openHolding(script);
      const finish = beginBystanders(script, beside);
      const counted = facts.offers.includes('probe') ? countCalls(script) : undefined;
      const call = resetAt(script, stage, counted?.metadata ?? []);
      if (isFenced) script.fence();
      for (const frame of sent)
        sendStreamFrame(script, call.stream, frame, [...inserted('incremental'), ...(counted?.metadata ?? [])]);
      // Whatever comes of them has come by then.
      script.fence();
      callOn(script, sent, facts);
      finish();
      counted?.ask({ started: 2, times: facts.times, withinMs: countingTime });
    },
    check: (seen, { isFenced }) => isServedOnce(seen, subjectOf(seen.calls), isFenced),
  }),

  experiment('STREAM-08-frames-on-completed-stream', {
    generates:
      'a complete unary call, then one to three DATA, HEADERS or RST_STREAM frames on its stream, at once or behind a fence, beside up to three other calls',
    accepts: ['nothing, or an error of the stream or of the connection, and one answer', staysUp],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        sent: fc.oneof(
          { arbitrary: frames(['DATA', 'HEADERS', 'RST_STREAM']), weight: 3 },
          { arbitrary: wholeRequest(), weight: 1 },
        ),
        isFenced: fc.boolean(),
        beside: arb.bystanders(facts, { maxCount: 3 }),
      }),
    labels: {
      DATA: ({ sent }) => hasType(sent, 'DATA'),
      'HEADERS of another request': ({ sent }) => hasType(sent, 'HEADERS'),
      'RST_STREAM that may have been under way': ({ sent, isFenced }) =>
        !isFenced && sent.every(({ type }) => type === 'RST_STREAM'),
      'behind a fence': ({ isFenced }) => isFenced,
    },
    examples: (facts) =>
      (['DATA', 'HEADERS', 'RST_STREAM'] as const).flatMap((type) => [
        { sent: [plainFrame(type, { isMessage: true, endStream: true })], isFenced: false, beside: [] },
        { sent: [plainFrame(type)], isFenced: true, beside: allBystanders(facts).slice(0, 3) },
      ]),
    script: (script, { sent, isFenced, beside }, facts) => {
      openHolding(script);
      const finish = beginBystanders(script, beside);
      const counted = facts.offers.includes('probe') ? countCalls(script) : undefined;
      const call = script
        .call(unaryCall({ responseSize: 11 }), { metadata: counted?.metadata ?? [], legal: false })
        .expect(payloadOf(11));
      if (isFenced) script.fence();
      for (const frame of sent)
        sendStreamFrame(script, call.stream, frame, [...inserted('incremental'), ...(counted?.metadata ?? [])]);
      const types = sent.map(({ type }) => type);
      const accepted = outcomesOfReaction(isFenced ? 'anything' : reactionTo('completed', types));
      // Whatever comes of them has come by then.
      script.fence();
      callOn(script, sent, facts);
      finish();
      if (accepted !== undefined) script.expectConnection(accepted);
      counted?.ask({ started: 2, times: facts.times, withinMs: countingTime });
    },
    check: (seen, { isFenced }) => isServedOnce(seen, subjectOf(seen.calls), isFenced),
  }),

  experiment('STREAM-10-no-rst-for-rst', {
    generates:
      'RST_STREAM with any code on a stream that is open, half-closed, complete or reset by us before, once to three times, at once or one round trip apart',
    accepts: ['no RST_STREAM in answer'],
    needs: ['bidirectional-streaming', 'unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        place: fc.constantFrom(...resettable),
        resets: frames(['RST_STREAM']),
        isApart: fc.boolean(),
        beside: arb.bystanders(facts, { maxCount: 2 }),
      }),
    labels: {
      'an open stream': ({ place }) => place === 'open',
      'a half-closed stream': ({ place }) => place === 'half-closed',
      'a complete stream': ({ place }) => place === 'completed',
      'a stream that was reset before': ({ place, resets }) => place === 'reset by us' || resets.length > 1,
      'one round trip apart': ({ isApart, resets }) => isApart && resets.length > 1,
      NO_ERROR: ({ resets }) => resets.some(({ errorCode }) => errorCode === 0),
    },
    examples: (facts) =>
      resettable.flatMap((place) => [
        { place, resets: [plainFrame('RST_STREAM')], isApart: false, beside: [] },
        {
          place,
          resets: [plainFrame('RST_STREAM', { errorCode: 0 }), plainFrame('RST_STREAM')],
          isApart: true,
          beside: allBystanders(facts).slice(0, 2),
        },
      ]),
    script: (script, { place, resets, isApart, beside }) => {
      openHolding(script);
      const finish = beginBystanders(script, beside);
      const { stream } = bringTo(script, place);
      for (const frame of resets) {
        sendStreamFrame(script, stream, frame);
        if (isApart) script.fence();
      }
      if (!isApart) script.fence();
      finish();
    },
    check: (seen) => resetsNoReset(seen.connection(), subjectOf(seen.calls)),
  }),
];

/** Milliseconds in which another handler would have been counted. */
const countingTime = 50;

/** A call in one of the states in which RST_STREAM can find it; in the last two its own end is known to the target. */
function bringTo(script: PlanBuilder, place: (typeof resettable)[number]): CallWriter {
  if (place === 'half-closed') return script.call(heldRequest('unary'), { awaitEnd: false, legal: false });
  if (place === 'open') {
    const request = fullDuplexCall([{ responses: [{ size: 5 }] }]);
    return script.begin(request, { legal: false }).sendMessages(request.messages).awaitMessages(1);
  }
  const call =
    place === 'completed'
      ? script.call(unaryCall({ responseSize: 5 }), { legal: false })
      : script.begin(unaryCall(), { legal: false }).reset();
  script.fence();
  return call;
}

/** The stream that late frames were sent on: that of the first call which nobody else is to be served beside. */
function subjectOf(calls: readonly { readonly plan: { readonly role: string; readonly stream: number } }[]): number {
  return calls.find(({ plan }) => plan.role === 'subject')?.plan.stream ?? 0;
}

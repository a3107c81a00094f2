import {
  allBystanders,
  arb,
  beginBystanders,
  experiment,
  fc,
  isNotResetLate,
  payloadOf,
  plainFrame,
  rejected,
  sendStreamFrame,
  staysUp,
  streamError,
  streamOfSizes,
  unaryCall,
  warned,
  type AnyProperty,
  type StreamFrame,
} from '../../harness';
import { frames, hasType, heldAnswer, heldKinds, heldRequest, openHolding, release, type HeldKind } from './shared';

/** Frames that a half-closed stream takes. */
const control = ['WINDOW_UPDATE', 'PRIORITY'] as const;

/** One frame of DATA or HEADERS, with octets or without. */
const lone = () =>
  arb.list(
    arb.record<StreamFrame>({
      type: fc.constantFrom('DATA', 'HEADERS'),
      octets: fc.constantFrom(0, 5),
      isMessage: fc.constant(false),
      endStream: fc.boolean(),
      increment: fc.constant(1),
      errorCode: fc.constant(8),
    }),
    { minCount: 1, maxCount: 1 },
  );

/** Frames on streams that the client has ended and the target has not (RFC 9113 §5.1). */
export const halfClosed: readonly AnyProperty[] = [
  experiment('STREAM-05-data-after-end-stream', {
    generates:
      'a whole request whose answer waits for credit, then one to three DATA or HEADERS frames on its stream, with END_STREAM and without, beside up to three other calls',
    accepts: [streamError, 'an error status in place of the reset, with a warning'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        kind: fc.constantFrom<HeldKind>(...heldKinds(facts)),
        sent: fc.oneof({ arbitrary: frames(['DATA', 'HEADERS']), weight: 1 }, { arbitrary: lone(), weight: 1 }),
        beside: arb.bystanders(facts, { maxCount: 3 }),
      }),
    labels: {
      DATA: ({ sent: [first] }) => first?.type === 'DATA',
      HEADERS: ({ sent: [first] }) => first?.type === 'HEADERS',
      'a message that a handler would answer': ({ sent }) =>
        sent.some(({ type, isMessage }) => type === 'DATA' && isMessage),
      'another END_STREAM': ({ sent: [first] }) => first?.endStream === true,
      'beside other calls': ({ beside }) => beside.length > 0,
      'a conversation': ({ kind }) => kind === 'bidirectional-streaming',
    },
    examples: (facts) =>
      heldKinds(facts).flatMap((kind) => [
        { kind, sent: [plainFrame('DATA', { isMessage: true })], beside: allBystanders(facts).slice(0, 3) },
        { kind, sent: [plainFrame('DATA', { octets: 0, endStream: true })], beside: [] },
        { kind, sent: [plainFrame('HEADERS')], beside: [] },
        { kind, sent: [plainFrame('HEADERS', { endStream: true })], beside: [] },
      ]),
    script: (script, { kind, sent, beside }) => {
      openHolding(script);
      const finish = beginBystanders(script, beside);
      const call = script.call(heldRequest(kind), { legal: false, awaitEnd: false });
      for (const frame of sent) sendStreamFrame(script, call.stream, frame);
      script.fence();
      // It is dealt with by now; some say so from another thread.
      script.await({ see: 'end', stream: call.stream, orError: true }, { within: 'quiet', optional: true });
      call.grant(release).awaitEndOrError().expect(streamError, warned(rejected));
      finish();
    },
  }),

  experiment('STREAM-06-control-frames-on-half-closed', {
    generates:
      'a whole request whose answer waits for credit, one to five WINDOW_UPDATE and PRIORITY frames on its stream, then the credit, or RST_STREAM',
    accepts: ['status OK with the whole answer, or silence after RST_STREAM', staysUp],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        kind: fc.constantFrom<HeldKind>(...heldKinds(facts)),
        // All of them together let go less than is held.
        sent: frames(control, { maxCount: 5, maxIncrement: 500 }),
        isFenced: fc.boolean(),
        isReset: fc.boolean(),
        beside: arb.bystanders(facts, { maxCount: 2 }),
      }),
    labels: {
      WINDOW_UPDATE: ({ sent }) => hasType(sent, 'WINDOW_UPDATE'),
      PRIORITY: ({ sent }) => hasType(sent, 'PRIORITY'),
      RST_STREAM: ({ isReset }) => isReset,
      'behind a fence': ({ isFenced }) => isFenced,
      'right behind END_STREAM': ({ isFenced }) => !isFenced,
    },
    examples: (facts) =>
      heldKinds(facts).flatMap((kind) =>
        [true, false].map((isReset) => ({
          kind,
          sent: [plainFrame('WINDOW_UPDATE'), plainFrame('PRIORITY'), plainFrame('WINDOW_UPDATE', { increment: 500 })],
          isFenced: !isReset,
          isReset,
          beside: allBystanders(facts).slice(0, 2),
        })),
      ),
    script: (script, { kind, sent, isFenced, isReset, beside }) => {
      openHolding(script);
      const finish = beginBystanders(script, beside);
      const call = script.call(heldRequest(kind), { awaitEnd: false });
      if (isFenced) script.fence();
      for (const frame of sent) sendStreamFrame(script, call.stream, frame);
      if (isReset) call.reset();
      script.fence();
      if (!isReset) call.grant(release).awaitEnd().expect(answerOf(kind));
      finish();
      script.call(unaryCall({ responseSize: 7 })).expect(payloadOf(7));
      script.expectConnection([staysUp]);
    },
  }),

  experiment('STREAM-23-window-update-on-closed', {
    generates:
      'a unary call, WINDOW_UPDATE of 1 to 2^28 octets on its stream in the same write as its end, or right after its answer was read, one to three times, then another call',
    accepts: [staysUp, 'status OK for both'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        size: arb.responseSize({ maxLength: 3000 }),
        // All of them together leave a legal window, whoever still counts it.
        behindEnd: arb.list(arb.boundaryInteger({ min: 1, max: 0x1000_0000 }), { maxCount: 3 }),
        behindAnswer: arb.list(arb.boundaryInteger({ min: 1, max: 0x1000_0000 }), { maxCount: 3 }),
        beside: arb.bystanders(facts, { maxCount: 2 }),
      }),
    labels: {
      'in one write with the end of the request': ({ behindEnd }) => behindEnd.length > 0,
      'after the answer': ({ behindAnswer }) => behindAnswer.length > 0,
      'a large increment after the answer': ({ behindAnswer }) => behindAnswer.some((each) => each > 0xff_ffff),
      'several of them': ({ behindEnd, behindAnswer }) => behindEnd.length + behindAnswer.length > 2,
    },
    examples: (facts) => [
      { size: 5, behindEnd: [1], behindAnswer: [], beside: [] },
      { size: 5, behindEnd: [], behindAnswer: [1, 0x1000_0000], beside: [] },
      { size: 2000, behindEnd: [1000, 5], behindAnswer: [0x1000_0000], beside: allBystanders(facts).slice(0, 2) },
    ],
    script: (script, { size, behindEnd, behindAnswer, beside }) => {
      script.open();
      const finish = beginBystanders(script, beside);
      const call = script.call(unaryCall({ responseSize: size }), { as: 'granted', awaitEnd: false });
      for (const octets of behindEnd) call.grant(octets);
      call.awaitEnd().expect(payloadOf(size));
      // Nothing has told the target that we have seen the end (RFC 9113 §5.1).
      for (const octets of behindAnswer) call.grant(octets);
      script.call(unaryCall({ responseSize: 7 })).expect(payloadOf(7));
      finish();
      script.expectConnection([staysUp]);
    },
    check: (seen) => isNotResetLate(seen.call('granted')),
  }),
];

/** What a held answer is when it has been let go. */
const answerOf = (kind: HeldKind) => (kind === 'unary' ? payloadOf(heldAnswer) : streamOfSizes([heldAnswer]));

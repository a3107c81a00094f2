import {
  arb,
  errorGoaway,
  experiment,
  fc,
  fullDuplexCall,
  goaway,
  octetsOf,
  payloadOf,
  ping,
  plainestCall,
  priority,
  rstStream,
  settings,
  settingsAck,
  staysUp,
  streamOfSizes,
  unaryCall,
  windowUpdate,
  withStrayBits,
  type AnyProperty,
  type Observation,
  type PlanBuilder,
  type StrayBits,
  type TargetFacts,
} from '../../harness';

/** Frames of an ordinary session that can have bits without a meaning. */
const marks = [
  'DATA',
  'HEADERS',
  'CONTINUATION',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'SETTINGS ACK',
  'PING',
  'WINDOW_UPDATE',
  'WINDOW_UPDATE on stream 0',
  'GOAWAY',
] as const;
type Mark = (typeof marks)[number];

/** Sets the highest bit of a payload, where it is the reserved one of a field. */
const withReservedField = (payload: Uint8Array): Uint8Array =>
  Uint8Array.from(payload, (octet, index) => (index === 0 ? octet | 0x80 : octet));

interface MarkedSession {
  readonly marked: readonly Mark[];
  readonly bits: StrayBits;
  /** The reserved bit inside WINDOW_UPDATE and GOAWAY is set. */
  readonly inPayload?: boolean;
}

/** A session in which frames of these kinds have such bits: all as if they had not. */
function sendMarked(script: PlanBuilder, { marked, bits, inPayload = false }: MarkedSession, facts: TargetFacts): void {
  const has = (mark: Mark): boolean => marked.includes(mark);
  const opaque = octetsOf({ length: 8, seed: 3 });
  const field = (payload: Uint8Array): Uint8Array => (inPayload ? withReservedField(payload) : payload);
  if (has('SETTINGS ACK')) {
    script.open({ housekeeping: { ackSettings: false } }).frame(withStrayBits(settingsAck(), bits));
  }
  if (has('RST_STREAM')) {
    const { stream } = script.begin(plainestCall(facts), { role: 'bystander' });
    script.frame(withStrayBits(rstStream(stream, 8), bits));
  }
  const request = unaryCall({ payload: octetsOf({ length: 50, seed: 1 }), responseSize: 5 });
  const call = script.begin(request, {
    ...(has('CONTINUATION') ? { headerCuts: [20, 60] } : {}),
    ...(has('HEADERS') || has('CONTINUATION') ? { strayBits: bits } : {}),
  });
  if (has('PRIORITY'))
    script.frame(withStrayBits(priority(call.stream, { exclusive: false, dependency: 0, weight: 16 }), bits));
  for (const stream of [
    ...(has('WINDOW_UPDATE') ? [call.stream] : []),
    ...(has('WINDOW_UPDATE on stream 0') ? [0] : []),
  ]) {
    const frame = windowUpdate(stream, 100);
    script.frame(withStrayBits({ ...frame, payload: field(frame.payload) }, bits));
  }
  if (has('SETTINGS')) script.frame(withStrayBits(settings([]), bits)).fence();
  if (has('PING')) script.frame(withStrayBits(ping(opaque), bits)).await({ see: 'ping-ack', opaque });
  const half = Math.floor((request.messages[0]?.length ?? 0) / 2);
  call.sendMessages(request.messages, { endStream: true, ...(has('DATA') ? { strayBits: bits, cuts: [half] } : {}) });
  call.awaitEnd().expect(payloadOf(5));
  if (has('GOAWAY')) sayGoodbye(script, { bits, field }, facts);
}

/** Closes a connection once the target has dealt with what was said on it: it may have closed it by then, and owes no answer to a client that has said goodbye. */
function leave(script: PlanBuilder, on: string): void {
  const opaque = octetsOf({ length: 8, seed: 5 });
  script.frame(ping(opaque), on).await({ see: 'ping-ack', opaque }, { on, within: 'quiet', optional: true });
  script.close('fin', on);
}

/** GOAWAY on a connection of its own, which may be over then. */
function sayGoodbye(
  script: PlanBuilder,
  { bits, field }: { readonly bits: StrayBits; readonly field: (payload: Uint8Array) => Uint8Array },
  facts: TargetFacts,
): void {
  const on = 'last';
  script.call(plainestCall(facts), { on, role: 'bystander' });
  const frame = goaway(0, 0);
  script.frame(withStrayBits({ ...frame, payload: field(frame.payload) }, bits), on);
  leave(script, on);
}

/** A client that says goodbye may lose its connection, but it has done nothing wrong. */
function takesNoOffence({ connections }: Observation) {
  const accused = connections.find((view) => errorGoaway(view) !== undefined);
  if (accused === undefined) return [];
  const code = errorGoaway(accused) ?? 0;
  return [
    { observed: `GOAWAY with error code ${code}`, expected: 'no error of the connection', reaction: `GOAWAY ${code}` },
  ];
}

const labelsOfMarks = Object.fromEntries(
  marks.map((mark) => [mark, ({ marked }: { readonly marked: readonly Mark[] }) => marked.includes(mark)]),
);

const chosenMarks = () => arb.list(fc.constantFrom(...marks), { minCount: 1, maxCount: 4 });

/** Frames that are legal in a form that few clients use: they change nothing. */
export const tolerated: readonly AnyProperty[] = [
  experiment('FRAME-02-undefined-flags-ignored', {
    generates:
      'a session in which one to four kinds of frames, of all that a client sends, have undefined flags, one or many',
    accepts: [payloadOf(5), 'no connection error'],
    needs: ['unary'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        marked: chosenMarks(),
        mask: arb.boundaryInteger({ min: 1, max: 255, boundaries: [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] }),
      }),
    labels: {
      ...labelsOfMarks,
      'one flag': ({ mask }) => (mask & (mask - 1)) === 0,
      'all flags': ({ mask }) => mask === 0xff,
      'several kinds of frames': ({ marked }) => new Set(marked).size > 1,
    },
    examples: () => [...marks.map((mark) => ({ marked: [mark], mask: 0xff })), { marked: [...marks], mask: 0xc0 }],
    script: (script, { marked, mask }, facts) => sendMarked(script, { marked, bits: { flags: mask } }, facts),
    check: takesNoOffence,
  }),

  experiment('FRAME-03-reserved-bit-ignored', {
    generates:
      'a session in which one to four kinds of frames, of all that a client sends, have the reserved bit of the frame header set, or that of the fields of WINDOW_UPDATE and GOAWAY',
    accepts: [payloadOf(5), 'no connection error'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: () => arb.record({ marked: chosenMarks(), inHeader: fc.boolean(), inPayload: fc.boolean() }),
    labels: {
      ...labelsOfMarks,
      'in the header': ({ inHeader }) => inHeader,
      'in a field of WINDOW_UPDATE': ({ marked, inPayload }) =>
        inPayload && (marked.includes('WINDOW_UPDATE') || marked.includes('WINDOW_UPDATE on stream 0')),
      'in a field of GOAWAY': ({ marked, inPayload }) => inPayload && marked.includes('GOAWAY'),
    },
    examples: () => [
      ...marks.map((mark) => ({ marked: [mark], inHeader: true, inPayload: false })),
      { marked: ['WINDOW_UPDATE', 'WINDOW_UPDATE on stream 0'] as const, inHeader: false, inPayload: true },
      { marked: ['GOAWAY'] as const, inHeader: false, inPayload: true },
    ],
    script: (script, { marked, inHeader, inPayload }, facts) =>
      sendMarked(script, { marked, bits: { reserved: inHeader }, inPayload }, facts),
    check: takesNoOffence,
  }),

  experiment('FRAME-29-unknown-error-codes', {
    generates:
      'RST_STREAM with undefined error codes on a call under way beside another, and GOAWAY with such a code between calls, with and without debug data',
    accepts: ['every message of the other call', 'the end of the connection after GOAWAY, and service on the next'],
    needs: ['bidirectional-streaming'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        frame: fc.constantFrom('RST_STREAM', 'GOAWAY'),
        code: arb.boundaryInteger({ min: 0x0e, max: 2 ** 32 - 1, boundaries: [0xff, 0x100, 2 ** 31 - 1, 2 ** 31] }),
        debug: fc.nat(100),
        sent: fc.boolean(),
      }),
    labels: {
      'the first undefined code': ({ code }) => code === 0x0e,
      'a code of 2^31 or more': ({ code }) => code >= 2 ** 31,
      GOAWAY: ({ frame }) => frame === 'GOAWAY',
      'RST_STREAM behind a message': ({ frame, sent }) => frame === 'RST_STREAM' && sent,
    },
    examples: () =>
      (['RST_STREAM', 'GOAWAY'] as const).flatMap((frame) =>
        [0x0e, 0xff, 2 ** 31, 2 ** 32 - 1].map((code) => ({
          frame,
          code,
          debug: code % 2,
          sent: frame === 'RST_STREAM',
        })),
      ),
    script: (script, { frame, code, debug, sent }, facts) => {
      const { messages, ...method } = fullDuplexCall([{ responses: [{ size: 5 }] }, { responses: [{ size: 7 }] }]);
      if (frame === 'GOAWAY') {
        script.call(plainestCall(facts), { on: 'last', role: 'bystander' });
        script.frame(goaway(0, code, new Uint8Array(debug)), 'last');
        leave(script, 'last');
      }
      const other = script.begin(method).sendMessages(messages.slice(0, 1)).awaitMessages(1);
      if (frame === 'RST_STREAM') {
        const call = script.begin(method, { role: 'bystander' });
        if (sent) call.sendMessages(messages.slice(0, 1));
        call.reset(code);
        script.fence();
      }
      other
        .sendMessages(messages.slice(1), { endStream: true })
        .awaitEnd()
        .expect(streamOfSizes([5, 7]));
      script.expectConnection([staysUp]);
    },
    check: takesNoOffence,
  }),
];

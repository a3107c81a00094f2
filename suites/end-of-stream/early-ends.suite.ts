import {
  arb,
  closesEarly,
  data,
  endsAfterHalfClose,
  endsWith,
  errorCodes,
  experiment,
  fc,
  fullDuplexCall,
  plainestAnswers,
  plainestCall,
  plainHttp,
  probeAnswer,
  rstStream,
  staysUp,
  status,
  streamingInputCall,
  sumOfOctets,
  unknownMethod,
  uploadCall,
  windowUpdate,
  type AnyProperty,
  type CallRequest,
  type CallWriter,
  type Need,
  type PlanBuilder,
} from '../../harness';

/** A call that a server ends although its request goes on. */
interface EarlyEnd {
  /** A method that nobody has, a handler of the interop service that fails, or one that does so without having read the rest. */
  readonly how: 'unknown' | 'status' | 'answer';
  readonly code: number;
  /** Small messages before the one that ends the call, each with an answer of so many octets. */
  readonly before: readonly number[];
}

/** Ways to end a call early, as far as the target has them. */
const waysOf = (offers: readonly Need[]): readonly EarlyEnd['how'][] => [
  'unknown',
  ...(offers.includes('status') && offers.includes('bidirectional-streaming') ? (['status'] as const) : []),
  ...(offers.includes('answer') ? (['answer'] as const) : []),
];

const earlyEnd = (offers: readonly Need[]) =>
  arb.record({
    how: fc.constantFrom(...waysOf(offers)),
    code: arb.statusCode(),
    before: arb.responseSizes({ maxCount: 3, maxLength: 500 }),
  });

const requestOf = ({ how, code, before }: EarlyEnd): CallRequest => {
  const text = 'asked for';
  const first = before.map((size) => ({ responses: [{ size }] }));
  if (how === 'status') return fullDuplexCall([...first, { responses: [], status: { code, message: text } }]);
  if (how === 'answer') return probeAnswer({ replies: before.length, replyOctets: before[0] ?? 0, code, text });
  return unknownMethod(
    '/grpcconform.v1.Absent/Upload',
    first.map(() => new Uint8Array(3)),
  );
};

/** Sends all that makes the server end the call, and not its end. */
const provoke = (script: PlanBuilder, end: EarlyEnd, options: { readonly legal?: boolean } = {}): CallWriter => {
  const request = requestOf(end);
  return script.begin(request, options).sendMessages(request.messages).awaitEnd();
};

/** The status that comes of it. A path that nobody serves may be answered by a router. */
const endOf = ({ how, code }: EarlyEnd) =>
  how === 'unknown' ? ([endsWith(status.UNIMPLEMENTED), plainHttp(404)] as const) : ([endsWith(code)] as const);

const examplesOf = (offers: readonly Need[]): readonly EarlyEnd[] =>
  waysOf(offers).flatMap((how) => [[], [1, 1]].map((before) => ({ how, code: status.FAILED_PRECONDITION, before })));

const endLabels = {
  'a method that nobody has': ({ how }: EarlyEnd) => how === 'unknown',
  'nothing before the end': ({ before }: EarlyEnd) => before.length === 0,
  'messages before the end': ({ before }: EarlyEnd) => before.length > 0,
};

/** What a client sends that has not seen yet that the server is done. */
const lateFrames = {
  DATA: (stream: number) => data(stream, new Uint8Array(16)),
  'empty DATA': (stream: number) => data(stream, new Uint8Array(0)),
  END_STREAM: (stream: number) => data(stream, new Uint8Array(0), { endStream: true }),
  WINDOW_UPDATE: (stream: number) => windowUpdate(stream, 100),
  'RST_STREAM(NO_ERROR)': (stream: number) => rstStream(stream, errorCodes.NO_ERROR),
  'RST_STREAM(CANCEL)': (stream: number) => rstStream(stream, errorCodes.CANCEL),
} as const;

type LateFrame = keyof typeof lateFrames;

/** As a client could send them in a row: whatever ends the stream comes last. */
const lateRow = () =>
  fc
    .tuple(
      fc.array(fc.constantFrom<LateFrame>('DATA', 'empty DATA', 'WINDOW_UPDATE'), { maxLength: 4 }),
      fc.constantFrom<readonly LateFrame[]>(
        [],
        ['END_STREAM'],
        ['RST_STREAM(NO_ERROR)'],
        ['RST_STREAM(CANCEL)'],
        ['END_STREAM', 'WINDOW_UPDATE'],
        ['END_STREAM', 'RST_STREAM(CANCEL)'],
      ),
    )
    .map(([first, last]): readonly LateFrame[] => [...first, ...last]);

/** Rows about answers that end before their requests. */
export const earlyEnds: readonly AnyProperty[] = [
  experiment('EOS-07-half-close-visible-only-after-end-stream', {
    generates: 'uploads of 0 to 4 messages whose end comes only after a quiet time',
    accepts: ['no message and no end before END_STREAM, then the sum of all messages'],
    needs: ['client-streaming'],
    borrows: ['fields', 'arrival'],
    effort: 0.1,
    arbitrary: () => arb.record({ payloads: arb.messages({ maxCount: 4, maxLength: 300 }), isOnData: fc.boolean() }),
    labels: {
      'no message': ({ payloads }) => payloads.length === 0,
      'several messages': ({ payloads }) => payloads.length > 1,
      'the end comes with a message': ({ isOnData }) => isOnData,
    },
    examples: () => [
      { payloads: [], isOnData: false },
      { payloads: [{ length: 3, seed: 1 }], isOnData: false },
      { payloads: [1, 2, 3].map((length) => ({ length, seed: 1 })), isOnData: true },
    ],
    script: (script, { payloads, isOnData }) => {
      const call = script.begin(streamingInputCall([]));
      for (const message of uploadCall(payloads).messages) call.sendMessages([message]);
      script.fence();
      script.await({ see: 'end', stream: call.stream }, { within: 'quiet', optional: true });
      const extra = isOnData ? [{ length: 7, seed: 2 }] : [];
      call.sendMessages(uploadCall(extra).messages, { endStream: true }).awaitEnd();
      call.expect(sumOfOctets([...payloads, ...extra].reduce((sum, { length }) => sum + length, 0)));
    },
    check: (seen) => endsAfterHalfClose(seen.call()),
  }),

  experiment('EOS-08-early-final-status', {
    generates: 'calls that their handler, or the lack of one, ends after 0 to 3 messages, while the request stays open',
    accepts: ['the status before END_STREAM, then RST_STREAM(NO_ERROR)', 'no RST_STREAM, with a warning'],
    borrows: ['before', 'fields', 'arrival'],
    effort: 0.3,
    arbitrary: ({ offers }) => earlyEnd(offers),
    labels: endLabels,
    examples: ({ offers }) => examplesOf(offers),
    script: (script, end) => {
      const call = provoke(script, end).expect(...endOf(end));
      // The reset comes with the trailers or not at all.
      script.fence().await({ see: 'reset', stream: call.stream }, { within: 'quiet', optional: true });
    },
    check: (seen) => closesEarly(seen.call()),
  }),

  experiment('EOS-09-late-client-frames-after-trailers', {
    generates:
      'calls that the server ends early, then 0 to 6 frames of a client that has not seen it, among them END_STREAM and RST_STREAM',
    accepts: ['a connection that stays open and serves another call', 'RST_STREAM on the stream'],
    borrows: ['before', 'fields'],
    effort: 0.5,
    arbitrary: ({ offers }) => arb.record({ end: earlyEnd(offers), late: lateRow() }),
    labels: {
      'DATA after the end': ({ late }) => late.includes('DATA'),
      'END_STREAM after the end': ({ late }) => late.includes('END_STREAM'),
      'WINDOW_UPDATE after the end': ({ late }) => late.includes('WINDOW_UPDATE'),
      'RST_STREAM after the end': ({ late }) => late.some((name) => name.startsWith('RST_STREAM')),
    },
    examples: ({ offers }) =>
      examplesOf(offers).flatMap((end) =>
        (['DATA', 'END_STREAM', 'WINDOW_UPDATE', 'RST_STREAM(NO_ERROR)', 'RST_STREAM(CANCEL)'] as const).map(
          (name) => ({
            end,
            late: [name],
          }),
        ),
      ),
    script: (script, { end, late }, facts) => {
      // No client may do so that has seen the end; the server cannot know whether this one has.
      const call = provoke(script, end, { legal: false });
      for (const name of late) script.frame(lateFrames[name](call.stream));
      script.fence();
      script.call(plainestCall(facts)).expect(...plainestAnswers(facts));
      script.expectConnection([staysUp]);
    },
  }),
];

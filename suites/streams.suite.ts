import {
  arb,
  connectionError,
  data,
  discard,
  discardsFor,
  errorCodes,
  experiment,
  fc,
  fullDuplexCall,
  initialSettings,
  largestBody,
  largestMessage,
  mostCalls,
  octetsOf,
  payloadOf,
  plainestCall,
  rstStream,
  settingIds,
  settingValue,
  stimulus,
  streamError,
  streamingInputCall,
  suite,
  sumOfOctets,
  unaryCall,
  windowUpdate,
  type CallRequest,
  type PlanBuilder,
  type RawFrame,
  type TargetFacts,
} from '../harness';
import { bystanders } from './streams/bystanders.suite';
import { closed } from './streams/closed.suite';
import { halfClosed } from './streams/half-closed.suite';
import { bothEnds } from './streams/both-ends.suite';
import { ids } from './streams/ids.suite';
import { highestStream } from './streams/shared';
import { unread } from './streams/unread.suite';
import { uploads } from './streams/uploads.suite';
import { windows } from './streams/windows.suite';

const idleFrames = {
  DATA: (stream: number) => data(stream, octetsOf({ length: 5, seed: 1 })),
  RST_STREAM: (stream: number) => rstStream(stream, errorCodes.CANCEL),
  WINDOW_UPDATE: (stream: number) => windowUpdate(stream, 1),
} as const satisfies Readonly<Record<string, (stream: number) => RawFrame>>;

type IdleFrame = keyof typeof idleFrames;
const idleFrameNames = Object.keys(idleFrames) as readonly IdleFrame[];

/** Uploads stay below, whatever window the target opens: one that nobody fills is left alone. Octets. */
const largestUpload = 4_194_304;

/** Octets of DATA that a stream is made to discard at most. */
const largestDiscard = 1_048_576;

/** The connection starts with this window, whatever the settings say (RFC 9113 §6.9.2). */
const connectionWindow = initialSettings.INITIAL_WINDOW_SIZE;

/** The window that a stream of ours starts with, in octets. That of the connection starts with at least 65535 (RFC 9113 §6.9.2). */
const windowOf = (facts: TargetFacts): number =>
  Math.max(settingValue(facts.settings, settingIds.INITIAL_WINDOW_SIZE) ?? 0, connectionWindow);

/** Octets of payload that an upload may have in all, with room for what surrounds its messages. */
const uploadRoom = (facts: TargetFacts): number => Math.floor(Math.min(largestUpload, largestBody(facts)) * 0.98);

/** Octets of payload that one discarded stream may have. */
const discardRoom = (facts: TargetFacts): number =>
  Math.min(windowOf(facts), largestDiscard, largestMessage(facts), largestBody(facts)) - 64;

/** Payload octets of a message, with room for what surrounds them. */
const payloadWithin = (length: number, limit: number): number => Math.max(0, Math.min(length, limit - 64));

/** Offsets at which new frames of one size start. */
const every = (frame: number, length: number): readonly number[] =>
  Array.from({ length: Math.floor(length / frame) }, (_, index) => (index + 1) * frame);

const idlePlaces = [
  { skipped: 0, callsBefore: 0, beside: false },
  { skipped: 1, callsBefore: 1, beside: true },
];

const idlePlace = () =>
  arb.record({
    frame: fc.constantFrom(...idleFrameNames),
    skipped: arb.boundaryInteger({ max: 0x3fffff00, boundaries: [0, 1, 49, 0xffff] }),
    callsBefore: fc.nat(2),
    beside: fc.boolean(),
  });

/** Makes calls before and beside, and finds a stream that is idle then. */
function findIdle(
  script: PlanBuilder,
  { skipped, callsBefore, beside }: (typeof idlePlaces)[number],
  request: CallRequest,
): number {
  script.open();
  for (let call = 0; call < callsBefore; call++) script.call(request, { role: 'bystander' });
  if (beside) script.begin(request, { role: 'bystander' });
  return Math.min(script.nextStream() + 2 * skipped, highestStream);
}

export default suite('streams', [
  ...bothEnds,
  ...bystanders,
  ...closed,
  ...halfClosed,
  ...ids,
  ...unread,
  ...uploads,
  ...windows,

  stimulus('STREAM-04-frames-on-idle-stream', {
    generates:
      'one of the three frames on the next stream id or on any higher one, on a new connection, after calls, or beside one',
    accepts: [connectionError, 'RST_STREAM in answer to DATA'],
    effort: 0.4,
    sends: idlePlace,
    labels: {
      DATA: ({ frame }) => frame === 'DATA',
      RST_STREAM: ({ frame }) => frame === 'RST_STREAM',
      WINDOW_UPDATE: ({ frame }) => frame === 'WINDOW_UPDATE',
      'the next stream id': ({ skipped }) => skipped === 0,
      'a stream id further up': ({ skipped }) => skipped > 0,
      'after calls': ({ callsBefore }) => callsBefore > 0,
      'beside a call': ({ beside }) => beside,
    },
    examples: () => idleFrameNames.flatMap((frame) => idlePlaces.map((place) => ({ frame, ...place }))),
    write: (script, { frame, ...place }, facts) => {
      const idle = findIdle(script, place, plainestCall(facts));
      // A fresh call on that stream would be one that we have reset, or filled, ourselves.
      script.passStreams(idle).frame(idleFrames[frame](idle));
      script.expectStream(idle, frame === 'DATA' ? [streamError] : [connectionError]);
    },
  }),

  stimulus('STREAM-11-window-update-zero', {
    generates:
      'WINDOW_UPDATE of 0 on stream 0 or on the stream of a bidirectional call: after its header, after a message, or between two answers',
    accepts: [connectionError, 'RST_STREAM with an error code, on a stream'],
    needs: ['bidirectional-streaming'],
    effort: 0.3,
    sends: () =>
      arb.record({
        level: fc.constantFrom('stream', 'connection'),
        moment: fc.constantFrom('header', 'message', 'answer'),
        size: arb.responseSize({ maxLength: 2000 }),
      }),
    labels: {
      'on the connection': ({ level }) => level === 'connection',
      'on a stream whose request is on the way': ({ level, moment }) => level === 'stream' && moment !== 'answer',
      'on a stream that has an answer': ({ level, moment }) => level === 'stream' && moment === 'answer',
    },
    examples: () =>
      (['stream', 'connection'] as const).flatMap((level) =>
        (['header', 'message', 'answer'] as const).map((moment) => ({ level, moment, size: 1 })),
      ),
    write: (script, { level, moment, size }) => {
      const request = fullDuplexCall([{ responses: [{ size }] }]);
      const call = script.begin(request);
      if (moment !== 'header') call.sendMessages(request.messages);
      if (moment === 'answer') call.awaitMessages(1);
      script.frame(windowUpdate(level === 'stream' ? call.stream : 0, 0));
      if (level === 'connection') script.expectConnection([connectionError]);
      else script.expectStream(call.stream, [streamError]);
      // A call that goes on to status OK shows that the frame was passed over.
      call.halfClose().awaitEnd();
    },
  }),

  experiment('STREAM-15-upload-window-replenished', {
    generates:
      'uploads of more octets than the stream window and the first connection window have, in one message or many, in frames of 1000 to 16384 octets, within the windows at every moment',
    accepts: ['status OK with the answer to the whole upload'],
    needs: ['unary', 'client-streaming'],
    effort: 0.1,
    arbitrary: (facts) => {
      const room = Math.max(uploadRoom(facts), connectionWindow + 1);
      const window = windowOf(facts);
      const least = Math.min(window + 1, room);
      return arb.record({
        length: arb.boundaryInteger({
          min: least,
          max: Math.max(least, Math.min(Math.max(1_048_576, 2 * window), room)),
          boundaries: [65_536, 131_072, 271_828, window + 16_384, 2 * window],
        }),
        // A message of its own for so many octets; 0 puts everything into one message.
        message: fc.oneof(fc.constant(0), arb.boundaryInteger({ min: 5000, max: 200_000 })),
        frame: arb.boundaryInteger({ min: 1000, max: 16_384, boundaries: [16_383] }),
      });
    },
    labels: {
      'one message': ({ message }) => message === 0,
      'several messages': ({ message }) => message > 0,
      'more than twice the first window': ({ length }) => length > 2 * connectionWindow,
      'full frames': ({ frame }) => frame === 16_384,
      'small frames': ({ frame }) => frame <= 5000,
    },
    examples: (facts) => {
      const room = Math.max(uploadRoom(facts), connectionWindow + 1);
      const length = Math.min(Math.max(271_828, windowOf(facts) + 1), room);
      return [
        { length, message: 0, frame: 16_384 },
        { length, message: 27_182, frame: 5000 },
      ];
    },
    script: (script, { length, message, frame }, facts) => {
      const limit = largestMessage(facts);
      const isOneMessage = message === 0 && length + 64 <= limit;
      const each = payloadWithin(message === 0 ? length : message, limit);
      const count = Math.ceil(length / each);
      const request = isOneMessage
        ? unaryCall({ payload: new Uint8Array(length), responseSize: 7 })
        : streamingInputCall(Array.from({ length: count }, () => ({ payload: new Uint8Array(each) })));
      const wanted = isOneMessage ? payloadOf(7) : sumOfOctets(count * each);
      script.call(request, { cuts: every(frame, 2 * length) }).expect(wanted);
    },
  }),

  experiment('STREAM-16-discarded-data-returns-connection-credit', {
    generates:
      'more than four times the window in DATA that the server discards: for unknown methods, of calls that we reset, behind an early status, of messages that are too large; then a large upload on the same connection',
    accepts: ['status OK for the upload at the end'],
    needs: ['unary'],
    exceeds: ['message'],
    effort: 0.15,
    arbitrary: (facts) => {
      const room = discardRoom(facts);
      return arb.record({
        // One or two reasons in turn, so that each of them discards more than a window.
        reasons: arb.list(fc.constantFrom(...discardsFor(facts)), { minCount: 1, maxCount: 2 }),
        length: fc.integer({ min: Math.ceil(room / 2), max: room }),
      });
    },
    labels: {
      'an unknown method': ({ reasons }) => reasons.includes('unknown method'),
      'our own reset': ({ reasons }) => reasons.includes('our reset'),
      'one reason alone': ({ reasons }) => new Set(reasons).size === 1,
    },
    examples: (facts) =>
      discardsFor(facts).map((reason) => ({ reasons: [reason], length: Math.min(40_000, discardRoom(facts)) })),
    script: (script, { reasons, length }, facts) => {
      // 8 times half a window; few enough streams that no defence against resets is in sight.
      for (let round = 0; round < mostCalls(facts, 11) - 1; round++)
        discard(script, reasons[round % reasons.length]!, length, facts);
      script.fence();
      const room = Math.min(largestMessage(facts), largestBody(facts));
      const upload = payloadWithin(2 * Math.min(windowOf(facts), largestDiscard), room);
      script.call(unaryCall({ payload: new Uint8Array(upload), responseSize: 7 })).expect(payloadOf(7));
    },
  }),
]);

import {
  allBystanders,
  arb,
  beginBystanders,
  connectionError,
  experiment,
  fc,
  frameTypes,
  fullDuplexCall,
  octetsOf,
  rawFrame,
  settingIds,
  staysUp,
  stimulus,
  streamError,
  streamOfSizes,
  unaryCall,
  warned,
  windowUpdate,
  type AnyProperty,
  type CallWriter,
  type PlanBuilder,
} from '../../harness';
import { openHolding } from './shared';

/** The largest window that there may be (RFC 9113 §6.9.1), and what streams and connections start with. Octets. */
const largestWindow = 0x7fff_ffff;
const firstWindow = 65_535;

/** A conversation under way: its handler waits for a message, and has sent one of `answered` octets unless that is none. */
function converse(script: PlanBuilder, answered?: number): CallWriter {
  const request = fullDuplexCall(answered === undefined ? [] : [{ responses: [{ size: answered }] }]);
  const call = script.begin(request);
  if (answered !== undefined) call.sendMessages(request.messages).awaitMessages(1);
  return call;
}

/** Octets in several increments. */
const parts = (total: number, count: number): readonly number[] => {
  const each = Math.floor(total / count);
  return Array.from({ length: count }, (_, index) => (index === 0 ? total - each * (count - 1) : each));
};

const wrongPlaces = ['the connection', 'an open stream', 'a half-closed stream', 'a complete stream'] as const;

function streamAt(script: PlanBuilder, place: (typeof wrongPlaces)[number]): number {
  switch (place) {
    case 'the connection':
      return 0;
    case 'an open stream':
      return script.begin(fullDuplexCall([]), { legal: false }).stream;
    case 'a half-closed stream':
      return script.call(unaryCall({ responseSize: 5000 }), { awaitEnd: false, legal: false }).stream;
    case 'a complete stream':
      return script.call(unaryCall({ responseSize: 5 }), { legal: false }).stream;
  }
}

/** What a client may say of the target's windows, and where that ends. */
export const windows: readonly AnyProperty[] = [
  stimulus('STREAM-12-window-update-length', {
    generates:
      'WINDOW_UPDATE of 0 to 3 or 5 to 64 octets on the connection, or on a stream that is open, half-closed or complete, beside other calls',
    accepts: [connectionError],
    needs: ['unary', 'bidirectional-streaming'],
    effort: 0.3,
    sends: (facts) =>
      arb.record({
        length: arb.boundaryInteger({ max: 64, boundaries: [0, 1, 2, 3, 5, 6, 7, 8] }).filter((length) => length !== 4),
        place: fc.constantFrom(...wrongPlaces),
        seed: arb.seed(),
        beside: arb.bystanders(facts, { own: 2, maxCount: 2 }),
      }),
    labels: {
      'no octet': ({ length }) => length === 0,
      'too short': ({ length }) => length > 0 && length < 4,
      'too long': ({ length }) => length > 4,
      'a multiple of four': ({ length }) => length > 4 && length % 4 === 0,
      'on the connection': ({ place }) => place === 'the connection',
      'on a stream': ({ place }) => place !== 'the connection',
    },
    examples: (facts) =>
      wrongPlaces.flatMap((place) => [
        { length: 3, place, seed: 1, beside: [] },
        { length: 8, place, seed: 1, beside: allBystanders(facts, 2).slice(0, 2) },
        { length: 0, place, seed: 1, beside: [] },
      ]),
    write: (script, { length, place, seed, beside }) => {
      openHolding(script);
      const finish = beginBystanders(script, beside);
      const streamId = streamAt(script, place);
      script.frame(rawFrame({ type: frameTypes.WINDOW_UPDATE, streamId, payload: octetsOf({ length, seed }) }));
      script.expectConnection([connectionError]);
      finish();
    },
  }),

  experiment('STREAM-13-window-overflow', {
    generates:
      'WINDOW_UPDATE that takes the window of the connection or of an open stream to 2^31−1 exactly, in one to four increments, from any initial window of up to 100,000 octets, then none or up to 2^31−1 octets more, in one increment with it where there is one',
    accepts: [connectionError, 'RST_STREAM with an error code, on a stream', 'nothing as long as the window is legal'],
    needs: ['bidirectional-streaming'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        level: fc.constantFrom('stream', 'connection'),
        initialWindow: arb.boundaryInteger({ max: 100_000, boundaries: [0, 1, firstWindow] }),
        count: fc.integer({ min: 1, max: 4 }),
        excess: arb.boundaryInteger({ max: largestWindow, boundaries: [0, 1, 2, firstWindow] }),
        isAtOnce: fc.boolean(),
      }),
    labels: {
      'on a stream': ({ level, excess }) => level === 'stream' && excess > 0,
      'on the connection': ({ level, excess }) => level === 'connection' && excess > 0,
      'one octet too many': ({ excess }) => excess === 1,
      'as large as may be': ({ excess }) => excess === 0,
      'one increment that is too large': (input) => input.excess > 0 && incrementsOf(input).length === 1,
      'a window that SETTINGS have made another': ({ level, initialWindow }) =>
        level === 'stream' && initialWindow !== firstWindow,
    },
    examples: () =>
      (['stream', 'connection'] as const).flatMap((level) => [
        { level, initialWindow: firstWindow, count: 1, excess: 1, isAtOnce: false },
        { level, initialWindow: 100, count: 2, excess: largestWindow, isAtOnce: false },
        { level, initialWindow: firstWindow, count: 1, excess: firstWindow, isAtOnce: true },
        { level, initialWindow: firstWindow, count: 3, excess: 0, isAtOnce: false },
      ]),
    script: (script, input) => {
      const { level, initialWindow, excess } = input;
      openWith(script, level === 'stream' ? initialWindow : firstWindow);
      // Nothing is answered, so that nothing uses the window or gives it back.
      const call = script.begin(fullDuplexCall([]));
      const stream = level === 'stream' ? call.stream : 0;
      for (const octets of incrementsOf(input)) script.frame(windowUpdate(stream, octets));
      if (excess === 0) {
        script.fence();
        call.halfClose().awaitEnd().expect(streamOfSizes([]));
        script.expectConnection([staysUp]);
        return;
      }
      if (level === 'connection') script.expectConnection([connectionError]);
      else script.expectStream(stream, [streamError]);
      // A call that goes on to status OK shows that the frame was passed over.
      call.halfClose().awaitEndOrError();
    },
  }),

  experiment('STREAM-14-settings-window-overflow', {
    generates:
      'an open stream, before or after an answer, whose window WINDOW_UPDATE has made larger than those of up to three calls beside it, then SETTINGS_INITIAL_WINDOW_SIZE in one or two steps that lifts it to 2^31−1 exactly, or by up to 2^30 octets more',
    accepts: [
      connectionError,
      'RST_STREAM on the stream alone, with a warning',
      'nothing as long as the window is legal',
    ],
    needs: ['bidirectional-streaming'],
    effort: 0.25,
    arbitrary: (facts) =>
      arb.record({
        initialWindow: arb.boundaryInteger({ min: 1000, max: 100_000, boundaries: [firstWindow] }),
        slack: arb.boundaryInteger({ max: 0x1fff_ffff, boundaries: [0, 1, firstWindow] }),
        excess: arb.boundaryInteger({ max: 0x3fff_ffff, boundaries: [0, 1, 1000, firstWindow] }),
        isAnswered: fc.boolean(),
        inTwoSteps: fc.boolean(),
        beside: arb.bystanders(facts, { maxCount: 3 }),
      }),
    labels: {
      'one octet too many': ({ excess, isAnswered }) => excess === 1 && !isAnswered,
      'as large as may be': ({ excess }) => excess === 0,
      'far too many': ({ excess }) => excess > 0xff_ffff,
      'a stream that has an answer': ({ excess, isAnswered }) => isAnswered && excess > 0,
      'beside calls whose windows are smaller': ({ excess, beside }) => beside.length > 0 && excess > 0,
      'in two steps': ({ inTwoSteps }) => inTwoSteps,
    },
    examples: (facts) => {
      const plain = { initialWindow: firstWindow, slack: 0, isAnswered: false, inTwoSteps: false, beside: [] };
      return [
        { ...plain, excess: 1 },
        { ...plain, excess: 0 },
        { ...plain, excess: firstWindow, isAnswered: true, beside: allBystanders(facts).slice(0, 3) },
        { ...plain, excess: 0x3fff_ffff, slack: 5, inTwoSteps: true },
      ];
    },
    script: (script, { initialWindow, slack, excess, isAnswered, inTwoSteps, beside }) => {
      openWith(script, initialWindow);
      const finish = beginBystanders(script, beside);
      const call = converse(script, isAnswered ? 5 : undefined);
      call.grant(largestWindow - initialWindow - slack);
      // An answer has used some of the window: so much more is too much for certain.
      const lifted = initialWindow + slack + (isAnswered && excess > 0 ? Math.max(excess, 1000) : excess);
      if (inTwoSteps) script.settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: initialWindow + slack }]);
      script.settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: lifted }]);
      script.fence();
      if (excess > 0)
        script.await({ see: 'end', stream: call.stream, orError: true }, { within: 'close', optional: true });
      call.halfClose().awaitEndOrError();
      finish();
      if (excess > 0) return void call.expect(connectionError, warned(streamError));
      call.expect(streamOfSizes(isAnswered ? [5] : []));
      script.expectConnection([staysUp]);
    },
  }),
];

/** WINDOW_UPDATEs that make a window as large as it may be, and by `excess` larger. */
function incrementsOf({
  level,
  initialWindow,
  count,
  excess,
  isAtOnce,
}: {
  readonly level: string;
  readonly initialWindow: number;
  readonly count: number;
  readonly excess: number;
  readonly isAtOnce: boolean;
}): readonly number[] {
  const room = largestWindow - (level === 'stream' ? initialWindow : firstWindow);
  if (isAtOnce && room + excess <= largestWindow) return [room + excess];
  return [...parts(room, count), ...(excess === 0 ? [] : [excess])];
}

/** Opens a connection whose streams start with such a window. */
const openWith = (script: PlanBuilder, initialWindow: number): PlanBuilder =>
  script.open({
    settings: [
      { id: settingIds.ENABLE_PUSH, value: 0 },
      { id: settingIds.INITIAL_WINDOW_SIZE, value: initialWindow },
    ],
  });

import {
  arb,
  connectionError,
  data,
  experiment,
  fc,
  largestMessage,
  longestFrame,
  octetsOf,
  openStalled,
  payloadOf,
  plainestCall,
  rawFrame,
  settingIds,
  settingValue,
  stimulus,
  streamingOutputCall,
  streamOfSizes,
  suite,
  unaryCall,
  type AnyProperty,
  type RawFrame,
  type TargetFacts,
  type UnknownFrameSpec,
} from '../harness';
import { fieldBlocks } from './frames/field-blocks.suite';
import { lengths } from './frames/lengths.suite';
import { misplaced } from './frames/misplaced.suite';
import { priorities } from './frames/priority.suite';
import { repeatedSettings } from './frames/repeated-settings.suite';
import { clientSettings } from './frames/settings.suite';
import { tolerated } from './frames/tolerated.suite';

/** Streams that stand for the placements of a frame that belongs to no request, in a script whose second call is the one under way. */
const streamOf = { connection: 0, open: 3, closed: 1, idle: 101, even: 2 } as const;

const unknownFrameOf = ({ type, flags, reserved, placement, payload }: UnknownFrameSpec): RawFrame =>
  rawFrame({ type, flags, reserved, streamId: streamOf[placement], payload: octetsOf(payload) });

/** Every target takes DATA of so many octets (RFC 9113 §6.5.2). */
const everyFrame = 16_384;

/** The largest DATA payload that the target advertises, and its windows and messages have room for. Smaller windows cut any frame up. */
function largestFrame(facts: TargetFacts): number {
  const window = settingValue(facts.settings, settingIds.INITIAL_WINDOW_SIZE) ?? 65_535;
  return Math.max(everyFrame, Math.min(longestFrame(facts), window, 65_535, roomFor(facts)));
}

/** Octets of payload that a message of the target has room for. */
const roomFor = (facts: TargetFacts): number => largestMessage(facts) - 64;

const properties: readonly AnyProperty[] = [
  ...fieldBlocks,
  ...misplaced,
  ...lengths,
  ...clientSettings,
  ...repeatedSettings,
  ...tolerated,
  ...priorities,

  experiment('FRAME-01-unknown-type-ignored', {
    generates:
      'one to four frames of undefined type, with any flags and payload, on stream 0 and on open, closed, idle and even streams, in the middle of a call',
    accepts: ['status OK, and a connection that goes on'],
    needs: ['unary'],
    arbitrary: () =>
      arb.record({
        frames: arb.list(arb.unknownFrame({ maxLength: 4096 }), { minCount: 1, maxCount: 4 }),
        size: arb.responseSize({ maxLength: 2000 }),
      }),
    labels: {
      'on stream 0': ({ frames }) => frames.some(({ placement }) => placement === 'connection'),
      'on the stream of the open call': ({ frames }) => frames.some(({ placement }) => placement === 'open'),
      'on a closed stream': ({ frames }) => frames.some(({ placement }) => placement === 'closed'),
      'on an idle or even stream': ({ frames }) =>
        frames.some(({ placement }) => placement === 'idle' || placement === 'even'),
      'several frames': ({ frames }) => frames.length > 1,
      'all flags of known types': ({ frames }) => frames.some(({ flags }) => (flags & 0x2d) !== 0),
      'no payload': ({ frames }) => frames.some(({ payload }) => payload.length === 0),
    },
    examples: () =>
      Object.keys(streamOf).map((placement) => ({
        frames: [
          {
            type: 0xfa,
            flags: 0,
            reserved: false,
            placement: placement as keyof typeof streamOf,
            payload: { length: 8, seed: 0 },
          },
        ],
        size: 10,
      })),
    script: (script, { frames, size }) => {
      const request = unaryCall({ responseSize: size });
      script.call(request).expect(payloadOf(size));
      const call = script.begin(request);
      for (const frame of frames) script.frame(unknownFrameOf(frame));
      call.sendMessages(request.messages, { endStream: true });
      for (const frame of frames) script.frame(unknownFrameOf(frame));
      call.awaitEnd().expect(payloadOf(size));
    },
  }),

  experiment('FRAME-04-max-frame-16384-accepted', {
    generates:
      'uploads in DATA frames of 16383 or 16384 octets and of the advertised maximum, as far as the windows have room',
    accepts: [payloadOf(1)],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        frame: fc.constantFrom(everyFrame, largestFrame(facts), 16_383, largestFrame(facts) - 1),
        frames: fc.integer({ min: 1, max: Math.min(3, Math.max(1, Math.floor(roomFor(facts) / largestFrame(facts)))) }),
        seed: arb.seed(),
      }),
    labels: {
      'frames of 16384 octets': ({ frame }) => frame === everyFrame,
      'frames of the advertised maximum': ({ frame }, facts) => frame === largestFrame(facts),
      'one octet below': ({ frame }) => frame % 2 === 1,
    },
    examples: (facts) => [
      { frame: 16_384, frames: 1, seed: 1 },
      { frame: largestFrame(facts), frames: 1, seed: 1 },
    ],
    script: (script, { frame, frames, seed }) => {
      const payload = octetsOf({ length: frame * frames, seed });
      const cuts = Array.from({ length: frames }, (_, index) => (index + 1) * frame);
      script.call(unaryCall({ payload, responseSize: 1 }), { cuts }).expect(payloadOf(1));
    },
  }),

  stimulus('FRAME-07-data-on-stream-0', {
    generates: 'DATA of 0 to 300 octets on stream 0, padded or not, with END_STREAM or without, alone or beside a call',
    accepts: [connectionError],
    effort: 0.3,
    sends: () =>
      arb.record({
        payload: arb.message({ maxLength: 300 }),
        endStream: fc.boolean(),
        padLength: fc.constantFrom(-1, 0, 7),
        beside: fc.boolean(),
      }),
    labels: {
      empty: ({ payload }) => payload.length === 0,
      'with END_STREAM': ({ endStream }) => endStream,
      padded: ({ padLength }) => padLength >= 0,
      'while a call is open': ({ beside }) => beside,
    },
    examples: () =>
      [0, 5].flatMap((length) =>
        [true, false].map((endStream) => ({
          payload: { length, seed: 1 },
          endStream,
          padLength: -1,
          beside: endStream,
        })),
      ),
    write: (script, { payload, endStream, padLength, beside }, facts) => {
      if (beside) script.begin(plainestCall(facts), { legal: false });
      script.frame(data(0, octetsOf(payload), { endStream, ...(padLength < 0 ? {} : { padLength }) }));
    },
  }),

  experiment('FRAME-23-server-frames-well-formed', {
    generates:
      'calls with answers of up to 200,000 octets in up to four messages, under frame size limits from 16384 up and windows from 1 octet to 1 MiB',
    accepts: ['frames of any legal size'],
    needs: ['server-streaming'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        maxFrameSize: arb.boundaryInteger({ min: 16_384, max: 2 ** 20, boundaries: [16_385, 20_000, 65_536] }),
        window: arb.boundaryInteger({ min: 1000, max: 2 ** 20, boundaries: [16_383, 16_384, 16_385, 65_535] }),
        sizes: arb.responseSizes({ minCount: 1, maxCount: 4, maxLength: 50_000 }),
      }),
    labels: {
      'a message above 16384 octets': ({ sizes }) => sizes.some((size) => size > 16_384),
      'a frame size limit above 16384': ({ maxFrameSize }) => maxFrameSize > 16_384,
      'a window that is smaller than a frame': ({ window, maxFrameSize }) => window < maxFrameSize,
      'an empty message': ({ sizes }) => sizes.includes(0),
    },
    examples: () => [
      { maxFrameSize: 16_384, window: 2 ** 20, sizes: [50_000, 0, 16_379, 16_380] },
      { maxFrameSize: 20_000, window: 2 ** 20, sizes: [50_000] },
    ],
    script: (script, { maxFrameSize, window, sizes }) => {
      const frameSize = [{ id: settingIds.MAX_FRAME_SIZE, value: maxFrameSize }];
      openStalled(script, window, { settings: frameSize, replenishConnection: true });
      const call = script.call(streamingOutputCall({ responses: sizes.map((size) => ({ size })) }), {
        awaitEnd: false,
      });
      // Credit for everything at once, so that frames are as large as the server makes them.
      call.grant(2 ** 20);
      call.awaitEnd().expect(streamOfSizes(sizes));
    },
  }),
];

/** In the order of the catalogue. */
export default suite(
  'frames',
  properties.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
);

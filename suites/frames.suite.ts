import {
  anyEnd,
  arb,
  connectionError,
  continuation,
  data,
  experiment,
  fc,
  goaway,
  headers,
  largestMessage,
  octetsOf,
  openStalled,
  payloadOf,
  ping,
  plainestCall,
  priority,
  rawFrame,
  rstStream,
  settingIds,
  settings,
  settingValue,
  staysUp,
  stimulus,
  streamingInputCall,
  streamingOutputCall,
  streamOfSizes,
  suite,
  unaryCall,
  windowUpdate,
  type PlanBuilder,
  type RawFrame,
  type TargetFacts,
  type UnknownFrameSpec,
} from '../harness';

/** Streams that stand for the placements of a frame that belongs to no request, in a script whose second call is the one under way. */
const streamOf = { connection: 0, open: 3, closed: 1, idle: 101, even: 2 } as const;

const unknownFrameOf = ({ type, flags, reserved, placement, payload }: UnknownFrameSpec): RawFrame =>
  rawFrame({ type, flags, reserved, streamId: streamOf[placement], payload: octetsOf(payload) });

/** What may not stand inside a field block, by name. The block is that of stream 1; 3 is idle. */
const interruptions = {
  DATA: () => data(1, octetsOf({ length: 5, seed: 1 })),
  PRIORITY: () => priority(1, { exclusive: false, dependency: 0, weight: 16 }),
  RST_STREAM: () => rstStream(1, 8),
  SETTINGS: () => settings([]),
  PING: () => ping(octetsOf({ length: 8, seed: 1 })),
  WINDOW_UPDATE: () => windowUpdate(0, 1),
  'WINDOW_UPDATE on the stream': () => windowUpdate(1, 1),
  GOAWAY: () => goaway(0, 0),
  'an unknown type': () => rawFrame({ type: 0xbe, payload: octetsOf({ length: 3, seed: 1 }) }),
  'HEADERS on another stream': () => headers(3, new Uint8Array(0)),
  'CONTINUATION on another stream': () => continuation(3, new Uint8Array(0)),
} as const;

const interruptionNames = Object.keys(interruptions) as readonly (keyof typeof interruptions)[];

/** A request with a frame before the last CONTINUATION of its field block. */
function interruptFieldBlock(script: PlanBuilder, interruption: RawFrame, headerCuts: readonly number[]): void {
  const request = unaryCall({ responseSize: 1 });
  const call = script.begin(request, { endHeaders: false, headerCuts, legal: false });
  script.frame(interruption);
  script.frame(continuation(call.stream, new Uint8Array(0), { endHeaders: true }));
  call.sendMessages(request.messages, { endStream: true });
}

/** A request whose field block is cut, and how. */
interface CutRequest {
  /** Offsets at which CONTINUATION frames start; equal ones make an empty fragment. */
  readonly cuts: readonly number[];
  /** The last CONTINUATION is empty. */
  readonly emptyEnd: boolean;
  /** END_STREAM stands on HEADERS, so that CONTINUATION frames follow the end of the request: HTTP/2, though no gRPC client does it. */
  readonly endStream: boolean;
  /** Characters of a field that makes the block longer, and whether they are Huffman-coded. */
  readonly field: number;
  readonly huffman: boolean;
}

function sendCutRequest(script: PlanBuilder, { cuts, emptyEnd, endStream, field, huffman }: CutRequest): void {
  const metadata = [{ name: 'x-long', value: 'a1'.repeat(field / 2), huffman: { name: huffman, value: huffman } }];
  const request = endStream ? streamingInputCall([]) : unaryCall({ responseSize: 5 });
  const call = script.begin(request, {
    headerCuts: cuts,
    metadata,
    endStream,
    legal: !endStream,
    ...(emptyEnd ? { endHeaders: false } : {}),
  });
  if (emptyEnd) script.frame(continuation(call.stream, new Uint8Array(0), { endHeaders: true }));
  if (!endStream) call.sendMessages(request.messages, { endStream: true });
  call.awaitEnd().expect(endStream ? anyEnd : payloadOf(5));
  script.expectConnection([staysUp]);
}

/** Every target takes DATA of so many octets (RFC 9113 §6.5.2). */
const everyFrame = 16_384;

/** The largest DATA payload that the target advertises, and its windows and messages have room for. Smaller windows cut any frame up. */
function largestFrame(facts: TargetFacts): number {
  const advertised = settingValue(facts.settings, settingIds.MAX_FRAME_SIZE) ?? everyFrame;
  const window = settingValue(facts.settings, settingIds.INITIAL_WINDOW_SIZE) ?? 65_535;
  return Math.max(everyFrame, Math.min(advertised, window, 65_535, roomFor(facts)));
}

/** Octets of payload that a message of the target has room for. */
const roomFor = (facts: TargetFacts): number => largestMessage(facts) - 64;

export default suite('frames', [
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

  stimulus('FRAME-06-field-block-contiguous', {
    generates:
      'a request whose field block is cut into one to four fragments, and a frame of any type before its last CONTINUATION',
    accepts: [connectionError],
    needs: ['unary'],
    sends: () =>
      arb.record({ interruption: fc.constantFrom(...interruptionNames), cuts: arb.continuationCuts({ max: 3 }) }),
    examples: () => interruptionNames.map((interruption) => ({ interruption, cuts: [] })),
    write: (script, { interruption, cuts }) => interruptFieldBlock(script, interruptions[interruption](), cuts),
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

  experiment('FRAME-28-continuation-reassembly', {
    generates:
      'requests whose field block is cut at any octets into up to six frames, with empty ones in front, in the middle and at the end, some with END_STREAM on HEADERS',
    accepts: [payloadOf(5), 'any end of a call whose END_STREAM stands on HEADERS'],
    needs: ['unary', 'client-streaming'],
    effort: 0.5,
    labels: {
      'an empty HEADERS frame': ({ cuts }) => cuts[0] === 0,
      'an empty CONTINUATION frame in the middle': ({ cuts }) => cuts.some((cut, place) => cuts[place + 1] === cut),
      'an empty CONTINUATION frame at the end': ({ emptyEnd }) => emptyEnd,
      'four or more CONTINUATION frames': ({ cuts, emptyEnd }) => cuts.length + Number(emptyEnd) >= 4,
      'END_STREAM on HEADERS, which has no END_HEADERS': ({ cuts, emptyEnd, endStream }) =>
        endStream && (emptyEnd || cuts.length > 0),
      'a cut inside a Huffman-coded value': ({ cuts, huffman, field }) =>
        huffman && field >= 100 && cuts.some((cut) => cut > 90 && cut < 130),
    },
    arbitrary: () =>
      arb.record({
        cuts: arb.continuationCuts({ max: 4 }),
        emptyEnd: fc.boolean(),
        endStream: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
        field: fc.nat(200),
        huffman: fc.boolean(),
      }),
    examples: () => [
      { cuts: [0], emptyEnd: false, endStream: false, field: 0, huffman: false },
      { cuts: [20, 20], emptyEnd: true, endStream: false, field: 0, huffman: false },
      { cuts: [1, 2, 3, 4], emptyEnd: true, endStream: true, field: 100, huffman: true },
      { cuts: [100], emptyEnd: false, endStream: false, field: 200, huffman: true },
    ],
    script: sendCutRequest,
  }),
]);

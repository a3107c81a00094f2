import {
  arb,
  connectionError,
  connectionPreface,
  data,
  encodeFrame,
  encodeMessage,
  experiment,
  fc,
  headers,
  joinOctets,
  literalRequest,
  octetsOf,
  payloadOf,
  ping,
  plainestCall,
  priority,
  rawFrame,
  recorded,
  rstStream,
  settings,
  settingsAck,
  staysUp,
  stimulus,
  unaryCall,
  windowUpdate,
  type AnyProperty,
  type CallRequest,
  type PlanBuilder,
  type RawFrame,
  type TargetFacts,
} from '../../harness';
import { unlessRepeated } from '../frames/shared';

/** The frames of a whole request on stream 1, without the table. */
function requestFrames(facts: TargetFacts): readonly RawFrame[] {
  const request = plainestCall(facts);
  const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
  return [headers(1, literalRequest(facts, request)), data(1, body, { endStream: true })];
}

/** Frames that may not be the first of a client (RFC 9113 §3.4). */
const firstFrames = {
  PING: () => [ping(octetsOf({ length: 8, seed: 1 }))],
  WINDOW_UPDATE: () => [windowUpdate(0, 1000)],
  HEADERS: requestFrames,
  DATA: () => [data(1, octetsOf({ length: 5, seed: 1 }))],
  PRIORITY: () => [priority(1, { exclusive: false, dependency: 0, weight: 16 })],
  RST_STREAM: () => [rstStream(1, 8)],
  'an unknown type': () => [rawFrame({ type: 0xbe, payload: octetsOf({ length: 4, seed: 1 }) })],
  'SETTINGS on a stream': () => [{ ...settings([]), streamId: 1 }],
} as const satisfies Readonly<Record<string, (facts: TargetFacts) => readonly RawFrame[]>>;
type FirstFrame = keyof typeof firstFrames;
const firstNames = Object.keys(firstFrames) as readonly FirstFrame[];

const octetsOfFrames = (frames: readonly RawFrame[]): Uint8Array => joinOctets(frames.map(encodeFrame));

/** Milliseconds in which what was written is read apart from what follows; nothing answers the beginning of a frame. */
const rest = 20;

/** A call for which the client rests after so many octets of its opening, and of the frame of its message. Nothing else may be said meanwhile. */
function sendWithRests(
  script: PlanBuilder,
  { request, inOpening, inMessage }: { request: CallRequest; inOpening: number; inMessage: number },
): void {
  const opening = joinOctets([connectionPreface, encodeFrame(settings([]))]);
  const housekeeping = { ackSettings: false, ackPings: false };
  script.open({ insteadOfPreface: opening.subarray(0, inOpening), housekeeping });
  script.pause(rest).octets(opening.subarray(inOpening));
  // Behind it the settings of the target have come. Not SETTINGS of ours: whether two that come at once get an acknowledgement each is another rule's.
  script.fence({ by: 'ping' }).frame(settingsAck());
  const call = script.begin(request);
  const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
  const frame = encodeFrame(data(call.stream, body, { endStream: true }));
  script.octets(frame.subarray(0, inMessage)).pause(rest).octets(frame.subarray(inMessage));
  call.awaitEnd().expect(payloadOf(5));
}

/** How a connection begins. */
export const prefaces: readonly AnyProperty[] = [
  experiment('CONN-02-preface-any-segmentation', {
    generates:
      'one or two calls whose octets come in TCP writes of any size from the preface on, at once or after the settings of the server; and a call for which the client rests for a moment inside the preface or its SETTINGS, and inside the frame of its message',
    accepts: [payloadOf(5), 'a connection error in answer to settings that are repeated, recorded as info'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        own: arb.clientSettings({ maxCount: 5 }),
        segments: fc.oneof(arb.segments(), fc.constant<readonly number[]>([]), fc.constant<readonly number[]>([1])),
        waits: fc.boolean(),
        rests: fc.oneof<fc.MaybeWeightedArbitrary<readonly number[]>[]>(
          { arbitrary: fc.constant([]), weight: 2 },
          {
            arbitrary: fc.tuple(
              arb.boundaryInteger({ max: 33, boundaries: [1, 23, 24, 25, 32] }),
              arb.boundaryInteger({ max: 1000, boundaries: [1, 8, 9, 10, 13, 14] }),
            ),
            weight: 1,
          },
        ),
        payload: arb.message({ maxLength: 20_000 }),
      }),
    labels: {
      'octet by octet': ({ segments, rests }) => rests.length === 0 && segments.length === 1 && segments[0] === 1,
      'everything in one write': ({ segments, waits, rests }) => segments.length === 0 && !waits && rests.length === 0,
      'a cut inside a frame header': ({ segments }) => segments.some((size) => size < 9),
      'a message of several writes': ({ segments, payload }) => segments.length > 0 && payload.length > 1448,
      'a rest inside the preface': ({ rests: [first = 0] }) => first > 0 && first < connectionPreface.length,
      'a rest inside SETTINGS': ({ rests: [first = 0] }) => first > connectionPreface.length && first < 33,
      'a rest inside a frame header': ({ rests: [, second = 0] }) => second > 0 && second < 9,
      'a rest inside a payload': ({ rests: [, second = 0] }) => second > 9,
      'without waiting for the server': ({ waits }) => !waits,
    },
    examples: () => {
      const plain = { own: [], payload: { length: 1500, seed: 1 }, rests: [] as const };
      return [
        ...[[], [1], [23], [24], [9], [40_000]].map((segments) => ({ ...plain, segments, waits: false })),
        ...[
          [1, 5],
          [23, 8],
          [24, 9],
          [28, 500],
        ].map((rests) => ({ ...plain, segments: [], waits: true, rests })),
      ];
    },
    script: (script, { own, segments, waits, rests: [inOpening, inMessage = 0], payload }) => {
      // With rests the message is one frame.
      const length = Math.min(payload.length, inOpening === undefined ? Infinity : 16_000);
      const request = unaryCall({ payload: octetsOf({ ...payload, length }), responseSize: 5 });
      if (inOpening !== undefined) return sendWithRests(script, { request, inOpening, inMessage });
      script.open({ settings: own, segments, awaitSettings: waits });
      for (let call = 0; call < 2; call++) script.call(request).expect(payloadOf(5), ...unlessRepeated(own));
    },
  }),

  stimulus('CONN-04-first-frame-not-settings', {
    generates:
      'a preface whose first frame is any other than SETTINGS on stream 0, and then SETTINGS and a whole request; or an acknowledgement of SETTINGS first',
    accepts: [connectionError, 'service where an acknowledgement is first, recorded as info'],
    effort: 0.8,
    sends: () =>
      arb.record({
        first: fc.constantFrom<'SETTINGS ACK' | FirstFrame>(...firstNames, 'SETTINGS ACK'),
        isFollowed: fc.boolean(),
      }),
    labels: {
      ...Object.fromEntries(
        [...firstNames, 'SETTINGS ACK'].map((name) => [
          name,
          ({ first }: { readonly first: string }) => first === name,
        ]),
      ),
      'nothing behind it': ({ isFollowed }) => !isFollowed,
    },
    examples: () =>
      [...firstNames, 'SETTINGS ACK' as const].flatMap((first) =>
        [true, false].map((isFollowed) => ({ first, isFollowed })),
      ),
    write: (script, { first, isFollowed }, facts) => {
      if (first === 'SETTINGS ACK') {
        const frames = octetsOfFrames([settingsAck(), settings([])]);
        script.open({ insteadOfPreface: joinOctets([connectionPreface, frames]), awaitSettings: true });
        const call = script.call(plainestCall(facts), { awaitEnd: false, role: 'bystander' });
        script.await({ see: 'end', stream: call.stream, orError: true }, { optional: true });
        call.expect(connectionError, recorded(staysUp));
        return;
      }
      const behind = isFollowed ? [settings([]), ...(first === 'HEADERS' ? [] : requestFrames(facts))] : [];
      const frames = octetsOfFrames([...firstFrames[first](facts), ...behind]);
      script.open({ insteadOfPreface: joinOctets([connectionPreface, frames]) }).takeStream();
      script.expectConnection([connectionError]);
    },
  }),
];

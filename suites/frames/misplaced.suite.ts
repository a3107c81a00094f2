import {
  arb,
  connectionError,
  continuation,
  fc,
  flags,
  frameTypes,
  headers,
  literalFields,
  literalRequest,
  octetsOf,
  plainestCall,
  pushPromise,
  rawFrame,
  streamError,
  type AnyProperty,
  type RawFrame,
  type TargetFacts,
} from '../../harness';
import { faultyFrame, wrongLength } from './shared';

/** The field block of a request, with a field of so many characters. */
const requestBlock = (facts: TargetFacts, filler = 0): Uint8Array =>
  literalRequest(facts, plainestCall(facts), [{ name: 'x-filler', value: 'a'.repeat(filler) }]);

/** A frame on the wrong stream, or of a length that its type cannot have. */
const misplacedOrMalformed = (length: fc.Arbitrary<number>) =>
  arb.record({ wrong: fc.constantFrom('stream', 'length'), length, seed: arb.seed() });

/** The stream of a frame that must be on one: where its stream is wrong, there is none. */
const orNone = (wrong: string, stream: number): number => (wrong === 'stream' ? 0 : stream);

/** Codes of RST_STREAM are any number of 32 bits, and GOAWAY may have debug data: whatever octets come first. */
const octets = (length: number, seed: number): Uint8Array => octetsOf({ length, seed });

/** Frames on a stream that they may not be on, and frames of a length that they may not have. */
export const misplaced: readonly AnyProperty[] = [
  faultyFrame('FRAME-09-headers-on-stream-0', {
    generates:
      'the field block of a request on stream 0, with and without END_STREAM, END_HEADERS, padding and priority',
    faults: () =>
      arb.record({
        endStream: fc.boolean(),
        endHeaders: fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, { arbitrary: fc.constant(false), weight: 1 }),
        padLength: fc.constantFrom(-1, 0, 9),
        hasPriority: fc.boolean(),
        filler: fc.nat(500),
      }),
    labels: {
      'with END_STREAM': ({ endStream }) => endStream,
      'without END_HEADERS': ({ endHeaders }) => !endHeaders,
      padded: ({ padLength }) => padLength >= 0,
      'with priority': ({ hasPriority }) => hasPriority,
    },
    examples: [true, false].map((endStream) => ({
      endStream,
      endHeaders: true,
      padLength: -1,
      hasPriority: false,
      filler: 0,
    })),
    frame: ({ endStream, endHeaders, padLength, hasPriority, filler }, _stream, facts) =>
      headers(0, requestBlock(facts, filler), {
        endStream,
        endHeaders,
        ...(padLength < 0 ? {} : { padLength }),
        ...(hasPriority ? { priority: { exclusive: false, dependency: 0, weight: 16 } } : {}),
      }),
  }),

  faultyFrame('FRAME-13-priority-malformed', {
    generates: 'PRIORITY on stream 0, and of 0 to 4 or 6 to 300 octets on a stream that is open or half-closed',
    accepts: [streamError],
    // On stream 0 there is no stream that an error could end.
    acceptsOf: ({ wrong }) => [wrong === 'stream' ? connectionError : streamError],
    needs: ['unary'],
    states: ['open', 'half-closed'],
    faults: () => misplacedOrMalformed(wrongLength(5)),
    labels: {
      'on stream 0': ({ wrong }) => wrong === 'stream',
      'too short': ({ wrong, length }) => wrong === 'length' && length < 5,
      'too long': ({ wrong, length }) => wrong === 'length' && length > 5,
      empty: ({ wrong, length }) => wrong === 'length' && length === 0,
    },
    examples: [
      { wrong: 'stream', length: 5, seed: 0 },
      ...[4, 4, 6, 0].map((length) => ({ wrong: 'length', length, seed: 1 })),
    ],
    frame: ({ wrong, length, seed }, stream) => priorityOf(wrong, length, seed, stream),
  }),

  faultyFrame('FRAME-15-rst-stream-malformed', {
    generates: 'RST_STREAM on stream 0, and of 0 to 3 or 5 to 300 octets on a stream that is open or half-closed',
    states: ['open', 'half-closed'],
    faults: () => misplacedOrMalformed(wrongLength(4)),
    labels: {
      'on stream 0': ({ wrong }) => wrong === 'stream',
      'too short': ({ wrong, length }) => wrong === 'length' && length < 4,
      'too long': ({ wrong, length }) => wrong === 'length' && length > 4,
    },
    examples: [
      { wrong: 'stream', length: 4, seed: 0 },
      ...[3, 3, 5, 5, 0].map((length) => ({ wrong: 'length', length, seed: 1 })),
    ],
    frame: ({ wrong, length, seed }, stream) =>
      rawFrame({
        type: frameTypes.RST_STREAM,
        streamId: orNone(wrong, stream),
        payload: octets(wrong === 'stream' ? 4 : length, seed),
      }),
  }),

  faultyFrame('FRAME-16-settings-malformed', {
    generates:
      'SETTINGS with ACK and 1 to 300 octets, SETTINGS of one parameter or none and ACKs on a stream, SETTINGS of a length that 6 does not divide',
    effort: 0.5,
    faults: () =>
      arb.record({
        wrong: fc.constantFrom('ACK', 'stream', 'length'),
        length: fc.oneof(fc.constantFrom(6, 12), arb.boundaryInteger({ min: 1, max: 300, boundaries: [5, 6, 7, 18] })),
        isAck: fc.boolean(),
      }),
    labels: {
      'ACK with whole parameters': ({ wrong, length }) => wrong === 'ACK' && length % 6 === 0,
      'ACK with a part of one': ({ wrong, length }) => wrong === 'ACK' && length % 6 !== 0,
      'on a stream': ({ wrong, isAck }) => wrong === 'stream' && !isAck,
      'an acknowledgement on a stream': ({ wrong, isAck }) => wrong === 'stream' && isAck,
      'a part of a parameter': ({ wrong }) => wrong === 'length',
    },
    examples: [
      { wrong: 'ACK', length: 6, isAck: true },
      { wrong: 'ACK', length: 1, isAck: true },
      { wrong: 'stream', length: 1, isAck: false },
      { wrong: 'stream', length: 6, isAck: false },
      { wrong: 'stream', length: 1, isAck: true },
      { wrong: 'length', length: 5, isAck: false },
      { wrong: 'length', length: 7, isAck: false },
    ],
    frame: (fault, stream) => settingsOf(fault, stream),
  }),

  faultyFrame('FRAME-25-push-promise-from-client', {
    generates:
      'PUSH_PROMISE on stream 0 and on streams in every state, of odd and even streams, with and without END_HEADERS and padding',
    faults: () =>
      arb.record({
        onConnection: fc.oneof(
          { arbitrary: fc.constant(false), weight: 3 },
          { arbitrary: fc.constant(true), weight: 1 },
        ),
        promised: arb.boundaryInteger({ max: 2 ** 31 - 1, boundaries: [1, 2, 3, 4, 100, 101] }),
        endHeaders: fc.boolean(),
        padLength: fc.constantFrom(-1, -1, 9),
        hasBlock: fc.boolean(),
      }),
    labels: {
      'on stream 0': ({ onConnection }) => onConnection,
      'an even stream is promised': ({ promised }) => promised % 2 === 0,
      'an odd stream is promised': ({ promised }) => promised % 2 === 1,
      'without END_HEADERS': ({ endHeaders }) => !endHeaders,
    },
    examples: [false, false, true, false, false].map((onConnection, index) => ({
      onConnection,
      promised: 2 + (index % 2),
      endHeaders: true,
      padLength: -1,
      hasBlock: true,
    })),
    frame: ({ onConnection, promised, endHeaders, padLength, hasBlock }, stream, facts) =>
      pushPromise(onConnection ? 0 : stream, promised, hasBlock ? requestBlock(facts) : new Uint8Array(0), {
        endHeaders,
        ...(padLength < 0 ? {} : { padLength }),
      }),
  }),

  faultyFrame('FRAME-26-goaway-malformed', {
    generates: 'GOAWAY on a stream in any state, and of 0 to 7 octets on stream 0',
    faults: () => misplacedOrMalformed(arb.boundaryInteger({ max: 7, boundaries: [4] })),
    labels: {
      'on a stream': ({ wrong }) => wrong === 'stream',
      'too short for its first field': ({ wrong, length }) => wrong === 'length' && length < 4,
      'one octet too short': ({ wrong, length }) => wrong === 'length' && length === 7,
    },
    examples: [
      ...[7, 4, 0].map((length) => ({ wrong: 'length', length, seed: 1 })),
      ...[0, 7].map((length) => ({ wrong: 'stream', length, seed: 0 })),
    ],
    // Error codes are any number: what the octets say is nobody's business, but that there are eight of them at least.
    frame: ({ wrong, length, seed }, stream) =>
      rawFrame({
        type: frameTypes.GOAWAY,
        streamId: wrong === 'stream' ? stream : 0,
        payload: octets(wrong === 'stream' ? 8 + length : length, seed),
      }),
  }),

  faultyFrame('FRAME-27-continuation-misplaced', {
    generates:
      'CONTINUATION with and without END_HEADERS and octets, on stream 0 inside a field block and outside of one, and on streams in every state that have no open block',
    faults: () =>
      arb.record({
        place: fc.constantFrom('stream', 'stream', 'stream', 'stream 0', 'stream 0 inside a block'),
        // A block that ends and has a whole request is the one that a server may take for HEADERS.
        endHeaders: fc.constantFrom(true, true, false),
        block: fc.constantFrom('empty', 'a field', 'a request', 'a request'),
      }),
    labels: {
      'on stream 0': ({ place }) => place === 'stream 0',
      'on stream 0 inside a field block': ({ place }) => place === 'stream 0 inside a block',
      'without END_HEADERS': ({ endHeaders }) => !endHeaders,
      empty: ({ block }) => block === 'empty',
      'a whole request': ({ block }) => block === 'a request',
    },
    examples: [
      ...['stream', 'stream', 'stream', 'stream', 'stream', 'stream 0'].map((place) => ({
        place,
        endHeaders: true,
        block: 'a field',
      })),
      { place: 'stream 0 inside a block', endHeaders: true, block: 'empty' },
    ],
    frame: ({ place, endHeaders, block, state }, stream, facts) => {
      const fragment =
        block === 'empty'
          ? new Uint8Array(0)
          : block === 'a request'
            ? requestBlock(facts)
            : literalFields([{ name: 'x-a', value: 'b' }]);
      if (place !== 'stream 0 inside a block')
        return continuation(place === 'stream' ? stream : 0, fragment, { endHeaders });
      // The block is that of a stream that is idle until then, and goes on as if nothing had come.
      const inside = state === 'idle' ? stream : stream + 2;
      return [
        headers(inside, requestBlock(facts), { endHeaders: false }),
        continuation(0, fragment, { endHeaders }),
        continuation(inside, new Uint8Array(0), { endHeaders: true }),
      ];
    },
  }),
];

function priorityOf(wrong: string, length: number, seed: number, stream: number): RawFrame {
  const payload = octets(wrong === 'stream' ? 5 : length, seed);
  return rawFrame({ type: frameTypes.PRIORITY, streamId: orNone(wrong, stream), payload });
}

/** SETTINGS of zeros: an identifier that means nothing, so that it is the frame alone that is wrong. */
function settingsOf(
  { wrong, length, isAck }: { readonly wrong: string; readonly length: number; readonly isAck: boolean },
  stream: number,
): RawFrame {
  const whole = isAck || length < 6 ? 0 : 6;
  const count = wrong === 'stream' ? whole : wrong === 'length' && length % 6 === 0 ? length + 1 : length;
  const hasAck = wrong === 'ACK' || (wrong === 'stream' && isAck);
  return rawFrame({
    type: frameTypes.SETTINGS,
    flags: hasAck ? flags.ACK : 0,
    streamId: wrong === 'stream' ? stream : 0,
    payload: new Uint8Array(count),
  });
}

import {
  anyEnd,
  arb,
  attack,
  beginInnocents,
  connectionError,
  data,
  encodeMessage,
  errorCodes,
  experiment,
  fc,
  givesMemoryBack,
  headers,
  holdsLittle,
  joinOctets,
  largestMessage,
  lengthDelimited,
  literalRequest,
  nestedOctetsOf,
  payloadOf,
  rejected,
  rstStream,
  spareHandlers,
  streamError,
  streamingInputCall,
  unaryCall,
  warned,
  type AnyProperty,
  type CallRequest,
  type DeepNesting,
  type RawFrame,
  type TargetFacts,
} from '../../harness';
import { handlersOfOthers, notAttacked } from './shared';

/** The answer that is asked for by what is right about a message. */
const asked = 5;

/** Number of the field `payload` of a SimpleRequest. */
const payloadNumber = 3;

/** Octets of a message beside what is nested in it, with room to spare. */
const around = 64;

/** A unary request with fields in it that nobody knows, very deep. */
function deepRequest(nesting: DeepNesting): CallRequest {
  const { messages, ...call } = unaryCall({ responseSize: asked });
  const nested = nestedOctetsOf(nesting);
  const field = nesting.inside ? lengthDelimited(payloadNumber, nested) : nested;
  return { ...call, messages: [joinOctets([...messages, field])] };
}

/** Streams with half a message: as many as most servers take, with room for others (DOS-10). */
const mostHalves = 90;

/** Connections of each wave. */
const mostConnections = 3;

interface HalfMessages {
  /** Of each connection. */
  readonly streams: number;
  readonly connections: number;
}

/** Streams of each connection, which take a handler each; what few handlers are for is no matter of memory. */
const halvesOf = ({ streams, connections }: HalfMessages, facts: TargetFacts): number =>
  Math.min(streams, Math.floor(spareHandlers(facts, handlersOfOthers) / connections));

/** Octets that a server may keep for a stream with half a message: what stands about it, and a window's worth of octets. */
const keptForStream = 131_072;

/** Octets of a message that are sent one by one, and what comes with each of them. */
interface TinyFrames {
  readonly count: number;
  readonly with: 'nothing' | 'padding' | 'empty frames';
}

/** Fewer than a window of 65,535 octets allows, whatever comes with them. */
const mostTiny = { nothing: 60_000, padding: 20_000, 'empty frames': 20_000 } as const;

/** One octet of the message, which is zero. */
const octet = new Uint8Array(1);

/** The frames of one octet of the message. */
const tinyFrames: Readonly<Record<TinyFrames['with'], readonly RawFrame[]>> = {
  nothing: [data(1, octet)],
  padding: [data(1, octet, { padLength: 1 })],
  'empty frames': [data(1, octet), data(1, new Uint8Array(0))],
};

/** Messages that cost a careless server much. */
export const costlyMessages: readonly AnyProperty[] = [
  experiment('DOS-15-deep-nesting', {
    generates:
      'unary requests with unknown fields that are nested 100 to a million deep within the limit of messages, as groups, groups that do not end, and lengths, in the message and in a field that it knows; beside a call on another connection',
    accepts: [
      'status OK with the answer that is asked for',
      'an error status, whichever: what is answered to a message that cannot be read is another row',
      'RST_STREAM, or a connection error',
      'status OK with another answer, with a warning',
      'the other connection and a new one serve calls',
    ],
    needs: ['unary'],
    // Whoever counts all levels for each of them keeps everybody waiting.
    lane: 'exclusive',
    effort: 0.15,
    expectsDefence: true,
    arbitrary: (facts) => arb.deepNesting(largestMessage(facts) - around),
    examples: (facts) => {
      const deepest = Math.min(200_000, Math.floor((largestMessage(facts) - around) / 6));
      return (['groups', 'lengths', 'unfinished'] as const).flatMap((of) =>
        [false, true].map((inside) => ({ of, depth: deepest, number: 15, inside })),
      );
    },
    labels: {
      groups: ({ of }) => of === 'groups',
      'groups that do not end': ({ of }) => of === 'unfinished',
      lengths: ({ of }) => of === 'lengths',
      'in a field that is known': ({ inside }) => inside,
    },
    script: (script, nesting, facts) => {
      const finishInnocents = beginInnocents(script, facts);
      script
        .call(deepRequest(nesting))
        .expect(payloadOf(asked), rejected, streamError, connectionError, warned(anyEnd));
      finishInnocents();
    },
  }),

  experiment('DOS-10-half-messages', {
    generates:
      'up to 90 streams on each of one to three connections, each with a prefix that announces a message as large as the server takes, or half as large, and 0 to 600 octets of it; three times, closed or reset at last, beside calls on another connection',
    accepts: [
      'anything on the connection with half messages: silence, RESOURCE_EXHAUSTED, a reset, a close',
      'the other connection and a new one serve calls',
      'memory that grows by little for each stream, and that comes back (where it can be read: with --exec)',
    ],
    needs: ['client-streaming'],
    expectsDefence: true,
    lane: 'hostile',
    // What earlier messages have left behind has room for these.
    startsFresh: true,
    effort: 0.04,
    afterwards: false,
    arbitrary: () =>
      arb.record({
        streams: arb.boundaryInteger({ min: 10, max: mostHalves, boundaries: [50] }),
        connections: fc.integer({ min: 1, max: mostConnections }),
        sent: arb.boundaryInteger({ max: 600, boundaries: [1, 100] }),
        part: fc.constantFrom(1, 2),
        resets: fc.boolean(),
      }),
    examples: () => [
      { streams: mostHalves, connections: mostConnections, sent: 600, part: 1, resets: true },
      { streams: mostHalves, connections: mostConnections, sent: 0, part: 1, resets: false },
      { streams: mostHalves, connections: 1, sent: 600, part: 2, resets: false },
    ],
    labels: {
      'the prefix alone': ({ sent }) => sent === 0,
      'a part of the message': ({ sent }) => sent > 0,
      'less than the limit': ({ part }) => part === 2,
      'streams that are reset': ({ resets }) => resets,
      'several connections': ({ connections }) => connections > 1,
    },
    script: (script, input, facts) => {
      const { connections, sent, part, resets } = input;
      const times = halvesOf(input, facts);
      const begun = encodeMessage(new Uint8Array(sent), { length: Math.floor(largestMessage(facts) / part) });
      const frames = [headers(1, literalRequest(facts, streamingInputCall([]))), data(1, begun)];
      attack(script, facts, {
        connections,
        rounds: 1,
        strike: (on) => {
          if (times > 0) script.flood({ on, frames, times, streamStep: 2 });
        },
        settle: (on) => {
          script.fence({ on, optional: true });
          if (!resets || times <= 0) return;
          script.flood({ on, frames: [rstStream(1, errorCodes.CANCEL)], times, streamStep: 2 }).awaitFloods(on);
          script.fence({ on, optional: true });
        },
      });
    },
    check: ({ transcript }, input, facts) => [
      ...(halvesOf(input, facts) > 0 ? [] : [notAttacked('no stream was held with half a message')]),
      ...holdsLittle(transcript, {
        items: input.connections * halvesOf(input, facts),
        each: keptForStream,
        because: 'half messages',
      }),
      ...givesMemoryBack(transcript, 'half messages'),
    ],
  }),

  experiment<TinyFrames>('DOS-16-tiny-data-frames', {
    generates:
      'messages of 1000 to 60,000 octets in DATA frames of one octet each, also with padding or with empty frames between them, three times on a connection of its own, beside calls on another connection',
    accepts: [
      'anything on the connection with the tiny frames: an answer, an error, a close',
      'the other connection and a new one serve calls',
      'memory that grows little with each frame, and that comes back (where it can be read: with --exec)',
    ],
    needs: ['unary'],
    exceeds: ['emptyFrames'],
    expectsDefence: true,
    lane: 'hostile',
    effort: 0.03,
    afterwards: false,
    arbitrary: () =>
      arb.record({
        count: arb.boundaryInteger({ min: 1000, max: mostTiny.nothing, boundaries: [10_000, 20_000] }),
        with: fc.constantFrom('nothing', 'padding', 'empty frames'),
      }),
    examples: () => [
      { count: 20_000, with: 'nothing' },
      { count: 10_000, with: 'empty frames' },
      { count: 10_000, with: 'padding' },
    ],
    labels: {
      'frames of one octet alone': (tiny) => tiny.with === 'nothing',
      'with padding': (tiny) => tiny.with === 'padding',
      'with empty frames between them': (tiny) => tiny.with === 'empty frames',
    },
    script: (script, { count: wanted, with: what }, facts) => {
      const count = Math.min(wanted, mostTiny[what]);
      const request = unaryCall({ payload: new Uint8Array(count) });
      const message = joinOctets(request.messages.map((one) => encodeMessage(one)));
      attack(script, facts, {
        rounds: 2,
        strike: (on, round) => {
          if (round === 0) {
            script.frame(headers(1, literalRequest(facts, request)), on);
            script.frame(data(1, message.subarray(0, message.length - count)), on);
          }
          script.flood({ on, frames: tinyFrames[what], times: Math.floor(count / 2) });
        },
      });
    },
    check: ({ transcript }, { count }) => [
      ...holdsLittle(transcript, { items: count, each: keptForFrame, because: 'DATA frames of one octet' }),
      ...givesMemoryBack(transcript, 'DATA frames of one octet'),
    ],
  }),
];

/** Octets that a server may keep for a frame that is not yet dealt with, whatever it keeps about each: with room for what is said about it, and for no buffer of some pages. */
const keptForFrame = 4096;

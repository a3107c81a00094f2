import {
  arb,
  attack,
  data,
  encodeMessage,
  experiment,
  fc,
  givesMemoryBack,
  headers,
  holdsLittle,
  joinOctets,
  literalRequest,
  mostAtOnce,
  settingIds,
  spareHandlers,
  streamingOutputCall,
  tolerableGrowth,
  windowUpdate,
  type AnyProperty,
  type Attack,
  type TargetFacts,
} from '../../harness';
import { defended, handlersOfOthers, hostile, notAttacked, rounds } from './shared';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** Octets that are asked for in each wave, over all streams: far more than may be held of them. */
const asked = 384 * mebibyte;

/** Streams of each wave. */
const mostStreams = 24;

/** How a client reads that asks for much and takes little: the windows of its streams, in octets. */
const windows = {
  nothing: 0,
  'an octet now and then': 1,
  // As much of each answer as may then be held, but no more.
  'nothing from TCP': 128 * kibibyte,
} as const;

type Reads = keyof typeof windows;

interface StalledReaders {
  readonly reads: Reads;
  readonly streams: number;
  readonly connections: number;
  /** Octets of each message. */
  readonly size: number;
  /** Octets of credit for each stream with each part of the attack. */
  readonly steps: number;
}

/**
 * Octets that a server may keep for a stream: a few messages, in the forms in which they are on their way, in buffers that are four or sixteen times as large (as
 * the pools of grpc-go are), and as much again that a collector has not yet taken. What the client has given credit for comes on top, twice.
 */
const keptForStream = 4 * mebibyte;

const mayHold = (reads: Reads): number => keptForStream + 2 * windows[reads];

/** Streams of each wave, of whose answers each takes a handler. */
const streamsWithin = (facts: TargetFacts, { streams, connections }: StalledReaders): number =>
  Math.min(connections * mostAtOnce(facts, Math.ceil(streams / connections)), spareHandlers(facts, handlersOfOthers));

/** Numbers of the streams of one connection. */
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => 1 + 2 * index);

const openingOf = (reads: Reads): Attack['opening'] => ({
  settings: [
    { id: settingIds.ENABLE_PUSH, value: 0 },
    { id: settingIds.INITIAL_WINDOW_SIZE, value: windows[reads] },
  ],
  housekeeping: { replenishStreams: false, replenishConnection: false },
});

/** Clients that ask for much and read little. */
export const stalledReaders: readonly AnyProperty[] = [
  experiment<StalledReaders>('DOS-07-window-dribble-and-stalled-readers', {
    ...hostile,
    generates:
      'three times, on one or two new connections, 10 to 24 streams whose answers, of 384 MiB together, nobody reads: behind windows of 0, behind windows of 1 that get credit in steps of an octet, or with windows of 128 KiB and the reads of TCP stopped; beside calls on another connection',
    accepts: [
      ...defended,
      'memory that grows by little for each stream, and no more than twice the credit that it has',
    ],
    needs: ['server-streaming'],
    slow: true,
    effort: 0.05,
    arbitrary: () =>
      arb.record({
        reads: fc.constantFrom(...(Object.keys(windows) as readonly Reads[])),
        streams: arb.boundaryInteger({ min: 10, max: mostStreams, boundaries: [mostStreams] }),
        connections: fc.integer({ min: 1, max: 2 }),
        size: fc.constantFrom(64 * kibibyte, 256 * kibibyte),
        steps: fc.integer({ min: 5, max: 80 }),
      }),
    labels: {
      'no window': ({ reads }) => reads === 'nothing',
      'credit in steps of an octet': ({ reads }) => reads === 'an octet now and then',
      'TCP that is not read': ({ reads }) => reads === 'nothing from TCP',
      'several connections': ({ connections }) => connections > 1,
    },
    examples: () => [
      { reads: 'nothing', streams: mostStreams, connections: 1, size: 64 * kibibyte, steps: 5 },
      { reads: 'an octet now and then', streams: mostStreams, connections: 1, size: 64 * kibibyte, steps: 80 },
      { reads: 'nothing from TCP', streams: mostStreams, connections: 2, size: 256 * kibibyte, steps: 5 },
    ],
    script: (script, input, facts) => {
      const { reads, connections, size, steps } = input;
      const all = streamsWithin(facts, input);
      const each = numbers(Math.floor(all / connections));
      const messages = Math.ceil(asked / (size * Math.max(1, all)));
      const { messages: request, ...method } = streamingOutputCall({
        responses: Array.from({ length: messages }, () => ({ size })),
      });
      const requested = [
        headers(1, literalRequest(facts, method)),
        data(1, joinOctets(request.map((message) => encodeMessage(message))), { endStream: true }),
      ];
      const window = windows[reads];
      attack(script, facts, {
        opening: openingOf(reads),
        connections: each.length === 0 ? 0 : connections,
        rounds: each.length === 0 ? 0 : rounds,
        ...(reads === 'nothing from TCP' ? { unread: 'to the end' as const } : {}),
        holds: tolerableGrowth + all * mayHold(reads),
        strike: (on, round) => {
          if (round === 0) {
            if (window > 1) script.grant(0, each.length * window, on);
            script.flood({ on, frames: requested, times: each.length, streamStep: 2 });
          } else if (reads === 'an octet now and then') {
            const credit = [windowUpdate(0, each.length), ...each.map((stream) => windowUpdate(stream, 1))];
            script.flood({ on, frames: credit, times: steps });
          }
        },
      });
    },
    check: ({ transcript }, input, facts) => {
      const streams = streamsWithin(facts, input);
      return [
        ...(streams > 0 ? [] : [notAttacked('no answer was left unread')]),
        ...holdsLittle(transcript, {
          items: streams,
          each: mayHold(input.reads),
          because: 'answers that nobody reads',
        }),
        ...givesMemoryBack(transcript, 'answers that nobody reads'),
      ];
    },
  }),
];

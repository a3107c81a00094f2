import {
  absentMethod,
  arb,
  attack,
  continuation,
  data,
  experiment,
  fc,
  fullDuplexCall,
  givesMemoryBack,
  headers,
  literalFields,
  literalRequest,
  ping,
  unknownMethod,
  priority,
  rawFrame,
  errorCodes,
  rstStream,
  settings,
  settingIds,
  windowUpdate,
  type AnyProperty,
  type RawFrame,
  type TargetFacts,
} from '../../harness';
import { defended, hostile, perRound, rounds } from './shared';

/** The stream that the attack opens, and the first of those that it floods. */
const opened = 1;
const next = 3;

/** Streams that one connection opens: each costs a server more than a frame does. */
const mostStreams = 2000;

const nothing = new Uint8Array(0);
/** A request that keeps no handler from anybody else. */
const nowhere = unknownMethod(absentMethod);
const noPriority = { exclusive: false, dependency: 0, weight: 16 };

/** Frames that bring nothing, by what they are. */
interface Idle {
  readonly frames: (facts: TargetFacts) => readonly RawFrame[];
  /** Each is on another stream. */
  readonly opens?: boolean;
}

const idleFrames = {
  'empty DATA': { frames: () => [data(opened, nothing)] },
  'DATA of padding only': { frames: () => [data(opened, nothing, { padLength: 3 })] },
  'HEADERS without a field': { frames: () => [headers(opened, nothing)] },
  PRIORITY: { frames: () => [priority(opened, noPriority)] },
  'WINDOW_UPDATE of 1': { frames: () => [windowUpdate(opened, 1)] },
  'WINDOW_UPDATE of 1 for the connection': { frames: () => [windowUpdate(0, 1)] },
  'frames of an unknown type': { frames: () => [rawFrame({ type: 0xfa, streamId: opened })] },
  'PRIORITY of streams that nobody opens': { frames: () => [priority(next, noPriority)], opens: true },
  'requests whose names and values are empty': {
    frames: () => [headers(next, literalFields([{ name: '', value: '' }]), { endStream: true })],
    opens: true,
  },
  'requests with empty CONTINUATION frames': {
    frames: (facts) => [
      headers(next, literalRequest(facts, nowhere), { endHeaders: false, endStream: true }),
      continuation(next, nothing),
      continuation(next, nothing, { endHeaders: true }),
    ],
    opens: true,
  },
} as const satisfies Readonly<Record<string, Idle>>;

type IdleName = keyof typeof idleFrames;

const idleNames = Object.keys(idleFrames) as readonly IdleName[];

/** SETTINGS with many entries, none of which changes anything. */
const manySettings = settings(
  Array.from({ length: 30 }, (_, index) =>
    index % 3 === 0 ? { id: settingIds.HEADER_TABLE_SIZE, value: 4096 } : { id: 0xf000 + index, value: index },
  ),
);

/** Frames that want an answer each. */
const questions = {
  PING: ping(new Uint8Array(8).fill(1)),
  'empty SETTINGS': settings([]),
  'SETTINGS with 30 entries': manySettings,
} as const;

type Question = keyof typeof questions;

interface Questions {
  readonly question: Question;
  readonly count: number;
  readonly unread: boolean;
}

interface IdleFrames {
  readonly idle: IdleName;
  readonly count: number;
  readonly isClosed: boolean;
}

/** Floods of frames that bring nothing, or nothing but work. */
export const idleFrameFloods: readonly AnyProperty[] = [
  experiment<Questions>('DOS-04-ping-and-settings-floods', {
    ...hostile,
    generates:
      'three times, on new connections, 500 to 8000 PING or SETTINGS frames (empty, or with 30 entries), whose answers are read at once or not before all are sent',
    accepts: defended,
    effort: 0.04,
    arbitrary: () =>
      arb.record({
        question: fc.constantFrom(...(Object.keys(questions) as readonly Question[])),
        count: arb.boundaryInteger({ min: 500, max: 8000, boundaries: [1000, 5000] }),
        unread: fc.boolean(),
      }),
    labels: {
      PING: ({ question }) => question === 'PING',
      SETTINGS: ({ question }) => question !== 'PING',
      'answers that are not read': ({ unread }) => unread,
      'more than a thousand': ({ count }) => count > 1000,
    },
    examples: () => [
      { question: 'PING', count: 8000, unread: true },
      { question: 'empty SETTINGS', count: 8000, unread: true },
      { question: 'SETTINGS with 30 entries', count: 4000, unread: false },
    ],
    script: (script, { question, count, unread }, facts) =>
      attack(script, facts, {
        rounds,
        unread,
        strike: (on) => script.flood({ on, frames: [questions[question]], times: perRound(count) }),
        // By the other of the two, whose answer is none to the flood.
        settle: (on) => script.fence({ on, by: question === 'PING' ? 'settings' : 'ping', optional: true }),
      }),
    check: (seen) => givesMemoryBack(seen.transcript, 'frames that want an answer'),
  }),

  experiment<IdleFrames>('DOS-06-empty-frame-flood', {
    ...hostile,
    generates:
      'three times, on new connections, 200 to 5000 frames that bring nothing (DATA without octets or of padding only, HEADERS without fields, with empty ones or with empty CONTINUATION frames, PRIORITY, WINDOW_UPDATE of 1, unknown types), on a stream that is open or closed, or each on another one',
    accepts: defended,
    needs: ['bidirectional-streaming'],
    effort: 0.05,
    arbitrary: () =>
      arb.record({
        idle: fc.constantFrom(...idleNames),
        count: arb.boundaryInteger({ min: 200, max: 5000, boundaries: [1000] }),
        isClosed: fc.boolean(),
      }),
    labels: {
      'empty DATA on an open stream': ({ idle, isClosed }) => idle === 'empty DATA' && !isClosed,
      'a stream that is closed': ({ isClosed }) => isClosed,
      'each on another stream': ({ idle }) => 'opens' in idleFrames[idle],
      'frames that are no requests and no DATA': ({ idle }) => /^(PRIORITY|WINDOW|frames)/.test(idle),
    },
    examples: () => [
      { idle: 'empty DATA', count: 5000, isClosed: false },
      { idle: 'PRIORITY of streams that nobody opens', count: 5000, isClosed: false },
      { idle: 'WINDOW_UPDATE of 1', count: 5000, isClosed: true },
      { idle: 'frames of an unknown type', count: 5000, isClosed: false },
    ],
    script: (script, { idle, count, isClosed }, facts) => {
      const { frames, opens = false }: Idle = idleFrames[idle];
      // The only handler that runs at a time is not the attacker's to keep.
      const stays = facts.limits?.handlers !== 1;
      const block = literalRequest(facts, stays ? fullDuplexCall([]) : nowhere);
      const all = frames(facts);
      attack(script, facts, {
        rounds,
        strike: (on, round) => {
          if (round === 0) script.frame(headers(opened, block), on);
          if (round === 0 && isClosed) script.frame(rstStream(opened, errorCodes.CANCEL), on);
          const times = perRound(idle.startsWith('requests') ? Math.min(count, mostStreams) : count);
          const flooded = all.map((frame) => ({
            ...frame,
            streamId: opens ? frame.streamId + 2 * times * round : frame.streamId,
          }));
          script.flood({ on, frames: flooded, times, ...(opens ? { streamStep: 2 } : {}) });
        },
      });
    },
    check: (seen) => givesMemoryBack(seen.transcript, 'frames that bring nothing'),
  }),
];

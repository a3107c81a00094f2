import {
  absentMethod,
  arb,
  attack,
  boundsWhatItHolds,
  data,
  encodeMessage,
  experiment,
  fc,
  givesMemoryBack,
  headers,
  joinOctets,
  largestMetadata,
  mostAtOnce,
  settingIds,
  tableBomb,
  unaryCall,
  unknownMethod,
  type AnyProperty,
  type CallRequest,
  type TargetFacts,
} from '../../harness';
import { defended, hostile, perRound, rounds } from './shared';

/** Streams of one connection, where no limit says less, and references in one block, where no limit of field sections says less. */
const mostStreams = 100;
const mostReferences = 256;

/** A field of which there may be many, and the one that is sent in crumbs (RFC 9113 §8.2.3). */
const fieldNames = ['x-bomb', 'cookie'] as const;

interface Bomb {
  readonly name: (typeof fieldNames)[number];
  readonly references: number;
  readonly streams: number;
}

/** Its answer waits for credit; where few handlers run at a time, which must not wait for it, nothing is handled. */
const requested = ({ limits }: TargetFacts): CallRequest =>
  limits?.handlers === undefined ? unaryCall({ responseSize: 1000 }) : unknownMethod(absentMethod);

/** References within the size of field sections that the target takes. */
const referencesWithin = (facts: TargetFacts): number => {
  const { entry } = tableBomb(facts, requested(facts), fieldNames[0]);
  return Math.max(1, Math.min(mostReferences, Math.floor(largestMetadata(facts) / entry)));
};

/** References of the largest field section that servers take which announce no size: 64 KiB, with room for what every request has. */
const usualReferences = (facts: TargetFacts): number => Math.min(15, referencesWithin(facts));

const streamsWithin = (facts: TargetFacts): number =>
  facts.limits?.handlers === undefined ? mostAtOnce(facts, mostStreams) : mostStreams;

/** Octets that a server may hold because it has said that it takes them; none where it has said nothing. */
const allowed = (facts: TargetFacts, { name, references, streams }: Bomb): number =>
  facts.limits?.headerList === undefined
    ? 0
    : 2 * streams * references * tableBomb(facts, requested(facts), name).entry;

/** Small blocks that stand for much. */
export const bombs: readonly AnyProperty[] = [
  experiment<Bomb>('DOS-14-http2-bomb', {
    ...hostile,
    generates:
      'three times, on new connections with a stream window of 0 that are not read, an entry as large as the table of requests, and up to 100 requests with up to 256 references of one octet to it (to crumbs of cookie as well), each within the size of field sections that the target takes',
    accepts: [...defended, 'memory that does not grow with the references'],
    needs: ['unary'],
    effort: 0.04,
    arbitrary: (facts) =>
      arb.record({
        name: fc.constantFrom(...fieldNames),
        references: arb.boundaryInteger({ min: 1, max: referencesWithin(facts), boundaries: [usualReferences(facts)] }),
        streams: fc.integer({ min: Math.ceil(streamsWithin(facts) / 2), max: streamsWithin(facts) }),
      }),
    labels: {
      'as many references as a field section may have': ({ references }, facts) =>
        references === referencesWithin(facts),
      'as many streams as there may be': ({ streams }, facts) => streams === streamsWithin(facts),
      'crumbs of cookie': ({ name }) => name === 'cookie',
    },
    examples: (facts) => [
      ...fieldNames.map((name) => ({ name, references: referencesWithin(facts), streams: streamsWithin(facts) })),
      { name: fieldNames[0], references: usualReferences(facts), streams: streamsWithin(facts) },
    ],
    script: (script, { name, references, streams }, facts) => {
      const request = requested(facts);
      const { fuse, block } = tableBomb(facts, request, name);
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      const times = perRound(streams);
      attack(script, facts, {
        opening: {
          settings: [
            { id: settingIds.ENABLE_PUSH, value: 0 },
            { id: settingIds.INITIAL_WINDOW_SIZE, value: 0 },
          ],
        },
        rounds,
        unread: true,
        strike: (on, round) => {
          if (round === 0) script.flood({ on, frames: [headers(1, fuse, { endStream: true })], times: 1 });
          const stream = 3 + 2 * times * round;
          const frames = [headers(stream, block(references)), data(stream, body, { endStream: true })];
          script.flood({ on, frames, times, streamStep: 2 });
        },
      });
    },
    check: (seen, input, facts) => [
      ...boundsWhatItHolds(seen, 'references to an entry of its table', allowed(facts, input)),
      ...givesMemoryBack(seen.transcript, 'references to an entry of its table'),
    ],
  }),
];

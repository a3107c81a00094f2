import {
  arb,
  attack,
  encodeIndexed,
  experiment,
  fc,
  givesMemoryBack,
  headers,
  holdsLittle,
  joinOctets,
  literalFields,
  literalRequest,
  plainestCall,
  repeatedOctets,
  tableBomb,
  type AnyProperty,
  type RawFrame,
  type TargetFacts,
} from '../../harness';
import { defended, hostile, perRound, rounds } from './shared';

/** Octets of the largest frame that every server takes, and so of a block in one. */
const largestBlock = 16_384;

/** Requests of each wave: all that they stand for together must stay above what a server may keep of them. */
const mostRequests = 20;

/** Octets of a field section that a server takes which has not said how large it may be. */
const usualLimit = 65_536;

/** How many times the field section that it takes a server may hold for each request. */
const tolerableTimes = 16;

const bombName = 'x-bomb';

/** `accept-encoding: gzip, deflate`: the longest field of the static table, in one octet. */
const longestStatic = encodeIndexed(16);

/** A field block by how many fields it has beside the ordinary ones. */
type Expansion = (facts: TargetFacts) => (fields: number) => Uint8Array;

const behindOrdinary =
  (field: Uint8Array): Expansion =>
  (facts) =>
  (fields) =>
    joinOctets([literalRequest(facts, plainestCall(facts)), repeatedOctets(field, fields)]);

const expansions = {
  'references to an entry': (facts) => tableBomb(facts, plainestCall(facts), bombName).block,
  'an entry anew behind size updates to 0 and back': (facts) => tableBomb(facts, plainestCall(facts), bombName).renewed,
  'fields of the static table': behindOrdinary(longestStatic),
  'fields of one letter': behindOrdinary(literalFields([{ name: 'x', value: '', huffman: false }])),
} as const satisfies Readonly<Record<string, Expansion>>;

type Kind = keyof typeof expansions;

const kinds = Object.keys(expansions) as readonly Kind[];

/** Fields of which a block has room in one frame. */
const fieldsWithin = (block: (fields: number) => Uint8Array, wanted: number): number => {
  const none = block(0).length;
  return Math.max(0, Math.min(wanted, Math.floor((largestBlock - none) / (block(1).length - none))));
};

interface HugeSection {
  readonly kind: Kind;
  readonly fields: number;
  readonly requests: number;
}

/** Single blocks that stand for more than any field section may be. */
export const hugeFieldSections: readonly AnyProperty[] = [
  experiment<HugeSection>('DOS-08-hpack-bombs', {
    ...hostile,
    generates:
      'three times, on new connections, 4 to 20 requests each of whose blocks of up to 16,384 octets has 1 to 16,000 fields: references to an entry as large as the table, the same with the table made empty and large again in each block, fields of the static table, fields whose name is one letter',
    accepts: [
      ...defended,
      'memory that grows by no more than 16 times the field section that the server takes, for each request',
    ],
    effort: 0.04,
    arbitrary: () =>
      arb.record({
        kind: fc.constantFrom(...kinds),
        fields: arb.boundaryInteger({ min: 1, max: 16_000, boundaries: [4000, 16_000] }),
        requests: fc.integer({ min: rounds, max: mostRequests }),
      }),
    labels: {
      'references to an entry of its table': ({ kind }) => kind === kinds[0],
      'a table that is made empty and large again': ({ kind }) => kind === kinds[1],
      'many small fields': ({ kind }) => kind.startsWith('fields'),
      'a thousand fields or more': ({ fields }) => fields >= 1000,
    },
    examples: () => kinds.map((kind) => ({ kind, fields: 16_000, requests: mostRequests })),
    script: (script, { kind, fields, requests }, facts) => {
      const block = expansions[kind](facts);
      const section = block(fieldsWithin(block, fields));
      const times = perRound(requests);
      const { fuse } = tableBomb(facts, plainestCall(facts), bombName);
      attack(script, facts, {
        rounds,
        strike: (on, round) => {
          if (round === 0) script.flood({ on, frames: [request(1, fuse)], times: 1 });
          script.flood({ on, frames: [request(3 + 2 * times * round, section)], times, streamStep: 2 });
        },
      });
    },
    check: ({ transcript }, { requests }, { limits }) => [
      ...holdsLittle(transcript, {
        items: requests,
        each: tolerableTimes * (limits?.headerList ?? usualLimit),
        because: 'requests that stand for far more than their octets',
      }),
      ...givesMemoryBack(transcript, 'fields that small blocks stand for'),
    ],
  }),
];

/** A request that has no messages. */
const request = (stream: number, block: Uint8Array): RawFrame => headers(stream, block, { endStream: true });

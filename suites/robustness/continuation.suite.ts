import {
  arb,
  attack,
  boundsWhatItHolds,
  continuation,
  experiment,
  fc,
  givesMemoryBack,
  headers,
  literalFields,
  literalRequest,
  plainestCall,
  type AnyProperty,
} from '../../harness';
import { defended, hostile, perRound, rounds } from './shared';

/** What a CONTINUATION frame is filled with: whole fields, so that a server which decodes as it reads finds nothing wrong. */
const fragments = {
  'frames of full size': literalFields(
    Array.from({ length: 16 }, (_, index) => ({ name: `x-full-${index}`, value: '~'.repeat(1000), huffman: false })),
  ),
  'small frames': literalFields([{ name: 'x-a', value: 'b' }]),
  'empty frames': new Uint8Array(0),
  'frames full of Huffman strings': literalFields(
    Array.from({ length: 16 }, (_, index) => ({ name: `x-code-${index}`, value: '0'.repeat(1600), huffman: true })),
  ),
} as const;

type Fragment = keyof typeof fragments;

const fragmentNames = Object.keys(fragments) as readonly Fragment[];

/** Milliseconds for one part of it, which may be tens of megabytes. */
const patience = 10_000;

interface EndlessBlock {
  readonly fragment: Fragment;
  readonly count: number;
  readonly connections: number;
  readonly close: 'fin' | 'reset' | 'cut';
}

/** Field blocks that never end. */
export const continuationFloods: readonly AnyProperty[] = [
  experiment<EndlessBlock>('DOS-03-continuation-flood', {
    ...hostile,
    generates:
      'three times, on one to three connections, a field block of 200 to 6000 CONTINUATION frames (of full size, small, empty, full of Huffman strings) that never ends; closed behind it or in its middle',
    accepts: defended,
    effort: 0.04,
    arbitrary: () =>
      arb.record({
        fragment: fc.constantFrom(...fragmentNames),
        count: arb.boundaryInteger({ min: 200, max: 6000, boundaries: [1000] }),
        connections: fc.integer({ min: 1, max: 3 }),
        close: fc.constantFrom('fin', 'reset', 'cut'),
      }),
    labels: {
      'frames that fill memory': ({ fragment }) => fragment.startsWith('frames'),
      'frames that take time': ({ fragment }) => !fragment.startsWith('frames'),
      'a close in its middle': ({ close }) => close === 'cut',
      'several connections': ({ connections }) => connections > 1,
    },
    examples: () => [
      { fragment: 'frames of full size', count: 6000, connections: 1, close: 'reset' },
      { fragment: 'empty frames', count: 6000, connections: 2, close: 'fin' },
      { fragment: 'small frames', count: 3000, connections: 1, close: 'cut' },
    ],
    script: (script, { fragment, count, connections, close }, facts) => {
      const block = literalRequest(facts, plainestCall(facts));
      attack(script, facts, {
        connections,
        rounds,
        close,
        strike: (on, round) => {
          if (round === 0) script.frame(headers(1, block, { endHeaders: false, endStream: true }), on);
          script.flood({
            on,
            frames: [continuation(1, fragments[fragment])],
            times: perRound(count),
            within: patience,
          });
        },
        // Nothing else may stand in a field block.
        settle: (on) => script.awaitConnectionError(on, 'quiet'),
      });
    },
    check: (seen) => [
      ...boundsWhatItHolds(seen, 'field blocks that never ended'),
      ...givesMemoryBack(seen.transcript, 'field blocks that never ended'),
    ],
  }),
];

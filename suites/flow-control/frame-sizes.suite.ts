import {
  arb,
  echoInitialName,
  endsWithAll,
  experiment,
  fc,
  fullDuplexCall,
  largestMetadata,
  longestStatusText,
  openStalled,
  settingIds,
  status,
  streamOfSizes,
  type AnyProperty,
  type TargetFacts,
} from '../../harness';
import { download, mebibyte, totalOf } from './shared';

const smallest = 16_384;
const largest = 2 ** 24 - 1;

/** Octets of a window that no response of ours fills. */
const ample = 16 * mebibyte;

/** A size that our SETTINGS may say (RFC 9113 §6.5.2). */
const frameSize = () =>
  arb.boundaryInteger({
    min: smallest,
    max: largest,
    boundaries: [smallest + 1, 20_000, 32_767, 32_768, 65_535, 65_536, 131_072, mebibyte],
  });

const echoes = ({ offers }: TargetFacts): boolean => offers.includes('metadata');
const ends = ({ offers }: TargetFacts): boolean =>
  offers.includes('status') && offers.includes('bidirectional-streaming');

/** What the largest of our frames that the target has to send is made of. */
export const frameSizes: readonly AnyProperty[] = [
  experiment('FLOW-10-client-max-frame-size', {
    generates:
      'SETTINGS_MAX_FRAME_SIZE of 16,384 to 16,777,215, as it is from the start and once more in mid-connection, each before a response of up to 400,000 octets, fields of up to 24,000 octets to be echoed and a status text of as many, where the target takes so many',
    accepts: ['frames of no more than what we have said last, or what is not acknowledged yet'],
    needs: ['server-streaming'],
    effort: 0.2,
    arbitrary: (facts) =>
      arb.record({
        rounds: arb.list(
          arb.record({
            frame: frameSize(),
            sizes: arb.responseSizes({ minCount: 1, maxCount: 3, maxLength: 200_000, maxTotal: 400_000 }),
            field: echoes(facts)
              ? arb.boundaryInteger({ max: Math.min(24_000, largestMetadata(facts)), boundaries: [16_384] })
              : fc.constant(0),
            text: ends(facts)
              ? arb.boundaryInteger({ max: longestStatusText(facts), boundaries: [16_384] })
              : fc.constant(0),
          }),
          { minCount: 1, maxCount: 3 },
        ),
      }),
    labels: {
      'the smallest size': ({ rounds }) => rounds.some(({ frame }) => frame === smallest),
      'a size that is no round number': ({ rounds }) => rounds.some(({ frame }) => frame % 1024 !== 0),
      'lowered in mid-connection': ({ rounds }) =>
        rounds.some(({ frame }, index) => frame < (rounds[index - 1]?.frame ?? 0)),
      'raised in mid-connection': ({ rounds }) =>
        rounds.some(({ frame }, index) => frame > (rounds[index - 1]?.frame ?? frame)),
      'a message of several frames': ({ rounds }) => rounds.some(({ frame, sizes }) => Math.max(...sizes) > frame),
      'a message that just fits': ({ rounds }) =>
        rounds.some(({ frame, sizes }) => sizes.some((size) => size > 16_384 && size < frame)),
    },
    examples: (facts) => [
      { rounds: [{ frame: smallest, sizes: [100_000], field: 0, text: 0 }] },
      {
        rounds: [
          { frame: largest, sizes: [100_000], field: 0, text: 0 },
          { frame: smallest, sizes: [100_000], field: 0, text: 0 },
        ],
      },
      { rounds: [{ frame: 20_001, sizes: [100_000, 20_000], field: 0, text: 0 }] },
      {
        rounds: [
          {
            frame: smallest,
            sizes: [1],
            field: echoes(facts) ? Math.min(24_000, largestMetadata(facts)) : 0,
            text: ends(facts) ? longestStatusText(facts) : 0,
          },
        ],
      },
    ],
    script: (script, { rounds }, facts) => {
      openStalled(script, ample, { replenishConnection: true }).grant(
        0,
        ample + totalOf(rounds.flatMap(({ sizes }) => sizes)),
      );
      for (const { frame, sizes, field, text } of rounds) {
        script.fence({ settings: [{ id: settingIds.MAX_FRAME_SIZE, value: frame }] });
        download(script, sizes).awaitEnd().expect(streamOfSizes(sizes));
        if (!ends(facts)) continue;
        const message = 'a'.repeat(text);
        const request = fullDuplexCall([{ responses: [], status: { code: status.ABORTED, message } }]);
        // Letters that Huffman coding leaves as long as they are.
        const metadata = field > 0 ? [{ name: echoInitialName, value: '&'.repeat(field), huffman: false }] : [];
        script.call(request, { metadata }).expect(endsWithAll(status.ABORTED, { text: message }));
      }
    },
  }),
];

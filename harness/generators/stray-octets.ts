import fc from 'fast-check';
import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { data, headers, rawFrame, settings } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { joinOctets } from '../wire/join-octets';
import { connectionPreface } from '../wire/preface';
import { boundaryInteger } from './boundary-integer';
import { list } from './list';
import { seed } from './message';
import { oneOf, record } from './shapes';

/**
 * What random octets are among: all octets; small numbers, as lengths and types are; letters; and the octets that refer to a field of the static table, which
 * let a decoder of field blocks go on for longer than others do.
 */
export const octetRanges = {
  any: (octet: number) => octet,
  small: (octet: number) => octet & 0x0f,
  letters: (octet: number) => 0x40 | (octet & 0x3f),
  indexed: (octet: number) => 0x80 | (1 + (octet % 61)),
} as const satisfies Readonly<Record<string, (octet: number) => number>>;

/** Random octets within such a range. */
export interface RoughOctets extends OctetsSpec {
  readonly range: keyof typeof octetRanges;
}

/** The octets that a spec stands for. */
export const roughOctetsOf = ({ range, ...spec }: RoughOctets): Uint8Array => octetsOf(spec).map(octetRanges[range]);

/** A frame with a true length, and nothing else about it that must make sense. */
export interface StrayFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: RoughOctets;
}

/** All that a client sends on one connection, none of it meant. */
export type StrayOctets =
  | { readonly form: 'at once'; readonly octets: RoughOctets }
  | { readonly form: 'after the preface'; readonly octets: RoughOctets }
  /** `opens`: a legal request without its message comes first, on stream 1. */
  | { readonly form: 'frames'; readonly opens: boolean; readonly frames: readonly StrayFrame[] }
  /** Each of them a request of its own. */
  | { readonly form: 'field blocks'; readonly blocks: readonly RoughOctets[] };

function roughOctets(max: number, boundaries: readonly number[] = []): fc.Arbitrary<RoughOctets> {
  return record<RoughOctets>({
    length: boundaryInteger({ max, boundaries }),
    seed: seed(),
    range: fc.constantFrom('any', 'any', 'any', 'small', 'letters', 'indexed'),
  });
}

const strayFrame = (): fc.Arbitrary<StrayFrame> =>
  record<StrayFrame>({
    // The types of RFC 9113, and all others.
    type: fc.oneof({ arbitrary: fc.nat(9), weight: 2 }, { arbitrary: fc.nat(255), weight: 1 }),
    // None, END_STREAM, END_HEADERS, PADDED, those together, and whatever else.
    flags: fc.oneof(fc.constantFrom(0, 1, 4, 5, 8, 0x0d), fc.nat(255)),
    stream: fc.oneof(
      { arbitrary: fc.constantFrom(0, 1, 3, 2), weight: 3 },
      { arbitrary: fc.nat(2 ** 31 - 1), weight: 1 },
    ),
    payload: roughOctets(16_384, [1, 4, 5, 6, 8, 9]),
  });

/** Random octets in the four places where a server takes them for something else: a preface, a frame, a payload, a field block. */
export function strayOctets(): fc.Arbitrary<StrayOctets> {
  return oneOf<StrayOctets>(
    {
      arbitrary: record<Extract<StrayOctets, { form: 'at once' }>>({
        form: fc.constant('at once'),
        octets: roughOctets(20_000, [1, 9, 23, 24, 25, 33]),
      }),
      weight: 2,
    },
    {
      arbitrary: record<Extract<StrayOctets, { form: 'after the preface' }>>({
        form: fc.constant('after the preface'),
        octets: roughOctets(20_000, [1, 8, 9, 10]),
      }),
      weight: 2,
    },
    {
      arbitrary: record<Extract<StrayOctets, { form: 'frames' }>>({
        form: fc.constant('frames'),
        opens: fc.boolean(),
        frames: list(strayFrame(), { minCount: 1, maxCount: 4 }),
      }),
      weight: 6,
    },
    {
      arbitrary: record<Extract<StrayOctets, { form: 'field blocks' }>>({
        form: fc.constant('field blocks'),
        blocks: list(roughOctets(16_384, [1, 2, 3]), { minCount: 1, maxCount: 4 }),
      }),
      weight: 3,
    },
  );
}

/**
 * What goes out in place of a preface and all that follows it.
 * @param request field block of a legal request, which needs no table
 */
export function strayOctetsOf(stray: StrayOctets, request: Uint8Array): Uint8Array {
  switch (stray.form) {
    case 'at once':
      return roughOctetsOf(stray.octets);
    case 'after the preface':
      return joinOctets([connectionPreface, roughOctetsOf(stray.octets)]);
    case 'frames':
      return opened([
        // The beginning of a message: one octet of its prefix.
        ...(stray.opens ? [headers(1, request), data(1, new Uint8Array(1))] : []),
        ...stray.frames.map(frameOf),
      ]);
    case 'field blocks':
      return opened(
        stray.blocks.map((block, index) =>
          headers(2 * index + 1, roughOctetsOf(block), { endStream: index % 2 === 0 }),
        ),
      );
  }
}

const opened = (frames: readonly RawFrame[]): Uint8Array =>
  joinOctets([connectionPreface, encodeFrames([settings([]), ...frames])]);

const frameOf = ({ type, flags, stream, payload }: StrayFrame): RawFrame =>
  rawFrame({ type, flags, streamId: stream, payload: roughOctetsOf(payload) });

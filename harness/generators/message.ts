import fc from 'fast-check';
import type { OctetsSpec } from '../grpc/octets';
import { boundaryInteger } from './boundary-integer';
import { list, type ListConstraints } from './list';
import { listWithin, record } from './shapes';

/**
 * Lengths at which something changes: the message prefix (5 octets), one octet of length, HPACK-like small counts, the smallest SETTINGS_MAX_FRAME_SIZE
 * (16384) with and without the prefix, two frames, and the initial window (65535) likewise.
 */
export const messageLengths: readonly number[] = [
  0, 1, 4, 5, 6, 250, 251, 255, 256, 16378, 16379, 16380, 16383, 16384, 16385, 32768, 65530, 65531, 65535, 65536,
];

/** Seeds of 16 bits: enough to tell payloads apart, and they shrink to zeros in a handful of runs. */
const largestSeed = 0xffff;

export interface MessageConstraints {
  /** Octets. @defaultValue 0 */
  readonly minLength?: number;
  /** Octets. @defaultValue 65536 */
  readonly maxLength?: number;
}

/** Opaque octets for a message or its payload, to be made by `octetsOf`. Shrinks to the shortest length that still fails, and to zeros. */
export function message({ minLength = 0, maxLength = 65536 }: MessageConstraints = {}): fc.Arbitrary<OctetsSpec> {
  return record<OctetsSpec>({
    length: boundaryInteger({ min: minLength, max: maxLength, boundaries: messageLengths }),
    seed: seed(),
  });
}

export interface MessagesConstraints extends Partial<ListConstraints>, MessageConstraints {
  /** Octets of all messages together. @defaultValue 262144 */
  readonly maxTotal?: number;
}

/** Several messages in a row: 0 to 20 of them unless told otherwise. */
export function messages({
  minCount = 0,
  maxCount = 20,
  maxTotal = 262_144,
  ...each
}: MessagesConstraints = {}): fc.Arbitrary<readonly OctetsSpec[]> {
  return listWithin(message(each), { minCount, maxCount, maxTotal, sizeOf: ({ length }) => length });
}

/** The sizes of interop's server_streaming test (interop-test-descriptions.md), then the boundaries of {@link messageLengths}. */
const responseSizeBoundaries = [31415, 9, 2653, 58979, ...messageLengths];

/** How many octets a handler is asked to answer with. */
export function responseSize({ minLength = 0, maxLength = 65536 }: MessageConstraints = {}): fc.Arbitrary<number> {
  return boundaryInteger({ min: minLength, max: maxLength, boundaries: responseSizeBoundaries });
}

/** The sizes of several answers in a row: 0 to 20 of them unless told otherwise. */
export function responseSizes({
  minCount = 0,
  maxCount = 20,
  maxTotal = 262_144,
  ...each
}: MessagesConstraints = {}): fc.Arbitrary<readonly number[]> {
  return listWithin(responseSize(each), { minCount, maxCount, maxTotal, sizeOf: (size) => size });
}

/** Exactly so many opaque octets, e.g. the 8 of a PING. */
export function opaque(length: number): fc.Arbitrary<OctetsSpec> {
  return record<OctetsSpec>({ length: fc.constant(length), seed: seed() });
}

/** The seed of an {@link OctetsSpec} whose length is known otherwise. */
export function seed(): fc.Arbitrary<number> {
  return fc.nat(largestSeed);
}

/** One round of a call in both directions: what we send, what we ask for, and whether we wait for it before we go on. */
export interface Round {
  readonly payload: OctetsSpec;
  /** Sizes of the answers asked for. */
  readonly responses: readonly number[];
  /** True: the next message is sent after these answers have come. */
  readonly await: boolean;
}

export interface RoundsConstraints extends Partial<ListConstraints> {
  /** Octets of a payload and of an answer. @defaultValue 20000 */
  readonly maxLength?: number;
  /** Answers asked for by one message. @defaultValue 3 */
  readonly maxResponses?: number;
  /** Octets of all payloads and answers together. @defaultValue 262144 */
  readonly maxTotal?: number;
}

/** A conversation: bursts, ping-pong, and everything between. */
export function rounds({
  minCount = 0,
  maxCount = 20,
  maxLength = 20_000,
  maxResponses = 3,
  maxTotal = 262_144,
}: RoundsConstraints = {}): fc.Arbitrary<readonly Round[]> {
  const round = record<Round>({
    payload: message({ maxLength }),
    responses: list(responseSize({ maxLength }), { maxCount: maxResponses }),
    await: fc.boolean(),
  });
  return listWithin(round, { minCount, maxCount, maxTotal, sizeOf: sizeOfRound });
}

function sizeOfRound({ payload, responses }: Round): number {
  return responses.reduce((sum, size) => sum + size, payload.length);
}

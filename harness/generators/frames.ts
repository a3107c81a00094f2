import fc from 'fast-check';
import type { OctetsSpec } from '../grpc/octets';
import { maxFrameLength, settingIds, type Setting } from '../wire/settings';
import { boundaryInteger } from './boundary-integer';
import { seed } from './message';
import { list } from './list';
import { record } from './shapes';

/** Where a frame goes that belongs to no request; `even` is a stream identifier that only a server could open. */
export type Placement = 'connection' | 'open' | 'closed' | 'idle' | 'even';

/** A frame of a type that no document defines. */
export interface UnknownFrameSpec {
  readonly type: number;
  readonly flags: number;
  readonly reserved: boolean;
  readonly placement: Placement;
  readonly payload: OctetsSpec;
}

/** Types above those of RFC 9113 that have a meaning: ALTSVC, ORIGIN and PRIORITY_UPDATE, which some servers check. */
const definedExtensions: readonly number[] = [0x0a, 0x0c, 0x10];

const unknownTypes: readonly number[] = Array.from({ length: 0x100 - 0x0a }, (_, index) => 0x0a + index).filter(
  (type) => !definedExtensions.includes(type),
);

export interface UnknownFrameConstraints {
  /** @defaultValue all of them */
  readonly placements?: readonly Placement[];
  /** Octets. @defaultValue 16384, the smallest SETTINGS_MAX_FRAME_SIZE */
  readonly maxLength?: number;
}

/** Frames that a receiver must discard: undefined type, any flags, any payload (RFC 9113 §4.1, §5.5). */
export function unknownFrame({
  placements = ['connection', 'open', 'closed', 'idle', 'even'],
  maxLength = 16_384,
}: UnknownFrameConstraints = {}): fc.Arbitrary<UnknownFrameSpec> {
  return record<UnknownFrameSpec>({
    type: fc.nat(unknownTypes.length - 1).map(
      (index) => unknownTypes[index]!,
      (type) => unknownTypes.indexOf(type as number),
    ),
    flags: boundaryInteger({ max: 0xff, boundaries: [0x01, 0x04, 0x08, 0x20] }),
    reserved: fc.boolean(),
    placement: fc.constantFrom(...placements),
    payload: record<OctetsSpec>({
      length: boundaryInteger({ max: maxLength, boundaries: [1, 4, 5, 6, 8, 9, 255, 256] }),
      seed: seed(),
    }),
  });
}

export interface ClientSettingsConstraints {
  /** Entries. @defaultValue 30: nghttp2 refuses more than 32 */
  readonly maxCount?: number;
  /** Smallest SETTINGS_INITIAL_WINDOW_SIZE. @defaultValue 16384, so that a receiver that gives credit as DATA arrives is still quick */
  readonly minInitialWindow?: number;
  /** Largest SETTINGS_MAX_FRAME_SIZE. @defaultValue 16777215, the largest of the protocol */
  readonly maxFrameSize?: number;
  /** Whether unknown identifiers may occur. @defaultValue true */
  readonly unknown?: boolean;
}

const legalSetting = (id: number, value: fc.Arbitrary<number>): fc.Arbitrary<Setting> =>
  record<Setting>({ id: fc.constant(id), value });

/**
 * Legal SETTINGS of a client that wants to be served: known ones with any legal value that leaves room for answers, some repeated, and unknown ones. None
 * switches on an extension, and ENABLE_PUSH is 0.
 */
export function clientSettings({
  maxCount = 30,
  minInitialWindow = 16_384,
  maxFrameSize = maxFrameLength,
  unknown = true,
}: ClientSettingsConstraints = {}): fc.Arbitrary<readonly Setting[]> {
  const known = [
    legalSetting(settingIds.ENABLE_PUSH, fc.constant(0)),
    legalSetting(settingIds.HEADER_TABLE_SIZE, boundaryInteger({ max: 65_536, boundaries: [1, 32, 4095, 4096, 4097] })),
    // Limits what a server may push, which ENABLE_PUSH forbids anyway.
    legalSetting(
      settingIds.MAX_CONCURRENT_STREAMS,
      boundaryInteger({ max: 2 ** 32 - 1, boundaries: [1, 100, 2 ** 31] }),
    ),
    legalSetting(
      settingIds.INITIAL_WINDOW_SIZE,
      boundaryInteger({
        min: minInitialWindow,
        max: 2 ** 31 - 1,
        boundaries: [16_384, 65_534, 65_535, 65_536, 1_048_576],
      }),
    ),
    legalSetting(
      settingIds.MAX_FRAME_SIZE,
      boundaryInteger({ min: 16_384, max: maxFrameSize, boundaries: [16_385, 20_000, 1_048_576] }),
    ),
    // Room for any answer of an echo, so that no server has to cut its field section.
    legalSetting(settingIds.MAX_HEADER_LIST_SIZE, boundaryInteger({ min: 65_536, max: 2 ** 32 - 1, boundaries: [] })),
  ];
  return list(fc.oneof({ withCrossShrink: true }, ...known, ...(unknown ? [unknownSetting()] : [])), { maxCount });
}

/** Settings with an identifier that no document defines, and any value; a receiver ignores them (RFC 9113 §6.5.2). */
export function unknownSetting(): fc.Arbitrary<Setting> {
  return record<Setting>({
    // Above everything registered, and below 0xfe00, where gRPC has its own (gRFC G1).
    id: fc.oneof(fc.integer({ min: 0x0b, max: 0x0f }), fc.integer({ min: 0xf000, max: 0xfdff })),
    value: boundaryInteger({ max: 2 ** 32 - 1, boundaries: [1, 2 ** 31 - 1, 2 ** 31] }),
  });
}

/** An HPACK index that points nowhere (RFC 7541 §2.3.3). */
export interface InvalidIndex {
  /** The representation that refers to it. */
  readonly form: 'indexed' | 'incremental' | 'without-indexing' | 'never-indexed';
  /** `zero`: index 0, in the indexed form. Else how far the index lies past the last entry of both tables; 0 is the first that is missing. */
  readonly past: 'zero' | number;
}

/** Index 0, and indices past the end of both tables by up to 2^20; literals have no invalid index 0, because there it announces a new name. */
export function invalidIndex(): fc.Arbitrary<InvalidIndex> {
  const past = boundaryInteger({ max: 2 ** 20, boundaries: [1, 64, 65, 66, 127, 128] });
  return fc.oneof(
    { arbitrary: fc.constant<InvalidIndex>({ form: 'indexed', past: 'zero' }), weight: 1 },
    {
      arbitrary: record<InvalidIndex>({
        form: fc.constantFrom('indexed', 'incremental', 'without-indexing', 'never-indexed'),
        past,
      }),
      weight: 4,
    },
  );
}

import { definedFlags } from './describe-frame';
import type { RawFrame } from './frame';

/** Bits of a frame header that mean nothing and are set all the same (RFC 9113 §4.1): a receiver ignores them. */
export interface StrayBits {
  /** Flags; those that mean something for the type of a frame are left as the frame has them. */
  readonly flags?: number;
  /** The bit before the stream identifier. */
  readonly reserved?: boolean;
}

/** The same frame with bits set that mean nothing for it, where there are any. */
export function withStrayBits(frame: RawFrame, bits: StrayBits | undefined): RawFrame {
  if (bits === undefined) return frame;
  const { flags = 0, reserved = false } = bits;
  return { ...frame, flags: frame.flags | (flags & ~definedFlags(frame.type)), reserved: frame.reserved || reserved };
}

import fc from 'fast-check';
import type { StreamFrame, StreamFrameType } from '../moves/stream-frames';
import { boundaryInteger } from './boundary-integer';
import { record } from './shapes';

export interface StreamFrameConstraints {
  readonly types: readonly StreamFrameType[];
  /** Octets of a WINDOW_UPDATE at most. */
  readonly maxIncrement?: number;
}

/** Error codes that RST_STREAM can have: all that RFC 9113 §7 lists, and others. */
const resetCode = () => boundaryInteger({ max: 0xffff_ffff, boundaries: [0, 1, 5, 7, 8, 11, 13, 14] });

/** A frame of one of these types on some stream; shrinks towards the plainest. */
export function streamFrame({ types, maxIncrement = 0x7fff_ffff }: StreamFrameConstraints): fc.Arbitrary<StreamFrame> {
  return record<StreamFrame>({
    type: fc.constantFrom(...types),
    octets: boundaryInteger({ max: 600, boundaries: [0, 1, 5] }),
    isMessage: fc.boolean(),
    endStream: fc.boolean(),
    increment: boundaryInteger({ min: 1, max: maxIncrement, boundaries: [1, 0xffff] }),
    errorCode: resetCode(),
  });
}

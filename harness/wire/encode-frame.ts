import { announcedLength, frameHeaderLength, type RawFrame } from './frame';
import { writeUint24, writeUint32 } from './octets';

/**
 * The octets of one frame (RFC 9113 §4.1).
 *
 * Never objects: each value is cut to the width of its field, a length that lies is written as it is, and the payload follows whole.
 */
export function encodeFrame(raw: RawFrame): Uint8Array {
  const octets = new Uint8Array(frameHeaderLength + raw.payload.length);
  writeFrame(octets, 0, raw);
  return octets;
}

/** The octets of several frames, one after the other. */
export function encodeFrames(raws: readonly RawFrame[]): Uint8Array {
  let total = 0;
  for (const raw of raws) total += frameHeaderLength + raw.payload.length;
  const octets = new Uint8Array(total);
  let at = 0;
  for (const raw of raws) {
    writeFrame(octets, at, raw);
    at += frameHeaderLength + raw.payload.length;
  }
  return octets;
}

function writeFrame(octets: Uint8Array, offset: number, raw: RawFrame): void {
  writeUint24(octets, offset, announcedLength(raw));
  octets[offset + 3] = raw.type;
  octets[offset + 4] = raw.flags;
  writeUint32(octets, offset + 5, (raw.streamId & 0x7fff_ffff) | (raw.reserved ? 0x8000_0000 : 0));
  octets.set(raw.payload, offset + frameHeaderLength);
}

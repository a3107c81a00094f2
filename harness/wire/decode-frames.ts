import { frameHeaderLength, type RawFrame } from './frame';
import { readUint24, readUint32 } from './octets';
import { maxFrameLength } from './settings';

/** A frame and where it stands in the byte stream. */
export interface DecodedFrame {
  readonly raw: RawFrame;
  /** Of its first octet, counted from the first octet ever pushed. */
  readonly offset: number;
  /** Of the octet after its last. */
  readonly end: number;
}

/** First allocation for a payload that arrives in pieces: an announced length is a claim, so memory follows what really came. */
const firstCapacity = 4096;
const noOctets = new Uint8Array(0);

interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly reserved: boolean;
}

/**
 * Cuts a byte stream into frames (RFC 9113 §4.1); the same octets give the same frames however they are split.
 *
 * Never throws and never judges: unknown types, flags and identifiers come out as they are. A frame that announces more than `maxPayload` octets is
 * reported at once with an empty payload and `length` as announced, and its octets are skipped. Payloads that arrived in one piece are views of the
 * pushed array, which the caller must not change afterwards.
 */
export class FrameDecoder {
  readonly #maxPayload: number;
  readonly #partialHeader = new Uint8Array(frameHeaderLength);
  #headerFilled = 0;
  #header: FrameHeader | undefined;
  #partialPayload: Uint8Array = noOctets;
  #payloadFilled = 0;
  #toSkip = 0;
  #skippedOf = 0;
  /** Where the unfinished frame began. */
  #frameOffset = 0;

  constructor(options: { readonly maxPayload?: number } = {}) {
    this.#maxPayload = options.maxPayload ?? maxFrameLength;
  }

  /** How many octets of an unfinished frame have arrived; 0 exactly when the stream stands between two frames. */
  get pending(): number {
    if (this.#toSkip > 0) return this.#skippedOf - this.#toSkip;
    return this.#headerFilled + this.#payloadFilled;
  }

  /** Takes the next octets and returns the frames that they complete, in order. */
  push(bytes: Uint8Array): readonly DecodedFrame[] {
    // A plain view: a Buffer would hand its class down to every payload.
    const octets = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: DecodedFrame[] = [];
    let at = 0;
    while (at < octets.length) {
      if (this.#toSkip > 0) at = this.#skip(octets, at);
      else if (this.#header === undefined) at = this.#takeHeader(octets, at, frames);
      else at = this.#takePayload(this.#header, octets, at, frames);
    }
    return frames;
  }

  #skip(octets: Uint8Array, at: number): number {
    const count = Math.min(this.#toSkip, octets.length - at);
    this.#toSkip -= count;
    return at + count;
  }

  #takeHeader(octets: Uint8Array, at: number, frames: DecodedFrame[]): number {
    const needed = frameHeaderLength - this.#headerFilled;
    const available = octets.length - at;
    if (this.#headerFilled === 0 && available >= frameHeaderLength) {
      this.#startFrame(readHeader(octets, at), frames);
      return at + frameHeaderLength;
    }
    const count = Math.min(needed, available);
    this.#partialHeader.set(octets.subarray(at, at + count), this.#headerFilled);
    this.#headerFilled += count;
    if (this.#headerFilled === frameHeaderLength) this.#startFrame(readHeader(this.#partialHeader, 0), frames);
    return at + count;
  }

  #startFrame(header: FrameHeader, frames: DecodedFrame[]): void {
    this.#headerFilled = frameHeaderLength;
    if (header.length === 0) {
      this.#finish(header, noOctets, frames);
    } else if (header.length > this.#maxPayload) {
      this.#finish(header, noOctets, frames);
      this.#toSkip = header.length;
      this.#skippedOf = frameHeaderLength + header.length;
    } else {
      this.#header = header;
    }
  }

  #takePayload(header: FrameHeader, octets: Uint8Array, at: number, frames: DecodedFrame[]): number {
    const available = octets.length - at;
    if (this.#payloadFilled === 0 && available >= header.length) {
      this.#finish(header, octets.subarray(at, at + header.length), frames);
      return at + header.length;
    }
    const count = Math.min(header.length - this.#payloadFilled, available);
    this.#reserve(this.#payloadFilled + count, header.length);
    this.#partialPayload.set(octets.subarray(at, at + count), this.#payloadFilled);
    this.#payloadFilled += count;
    if (this.#payloadFilled === header.length) {
      this.#finish(header, this.#partialPayload.subarray(0, header.length), frames);
    }
    return at + count;
  }

  /** Doubles, so that a frame that comes octet by octet costs linear time. */
  #reserve(needed: number, announced: number): void {
    if (needed <= this.#partialPayload.length) return;
    const doubled = Math.max(firstCapacity, this.#partialPayload.length * 2, needed);
    const grown = new Uint8Array(Math.min(announced, doubled));
    grown.set(this.#partialPayload.subarray(0, this.#payloadFilled));
    this.#partialPayload = grown;
  }

  #finish(header: FrameHeader, payload: Uint8Array, frames: DecodedFrame[]): void {
    const { length, type, flags, streamId, reserved } = header;
    const raw: RawFrame =
      payload.length === length
        ? { type, flags, streamId, reserved, payload }
        : { type, flags, streamId, reserved, payload, length };
    const offset = this.#frameOffset;
    const end = offset + frameHeaderLength + length;
    frames.push({ raw, offset, end });
    this.#frameOffset = end;
    this.#header = undefined;
    this.#headerFilled = 0;
    this.#partialPayload = noOctets;
    this.#payloadFilled = 0;
  }
}

function readHeader(octets: Uint8Array, at: number): FrameHeader {
  const word = readUint32(octets, at + 5);
  return {
    length: readUint24(octets, at),
    type: octets[at + 3]!,
    flags: octets[at + 4]!,
    streamId: word & 0x7fff_ffff,
    reserved: word >= 0x8000_0000,
  };
}

import { FrameDecoder } from '../../wire/decode-frames';
import { flags, frameTypes, type RawFrame } from '../../wire/frame';
import { HpackDecoder } from '../../wire/hpack/decoder';
import { joinOctets } from '../../wire/join-octets';
import { connectionPreface } from '../../wire/preface';

/** A call as a client opens it. */
export interface OpenedCall {
  readonly stream: number;
  readonly path: string;
  readonly userAgent: string;
}

/** What a client's octets say, as far as an attacker cares: its frames, and the calls that it opens. Fields that cannot be read are empty texts. */
export class ClientReader {
  readonly #onFrame: (frame: RawFrame, call: OpenedCall | undefined) => void;
  readonly #frames = new FrameDecoder();
  readonly #fields = new HpackDecoder();
  #preface = connectionPreface.length;
  #block: { readonly stream: number; readonly pieces: Uint8Array[] } | undefined;

  /** @param onFrame gets each frame, and the call with the frame that completes its header. */
  constructor(onFrame: (frame: RawFrame, call: OpenedCall | undefined) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Uint8Array): void {
    const skipped = Math.min(this.#preface, chunk.length);
    this.#preface -= skipped;
    for (const { raw } of this.#frames.push(chunk.subarray(skipped))) this.#onFrame(raw, this.#readCall(raw));
  }

  #readCall(frame: RawFrame): OpenedCall | undefined {
    if (frame.type === frameTypes.HEADERS) this.#block = { stream: frame.streamId, pieces: [] };
    if (frame.type !== frameTypes.HEADERS && frame.type !== frameTypes.CONTINUATION) return undefined;
    if (this.#block === undefined) return undefined;
    this.#block.pieces.push(frame.payload);
    if ((frame.flags & flags.END_HEADERS) === 0) return undefined;
    const { stream, pieces } = this.#block;
    this.#block = undefined;
    const { fields } = this.#fields.decode(joinOctets(pieces));
    const valueOf = (wanted: string): string => fields.find(({ name }) => name === wanted)?.value ?? '';
    return { stream, path: valueOf(':path'), userAgent: valueOf('user-agent') };
  }
}

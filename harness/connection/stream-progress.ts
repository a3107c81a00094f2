import type { FieldBlock } from '../transcript/connection-view';

/** Octets before a gRPC message: flag and length (PROTOCOL-HTTP2 Length-Prefixed-Message). */
const messagePrefixLength = 5;

/** How far the answer on one stream has come: just enough for a script to wait for it. */
export class StreamProgress {
  /** Final Response-Headers were seen. */
  headers = false;
  /** Complete field blocks of any kind. */
  blocks = 0;
  /** DATA payload octets, without padding. */
  data = 0;
  /** Complete length-prefixed messages. */
  messages = 0;
  resetAfterEnd = false;
  endedBy: 'end-stream' | 'reset' | 'client' | undefined;
  #prefix: number[] = [];
  #missing = 0;

  get ended(): boolean {
    return this.endedBy !== undefined;
  }

  /** A complete field block arrived. An interim (1xx) one is no Response-Headers, and a promise no part of the answer. */
  addBlock(block: FieldBlock): void {
    if (block.promised !== undefined) return;
    const status = block.fields.find((field) => field.name === ':status')?.value ?? '';
    if (!/^1\d\d$/.test(status)) this.headers = true;
    if (block.endStream) this.end('end-stream');
  }

  /** @returns how many messages these octets completed. */
  addData(octets: Uint8Array, endStream: boolean): number {
    const before = this.messages;
    this.data += octets.length;
    this.#count(octets);
    if (endStream) this.end('end-stream');
    return this.messages - before;
  }

  /** The first end counts; a reset by the target after it is noted. */
  end(by: 'end-stream' | 'reset' | 'client'): void {
    if (this.endedBy === undefined) this.endedBy = by;
    else if (by === 'reset') this.resetAfterEnd = true;
  }

  #count(octets: Uint8Array): void {
    let offset = 0;
    while (offset < octets.length) {
      if (this.#missing > 0) {
        const taken = Math.min(this.#missing, octets.length - offset);
        this.#missing -= taken;
        offset += taken;
        if (this.#missing === 0) this.messages++;
        continue;
      }
      this.#prefix.push(octets[offset++] ?? 0);
      if (this.#prefix.length < messagePrefixLength) continue;
      const [, a = 0, b = 0, c = 0, d = 0] = this.#prefix;
      this.#prefix = [];
      this.#missing = a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
      if (this.#missing === 0) this.messages++;
    }
  }
}

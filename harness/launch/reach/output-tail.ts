import { cutMark } from '../../cut-text';

/** The end of a stream of octets, with a mark where its beginning is missing. */
export class OutputTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    // A copy: a slice of Node's read buffer would keep all of it alive.
    this.#chunks.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#limit))));
    this.#length += Math.min(chunk.length, this.#limit);
    this.#isCut ||= chunk.length > this.#limit;
    while (this.#length - (this.#chunks[0]?.length ?? 0) >= this.#limit) {
      this.#length -= this.#chunks.shift()?.length ?? 0;
      this.#isCut = true;
    }
  }

  text(): string {
    const joined = Buffer.concat(this.#chunks);
    const end = joined.subarray(Math.max(0, joined.length - this.#limit)).toString('utf8');
    return this.#isCut || joined.length > this.#limit ? `${cutMark}${end}` : end;
  }
}

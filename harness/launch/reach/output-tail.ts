import { performance } from 'node:perf_hooks';
import { cutMark } from '../../cut-text';

/** A line that a process printed. */
export interface PrintedLine {
  /** When it began, on the clock of `performance.now()`. */
  readonly at: number;
  readonly text: string;
}

interface Chunk {
  readonly at: number;
  readonly octets: Buffer;
}

/** The end of a stream of octets, with a mark where its beginning is missing. */
export class OutputTail {
  readonly #limit: number;
  readonly #now: () => number;
  #chunks: Chunk[] = [];
  #length = 0;
  #isCut = false;

  constructor(limit: number, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  push(chunk: Buffer): void {
    // A copy: a slice of Node's read buffer would keep all of it alive.
    const octets = Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#limit)));
    this.#chunks.push({ at: this.#now(), octets });
    this.#length += octets.length;
    this.#isCut ||= chunk.length > this.#limit;
    while (this.#length - (this.#chunks[0]?.octets.length ?? 0) >= this.#limit) {
      this.#length -= this.#chunks.shift()?.octets.length ?? 0;
      this.#isCut = true;
    }
  }

  text(): string {
    const joined = Buffer.concat(this.#chunks.map(({ octets }) => octets));
    const end = joined.subarray(Math.max(0, joined.length - this.#limit)).toString('utf8');
    return this.#isCut || joined.length > this.#limit ? `${cutMark}${end}` : end;
  }

  /** The lines of what is kept that began in that time, ends included, without empty ones. */
  linesBetween(from: number, to: number): readonly PrintedLine[] {
    const lines: PrintedLine[] = [];
    let begun: { at: number; parts: Buffer[] } | undefined;
    const end = (): void => {
      const text = begun === undefined ? '' : Buffer.concat(begun.parts).toString('utf8').trimEnd();
      if (begun !== undefined && text !== '' && begun.at >= from && begun.at <= to) lines.push({ at: begun.at, text });
      begun = undefined;
    };
    for (const { at, octets } of this.#chunks) {
      for (let start = 0; start < octets.length;) {
        const feed = octets.indexOf(lineFeed, start);
        const next = feed === -1 ? octets.length : feed + 1;
        begun ??= { at, parts: [] };
        begun.parts.push(octets.subarray(start, feed === -1 ? next : feed));
        if (feed !== -1) end();
        start = next;
      }
    }
    end();
    return lines;
  }
}

const lineFeed = 0x0a;

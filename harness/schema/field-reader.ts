import { wireTypes } from './wire-types';

/** Why octets are no sequence of fields, or no message of a type. */
export interface WireProblem {
  /** One clause without a full stop, e.g. `a length of 7 octets where 2 are left`. */
  readonly problem: string;
  /** Offset of the octet where it shows. */
  readonly at: number;
}

export interface Tag {
  readonly number: number;
  /** 0 to 5; see `wireTypes`. */
  readonly wireType: number;
}

/** A varint of 64 bits takes at most so many octets (encoding guide, "Base 128 Varints"). */
const longestVarint = 10;
const largestNumber = 2 ** 29 - 1;
/** Messages in messages: what decoders take at least (C++, Java, and Python stop there). */
export const largestDepth = 100;

/**
 * Reads fields from octets that anybody may have sent: nothing is thrown, and nothing is read beyond the end. The first problem ends the reading: from
 * then on every method gives nothing (or zeros), and `next` says that there are no more fields.
 */
export class FieldReader {
  readonly octets: Uint8Array;
  at: number;
  readonly end: number;
  problem?: WireProblem;

  constructor(octets: Uint8Array, at = 0, end = octets.length) {
    this.octets = octets;
    this.at = at;
    this.end = end;
  }

  /** The next tag; undefined at the end, and after a problem. */
  next(): Tag | undefined {
    if (this.problem !== undefined || this.at === this.end) return undefined;
    const start = this.at;
    const tag = this.#number();
    if (this.problem !== undefined) return undefined;
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    if (number === 0 || number > largestNumber) {
      this.fail(`a tag with the field number ${number}`, start);
      return undefined;
    }
    if (wireType > wireTypes.fixed32) {
      this.fail(`a tag with the wire type ${wireType}`, start);
      return undefined;
    }
    return { number, wireType };
  }

  /** The next varint, 64 bits unsigned; bits beyond those are dropped, as most decoders do. */
  varint(): bigint {
    if (this.problem !== undefined) return 0n;
    // Most varints are short, and a bigint takes longer than all the rest.
    const start = this.at;
    const rough = this.#number();
    if (rough <= Number.MAX_SAFE_INTEGER) return BigInt(rough);
    let value = 0n;
    for (let at = start, shift = 0n; at < this.at; at++, shift += 7n) value |= BigInt(this.octets[at]! & 0x7f) << shift;
    return BigInt.asUintN(64, value);
  }

  /** The next varint as a number, exact as far as numbers are. */
  #number(): number {
    const start = this.at;
    let value = 0;
    for (let count = 0, unit = 1; count < longestVarint; count++, unit *= 128) {
      if (this.at === this.end) {
        this.fail('the octets end inside a varint', start);
        return 0;
      }
      const octet = this.octets[this.at++]!;
      value += (octet & 0x7f) * unit;
      if (octet < 0x80) return value;
    }
    this.fail(`a varint of more than ${longestVarint} octets`, start);
    return 0;
  }

  /** The next 4 or 8 octets as an unsigned number. */
  fixed(length: 4 | 8): bigint {
    if (this.problem !== undefined) return 0n;
    if (this.end - this.at < length) {
      this.fail(`the octets end inside a number of ${length} octets`, this.at);
      return 0n;
    }
    const view = new DataView(this.octets.buffer, this.octets.byteOffset + this.at, length);
    this.at += length;
    return length === 4 ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
  }

  /** A reader of what stands behind the next length; its offsets count from the same start as this one's. */
  content(): FieldReader {
    const start = this.at;
    const length = this.problem === undefined ? this.#number() : 0;
    const left = this.end - this.at;
    if (this.problem === undefined && length > left) {
      this.fail(`a length of ${length} octets where ${left} are left`, start);
    }
    if (this.problem !== undefined) return new FieldReader(this.octets, this.end, this.end);
    const content = new FieldReader(this.octets, this.at, this.at + length);
    this.at = content.end;
    return content;
  }

  /**
   * Reads over the value behind a tag, groups with all that is in them.
   * @param depth how many messages and groups this one stands in
   */
  skip({ number, wireType }: Tag, depth = 0): void {
    switch (wireType) {
      case wireTypes.varint:
        this.varint();
        break;
      case wireTypes.fixed32:
        this.fixed(4);
        break;
      case wireTypes.fixed64:
        this.fixed(8);
        break;
      case wireTypes.lengthPrefixed:
        this.content();
        break;
      case wireTypes.endGroup:
        this.fail('the end of a group that was not begun', this.at);
        break;
      default:
        this.#skipGroup(number, depth + 1);
    }
  }

  #skipGroup(number: number, depth: number): void {
    const start = this.at;
    if (depth > largestDepth) return this.fail(`messages nested more than ${largestDepth} deep`, start);
    for (let tag = this.next(); tag !== undefined; tag = this.next()) {
      if (tag.wireType !== wireTypes.endGroup) this.skip(tag, depth);
      else if (tag.number === number) return;
      else this.fail(`the end of group ${tag.number} in group ${number}`, this.at);
    }
    this.fail('a group without an end', start);
  }

  /** What is left to read, without a copy. */
  rest(): Uint8Array {
    return this.octets.subarray(this.at, this.end);
  }

  fail(problem: string, at: number): void {
    this.problem ??= { problem, at };
    this.at = this.end;
  }
}

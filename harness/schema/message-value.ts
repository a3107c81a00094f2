import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { wireTypes } from './wire-types';

/** How a tag is written; a conforming writer uses as few octets as possible. */
interface Tagged {
  /** 1 to 2^29-1. */
  readonly number: number;
  /** Octets of the tag when they are more than needed: up to 5, the most that every decoder reads. */
  readonly tagLength?: number;
}

/** A number as a varint. */
export interface VarintValue {
  readonly wire: 'varint';
  /** Decimal, -2^63 to 2^64-1; below zero it is written as two's complement of 64 bits. Zigzag numbers stand here as they are written. */
  readonly value: string;
  /** Octets when they are more than needed: up to 10. */
  readonly length?: number;
}

/** The bits of a number of fixed size. */
export interface FixedValue {
  readonly wire: 'fixed32' | 'fixed64';
  /** Decimal, from the smallest signed to the largest unsigned number of so many bits; floating point numbers by their bits. */
  readonly value: string;
}

/** A number of a repeated field: the same on its own and in a packed run. */
export type NumberValue = VarintValue | FixedValue;

/** What stands behind a length. */
export type LengthPrefixed =
  | { readonly wire: 'text'; readonly text: string }
  /** Well-formed UTF-8 of so many octets, see {@link longTextOf}. */
  | ({ readonly wire: 'long-text' } & OctetsSpec)
  /** Opaque octets, see {@link octetsOf}. */
  | ({ readonly wire: 'octets' } & OctetsSpec)
  | { readonly wire: 'packed'; readonly elements: readonly NumberValue[] }
  | { readonly wire: 'message'; readonly fields: MessageValue };

/** One field as it is written: plain JSON data, so that an input can hold it, shrink it and store it. */
export type WireField = Tagged &
  (
    | NumberValue
    /** `lengthLength`: octets of the length when they are more than needed, up to 5. */
    | (LengthPrefixed & { readonly lengthLength?: number })
    | { readonly wire: 'group'; readonly fields: MessageValue }
  );

/** One message as written on the wire, field by field in order (https://protobuf.dev/programming-guides/encoding/). */
export type MessageValue = readonly WireField[];

/** The octets of a message, as written. */
export function encodeMessageValue(value: MessageValue): Uint8Array {
  const writer = new OctetWriter();
  writeFields(writer, value);
  return writer.octets();
}

/** The octets of a tag alone; any wire type from 0 to 7 and any number can be written, legal or not. */
export function encodeTag(number: number, wireType: number, length = 0): Uint8Array {
  return encodeVarint((BigInt(number) << 3n) | BigInt(wireType), length);
}

/** The octets of a varint of 64 bits, with as many octets as `length` asks for, or as few as possible when that is more. */
export function encodeVarint(value: bigint, length = 0): Uint8Array {
  const writer = new OctetWriter();
  writer.varint(value, length);
  return writer.octets();
}

/** Text of exactly so many octets in UTF-8, of characters of one to four octets; seed 0 gives a run of `a`. */
export function longTextOf({ length, seed }: OctetsSpec): Uint8Array {
  const octets = octetsOf({ length, seed });
  let at = 0;
  while (at < length) {
    const random = octets[at]!;
    // A character for each number of octets, its last octet varied; what does not fit any more is written in ASCII.
    const size = seed === 0 || random < 128 ? 1 : random < 176 ? 2 : random < 224 ? 3 : 4;
    const lead = size <= length - at ? leads[size - 1]! : [];
    for (const octet of lead) octets[at++] = octet;
    octets[at] = lead.length > 0 ? 0x80 | (octets[at]! & 0x3f) : seed === 0 ? 0x61 : 0x20 + (octets[at]! % 0x5f);
    at++;
  }
  return octets;
}

/** All octets but the last of é…, 中… and 😀…: any continuation octet completes them. */
const leads: readonly (readonly number[])[] = [[], [0xc3], [0xe4, 0xb8], [0xf0, 0x9f, 0x98]];

function writeFields(writer: OctetWriter, fields: MessageValue): void {
  for (const field of fields) {
    const tag = (type: number) => writer.varint((BigInt(field.number) << 3n) | BigInt(type), field.tagLength);
    switch (field.wire) {
      case 'varint':
        tag(wireTypes.varint);
        writeNumber(writer, field);
        break;
      case 'fixed32':
      case 'fixed64':
        tag(wireTypes[field.wire]);
        writeNumber(writer, field);
        break;
      case 'group':
        tag(wireTypes.startGroup);
        writeFields(writer, field.fields);
        tag(wireTypes.endGroup);
        break;
      default: {
        tag(wireTypes.lengthPrefixed);
        const content = contentOf(field);
        writer.varint(BigInt(content.length), field.lengthLength);
        writer.raw(content);
      }
    }
  }
}

function contentOf(field: LengthPrefixed): Uint8Array {
  switch (field.wire) {
    case 'text':
      return Buffer.from(field.text, 'utf8');
    case 'long-text':
      return longTextOf(field);
    case 'octets':
      return octetsOf(field);
    case 'packed': {
      const writer = new OctetWriter();
      for (const element of field.elements) writeNumber(writer, element);
      return writer.octets();
    }
    case 'message':
      return encodeMessageValue(field.fields);
  }
}

function writeNumber(writer: OctetWriter, number: NumberValue): void {
  const value = BigInt(number.value);
  if (number.wire === 'varint') writer.varint(value, number.length);
  else writer.fixed(value, number.wire === 'fixed32' ? 4 : 8);
}

/** Octets in the making. */
class OctetWriter {
  #octets = new Uint8Array(64);
  #length = 0;

  varint(value: bigint, length = 0): void {
    let rest = BigInt.asUintN(64, value);
    for (let written = 1; rest > 0x7fn || written < length; written++) {
      this.#push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#push(Number(rest));
  }

  fixed(value: bigint, length: number): void {
    for (let at = 0; at < length; at++) this.#push(Number((value >> BigInt(8 * at)) & 0xffn));
  }

  raw(octets: Uint8Array): void {
    this.#reserve(octets.length);
    this.#octets.set(octets, this.#length);
    this.#length += octets.length;
  }

  octets(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  #push(octet: number): void {
    this.#reserve(1);
    this.#octets[this.#length++] = octet;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#octets.length) return;
    const larger = new Uint8Array(2 * (this.#length + more));
    larger.set(this.#octets);
    this.#octets = larger;
  }
}

import { joinOctets } from '../wire/join-octets';
import { encodeTag, encodeVarint } from './message-value';

/** One field of a message as it stands on the wire: the octets of a length-prefixed one, the number of a varint. Fixed-width values are left out. */
export type ProtobufField =
  { readonly number: number; readonly octets: Uint8Array } | { readonly number: number; readonly varint: number };

/** More fields than any descriptor or answer has that is worth reading: they take far more memory than the octets that they are made of. */
const mostFields = 100_000;
/** A varint has ten octets at most (https://protobuf.dev/programming-guides/encoding/#varints). */
const longestVarint = 10;

/**
 * The top-level fields of a message, in order; what is inside of them stays as it is, so depth costs nothing. Undefined when the octets are no message, use
 * groups, or hold more than {@link mostFields}.
 */
export function readFields(octets: Uint8Array): readonly ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  let at = 0;
  const readVarint = (): number | undefined => {
    let value = 0;
    for (let index = 0; index < longestVarint; index += 1) {
      const octet = octets[at++];
      if (octet === undefined) return undefined;
      // Beyond 53 bits the number is rounded; no length or field number is that large, and nothing else is looked at.
      value += (octet & 0x7f) * 2 ** (7 * index);
      if (octet < 0x80) return value;
    }
    return undefined;
  };
  while (at < octets.length) {
    if (fields.length === mostFields) return undefined;
    const tag = readVarint();
    if (tag === undefined || tag < 8 || tag > 0xffff_ffff) return undefined;
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0: {
        const varint = readVarint();
        if (varint === undefined) return undefined;
        fields.push({ number, varint });
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = readVarint();
        if (length === undefined || length > octets.length - at) return undefined;
        fields.push({ number, octets: octets.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return undefined;
    }
  }
  return at === octets.length ? fields : undefined;
}

/** The length-prefixed values of one field, in order. */
export function octetsOf(fields: readonly ProtobufField[], number: number): readonly Uint8Array[] {
  return fields.flatMap((field) => (field.number === number && 'octets' in field ? [field.octets] : []));
}

/** The last text of a field, which is the one that counts; octets that are no UTF-8 are replaced. */
export function textOf(fields: readonly ProtobufField[], number: number): string {
  const last = octetsOf(fields, number).at(-1);
  return last === undefined ? '' : readText(last);
}

export function readText(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('utf8');
}

/** A field with a text, encoded. */
export const encodeText = (number: number, text: string): Uint8Array => encodeOctets(number, Buffer.from(text, 'utf8'));

/** A varint field, encoded. @param value an integer from 0 up */
export const encodeNumber = (number: number, value: number): Uint8Array =>
  joinOctets([encodeTag(number, 0), encodeVarint(BigInt(value))]);

/** A length-prefixed field, encoded. */
export const encodeOctets = (number: number, octets: Uint8Array): Uint8Array =>
  joinOctets([encodeTag(number, 2), encodeVarint(BigInt(octets.length)), octets]);

import { joinOctets } from '../join-octets';
import type { HpackFault } from './fault';
import { decodeHuffman, encodeHuffman, huffmanLength, type HuffmanPadding } from './huffman';
import { decodeInteger, encodeInteger } from './integer';
import { fromLatin1, latin1 } from './latin1';

/** A string literal that was read, with the offset of the octet after it. */
export type DecodedString =
  | { readonly ok: true; readonly text: string; readonly huffman: boolean; readonly end: number }
  | { readonly ok: false; readonly error: HpackFault };

/** Reads the string literal at `offset` (RFC 7541 §5.2); `maxLength` is in octets of the decoded string. */
export function decodeString(octets: Uint8Array, offset: number, maxLength: number): DecodedString {
  const length = decodeInteger(octets, offset, 7);
  if (!length.ok) return length;
  const start = length.end;
  const end = start + length.value;
  if (end > octets.length) {
    const reason = `a string announces ${length.value} octets, the block has ${octets.length - start} left`;
    return { ok: false, error: { rule: 'truncated', reason, offset } };
  }
  const huffman = (octets[offset]! & 0x80) !== 0;
  const text = huffman ? decodeHuffman(octets, start, end) : latin1(octets.subarray(start, end));
  if (typeof text !== 'string') return { ok: false, error: text };
  if (text.length > maxLength) {
    const reason = `a string has ${text.length} octets, the most we take is ${maxLength}`;
    return { ok: false, error: { rule: 'string-overflow', reason, offset } };
  }
  return { ok: true, text, huffman, end };
}

/** How a string literal is written, and how it may be damaged. */
export interface StringOptions {
  /** In Huffman code or not; the shorter form unless given, plain when both are as long. */
  readonly huffman?: boolean;
  /** What follows the last Huffman symbol; `legal` unless given. A plain string has none. */
  readonly padding?: HuffmanPadding;
  /** The length that is announced when it lies. */
  readonly announcedLength?: number;
}

/** Writes a string literal (RFC 7541 §5.2); `text` has one character per octet. Throws ERR_SCRIPT for a character above 0xff. */
export function encodeString(text: string, options: StringOptions = {}): Uint8Array {
  const huffman = options.huffman ?? huffmanLength(text) < text.length;
  const octets = huffman ? encodeHuffman(text, { padding: options.padding }) : fromLatin1(text);
  const length = options.announcedLength ?? octets.length;
  return joinOctets([encodeInteger(length, 7, huffman ? 0x80 : 0), octets]);
}

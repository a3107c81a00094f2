import { flags, frameHeaderLength, frameTypes } from '../wire/frame';
import { encodeHuffman } from '../wire/hpack/encoder';
import { decodeHuffman, decodeHuffmanStart } from '../wire/hpack/huffman';
import { decodeInteger } from '../wire/hpack/integer';
import { connectionPreface } from '../wire/preface';
import { compressedFinder } from './find-compressed';
import type { CutEdges, Place } from './find-pieces';
import type { Secrets } from './secrets';

/**
 * Overwrites secrets in the octets of one direction of a connection, in place and without moving anything: in field blocks as they stand or in Huffman coding,
 * however the blocks are cut into frames; in DATA, however messages are cut, also when they are compressed; and anywhere else where they stand in one piece.
 * Frames keep their lengths and field blocks stay readable.
 *
 * @param edges where the octets, and those of each stream, may end within a secret.
 */
export function redactOctets(octets: Uint8Array, secrets: Secrets, edges?: CutEdges): void {
  const findCompressed = compressedFinder(secrets.find, octets.length);
  const redactPayload = (payload: Uint8Array, areMessages: boolean): void => {
    for (const { from, to } of findCompressed(payload, areMessages)) payload.fill(filler, from, to);
    redactPlain(payload, secrets, edges);
  };
  const streams = new Map<number, Place[]>();
  let block: Place[] = [];
  for (let at = startsWithPreface(octets) ? connectionPreface.length : 0; at + frameHeaderLength <= octets.length;) {
    const length = (octets[at]! << 16) | (octets[at + 1]! << 8) | octets[at + 2]!;
    const type = octets[at + 3]!;
    const bits = octets[at + 4]!;
    const stream =
      ((octets[at + 5]! & 0x7f) << 24) | (octets[at + 6]! << 16) | (octets[at + 7]! << 8) | octets[at + 8]!;
    const from = at + frameHeaderLength;
    const end = Math.min(octets.length, from + length);
    const to = Math.max(from, end - padLength(octets, from, type, bits));
    const content = { from: Math.min(to, from + prefixLength(type, bits)), to };
    if (type === frameTypes.DATA) {
      const parts = streams.get(stream);
      if (parts === undefined) streams.set(stream, [content]);
      else parts.push(content);
    }
    if (type === frameTypes.HEADERS || type === frameTypes.PUSH_PROMISE) block = [content];
    if (type === frameTypes.CONTINUATION) block.push(content);
    if (type === frameTypes.HEADERS || type === frameTypes.PUSH_PROMISE || type === frameTypes.CONTINUATION) {
      if ((bits & flags.END_HEADERS) !== 0 || end === octets.length)
        rewrite(octets, block, (whole) => redactBlock(whole, secrets));
    } else if (type !== frameTypes.DATA) redactPayload(octets.subarray(from, end), false);
    at = from + length;
  }
  for (const places of streams.values()) rewrite(octets, places, (whole) => redactPayload(whole, true));
  // Where the frames do not add up, and in what is no frame.
  redactPlain(octets, secrets, edges);
  for (const text of secrets.texts) redactRuns(octets, encodeHuffman(text));
}

function startsWithPreface(octets: Uint8Array): boolean {
  return connectionPreface.every((octet, index) => octets[index] === octet);
}

/** Types that may be padded: DATA, HEADERS and PUSH_PROMISE. */
const mayBePadded = (type: number, bits: number): boolean =>
  type !== frameTypes.CONTINUATION && (bits & flags.PADDED) !== 0;

const padLength = (octets: Uint8Array, from: number, type: number, bits: number): number =>
  mayBePadded(type, bits) ? (octets[from] ?? 0) : 0;

/** Octets in front of a frame's content: pad length, priority, promised stream (RFC 9113 §6.1, §6.2, §6.6). */
function prefixLength(type: number, bits: number): number {
  const padded = mayBePadded(type, bits) ? 1 : 0;
  if (type === frameTypes.PUSH_PROMISE) return padded + 4;
  return padded + (type === frameTypes.HEADERS && (bits & flags.PRIORITY) !== 0 ? 5 : 0);
}

/** Lets a function change what stands in several places as if it stood in one. */
function rewrite(octets: Uint8Array, places: readonly Place[], change: (whole: Uint8Array) => void): void {
  const whole = new Uint8Array(places.reduce((sum, { from, to }) => sum + to - from, 0));
  let at = 0;
  for (const { from, to } of places) {
    whole.set(octets.subarray(from, to), at);
    at += to - from;
  }
  change(whole);
  at = 0;
  for (const { from, to } of places) {
    octets.set(whole.subarray(at, at + to - from), from);
    at += to - from;
  }
}

/** An asterisk. */
const filler = 0x2a;

function redactPlain(octets: Uint8Array, { find }: Secrets, edges?: CutEdges): void {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  for (const { from, to } of find(text, edges)) octets.fill(filler, from, to);
}

/** Huffman-coded secrets outside of any field block that can be read. */
function redactRuns(octets: Uint8Array, run: Uint8Array): void {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  for (let from = view.indexOf(run); from !== -1; from = view.indexOf(run, from + run.length))
    octets.set(huffmanFiller(run.length), from);
}

/** String literals of a field block (RFC 7541 §6). Stops where the block is none. */
function redactBlock(block: Uint8Array, secrets: Secrets): void {
  for (let at = 0; at < block.length;) {
    const first = block[at]!;
    const indexed = (first & 0x80) !== 0;
    const isUpdate = (first & 0xe0) === 0x20;
    const index = decodeInteger(block, at, indexed ? 7 : (first & 0x40) !== 0 ? 6 : isUpdate ? 5 : 4);
    if (!index.ok) return;
    at = index.end;
    if (indexed || isUpdate) continue;
    for (let strings = index.value === 0 ? 2 : 1; strings > 0; strings -= 1) {
      const length = decodeInteger(block, at, 7);
      if (!length.ok) return;
      const isHuffman = (block[at]! & 0x80) !== 0;
      at = length.end + length.value;
      const literal = block.subarray(length.end, at);
      const edges = { end: at > block.length };
      if (!isHuffman) redactPlain(literal, secrets, edges);
      else redactHuffman(literal, secrets, edges);
    }
  }
}

/** Characters of other texts begin and end within octets: the literal goes as a whole. */
function redactHuffman(literal: Uint8Array, { find }: Secrets, { end }: CutEdges): void {
  const text = decodeHuffman(literal);
  const isWhole = typeof text === 'string';
  const read = isWhole ? text : decodeHuffmanStart(literal);
  if (find(read, { end: end === true || !isWhole }).length > 0) literal.set(huffmanFiller(literal.length));
}

/** A legal Huffman-coded text of zeros (five bits of 0 each) that fills so many octets, padded with ones (RFC 7541 §5.2, Appendix B). */
function huffmanFiller(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  octets[length - 1] = 2 ** ((8 * length) % 5) - 1;
  return octets;
}

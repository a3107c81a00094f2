import { constants, inflateRawSync } from 'node:zlib';
import type { FindPieces, Place } from './find-pieces';

/** Octets that one compressed text, and all of one search together, may have when inflated. */
const mostInflated = 4 * 1024 * 1024;
const mostInflatedInAll = 16 * 1024 * 1024;
/** Texts that are tried to be inflated: some, and one more for so many octets, which is thirty times as often as a head occurs in octets at random. */
const someAttempts = 256;
const octetsPerAttempt = 512;
/** What fails within so many octets was no compressed text, or one that holds nothing. */
const enoughToTell = 64;
/** Compressed-Flag and Message-Length (PROTOCOL-HTTP2, Length-Prefixed-Message). */
const messagePrefix = 5;

/** Finds the compressed texts among octets that hold a secret. `areMessages`: the octets are those of a stream of messages. */
export type FindCompressed = (octets: Uint8Array, areMessages: boolean) => readonly Place[];

/**
 * Looks for secrets in what is compressed: behind the head of gzip (RFC 1952 §2.3) or of zlib (RFC 1950 §2.2) wherever it stands, and in messages with the
 * Compressed-Flag. Also in compressed texts that are cut short or spoiled, as far as they can be read.
 *
 * The bounds are those of all calls of one search together. So that nobody can hide a secret in a flood, everything beyond them is found as if it held one.
 *
 * @param length of all octets that will be searched.
 */
export function compressedFinder(find: FindPieces, length: number): FindCompressed {
  let attempts = someAttempts + length / octetsPerAttempt;
  let left = mostInflatedInAll;
  /** Whether a compressed text that begins at a place hides something, and where that ends. */
  const look = (octets: Uint8Array, { from, to }: Place): Place | undefined => {
    attempts -= 1;
    const limit = Math.min(mostInflated, left);
    const read = inflateStart(octets.subarray(from, to), limit, () => (attempts -= 1));
    if (read === undefined) return undefined;
    if (read === 'too long') {
      left -= limit;
      return { from, to };
    }
    left -= read.text.length;
    const isSecret = find(read.text.toString('latin1'), { end: true }).length > 0;
    return isSecret ? { from, to: from + read.length } : undefined;
  };
  return (octets, areMessages) => {
    const places: Place[] = [];
    const tried = new Set<number>();
    const beginnings = areMessages ? compressedMessages(octets) : [];
    for (const beginning of [...beginnings, ...findHeads(octets)]) {
      const isInside = places.some(({ from, to }) => beginning.from >= from && beginning.from < to);
      if (isInside || tried.has(beginning.from)) continue;
      if (attempts <= 0 || left <= 0) return [...places, { from: beginning.from, to: octets.length }];
      tried.add(beginning.from);
      const place = look(octets, beginning);
      if (place !== undefined) places.push(place);
    }
    return places;
  };
}

/** Contents of messages with a Compressed-Flag, without the head of gzip or zlib where they have one. */
function compressedMessages(octets: Uint8Array): readonly Place[] {
  const messages: Place[] = [];
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at + messagePrefix < octets.length;) {
    const from = at + messagePrefix;
    const to = Math.min(octets.length, from + view.getUint32(at + 1));
    if (octets[at] === 1 && to > from) messages.push({ from: afterHead(octets, from) ?? from, to });
    at = to;
  }
  return messages;
}

/** What stands behind the heads of gzip and zlib; of zlib with the window of 32 KiB, which nearly everybody takes. */
function* findHeads(octets: Uint8Array): Generator<Place> {
  for (let at = 0; at + 2 < octets.length; at += 1) {
    if (octets[at] !== 0x1f && octets[at] !== 0x78) continue;
    const from = afterHead(octets, at);
    if (from !== undefined) yield { from, to: octets.length };
  }
}

/** Where a compressed text begins whose head stands at a place. */
function afterHead(octets: Uint8Array, at: number): number | undefined {
  if (octets[at] === 0x1f && octets[at + 1] === 0x8b && octets[at + 2] === 8) return afterGzipHead(octets, at);
  return hasZlibHead(octets, at) ? at + 2 : undefined;
}

/** CM is 8, there is no dictionary, and FCHECK makes a multiple of 31 (RFC 1950 §2.2). */
function hasZlibHead(octets: Uint8Array, at: number): boolean {
  const [first = 0, second = 0] = octets.subarray(at, at + 2);
  return (first & 0xf) === 8 && (second & 0x20) === 0 && ((first << 8) | second) % 31 === 0;
}

/** Behind the optional fields of a gzip head (RFC 1952 §2.3). */
function afterGzipHead(octets: Uint8Array, start: number): number {
  const bits = octets[start + 3] ?? 0;
  let at = start + 10;
  if ((bits & 4) !== 0) at += 2 + ((octets[at] ?? 0) | ((octets[at + 1] ?? 0) << 8));
  for (const text of [8, 16]) {
    if ((bits & text) === 0) continue;
    const end = octets.indexOf(0, at);
    at = end === -1 ? octets.length : end + 1;
  }
  return at + ((bits & 2) === 0 ? 0 : 2);
}

interface Inflated {
  readonly text: Buffer;
  /** How many octets were read for it. */
  readonly length: number;
}

/** As much as can be read of a deflated text (RFC 1951) at the start of octets; undefined when that is nothing. */
function inflateStart(octets: Uint8Array, limit: number, onAttempt: () => void): Inflated | 'too long' | undefined {
  const whole = inflate(octets, limit);
  if (whole !== undefined) return whole;
  if (octets.length > enoughToTell && inflate(octets.subarray(0, enoughToTell), limit) === undefined) return undefined;
  // Where a text is spoiled everything in front of it can be read: the longest beginning without a fault.
  let best: Inflated | 'too long' | undefined;
  let good = 0;
  let bad = octets.length;
  while (bad - good > 1) {
    onAttempt();
    const middle = (good + bad) >>> 1;
    const read = inflate(octets.subarray(0, middle), limit);
    if (read === undefined) bad = middle;
    else {
      good = middle;
      best = read;
    }
  }
  return best;
}

/** Undefined when the octets are neither a deflated text nor the beginning of one. */
function inflate(octets: Uint8Array, limit: number): Inflated | 'too long' | undefined {
  try {
    // With `info` it gives the text and the machine that made it, which its type does not say.
    const { buffer, engine } = inflateRawSync(octets, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: limit,
      info: true,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    return { text: buffer, length: engine.bytesWritten };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too long' : undefined;
  }
}

import { ConformError } from '../error';

/** Opaque octets as two numbers, so that an input stays small plain data and shrinks in a hundred runs instead of fifty thousand. */
export interface OctetsSpec {
  readonly length: number;
  /** 32 bits, unsigned. Seed 0 gives zeros: the plainest octets of a length. */
  readonly seed: number;
}

/** Odd number closest to 2^32 divided by the golden ratio: successive multiples spread evenly over 32 bits (Weyl sequence). */
const weylStep = 0x9e3779b9;

/** More than any input of ours holds; what asks for more comes from a file that we did not write. */
const mostOctets = 2 ** 26;

/**
 * The octets that a spec stands for: always the same, not compressible unless the seed is 0, and of two specs with one seed the shorter gives a
 * prefix of the longer.
 * @throws ConformError ERR_SCRIPT for more than 64 MiB.
 */
export function octetsOf({ length, seed }: OctetsSpec): Uint8Array {
  if (length > mostOctets)
    throw new ConformError('ERR_SCRIPT', `An input stands for ${length} octets; ${mostOctets} are the most.`);
  const octets = new Uint8Array(length);
  if (seed === 0) return octets;
  let state = seed | 0;
  for (let at = 0; at < length; at += 4) {
    state = (state + weylStep) | 0;
    // The finalizer of MurmurHash3: every bit of the counter moves every bit of the word.
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    word ^= word >>> 16;
    // Octet by octet: the same on every machine; what falls off the end is ignored.
    octets[at] = word;
    octets[at + 1] = word >>> 8;
    octets[at + 2] = word >>> 16;
    octets[at + 3] = word >>> 24;
  }
  return octets;
}

import { ConformError } from '../../error';
import type { HpackFault } from './fault';

/** Largest integer that we accept: every integer of HPACK is a length, an index or a setting of 32 bits. */
const maxInteger = 0xffff_ffff;
/** Five continuation octets hold 32 bits; a few more may be zeros, which is odd but in range. Ten or more are refused (RFC 7541 §5.1). */
const maxContinuationOctets = 9;

/** An integer that was read, with the offset of the octet after it. */
export type DecodedInteger = { readonly ok: true; readonly value: number; readonly end: number } | IntegerFault;

interface IntegerFault {
  readonly ok: false;
  readonly error: HpackFault;
}

/** Reads the integer whose prefix is the low bits of the octet at `offset` (RFC 7541 §5.1). */
export function decodeInteger(octets: Uint8Array, offset: number, prefixBits: number): DecodedInteger {
  const first = octets[offset];
  if (first === undefined) return fault('truncated', 'the block ends where an integer should begin', offset);
  const prefixMax = 2 ** prefixBits - 1;
  const prefix = first & prefixMax;
  if (prefix < prefixMax) return { ok: true, value: prefix, end: offset + 1 };
  let value = prefixMax;
  let scale = 1;
  for (let count = 1; count <= maxContinuationOctets; count++) {
    const octet = octets[offset + count];
    if (octet === undefined) return fault('truncated', 'the block ends inside an integer', offset);
    // Not a shift: it would wrap at 32 bits. At 63 bits the sum is inexact, but far above the limit by then.
    value += (octet & 0x7f) * scale;
    if (value > maxInteger) return fault('integer-overflow', 'an integer is larger than 2^32 - 1', offset);
    if ((octet & 0x80) === 0) return { ok: true, value, end: offset + count + 1 };
    scale *= 128;
  }
  return fault('integer-overflow', `an integer has more than ${maxContinuationOctets} continuation octets`, offset);
}

function fault(rule: HpackFault['rule'], reason: string, offset: number): IntegerFault {
  return { ok: false, error: { rule, reason, offset } };
}

/** How an integer may be written in an odd way. */
export interface IntegerOptions {
  /**
   * Continuation octets beyond those needed, all of value zero: an over-long but equal number. Takes effect when the value fills the prefix, because
   * only then are there continuation octets.
   */
  readonly extraContinuation?: number;
}

/**
 * Writes an integer (RFC 7541 §5.1).
 *
 * The bits above the prefix come from `firstOctetFlags`. Any size is written, past every limit of a decoder too. Throws ERR_SCRIPT for what no octets can
 * say: a negative number or a fraction.
 */
export function encodeInteger(
  value: number | bigint,
  prefixBits: number,
  firstOctetFlags = 0,
  options: IntegerOptions = {},
): Uint8Array {
  if (value < 0 || (typeof value === 'number' && !Number.isSafeInteger(value))) {
    throw new ConformError(
      'ERR_SCRIPT',
      `${value} cannot be written as an HPACK integer; use a whole number from 0 up`,
    );
  }
  const octets: number[] = [];
  appendInteger(octets, value, prefixBits, firstOctetFlags, options.extraContinuation ?? 0);
  return Uint8Array.from(octets);
}

function appendInteger(
  octets: number[],
  value: number | bigint,
  prefixBits: number,
  firstOctetFlags: number,
  extra: number,
): void {
  const prefixMax = 2 ** prefixBits - 1;
  if (value < prefixMax) {
    octets.push(firstOctetFlags | Number(value));
    return;
  }
  octets.push(firstOctetFlags | prefixMax);
  let rest = BigInt(value) - BigInt(prefixMax);
  while (rest >= 128n) {
    octets.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  octets.push(Number(rest) | (extra > 0 ? 0x80 : 0));
  for (let left = extra; left > 0; left--) octets.push(left > 1 ? 0x80 : 0);
}

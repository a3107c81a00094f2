import { joinOctets } from './join-octets';

/** One element of DER (X.690 §8.1): tag, length, content. */
function element(tag: number, content: Uint8Array): Uint8Array {
  return joinOctets([Uint8Array.of(tag), encodeLength(content.length), content]);
}

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(0x30, joinOctets(parts));
export const set = (...parts: readonly Uint8Array[]): Uint8Array => element(0x31, joinOctets(parts));
/** `[number]`, explicit. */
export const tagged = (number: number, content: Uint8Array): Uint8Array => element(0xa0 | number, content);
export const boolean = (value: boolean): Uint8Array => element(0x01, Uint8Array.of(value ? 0xff : 0));
export const octetString = (content: Uint8Array): Uint8Array => element(0x04, content);
export const utf8String = (text: string): Uint8Array => element(0x0c, new TextEncoder().encode(text));
/** `YYMMDDHHMMSSZ`. */
export const utcTime = (text: string): Uint8Array => element(0x17, new TextEncoder().encode(text));
/** Whole octets. */
export const bitString = (content: Uint8Array): Uint8Array => element(0x03, joinOctets([Uint8Array.of(0), content]));

/** A number that is not below zero, from its octets, the highest first. */
export function integer(octets: Uint8Array): Uint8Array {
  const start = octets.findIndex((octet) => octet !== 0);
  const digits = start === -1 ? Uint8Array.of(0) : octets.subarray(start);
  return element(0x02, (digits[0] ?? 0) >= 0x80 ? joinOctets([Uint8Array.of(0), digits]) : digits);
}

/** An object identifier by its numbers. */
export function objectId([first = 0, second = 0, ...rest]: readonly number[]): Uint8Array {
  return element(0x06, Uint8Array.from([40 * first + second, ...rest].flatMap(base128)));
}

/** In groups of seven bits, the highest first; all but the last have the highest bit set. */
function base128(value: number): readonly number[] {
  const groups = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift(0x80 | (rest % 128));
  return groups;
}

/** How many octets or characters are shown when the caller names no limit: one line of a wide terminal. */
const defaultMax = 120;

/**
 * What a target sent, made safe for a terminal, a log or a test name.
 *
 * Printable ASCII stays; a backslash is doubled; every other octet becomes `\xNN` (a character above 0xff `\u{N}`), so the result is one line of
 * printable ASCII whatever went in. After `max` octets or characters the rest is replaced by its count.
 */
export function escapeOctets(value: string | Uint8Array, max: number = defaultMax): string {
  const shown = Math.min(value.length, Math.max(0, max));
  let escaped = '';
  for (let at = 0; at < shown; at++) {
    escaped += escapeOne(typeof value === 'string' ? value.charCodeAt(at) : value[at]!);
  }
  const hidden = value.length - shown;
  return hidden === 0 ? escaped : `${escaped}... (+${countOf(hidden, 'octet')})`;
}

function escapeOne(code: number): string {
  if (code === 0x5c) return '\\\\';
  if (code >= 0x20 && code <= 0x7e) return String.fromCharCode(code);
  return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** A number with its noun: "1 octet", "2 octets". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Octets that are shown in hexadecimal: more nobody compares by eye. */
const longestHex = 32;

/** Octets in hexadecimal, for comparing by eye: `bb 1b 42`. After 32 of them the rest is replaced by its count. */
export function hexOf(octets: Uint8Array): string {
  const shown = [...octets.subarray(0, longestHex)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
  const hidden = octets.length - longestHex;
  return hidden > 0 ? `${shown} ... (+${countOf(hidden, 'octet')})` : shown;
}

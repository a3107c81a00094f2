/** A text of which the escapes were read, with the place of each of its characters in the text that was given. */
export interface Unescaped {
  readonly text: string;
  /** Where a character begins in the given text; one more than there are characters, so that the next one is the end of each. */
  readonly from: Int32Array;
}

/** Percent-encoding, escapes of JSON, of JavaScript and of our own reports, and character references of HTML. */
const escapes =
  /%[0-9a-f]{2}|\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}|[\\"'/])|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);/gi;

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads all escapes of a text once, whichever they are; undefined when there are none. */
export function unescapeOnce(given: string): Unescaped | undefined {
  if (!/[%\\&]/.test(given)) return undefined;
  const from = new Int32Array(given.length + 1);
  let text = '';
  let at = 0;
  const keep = (to: number): void => {
    for (let index = at; index < to; index += 1) from[text.length + index - at] = index;
    text += given.slice(at, to);
    at = to;
  };
  for (const { 0: escape, index } of given.matchAll(escapes)) {
    keep(index);
    from[text.length] = index;
    text += readEscape(escape);
    at = index + escape.length;
  }
  if (at === 0) return undefined;
  keep(given.length);
  from[text.length] = given.length;
  return { text, from };
}

/** What an escape stands for: always one character, so that places can be told. */
function readEscape(escape: string): string {
  const name = named[escape.slice(1, -1).toLowerCase()];
  if (name !== undefined) return name;
  if (escape.startsWith('&')) return character(escape.slice(2, -1).replace(/^x/i, '0x'));
  if (escape.startsWith('%')) return character(`0x${escape.slice(1)}`);
  return escape.length === 2 ? escape.slice(1) : character(`0x${escape.slice(2).replace(/[{}]/g, '')}`);
}

/** One UTF-16 code unit; what is none cannot be part of a secret. */
const character = (number: string): string => String.fromCharCode(Math.min(Number(number), 0xffff));

/** Half an escape at the end of a text that was cut, and behind its cut beginning. */
export const halfEscape = /(?:%[0-9a-f]?|\\(?:x[0-9a-f]?|u[0-9a-f]{0,3}|u\{[0-9a-f]{0,6})?|&(?:#?[0-9a-z]{0,7}))$/i;
export const restOfEscape = /^(?:x?[0-9a-f]{1,2}|u?[0-9a-f]{1,4}|u?\{?[0-9a-f]{1,6}\}|#?[0-9a-z]{1,7};)$/i;

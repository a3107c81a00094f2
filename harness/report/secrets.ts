/** What `-H` sends with every call. */
export interface SecretField {
  readonly name: string;
  readonly value: string;
}

/** A text that must not be shown. One character per octet. */
export interface Needle {
  readonly text: string;
  /** From so many octets on a beginning of it is hidden, too: reports cut long texts. */
  readonly least: number;
}

/** A shorter value is no secret, and would be found everywhere. */
const shortestSecret = 6;
/** Twelve characters of a token say nothing about the rest; fewer are words that other texts begin with, too. */
const longestLeast = 12;

/**
 * The forms in which values of `-H` may come back: as they are, without a scheme in front (`Bearer`), percent-encoded, in base64, and, of a value that is
 * base64 itself, what that stands for. Longest first.
 */
export function secretNeedles(fields: readonly SecretField[]): readonly Needle[] {
  const texts = new Set<string>();
  const add = (text: string): void => {
    if (text.length >= shortestSecret) texts.add(text);
  };
  for (const { name, value } of fields) {
    const token = /^[A-Za-z][A-Za-z0-9-]* +(\S.*)$/.exec(value)?.[1];
    for (const text of token === undefined ? [value] : [value, token]) {
      add(text);
      add(encodeURIComponent(text));
      for (const encoding of ['base64', 'base64url'] as const)
        add(Buffer.from(text, 'latin1').toString(encoding).replace(/=+$/, ''));
    }
    // RFC 7617: a user and a password; of -bin fields, octets.
    const isBasic = /^basic /i.test(value) && token !== undefined;
    if (isBasic || name.endsWith('-bin')) {
      const decoded = Buffer.from(token ?? value, 'base64').toString('latin1');
      add(decoded);
      if (isBasic) add(decoded.slice(decoded.indexOf(':') + 1));
    }
  }
  return [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => ({ text, least: Math.min(text.length, longestLeast) }));
}

/** A place in a text: from its first character to the one behind its last. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where a text holds a needle, or the beginning of one; places may overlap. */
export function findNeedles(text: string, needles: readonly Needle[]): readonly Place[] {
  const places: Place[] = [];
  for (const needle of needles) {
    const start = needle.text.slice(0, needle.least);
    for (let from = text.indexOf(start); from !== -1; from = text.indexOf(start, from + 1)) {
      let length = start.length;
      while (length < needle.text.length && text[from + length] === needle.text[length]) length += 1;
      places.push({ from, to: from + length });
    }
  }
  return places;
}

/** What stands in the place of a secret. */
export const hidden = '[hidden]';

/** A text without its secrets. */
export function hideNeedles(text: string, needles: readonly Needle[]): string {
  const places = [...findNeedles(text, needles)].sort((a, b) => a.from - b.from);
  let shown = '';
  let at = 0;
  for (const { from, to } of places) {
    if (from >= at) shown += text.slice(at, from) + hidden;
    at = Math.max(at, to);
  }
  return at === 0 ? text : shown + text.slice(at);
}

import { ConformError } from '../../error';

/** Arguments that one call of `String.fromCharCode` takes: engines limit their number. */
const chunk = 8192;

/** A string with one character per octet, the form of names and values everywhere; not Buffer: the HTML report runs this in a browser. */
export function latin1(octets: Uint8Array): string {
  if (octets.length <= chunk) return Reflect.apply(String.fromCharCode, undefined, octets);
  let text = '';
  for (let at = 0; at < octets.length; at += chunk) text += latin1(octets.subarray(at, at + chunk));
  return text;
}

/** The octets of a string with one character per octet; throws ERR_SCRIPT for a character above 0xff, which is a mistake of ours. */
export function fromLatin1(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) octets[at] = octetAt(text, at);
  return octets;
}

/** One octet of such a string; throws like {@link fromLatin1}. */
export function octetAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code <= 0xff) return code;
  throw new ConformError(
    'ERR_SCRIPT',
    `a field holds the character U+${code.toString(16).padStart(4, '0')}; names and values have one character per octet, so encode the text as UTF-8 octets first`,
  );
}

/**
 * Text that may hold anything, made safe for one line of a screen: controls (so no terminal escape), direction overrides, invisible characters and lone
 * surrogates become `\xNN` or `\u{N}`. Backslashes stay, so text that was escaped before is not escaped twice.
 */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Like {@link printable}, line by line; tabs count as blanks. */
export function printableLines(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).map((line) => printable(line.replaceAll('\t', '  ')));
}

// Cc (controls), Cf (format: direction overrides, zero width), Zl and Zp (line breaks of Unicode), Cs (lone surrogates, as the u flag pairs the others),
// Cn (no character).
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}]/gu;

/** {@link printable} text that ends like a sentence, whether or not it did before. */
export function sentence(text: string): string {
  const safe = printable(text);
  return /[.!?…]$/.test(safe) ? safe : `${safe}.`;
}

/** Letters of a word that a sentence quotes, and of a sentence, at most: a longer path is none that a person wrote. */
const longestWord = 400;
const longestSentence = 2000;
const longWord = new RegExp(`\\S{${longestWord + 1},}`, 'g');

/** {@link printable} text without the middle of words that are too long, and without its end where it is too long itself. */
export function shortPrintable(text: string): string {
  const short = printable(text).replace(
    longWord,
    (word) => `${word.slice(0, longestWord / 2)}…${word.slice(-longestWord / 4)}`,
  );
  // Again: a cut may part the two halves of a character.
  return printable(short.length > longestSentence ? `${short.slice(0, longestSentence)}…` : short);
}

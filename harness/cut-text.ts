/**
 * Stands where a text was cut. Whoever cuts a text that may hold a secret leaves a mark at the cut, this one or that of `escapeOctets`: by it
 * whoever hides secrets knows that what stands there may be the rest of one (harness/report/secrets.ts).
 */
export const cutMark = '…';

/** A text of at most so many characters: what does not fit is cut off its end, and marked. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - cutMark.length))}${cutMark}`;
}

/** The end of a text, of at most so many characters: what does not fit is cut off its beginning, and marked. */
export function keepEnd(text: string, most: number): string {
  return text.length <= most ? text : `${cutMark}${text.slice(text.length - Math.max(0, most - cutMark.length))}`;
}

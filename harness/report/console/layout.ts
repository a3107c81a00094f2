/** Breaks text at blanks into lines of at most `width` characters; a longer word stands alone and is broken only where it must. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => chunks(long, width))) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function chunks(word: string, width: number): readonly string[] {
  if (word.length <= width) return [word];
  const pieces = [];
  for (let start = 0; start < word.length; start += width) pieces.push(word.slice(start, start + width));
  return pieces;
}

/** A label and a text beside it: `label` padded to `column`, further lines of the text below its first. */
export function labelled(label: string, text: string, column: number, width: number, indent = 2): readonly string[] {
  const left = ' '.repeat(indent);
  const [first = '', ...rest] = wrapText(text, Math.max(20, width - indent - column));
  return [`${left}${label.padEnd(column)}${first}`, ...rest.map((line) => `${left}${' '.repeat(column)}${line}`)];
}

/** `1 run`, `3 runs`. */
export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural}`;

/** Columns of a terminal; those that do not know theirs say 0. */
export const knownColumns = (columns: number): number => (columns > 0 ? columns : 80);

/** Usable width: what a terminal says, within what reads well. */
export const readableWidth = (columns: number): number => Math.min(120, Math.max(40, knownColumns(columns)));

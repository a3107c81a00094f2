import { printable } from '../../report/printable';

/** One excerpt of a document: the command that its marker names, and what the block below the marker says that it printed. */
export interface Excerpt {
  readonly command: string;
  /** Line by line, without the command. Empty for a marker that has no block yet. */
  readonly lines: readonly string[];
}

const marker = /^<!-- output of: (.+) -->$/;

interface Place extends Excerpt {
  /** Index of the line behind the marker, and of the one behind its block: equal when there is no block yet. */
  readonly from: number;
  readonly to: number;
}

/** The excerpts of a Markdown document, in their order. */
export function readExcerpts(document: string): readonly Excerpt[] {
  return placesOf(document.split('\n')).map(({ command, lines }) => ({ command, lines }));
}

/**
 * The document with new blocks below its markers; every other line stays as it is.
 *
 * @param outputOf the lines that a command prints, undefined to leave its block alone
 */
export function replaceExcerpts(
  document: string,
  outputOf: (command: string) => readonly string[] | undefined,
): string {
  const lines = document.split('\n');
  // From the last to the first: indices of those before stay right.
  for (const { command, from, to } of placesOf(lines).toReversed()) {
    const output = outputOf(command);
    if (output !== undefined) lines.splice(from, to - from, '', ...fenced([`$ ${command}`, ...output.map(printable)]));
  }
  return lines.join('\n');
}

/** A code block that none of its lines can end. */
function fenced(lines: readonly string[]): readonly string[] {
  const longest = Math.max(0, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`${fence}console`, ...lines, fence];
}

function placesOf(lines: readonly string[]): readonly Place[] {
  return lines.flatMap((line, index) => {
    const command = marker.exec(line)?.[1];
    if (command === undefined) return [];
    const from = index + 1;
    const opening = lines[from] === '' ? from + 1 : from;
    const fence = /^(`{3,})console$/.exec(lines[opening] ?? '')?.[1];
    const closing = fence === undefined ? -1 : lines.indexOf(fence, opening + 1);
    if (closing === -1) return [{ command, lines: [], from, to: from }];
    const block = lines.slice(opening + 1, closing);
    return [{ command, lines: block.slice(1), from, to: closing + 1 }];
  });
}

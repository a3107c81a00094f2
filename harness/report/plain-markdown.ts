import { printable } from './printable';

/** Text in which Markdown finds nothing to format, and HTML no tag; one line, without what a terminal obeys. */
export const plainMarkdown = (text: string): string =>
  printable(text).replace(/[\\`*_{}[\]<>#|~&]/g, (character) => `\\${character}`);

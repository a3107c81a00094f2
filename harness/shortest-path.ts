import { relative } from 'node:path';

/** A file as someone in this folder would name it. */
export function shortestPath(file: string): string {
  const fromHere = relative('', file);
  return fromHere !== '' && fromHere.length < file.length ? fromHere : file;
}

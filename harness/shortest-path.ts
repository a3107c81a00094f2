import { isAbsolute, relative } from 'node:path';

/** A file as someone in this folder would name it: by its way from here where it lies below, else as it was given. */
export function shortestPath(file: string): string {
  const fromHere = relative('', file);
  const isBelow = fromHere !== '' && !fromHere.startsWith('..') && !isAbsolute(fromHere);
  return isBelow && fromHere.length < file.length ? fromHere : file;
}

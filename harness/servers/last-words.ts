import type { Readable } from 'node:stream';

/**
 * Listens to what a program says.
 * @param most characters that are kept: the last ones
 * @returns gives what was kept until now
 */
export function lastWords(outputs: readonly Readable[], most: number): () => string {
  let words = '';
  for (const output of outputs)
    output.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-most);
    });
  return () => words;
}

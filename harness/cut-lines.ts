/**
 * The first lines, and how many there are beyond.
 *
 * @param where what follows the number, such as where the others are
 */
export const cutLines = (lines: readonly string[], most: number, where = ''): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more${where}`];

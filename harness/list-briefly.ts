/**
 * The first few of a list in words, and how many there are beyond: `a, b, c and 104 more`. One that would stand alone behind "and" is shown.
 *
 * @param most shown when there are more than one beyond it
 */
export function listBriefly(names: readonly string[], most = 3): string {
  const shown = names.length === most + 1 ? most + 1 : most;
  const more = names.length - shown;
  return `${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

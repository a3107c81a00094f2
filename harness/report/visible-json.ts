/**
 * The value as JSON that is safe to look at: controls, direction overrides and what else is not seen are escaped, which JSON itself asks for only below U+0020.
 * `indent` as of JSON.stringify. Undefined becomes null.
 */
export function visibleJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, undefined, indent) ?? 'null').replace(invisible, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

// Line ends are the indentation's own: within strings they are escaped by then.
const invisible = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;

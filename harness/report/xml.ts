/**
 * Text for an XML 1.0 document, in content or in a double-quoted attribute. Characters that XML cannot hold at all (XML 1.0 §2.2 Char), those it advises
 * against and lone surrogates become `\xNN` or `\u{N}`; line breaks and tabs are written as references, since a reader would turn them into blanks in
 * attributes.
 */
export function escapeXml(text: string, place: 'content' | 'attribute'): string {
  const legal = text.replace(illegal, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
  const escaped = legal.replace(/[&<>"\r]/g, (character) => references[character] ?? character);
  return place === 'content' ? escaped : escaped.replace(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Everything outside of Char, then the discouraged ranges: C1 controls and non-characters of every plane.
const illegal =
  /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]|[\u{7f}-\u{9f}\u{fdd0}-\u{fdef}]|\p{Noncharacter_Code_Point}/gu;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

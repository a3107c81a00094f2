/** In every text of an attacker, so that one finds in any output what came from it. */
export const mark = 'pwned';

/** Sequences that steer a terminal: its title, its clipboard (OSC 52), a link, the screen, colours, in seven and in eight bits; and what overwrites a line. */
export const terminalText = [
  `\x1b]0;${mark}\x07`,
  `\x1b]52;c;${Buffer.from(mark).toString('base64')}\x07`,
  `\x1b]8;;http://${mark}.invalid/\x1b\\${mark}\x1b]8;;\x1b\\`,
  '\x1b[2J\x1b[1;31m\x1bc\x9b31m\x9d0;x\x9c',
  `\b\b\x7f\r\0${mark}`,
].join('');

/** Overrides of the direction of writing, invisible characters, line ends of Unicode, a byte order mark, a C1 control: as UTF-8 and as no UTF-8. */
export const unicodeText = Buffer.concat([
  Buffer.from(`\u202e${mark}\u2066\u200b\ufeff\u2028\u2029\u0085\u{e0001}`, 'utf8'),
  Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80),
]).toString('latin1');

/** Markup that becomes an element, ends a script, a comment, a CDATA section or an attribute, or opens an entity. */
export const markupText = [
  `<img data-${mark} src=x onerror="window.${mark}=1">`,
  `</script><script data-${mark}>window.${mark}=1</script>`,
  `--></style></noscript></title>]]><svg data-${mark} onload="window.${mark}=1">`,
  `"' data-${mark} onfocus=window.${mark}=1 autofocus x='&lt;&#60;<!--<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;`,
].join('');

/** What Markdown would show as a link, a picture, a table, a heading or HTML. */
export const markdownText = `[x](javascript:${mark}) ![x](http://${mark}.invalid/x.png) | a | b |\n# ${mark}\n\`\`\`\n<details open data-${mark}>`;

/** Commands that the runner of GitHub Actions obeys when it sees them in the output of a step, and those of other CI systems. */
export const workflowText = [
  `x\n::error::${mark}`,
  `::set-output name=x::${mark}`,
  `::add-mask::${mark}`,
  `  ::stop-commands::${mark}`,
  `##[error]${mark}`,
  `##vso[task.setvariable variable=x]${mark}`,
  `##teamcity[buildProblem description='${mark}']`,
  `section_start:0:${mark}\r\x1b[0K`,
].join('\n');

/** All of them. */
export const allTexts = terminalText + unicodeText + markupText + markdownText + workflowText;

/** Text as a field or grpc-message may say it in ASCII, each octet percent-encoded. */
export function percentEncode(text: string): string {
  return [...Buffer.from(text, 'latin1')].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('');
}

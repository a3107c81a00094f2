import { makeFinder, type CutEdges, type FindPieces } from './find-pieces';
import { formsOf } from './secret-forms';

/** What `-H` sends with every call. */
export interface SecretField {
  readonly name: string;
  readonly value: string;
}

/** Everything that must not be shown. */
export interface Secrets {
  /** The secrets as they are, one character per octet. */
  readonly texts: readonly string[];
  readonly find: FindPieces;
}

/** A shorter value is no secret, and would be found everywhere. */
const shortestSecret = 6;

/**
 * The secrets in values of `-H`: the value, what stands behind a scheme (`Bearer`), and what base64 stands for where a value is that. They are found in every
 * form of {@link formsOf}, and in pieces.
 *
 * Whatever is cut before its secrets are hidden carries a mark at the cut (harness/cut-text.ts), and the rest of a secret is found there.
 */
export function secretsOf(fields: readonly SecretField[]): Secrets {
  const found = new Set<string>();
  const read = new Set<string>();
  for (const { name, value } of fields) {
    const token = /^[A-Za-z][A-Za-z0-9-]* +(\S.*)$/.exec(value)?.[1];
    for (const text of token === undefined ? [value] : [value, token]) found.add(text);
    // RFC 7617: a user and a password; of -bin fields, octets.
    const isBasic = /^basic /i.test(value) && token !== undefined;
    if (isBasic || name.endsWith('-bin')) {
      const octets = Buffer.from(token ?? value, 'base64');
      const decoded = octets.toString('latin1');
      found.add(decoded);
      // The output of a process is read as UTF-8.
      read.add(octets.toString('utf8'));
      if (isBasic) found.add(decoded.slice(decoded.indexOf(':') + 1));
    }
  }
  const texts = [...found].filter((text) => text.length >= shortestSecret);
  const forms = [...texts.flatMap(formsOf), ...[...read].map((text) => ({ text }))];
  return { texts, find: makeFinder(forms.filter(({ text }) => text.length >= shortestSecret)) };
}

/** What stands in the place of a secret. */
export const hidden = '[hidden]';

/** A text without its secrets. Blanks around them stay, so that words stay words. */
export function hideSecrets(text: string, { find }: Secrets, edges?: CutEdges): string {
  let shown = '';
  let at = 0;
  for (const { from, to } of find(text, edges)) {
    const [, before = '', after = ''] = /^( *).*?( *)$/s.exec(text.slice(from, to)) ?? [];
    shown += text.slice(at, from) + before + hidden + after;
    at = to;
  }
  return at === 0 ? text : shown + text.slice(at);
}

import { escapeOctets } from '../wire/escape-octets';

/** Characters of a value that fit into a sentence beside other text. */
const longestValue = 60;

/** A value of either side as it was, in quotes, so that its ends are seen: `"a;"`. Escaped and cut. */
export function quoted(value: string, most = longestValue): string {
  return `"${escapeOctets(value, most).replaceAll('"', '\\"')}"`;
}

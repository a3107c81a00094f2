import type { Symptom } from './model';

/** How the octets of a body are laid out: a server that misreads this answers whatever the misread octets deserve, or what is left of them. */
const layoutOfBody = /^(?:DATA cut|an empty DATA|empty DATA|padded DATA)/;

/** How a field is represented: a decoder that misreads it leaves another request, which gets whatever refusal that one deserves. */
const representation = /^(?:indexed|incremental|without-indexing|never-indexed)\b.* field$|^table size updates$/;

/** Findings of one run with equal keys are taken for one cause. Equal causes may get different keys, in doubt they do. */
export const keyOf = ({ reaction, telling, beside }: Symptom): string =>
  [coarse(reaction, telling), telling.join(', '), beside]
    .filter((part) => part !== undefined && part !== '')
    .join(' | ');

/** The class of a reaction in which all that come of the same misreading are alike. */
export function coarse(said: string, features: readonly string[]): string {
  if (features.length === 0) return said;
  if (features.every((feature) => representation.test(feature)))
    return said.replace(/^(?:status [1-9]\d*|HTTP \d+|RST \w+|GOAWAY \w+)/, 'a refusal');
  return features.every((feature) => layoutOfBody.test(feature))
    ? said.replace(/status [1-9]\d*|wrong message count$/, 'an error status')
    : said;
}

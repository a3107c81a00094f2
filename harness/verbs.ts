import { didYouMean } from './nearest';

/** The verbs of the command line: what may be meant where a word is no rule. */
export const verbs = [
  'run',
  'list',
  'explain',
  'probe',
  'replay',
  'show',
  'report',
  'compare',
  'merge',
  'baseline',
  'self-test',
  'completion',
  'help',
] as const;

/** What other tools call what a verb of ours does. */
const otherNames: Readonly<Record<string, string>> = {
  test: 'run',
  tests: 'run',
  'run-test': 'run',
  'run-tests': 'run',
  start: 'run',
  check: 'run',
  verify: 'run',
  ls: 'list',
  rules: 'list',
  describe: 'explain',
  info: 'explain',
  discover: 'probe',
  inspect: 'probe',
  trace: 'probe --trace',
  reproduce: 'replay',
  retry: 'replay',
  rerun: '--last-failed',
  open: 'show',
  view: 'show',
  serve: 'show',
  'show-report': 'show',
  diff: 'compare',
  combine: 'merge',
  'merge-reports': 'merge',
  version: '--version',
};

/** ` (did you mean X?)` for a word that is no verb, or nothing. */
export function didYouMeanVerb(word: string): string {
  const meant = Object.hasOwn(otherNames, word) ? otherNames[word] : undefined;
  return meant === undefined ? didYouMean(word, verbs) : ` (did you mean ${meant}?)`;
}

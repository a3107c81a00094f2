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

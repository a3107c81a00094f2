/** The verbs of the command line: what may be meant where a word is no rule. */
export const verbs = [
  'run',
  'list',
  'explain',
  'probe',
  'replay',
  'report',
  'compare',
  'merge',
  'baseline',
  'self-test',
  'help',
] as const;

import type { PropertyVerdict } from '../model';

/** A sign per verdict, beside its word: nobody needs to tell colours apart. */
export const verdictSigns: Readonly<Record<PropertyVerdict, string>> = {
  fail: '✕',
  stale: '⟲',
  error: '!',
  warn: '▲',
  flaky: '≈',
  known: '◆',
  untestable: '○',
  skipped: '–',
  info: 'i',
  pass: '✓',
};

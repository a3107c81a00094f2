import type { PropertyVerdict } from '../model';

/** A sign per verdict, beside its word: nobody needs to tell colours apart. */
export const verdictSigns: Readonly<Record<PropertyVerdict, string>> = {
  fail: '✕',
  lost: '↓',
  stale: '⟲',
  error: '!',
  warn: '▲',
  flaky: '≈',
  known: '◆',
  blocked: '⊘',
  untestable: '○',
  'not-run': '…',
  skipped: '–',
  info: 'i',
  pass: '✓',
};

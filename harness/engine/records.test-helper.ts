import type { FindingRecord, PropertyRecord } from '../report/model';

/** The row that a record of a test is about, when it says nothing else. */
export const recordedRow = 'MSG-02-any-data-split';

/** A finding of that row that fails. */
export const finding = (over: Partial<FindingRecord> = {}): FindingRecord => ({
  rule: recordedRow,
  level: 'must',
  verdict: 'fail',
  confirmed: { failed: 5, of: 5 },
  summary: '',
  sent: '',
  observed: 'This.',
  expected: 'That.',
  reaction: 'status 13',
  radius: 'stream',
  inputsTried: 4,
  shrinks: 0,
  alsoSeenIn: [],
  input: 0,
  seed: 1,
  path: '0',
  script: [],
  transcript: { connections: [], samples: {} },
  ...over,
});

/** A record of that row, which passes. */
export const record = (over: Partial<PropertyRecord> = {}): PropertyRecord => ({
  id: recordedRow,
  area: 'MSG',
  level: 'must',
  rule: 'a rule',
  sources: [],
  generates: '',
  accepts: [],
  verdict: 'pass',
  runs: 8,
  durationMs: 1,
  findings: [],
  ...over,
});

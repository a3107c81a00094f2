import type { FindingRecord, PropertyRecord } from '../report/model';
import { describeFailure } from './describe-failure';

const finding: FindingRecord = {
  rule: 'RESP-03-content-type',
  level: 'must',
  verdict: 'fail',
  confirmed: { failed: 5, of: 5 },
  summary: 'There was none; the rule wants one.',
  sent: 'HEADERS.',
  observed: 'No content-type.',
  expected: 'One.',
  reaction: 'none',
  radius: 'stream',
  inputsTried: 1,
  shrinks: 0,
  alsoSeenIn: [],
  input: 0,
  seed: 4,
  path: '0:1',
  script: ['open main', 'send HEADERS'],
  transcript: { connections: [], samples: {} },
};

const record: PropertyRecord = {
  id: 'MSG-02-any-data-split',
  area: 'MSG',
  level: 'must',
  rule: 'a rule',
  sources: [],
  generates: '',
  accepts: [],
  verdict: 'fail',
  runs: 1,
  durationMs: 1,
  findings: [finding],
};

test('a finding is said whole: what was sent, seen and wanted, step by step, and how to find it again', () => {
  const further = (id: string, { rule }: FindingRecord): readonly string[] => [`  replay    npx it ${id} ${rule}`];
  expect(describeFailure(record, further).split('\n')).toEqual([
    'MSG-02-any-data-split: a rule',
    '',
    'fail: RESP-03-content-type (5 of 5 times)',
    '  sent      HEADERS.',
    '  observed  No content-type.',
    '  expected  One.',
    '  1. open main',
    '  2. send HEADERS',
    '  replay    npx it MSG-02-any-data-split RESP-03-content-type',
  ]);
});

test('a property without findings says why it failed', () => {
  expect(describeFailure({ ...record, verdict: 'stale', reason: 'remove the entry', findings: [] })).toBe(
    'MSG-02-any-data-split: a rule\nremove the entry',
  );
});

test('what the target sent cannot steer the terminal or add lines', () => {
  const text = describeFailure({ ...record, findings: [{ ...finding, observed: 'a\u001b[2Jb\nc' }] });
  expect(text).not.toContain('\u001b');
  expect(text.split('\n')).toHaveLength(8);
});

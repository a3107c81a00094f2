import type { FindingRecord, PropertyRecord, RunRecord } from '../../report/model';
import { judgeMutant, readKnownReactions, type Fate } from './judge-mutant';
import type { SuiteRun } from './play-suite';

const property = (
  id: string,
  verdict: PropertyRecord['verdict'],
  ...rows: readonly [string, FindingRecord['verdict']][]
): PropertyRecord =>
  ({ id, verdict, findings: rows.map(([rule, each]) => ({ rule, verdict: each })) }) as unknown as PropertyRecord;

const record = (properties: readonly PropertyRecord[], more: object = {}): RunRecord =>
  ({ status: 'complete', header: {}, properties, ...more }) as unknown as RunRecord;

const run = (exitCode: number | undefined, more: Partial<SuiteRun> = {}): SuiteRun => ({
  exitCode,
  tookTooLong: false,
  words: '',
  ...more,
});

const known = property('DL-01', 'known', ['DL-01', 'known']);
const knownAs = (...reactions: readonly string[]): PropertyRecord => ({
  ...known,
  reactions: Object.fromEntries(reactions.map((reaction) => [reaction, 1])),
});
const before = readKnownReactions(record([knownAs('status 4', 'early'), property('MSG-02', 'pass')]));
const warned = property('REQ-03', 'warn', ['REQ-03', 'warn']);
const failed = property('MSG-02', 'fail', ['TRAIL-02', 'fail']);

test.each<[string, SuiteRun, Fate]>([
  ['nothing new', run(0, { record: record([known]) }), { state: 'survived' }],
  ['what is known, in one of its ways', run(0, { record: record([knownAs('early')]) }), { state: 'survived' }],
  [
    'what is known, and something milder beside it',
    run(0, { record: record([knownAs('early', 'no-end')]) }),
    { state: 'killed', by: 'DL-01 (no-end, beside what is known)' },
  ],
  [
    'free choices of a row that holds',
    run(0, { record: record([{ ...property('MSG-02', 'pass'), reactions: { other: 1 } }]) }),
    { state: 'survived' },
  ],
  ['a warning does not gate', run(0, { record: record([warned]) }), { state: 'killed', by: 'REQ-03 (warning)' }],
  ['a finding of any row', run(1, { record: record([warned, failed]) }), { state: 'killed', by: 'TRAIL-02' }],
  [
    'a capability that is gone',
    run(1, { record: record([known], { header: { lost: [{ need: 'gzip' }] } }) }),
    { state: 'killed', by: 'offers no gzip' },
  ],
  [
    'a known deviation that is gone',
    run(1, { record: record([property('DL-01', 'stale')]) }),
    { state: 'killed', by: 'DL-01 (stale)' },
  ],
  ['nothing to judge', run(2), { state: 'killed', by: 'nothing can be judged' }],
  ['never ready', run(3), { state: 'killed', by: 'is never ready' }],
  ['it ended', run(4, { record: record([failed]) }), { state: 'killed', by: 'TRAIL-02' }],
  ['it ended before anything was seen', run(4), { state: 'killed', by: 'target lost' }],
  ['it hangs', run(undefined, { tookTooLong: true }), { state: 'killed', by: 'took too long' }],
  [
    'the time budget ran out',
    run(0, { record: record([known], { status: 'incomplete' }) }),
    { state: 'killed', by: 'took too long' },
  ],
  ['a fault of ours', run(70, { words: 'a\nTypeError: b\n' }), { state: 'fault', by: 'exit code 70: TypeError: b' }],
  ['somebody ended the suite', run(undefined), { state: 'fault', by: 'exit code none: ' }],
  ['no report', run(0), { state: 'fault', by: 'no report was written' }],
])('%s', (_name, suiteRun, want) => {
  expect(judgeMutant(suiteRun, before)).toEqual(want);
});

import { cleanRun, failingFinding } from '../fixtures/run';
import type { FindingRecord, PropertyRecord, RunRecord } from '../model';
import { compareRuns } from './comparison';
import { whatIsBetter, whatIsNew } from './what-is-new';

const [plain] = cleanRun.properties as readonly [PropertyRecord];

/** A run of one row. */
const runWith = (
  verdict: PropertyRecord['verdict'],
  findings: readonly FindingRecord[] = [],
  reason?: string,
): RunRecord => ({
  ...cleanRun,
  properties: [{ ...plain, verdict, findings, ...(reason !== undefined && { reason }) }],
});

const finding = (changes: Partial<FindingRecord>): FindingRecord => ({ ...failingFinding, ...changes });
const fail = finding({ verdict: 'fail', reaction: 'status 13' });
const known = finding({ verdict: 'known', gravity: 'fail', reaction: 'status 13' });
const warn = finding({ verdict: 'warn', gravity: 'warn', reaction: 'status 13' });

function news(before: RunRecord, after: RunRecord, strict = false): readonly string[] {
  const comparison = compareRuns([
    { name: 'old', record: before },
    { name: 'new', record: after },
  ]);
  return whatIsNew(comparison, { strict }).map(({ run, text }) => `${run}: ${text}`);
}

test.each<[string, RunRecord, RunRecord, boolean, readonly RegExp[]]>([
  ['nothing', runWith('pass'), runWith('pass'), true, []],
  ['a failure', runWith('pass'), runWith('fail', [fail]), false, [/^new: fail: /]],
  ['the same failure', runWith('fail', [fail]), runWith('fail', [fail]), true, []],
  ['the same failure, which a baseline lists now', runWith('fail', [fail]), runWith('known', [known]), true, []],
  ['a failure that a baseline lists', runWith('pass'), runWith('known', [known]), false, [/^new: known \(fail\): /]],
  [
    'another reaction of the same row',
    runWith('fail', [fail]),
    runWith('fail', [finding({ verdict: 'fail', reaction: 'no answer' })]),
    false,
    [/^new: fail: /],
  ],
  [
    'a hang where there was a failure',
    runWith('fail', [fail]),
    runWith('fail', [{ ...fail, mark: 'hang' }]),
    false,
    [/^new: fail, hang: /],
  ],
  ['a failure that was a warning', runWith('warn', [warn]), runWith('fail', [fail]), false, [/^new: fail: /]],
  ['a warning', runWith('pass'), runWith('warn', [warn]), false, []],
  ['a warning, strictly', runWith('pass'), runWith('warn', [warn]), true, [/^new: warn: /]],
  [
    'what is judged no more',
    runWith('pass'),
    runWith('untestable', [], 'no such method'),
    false,
    [/^new: untestable, and was pass: no such method$/],
  ],
  ['what is lost', runWith('pass'), runWith('lost', [], 'gone'), false, [/^new: lost, and was pass: gone$/]],
  ['what was left out', runWith('pass'), runWith('skipped'), true, []],
  ['what was never judged', runWith('untestable'), runWith('not-run'), true, []],
  ['what is better', runWith('fail', [fail]), runWith('pass'), true, []],
])('new: %s', (_what, before, after, strict, want) => {
  const found = news(before, after, strict);
  expect(found).toEqual(want.map((pattern) => expect.stringMatching(pattern) as string));
});

test('each later run is held against the first', () => {
  const comparison = compareRuns(
    [runWith('pass'), runWith('fail', [fail]), runWith('fail', [fail])].map((record, index) => ({
      name: `run ${index}`,
      record,
    })),
  );
  expect(whatIsNew(comparison, { strict: false }).map(({ run }) => run)).toEqual(['run 1', 'run 2']);
});

test.each<[string, RunRecord, RunRecord, readonly RegExp[]]>([
  ['nothing', runWith('pass'), runWith('pass'), []],
  ['a failure that is gone', runWith('fail', [fail]), runWith('pass'), [/^no longer fail: /]],
  ['a warning that is gone', runWith('warn', [warn]), runWith('pass'), [/^no longer warn: /]],
  ['a failure that is a warning now', runWith('fail', [fail]), runWith('warn', [warn]), [/^no longer fail: /]],
  ['a failure in a row that is not judged any more', runWith('fail', [fail]), runWith('untestable'), []],
  ['what is judged now', runWith('untestable'), runWith('pass'), [/^pass, and was untestable$/]],
  ['what is worse', runWith('pass'), runWith('fail', [fail]), []],
])('better: %s', (_what, before, after, want) => {
  const comparison = compareRuns([
    { name: 'old', record: before },
    { name: 'new', record: after },
  ]);
  const found = whatIsBetter(comparison).map(({ text }) => text);
  expect(found).toEqual(want.map((pattern) => expect.stringMatching(pattern) as string));
});

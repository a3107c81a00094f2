import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { Baseline, BaselineEntry } from '../report/baseline-entries';
import { blankRecord } from '../report/blank-record';
import { conclude, worstOf, type RunEnd, type RunRecords } from '../report/conclude';
import { cleanRun, failingFinding } from '../report/fixtures/run';
import type { FindingRecord, RunRecord } from '../report/model';
import { changesOf, checkBaseline } from './baseline';
import type { CliContext } from './context';

const entry = { id: 'MSG-10-truncated-message', rule: 'MSG-10-truncated-message', reason: 'as upstream has it' };
const precise = { ...entry, reactions: ['status 0'], gravity: 'warn' as const };

test.each([
  ['says the same', [entry], [{ ...entry }], []],
  ['says more', [entry], [precise], ['changed']],
  ['is a second of its rule', [precise], [precise, { ...precise, reactions: ['no end'] }], ['changed']],
  ['is the first of its rule', [], [entry], ['new']],
  ['is there no longer', [precise], [], ['gone']],
] as const)('an entry that %s', (_, before, after, want) => {
  expect(changesOf(before, after).map(({ what }) => what)).toEqual(want);
});

describe('a check says what a run with that baseline says', () => {
  const id = 'MSG-10-truncated-message';
  const { rows } = loadCatalogue();
  const seen = { inputs: 10, calls: 20, connections: 10, judged: 12 };
  const cut: RunEnd = { is: 'cut-short', why: 'the time budget was used up' };
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'baseline-check-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function recordsWith(finding: Partial<FindingRecord> | undefined, end: RunEnd): RunRecords {
    const findings =
      finding === undefined
        ? []
        : [{ ...failingFinding, rule: id, mark: undefined, reaction: 'status 13', inputsTried: 3, ...finding }];
    const record = { ...blankRecord(id, rows), runs: 10, findings, verdict: worstOf(findings) };
    return { properties: [record], evidence: new Map([[id, seen]]), unsettled: new Set(), lost: [], end };
  }

  function runOf(records: RunRecords, baseline: Baseline | undefined, strict: boolean): RunRecord {
    const header = { ...cleanRun.header, selected: [id], options: { ...cleanRun.header.options, strict } };
    return { ...cleanRun, header, ...conclude(records, baseline, { rows, strict, now: new Date() }) };
  }

  function check(run: RunRecord, entries: readonly BaselineEntry[], strict: boolean) {
    const [runFile, baseline] = [join(folder, 'run.json'), join(folder, 'baseline.json')];
    writeFileSync(runFile, JSON.stringify(run));
    writeFileSync(baseline, JSON.stringify({ schemaVersion: 2, entries }));
    let said = '';
    const stdout = { write: (text: string) => (said += text) };
    const exitCode = checkBaseline(runFile, { baseline: [baseline], strict }, { stdout } as unknown as CliContext);
    return { exitCode, said };
  }

  const [fail, warn] = ['fail', 'warn'] as const;
  const whole = { failed: 5, of: 5 };
  const some = { failed: 2, of: 5 };
  const sometimes = { verdict: 'flaky', gravity: fail, confirmed: some } as const;
  const mild = { verdict: warn, gravity: warn, confirmed: whole } as const;
  const listed = { id, rule: id, reason: 'as upstream has it' };
  type Case = readonly [
    why: string,
    finding: Partial<FindingRecord> | undefined,
    entries: readonly BaselineEntry[],
    end?: RunEnd,
  ];
  const cases: readonly Case[] = [
    ['nothing', undefined, []],
    ['a MUST', { verdict: fail, gravity: fail, confirmed: whole }, []],
    ['a MUST that is listed', { verdict: fail, gravity: fail, confirmed: whole }, [listed]],
    [
      'a MUST that is listed with another reaction',
      { verdict: fail, gravity: fail },
      [{ ...listed, reactions: ['x'] }],
    ],
    ['a MUST now and then', sometimes, []],
    ['a MUST now and then that is listed', sometimes, [{ ...listed, intermittent: true }]],
    ['a SHOULD now and then', { ...sometimes, gravity: warn }, []],
    ['a warning', mild, []],
    ['a warning that is listed', mild, [listed]],
    ['an entry in vain', undefined, [listed]],
    ['an entry in vain, as far as a run came that was cut short', undefined, [listed], cut],
    ['an entry whose day is over', sometimes, [{ ...listed, intermittent: true, expires: '2020-01-01' }]],
  ];
  test.each(
    cases.flatMap(([why, finding, entries, end = { is: 'complete' }]) =>
      [false, true].map((strict) => [why, strict, { finding, entries, end }] as const),
    ),
  )('%s, strict %s', (_, strict, { finding, entries, end }) => {
    const records = recordsWith(finding, end);
    const baseline = { file: 'baseline.json', entries };
    const { exitCode } = runOf(records, baseline, strict);
    // Whatever the baseline was that the run knew.
    for (const before of [undefined, baseline, { file: 'old.json', entries: [listed] }]) {
      expect(check(runOf(records, before, strict), entries, strict)).toMatchObject({ exitCode });
    }
  });

  test('an entry that a quick run did not show is named, and gates nothing', () => {
    const quiet = runOf({ ...recordsWith(undefined, { is: 'complete' }), isQuick: true }, undefined, false);
    const quick = { ...quiet, header: { ...quiet.header, options: { ...quiet.header.options, quick: true } } };
    expect(check(quick, [listed], false)).toEqual({
      exitCode: 0,
      said: `  unseen      ${id} by rule ${id}: --quick has too few inputs to call it gone\n0 known, 0 unexpected, 0 stale\n`,
    });
  });

  test('a MUST that is broken now and then is named', () => {
    const run = runOf(recordsWith(sometimes, { is: 'complete' }), undefined, true);
    expect(check(run, [], true).said).toMatch(
      /^ {2}unexpected {2}MSG-10\S* by rule MSG-10.*\n0 known, 1 unexpected, 0/,
    );
    expect(check(run, [], false).said).toBe('0 known, 0 unexpected, 0 stale\n');
  });

  test('an entry that lists the rule otherwise is said to', () => {
    const run = runOf(recordsWith({ verdict: fail, gravity: fail }, { is: 'complete' }), undefined, false);
    const { said } = check(run, [{ ...listed, reactions: ['status 2'] }], false);
    expect(said).toContain('The baseline lists this rule, but with "status 2", and this is "status 13".');
  });
});

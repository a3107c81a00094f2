import { catalogue } from '../properties/catalogue';
import { must } from '../catalogue/row';
import { rfc9113 } from '../catalogue/requirement';
import type { Baseline } from './baseline-entries';
import { blankRecordOf } from './blank-record';
import { conclude, type RunEnd, type RunRecords } from './conclude';
import { cleanRun, failingFinding } from './fixtures/run';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import { recordsOfRun } from './records-of-run';

const rows = catalogue([]);
const options = { rows, strict: false, now: new Date('2026-06-15T12:00:00Z') };
const id = 'MSG-02-any-data-split';
const watched = 'RESP-03-content-type';
const seen = { inputs: 10, calls: 20, connections: 10, judged: 12 };

const record = (more: Partial<PropertyRecord> = {}): PropertyRecord => ({
  ...blankRecordOf({ id, requirement: must(rfc9113('5.1'), 'a rule') }),
  runs: 10,
  ...more,
});

const finding = { ...failingFinding, rule: id, verdict: 'fail', gravity: 'fail', mark: undefined } as FindingRecord;
const broken = record({ verdict: 'fail', findings: [finding] });

const listing = (rule: string): Baseline => ({ file: 'baseline.json', entries: [{ id: rule, rule, reason: 'old' }] });

const records = (more: Partial<RunRecords> = {}): RunRecords => ({
  properties: [record()],
  evidence: new Map([
    [id, seen],
    [watched, seen],
  ]),
  unsettled: new Set(),
  lost: [],
  end: { is: 'complete' },
  ...more,
});

/** The run.json of these records. */
function runOf(given: RunRecords, baseline: Baseline | undefined): RunRecord {
  const header = { ...cleanRun.header, selected: [id], lost: given.lost };
  return { ...cleanRun, header, ...conclude(given, baseline, options) };
}

const cut: RunEnd = { is: 'cut-short', why: 'the time budget was used up' };
const unplayed = record({ id: 'MSG-01-framing-roundtrip', runs: 0, verdict: 'not-run', reason: 'the run ended' });

const runs: readonly (readonly [why: string, records: RunRecords, baseline?: Baseline])[] = [
  ['nothing was broken', records()],
  ['a MUST is broken', records({ properties: [broken] })],
  ['the baseline lists it', records({ properties: [broken] }), listing(id)],
  ['the baseline lists it in vain', records(), listing(id)],
  ['the baseline lists a watched row in vain', records(), listing(watched)],
  ['a watched row could not be shown again', records({ unsettled: new Set([watched]) })],
  ['a row with a property could not be shown again', records({ unsettled: new Set([id]) })],
  ['something is lost', records({ lost: [{ need: 'unary', because: '--expect unary', unlock: 'serve it' }] })],
  ['time was up', records({ end: cut })],
  ['time was up before everything was played', records({ end: cut, properties: [broken, unplayed] })],
  ['time was up before anything was played', records({ end: cut, properties: [unplayed] })],
  ['it was interrupted', records({ end: { is: 'interrupted' }, properties: [record(), unplayed] })],
  ['the target was lost', records({ end: { is: 'target-lost', why: 'it ended' }, properties: [broken] })],
  ['nothing could be tested', records({ properties: [record({ runs: 0, verdict: 'untestable' })] })],
];

test.each(runs.map(([why, ...given]) => [why, given] as const))(
  'a run is concluded again to the same: %s',
  (_, [given, baseline]) => {
    const run = runOf(given, baseline);
    expect(conclude(recordsOfRun(run), baseline, options)).toEqual(conclude(given, baseline, options));
  },
);

test('a stale row is judged by the next baseline as if nobody had listed it', () => {
  const run = runOf(records(), listing(id));
  expect(conclude(recordsOfRun(run), undefined, options)).toEqual(conclude(records(), undefined, options));
});

test('a file of an older version has no evidence, and keeps its rows', () => {
  const { rows: _, ...older } = runOf(records(), listing(watched));
  const { properties, evidence } = recordsOfRun(older);
  expect(evidence.size).toBe(0);
  expect(properties.map((one) => [one.id, one.verdict])).toContainEqual([watched, 'pass']);
});

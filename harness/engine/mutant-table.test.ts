import type { FindingRecord, PropertyRecord } from '../report/model';
import { isKilled, livesWith, MutantTable, type MutantRow, type Round } from './mutant-table';
import { finding, record as recordOf, recordedRow } from './records.test-helper';

const row = recordedRow;

/** A record with these findings. */
const record = (id: string, findings: readonly FindingRecord[] = []): PropertyRecord =>
  recordOf({ id, verdict: findings[0]?.verdict ?? 'pass', findings });

test.each<[string, readonly PropertyRecord[], boolean]>([
  ['the rule fails', [record(row, [finding()])], true],
  ['the rule warns', [record(row, [finding({ verdict: 'warn' })])], true],
  ['it fails under another property', [record('RPC-01-unary', [finding()])], true],
  ['it cannot be confirmed', [record(row, [finding({ verdict: 'flaky' })])], false],
  ['it may be our own fault', [record(row, [finding({ verdict: 'error' })])], false],
  ['another rule fails', [record(row, [finding({ rule: 'RPC-01-unary' })])], false],
  [
    'the process ends under another rule',
    [record('RPC-01-unary', [finding({ rule: 'RPC-01-unary', mark: 'crash' })])],
    false,
  ],
  ['nothing fails', [record(row)], false],
  ['nothing was played', [], false],
])('when %s, that a mutant is killed is the case: %#', (_, records, want) => {
  expect(isKilled(row, records)).toBe(want);
});

test('a mutant that ends the process is found under the row of the input that brings it out', () => {
  const crash = [record('RPC-01-unary', [finding({ rule: 'RPC-01-unary', mark: 'crash' })])];
  expect(isKilled('ALIVE-01-process-stays', crash)).toBe(true);
});

const killed = [record(row, [finding()])];
const missed = [record(row)];

/** A table after so many runs, some of which have missed the mutant. */
function tableAfter(
  runs: number,
  misses: number,
  inputs: 'with examples' | 'without examples',
  survives?: MutantRow['survives'],
): MutantTable {
  const table = new MutantTable([{ id: 'MSG-02/split', says: 'It breaks.', ...(survives && { survives }) }]);
  noteRuns(table, runs, misses, inputs);
  return table;
}

function noteRuns(
  table: MutantTable,
  runs: number,
  misses: number,
  inputs: 'with examples' | 'without examples',
  round?: Round,
): void {
  for (let run = 0; run < runs; run++) {
    table.note('MSG-02/split', row, inputs, run, run < misses ? missed : killed, round);
  }
}

test.each<[number, number, 'with examples' | 'without examples', boolean, string]>([
  [1, 0, 'with examples', false, 'it was found'],
  [1, 1, 'with examples', true, 'it was missed'],
  [19, 1, 'with examples', true, '18 of 19 are less than 19 of 20'],
  [20, 1, 'with examples', false, '19 of 20 are enough'],
  [20, 2, 'with examples', true, '18 of 20 are not'],
  [9, 1, 'without examples', true, '8 of 9 are less than 9 of 10'],
  [10, 1, 'without examples', false, '9 of 10 are enough'],
  [10, 2, 'without examples', true, '8 of 10 are not'],
  [0, 0, 'without examples', false, 'it was not tried'],
])('after %d runs with %d misses %s, that it lives is %s: %s', (runs, misses, inputs, want) => {
  const [only] = tableAfter(runs, misses, inputs).rows;
  expect(livesWith(only!, inputs)).toBe(want);
});

test.each<[string, MutantTable, number]>([
  ['nobody has judged it', tableAfter(1, 1, 'with examples'), 1],
  ['it is known to live', tableAfter(1, 1, 'with examples', { where: 'always', reason: 'no one asks' }), 0],
  [
    'it is known to live without examples, and lives with them',
    tableAfter(1, 1, 'with examples', { where: 'without examples', reason: 'it is rare' }),
    1,
  ],
  [
    'it is known to live without examples, and does',
    tableAfter(1, 1, 'without examples', { where: 'without examples', reason: 'it is rare' }),
    0,
  ],
  ['it was found', tableAfter(1, 0, 'with examples'), 0],
])('when %s, it is a survivor: %#', (_, table, want) => {
  expect(table.survivors.length).toBe(want);
});

test.each<[number, number, 'with examples' | 'without examples', number | undefined]>([
  [1, 1, 'with examples', 20],
  [5, 1, 'with examples', 20],
  [20, 1, 'with examples', undefined],
  [5, 2, 'with examples', undefined],
  [1, 0, 'with examples', undefined],
  [1, 1, 'without examples', 10],
])('after %d runs with %d misses %s, so many more judge it: %s', (runs, misses, inputs, more) => {
  const { missedOnce } = tableAfter(runs, misses, inputs);
  expect(missedOnce).toEqual(more === undefined ? [] : [{ id: 'MSG-02/split', inputs, more }]);
});

test.each<[number, number, number, number | undefined, boolean, string]>([
  [1, 4, 1, 6, true, 'they are too few'],
  [1, 10, 0, undefined, false, 'none of ten'],
  [1, 10, 1, undefined, false, 'one of ten'],
  [1, 4, 2, 16, true, 'two of four, which twenty may still show to be rare'],
  [1, 10, 2, 10, true, 'two of ten, which ten more judge'],
  [1, 20, 2, undefined, false, 'two of twenty'],
  [1, 12, 3, undefined, true, 'three'],
])('after %d run that missed it, and %d of which %d did, %s more judge it, and that it lives is %s: %s', (...given) => {
  const [first, again, misses, more, lives] = given;
  const inputs = 'without examples';
  const table = tableAfter(first, first, inputs);
  noteRuns(table, again, misses, inputs, 'again');
  expect(table.missedOnce).toEqual(more === undefined ? [] : [{ id: 'MSG-02/split', inputs, more }]);
  expect(livesWith(table.rows[0]!, inputs)).toBe(lives);
});

test('one that takes long to be found is judged with fewer runs', () => {
  const table = new MutantTable([{ id: 'MSG-02/split', says: 'It breaks.', isCostly: true }]);
  table.note('MSG-02/split', row, 'with examples', 1, missed);
  expect(table.missedOnce).toEqual([{ id: 'MSG-02/split', inputs: 'with examples', more: 5 }]);
  noteRuns(table, 5, 1, 'with examples', 'again');
  expect(table.survivors).toEqual([]);
});

test('what is known to live is not tried again', () => {
  expect(tableAfter(1, 1, 'with examples', { where: 'always', reason: 'no one asks' }).missedOnce).toEqual([]);
});

test('a miss says what was seen instead', () => {
  const table = new MutantTable([{ id: 'MSG-02/split', says: 'It breaks.' }]);
  table.note('MSG-02/split', row, 'with examples', 3, [record(row, [finding({ rule: 'RPC-01-unary' })])]);
  table.note('MSG-02/split', row, 'with examples', 4, []);
  expect(table.rows[0]?.tallies['with examples'].missed).toEqual([
    'seed 3: only RPC-01-unary fail 5/5: This.',
    'seed 4: no run',
  ]);
});

test('a mutant that nobody has planned is passed over', () => {
  const table = tableAfter(1, 0, 'with examples');
  table.note('MSG-99/none', row, 'with examples', 1, killed);
  expect(table.rows.length).toBe(1);
});

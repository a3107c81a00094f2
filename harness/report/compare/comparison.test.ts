import { cleanRun, fullRun } from '../fixtures/run';
import type { FindingRecord, PropertyRecord, RunRecord } from '../model';
import { groupCells } from './cell-groups';
import { bareText, outcomeText, reactionText, shortReaction } from './cell-text';
import { compareRuns, onlyDifferences } from './comparison';
import { allRows, outliersOf, type ComparedRow } from './comparison-model';

const [template] = cleanRun.properties;
const [found] = fullRun.properties.flatMap(({ findings }) => findings);

/** A run of these properties; all of them selected unless `selected` says otherwise. */
function runOf(
  properties: Readonly<Record<string, Partial<PropertyRecord>>>,
  changes: Partial<RunRecord['header']> = {},
): RunRecord {
  const records = Object.entries(properties).map(
    ([id, part]) => ({ ...template, verdict: 'pass', findings: [], ...part, id }) as PropertyRecord,
  );
  return {
    ...cleanRun,
    properties: records,
    header: { ...cleanRun.header, selected: Object.keys(properties), ...changes },
  };
}

const broken = (verdict: FindingRecord['verdict'], ...reactions: readonly string[]): Partial<PropertyRecord> => ({
  verdict,
  findings: reactions.map(
    (reaction) =>
      ({
        ...found,
        verdict,
        reaction,
        mark: undefined,
        gravity: verdict === 'warn' ? 'warn' : 'fail',
      }) as FindingRecord,
  ),
});

const compare = (...records: readonly RunRecord[]) =>
  compareRuns(records.map((record, index) => ({ name: 'abc'[index] ?? '', record })));

const rowOf = (id: string, ...records: readonly RunRecord[]): ComparedRow | undefined =>
  allRows(compare(...records)).find((row) => row.id === id);

describe('a row', () => {
  test.each([
    { a: {}, b: {}, want: 'none', reason: 'both pass' },
    { a: {}, b: broken('fail', 'status 13'), want: 'behaviour', reason: 'another verdict' },
    { a: broken('fail', 'RST CANCEL'), b: broken('fail', 'status 13'), want: 'behaviour', reason: 'another reaction' },
    { a: broken('fail', 'x', 'y'), b: broken('fail', 'y', 'x'), want: 'none', reason: 'reactions in another order' },
    { a: broken('known', 'x'), b: broken('fail', 'x'), want: 'none', reason: 'one baseline lists it' },
    { a: broken('known', 'x'), b: broken('fail', 'y'), want: 'behaviour', reason: 'a baseline lists something else' },
    {
      a: { verdict: 'info' as const, reactions: { x: 1 } },
      b: { verdict: 'info' as const, reactions: { y: 9 } },
      want: 'behaviour',
      reason: 'another free choice',
    },
    { a: { reactions: { x: 1 } }, b: {}, want: 'none', reason: 'what was seen on the way to a pass' },
    { a: {}, b: { verdict: 'untestable' as const }, want: 'coverage', reason: 'only one was judged' },
    { a: {}, b: { verdict: 'error' as const }, want: 'coverage', reason: 'a fault of ours says nothing of the server' },
    {
      a: { verdict: 'skipped' as const },
      b: { verdict: 'skipped' as const },
      want: 'none',
      reason: 'neither was judged',
    },
  ])('$reason: $want', ({ a, b, want }) => {
    expect(rowOf('MSG-01-x', runOf({ 'MSG-01-x': a }), runOf({ 'MSG-01-x': b }))?.difference).toBe(want);
  });

  test('that a run does not have is absent, and no difference of behaviour', () => {
    const row = rowOf('MSG-01-x', runOf({ 'MSG-01-x': {} }), runOf({ 'MSG-02-y': {} }));
    expect(row?.cells.map(({ outcome }) => outcome)).toEqual(['pass', 'absent']);
    expect(row?.difference).toBe('coverage');
  });

  test('that is only watched was held by the run that does not record it', () => {
    const watched = runOf({ 'MSG-01-x': {}, 'RESP-02-y': broken('fail', 'x') }, { selected: ['MSG-01-x'] });
    const row = rowOf('RESP-02-y', watched, runOf({ 'MSG-01-x': {} }));
    expect(row?.cells.map(({ outcome }) => outcome)).toEqual(['fail', 'unseen']);
    expect(row?.difference).toBe('behaviour');
  });

  test('stands on the reactions of its verdict, not on those of lesser findings', () => {
    const mixed = {
      verdict: 'fail' as const,
      findings: [...(broken('fail', 'b').findings ?? []), ...(broken('info', 'a').findings ?? [])],
    };
    expect(rowOf('MSG-01-x', runOf({ 'MSG-01-x': mixed }), runOf({}))?.cells[0]?.reactions).toEqual(['b']);
  });
});

test('areas and rows stand in the order of the catalogue, unknown ones last', () => {
  const run = runOf({ 'ZZZ-01-a': {}, 'MSG-02-b': {}, 'MSG-01-a': {}, 'CONN-01-a': {} });
  const { areas } = compare(run, run);
  expect(areas.map(({ name, rows }) => [name, ...rows.map(({ id }) => id)])).toEqual([
    ['Connection and preface', 'CONN-01-a'],
    ['Messages', 'MSG-01-a', 'MSG-02-b'],
    ['ZZZ', 'ZZZ-01-a'],
  ]);
});

test('only differences: rows that are alike go, and areas with them', () => {
  const a = runOf({ 'CONN-01-a': {}, 'MSG-01-a': {}, 'MSG-02-b': {} });
  const b = runOf({ 'CONN-01-a': {}, 'MSG-01-a': broken('warn', 'x'), 'MSG-02-b': {} });
  expect(onlyDifferences(compare(a, b)).areas.map(({ rows }) => rows.map(({ id }) => id))).toEqual([['MSG-01-a']]);
});

describe('what else may be the reason of a difference', () => {
  const base = runOf({ 'MSG-01-x': {} });
  const { header } = base;
  test.each([
    { other: base, want: [], reason: 'nothing' },
    { other: { ...base, seed: 7 }, want: [/^Different seeds.*424242 \(a\); 7 \(b\)\.$/], reason: 'seed' },
    {
      other: { ...base, header: { ...header, runs: 7 } },
      want: [/^Different numbers of inputs.*7 \(b\)/],
      reason: 'inputs',
    },
    {
      other: { ...base, header: { ...header, tool: { name: 'grpc-conform', version: '9.9.9' } } },
      want: [/^Different versions.*9\.9\.9 \(b\)/],
      reason: 'tool',
    },
    {
      other: { ...base, header: { ...header, options: { ...header.options, strict: true } } },
      want: [/^Warnings gate in some runs only/],
      reason: 'strict',
    },
    {
      other: { ...base, header: { ...header, options: { ...header.options, concurrency: 1 } } },
      want: [],
      reason: 'what judges the same',
    },
    {
      other: { ...base, header: { ...header, options: { ...header.options, timeoutMs: 9000 } } },
      want: [/^Different options: .*timeoutMs 9000.*\(b\)/],
      reason: 'an option',
    },
    { other: runOf({}), want: [/^Different selections: b lacks 1 of 1 properties\.$/], reason: 'selection' },
    { other: { ...base, status: 'incomplete' as const }, want: [/^Incomplete, .*: b\.$/], reason: 'cut short' },
  ])('$reason', ({ other, want }) => {
    expect(compare(base, other).notes).toEqual(want.map((text) => expect.stringMatching(text)));
  });
});

describe('a cell in words', () => {
  test.each([
    { cell: { outcome: 'fail', mark: 'crash', reactions: ['crash'] }, want: ['fail, crash', ''] },
    { cell: { outcome: 'warn', reactions: ['status 2', 'status 13'] }, want: ['warn', 'status 2, status 13'] },
    { cell: { outcome: 'warn', reactions: ['a', 'b', 'c', 'd'] }, want: ['warn', 'a, b, 2 more'] },
    { cell: { outcome: 'info', reactions: ['x'.repeat(99)] }, want: ['info', `${'x'.repeat(39)}…`] },
    { cell: { outcome: 'unseen', reactions: [] }, want: ['not seen', ''] },
  ] as const)('$want', ({ cell, want }) => {
    expect([outcomeText(cell), reactionText(cell)]).toEqual(want);
  });

  test.each([
    { cell: { outcome: 'known', gravity: 'fail', mark: 'hang' }, want: 'fail, hang', reason: 'a broken MUST' },
    { cell: { outcome: 'known', gravity: 'warn' }, want: 'warn', reason: 'a broken SHOULD' },
    { cell: { outcome: 'known' }, want: 'known', reason: 'a file that does not say how badly' },
    { cell: { outcome: 'flaky', gravity: 'fail' }, want: 'flaky (fail)', reason: 'seen now and then' },
  ] as const)('without its baseline: $reason', ({ cell, want }) => {
    expect(bareText(cell)).toBe(want);
  });

  test.each([
    ['status 13', '13'],
    ['HTTP 415', 'H415'],
    ['RST INTERNAL_ERROR', 'R2'],
    ['GOAWAY PROTOCOL_ERROR', 'G1'],
    ['RST 0x77', 'R0'],
    ['first message alone', 'fma'],
    ['HEADERS', 'HEADE'],
    ['', ''],
    ['\u202e<b>', 'u2b'],
  ])('%j in a few letters: %j', (reaction, want) => {
    expect(shortReaction(reaction)).toBe(want);
  });

  test('cells that are alike stand together, those with findings first', () => {
    const row = rowOf(
      'MSG-01-x',
      runOf({ 'MSG-01-x': {} }),
      runOf({ 'MSG-01-x': broken('fail', 'x') }),
      runOf({ 'MSG-01-x': {} }),
    );
    expect(groupCells(row?.cells ?? []).map(({ columns }) => columns)).toEqual([[1], [0, 2]]);
  });

  test('what they say in other words stands once for each', () => {
    const says = (sent: string, reason: string): Partial<PropertyRecord> => ({
      verdict: 'known',
      findings: [
        { ...found, mark: undefined, verdict: 'known', gravity: 'fail', sent, known: { reason } } as FindingRecord,
      ],
    });
    const row = rowOf(
      'MSG-01-x',
      runOf({ 'MSG-01-x': says('two octets', 'old') }),
      runOf({ 'MSG-01-x': says('nine octets', 'old') }),
      runOf({ 'MSG-01-x': says('two octets', 'old') }),
    );
    const [group, ...others] = groupCells(row?.cells ?? []);
    const texts = group?.findings[0]?.facts.map(({ name, variants }) => [
      name,
      ...variants.map(({ text, columns }) => `${columns.join(' ')}: ${text}`),
    ]);
    expect([group?.columns, others]).toEqual([[0, 1, 2], []]);
    expect(texts).toEqual(
      expect.arrayContaining([
        ['Sent', '0 2: two octets.', '1: nine octets.'],
        ['Known', '0 1 2: old.'],
      ]),
    );
  });

  test.each([
    { a: broken('fail', 'x'), b: broken('fail', 'y'), reason: 'another reaction' },
    { a: broken('fail', 'x'), b: broken('known', 'x'), reason: 'one is known' },
    { a: broken('fail', 'x'), b: broken('fail', 'x', 'x'), reason: 'another number of findings' },
    {
      a: { verdict: 'untestable' as const, reason: 'a' },
      b: { verdict: 'untestable' as const, reason: 'b' },
      reason: 'why not',
    },
  ])('cells stand alone that differ in: $reason', ({ a, b }) => {
    const row = rowOf('MSG-01-x', runOf({ 'MSG-01-x': a }), runOf({ 'MSG-01-x': b }));
    expect(groupCells(row?.cells ?? [])).toHaveLength(2);
  });
});

describe('a run that is unlike the others', () => {
  const ids = (...cells: readonly Partial<PropertyRecord>[]) => {
    const row = rowOf('MSG-01-x', ...cells.map((cell) => runOf({ 'MSG-01-x': cell })));
    return [...outliersOf(row?.cells ?? [])];
  };
  const untestable = { verdict: 'untestable' as const };
  test.each([
    { cells: [{}, {}, {}, broken('fail', 'x')], want: [3], reason: 'one of four' },
    {
      cells: [broken('known', 'x'), broken('fail', 'x'), {}, broken('fail', 'x')],
      want: [2],
      reason: 'the one that passes',
    },
    { cells: [{}, {}, broken('fail', 'x'), broken('fail', 'y')], want: [], reason: 'half is no majority' },
    { cells: [{}, {}, broken('fail', 'x')], want: [], reason: 'three are too few' },
    { cells: [{}, {}, {}, {}, untestable, untestable], want: [], reason: 'nothing was judged' },
    { cells: [{}, {}, broken('fail', 'x'), untestable], want: [], reason: 'three were judged' },
  ])('$reason', ({ cells, want }) => {
    expect(ids(...cells)).toEqual(want);
  });
});

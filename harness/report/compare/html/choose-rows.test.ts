import { cleanRun, fullRun } from '../../fixtures/run';
import type { FindingRecord, PropertyRecord, RunRecord } from '../../model';
import { compareRuns } from '../comparison';
import { allRows } from '../comparison-model';
import { formatChoice, parseChoice, type Choice } from './choice';
import { chooseRows } from './choose-rows';

const usual: Choice = {
  row: '',
  packets: [],
  onlyFailing: false,
  onlyDifferences: true,
  onlyJudged: false,
  isCompact: false,
  query: '',
  hidden: [],
  order: ['a', 'b', 'c'],
};

describe('the address', () => {
  test.each<Partial<Choice>>([
    {},
    { onlyDifferences: false, onlyFailing: true },
    { row: 'MSG-02-any-data-split', packets: ['a b', 'c&d:2'] },
    { query: 'FLOW "a b" !pass', hidden: ['x/y', 'ü?#'] },
    { onlyJudged: true, isCompact: true },
    { order: ['c', 'a', 'b'], hidden: ['a'] },
  ])('keeps %j', (change) => {
    const choice = { ...usual, ...change };
    expect(parseChoice(formatChoice(choice, usual), usual)).toEqual(choice);
  });

  test('is short for the usual choice', () => {
    expect(formatChoice(usual, usual)).toBe('#/');
    expect(formatChoice({ ...usual, row: 'A-01-a' }, usual)).toBe('#/A-01-a');
  });

  test.each([
    { order: ['c', 'a', 'b'], hash: '#/?order=c' },
    { order: ['b', 'a', 'c'], hash: '#/?order=b' },
    { order: ['c', 'b', 'a'], hash: '#/?order=c&order=b' },
    { order: ['a', 'c', 'b'], hash: '#/?order=a&order=c' },
  ])('says the order $order in few names', ({ order, hash }) => {
    expect(formatChoice({ ...usual, order }, usual)).toBe(hash);
  });

  test.each([
    { hash: '#/?order=gone&order=c', order: ['c', 'a', 'b'], reason: 'a name that no run has' },
    { hash: '#/?order=b&order=c&order=b', order: ['b', 'c', 'a'], reason: 'a name twice' },
    { hash: '#/?order=', order: ['a', 'b', 'c'], reason: 'no name' },
  ])('$reason does no harm to the order', ({ hash, order }) => {
    expect(parseChoice(hash, usual)?.order).toEqual(order);
  });

  test.each(['', '#matrix', '#MSG-02-any-data-split'])('%j is none of ours', (hash) => {
    expect(parseChoice(hash, usual)).toBeUndefined();
  });

  test.each(['#/%E0%A4%A', '#/?failing=x&q=%', '#/a/b?c?d', '#/?compact=&hide='])('%j is no accident', (hash) => {
    expect(() => parseChoice(hash, usual)).not.toThrow();
  });
});

describe('rows', () => {
  const [template] = cleanRun.properties;
  const [found] = fullRun.properties.flatMap(({ findings }) => findings);
  const runOf = (verdicts: Readonly<Record<string, PropertyRecord['verdict']>>): RunRecord => ({
    ...cleanRun,
    properties: Object.entries(verdicts).map(
      ([id, verdict]) =>
        ({
          ...template,
          id,
          rule: `the rule of ${id}`,
          verdict,
          findings:
            verdict === 'known' ? [{ ...found, verdict, gravity: 'fail', reaction: 'status 13' } as FindingRecord] : [],
        }) as PropertyRecord,
    ),
    header: { ...cleanRun.header, selected: Object.keys(verdicts) },
  });
  const comparison = compareRuns([
    {
      name: 'a',
      record: runOf({ 'MSG-01-a': 'pass', 'MSG-02-b': 'known', 'MSG-03-c': 'untestable', 'TLS-01-d': 'pass' }),
    },
    {
      name: 'b',
      record: runOf({ 'MSG-01-a': 'pass', 'MSG-02-b': 'pass', 'MSG-03-c': 'untestable', 'TLS-01-d': 'untestable' }),
    },
    {
      name: 'c',
      record: runOf({ 'MSG-01-a': 'pass', 'MSG-02-b': 'pass', 'MSG-03-c': 'untestable', 'TLS-01-d': 'pass' }),
    },
  ]);
  const all = { ...usual, onlyDifferences: false };
  const ids = (change: Partial<Choice>): readonly string[] =>
    allRows(chooseRows(comparison, { ...all, ...change })).map(({ id }) => id.slice(0, 6));

  test.each<{ change: Partial<Choice>; want: readonly string[]; reason: string }>([
    { change: {}, want: ['MSG-01', 'MSG-02', 'MSG-03', 'TLS-01'], reason: 'everything' },
    { change: { onlyFailing: true }, want: ['MSG-02'], reason: 'what is known fails' },
    { change: { onlyFailing: true, hidden: ['a'] }, want: [], reason: 'what a hidden run breaks does not count' },
    { change: { onlyDifferences: true }, want: ['MSG-02', 'TLS-01'], reason: 'differences, of coverage as well' },
    { change: { onlyDifferences: true, hidden: ['b'] }, want: ['MSG-02'], reason: 'differences of the shown runs' },
    { change: { onlyDifferences: true, onlyJudged: true }, want: ['MSG-02'], reason: 'n/a is no difference' },
    { change: { onlyJudged: true }, want: ['MSG-01', 'MSG-02', 'TLS-01'], reason: 'n/a' },
    { change: { query: 'msg !known' }, want: ['MSG-01', 'MSG-03'], reason: 'words, and words that must not be there' },
    { change: { query: '"STATUS 13"' }, want: ['MSG-02'], reason: 'a reaction' },
    { change: { query: '"rule of tls' }, want: ['TLS-01'], reason: 'a rule, and a quote that is still open' },
    { change: { query: ' ! "" ' }, want: [], reason: 'a lone sign is a word' },
    { change: { hidden: ['a', 'b', 'c'] }, want: ['MSG-01', 'MSG-02', 'MSG-03', 'TLS-01'], reason: 'no runs' },
  ])('$reason', ({ change, want }) => {
    expect(ids(change)).toEqual(want);
  });

  test('keeps the runs that are shown, in their order', () => {
    const chosen = chooseRows(comparison, { ...all, hidden: ['b'] });
    expect(chosen.runs.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(allRows(chosen).every(({ cells }) => cells.length === 2)).toBe(true);
  });

  test('puts the runs into the order that was chosen, their cells with them', () => {
    const chosen = chooseRows(comparison, { ...all, order: ['c', 'b', 'a'], hidden: ['b'] });
    expect(chosen.runs.map(({ name }) => name)).toEqual(['c', 'a']);
    const row = allRows(chosen).find(({ id }) => id === 'MSG-02-b');
    expect(row?.cells.map(({ outcome }) => outcome)).toEqual(['pass', 'known']);
  });
});

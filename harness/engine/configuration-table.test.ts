import type { AnyProperty } from '../properties/property';
import type { FindingRecord, PropertyRecord, PropertyVerdict, RunRecord } from '../report/model';
import type { Judges } from '../servers/reference/variation';
import { ConfigurationTable, type RunEnd } from './configuration-table';
import type { Configuration, Expectation } from './self-test-plan';

const ids = ['MSG-02-any-data-split', 'MSG-03-merged-messages', 'RPC-01-unary'] as const;

const configure = (name: string, expects: Expectation): Configuration => ({
  name,
  flags: name === 'clean' ? [] : ['--variation', name],
  tls: false,
  seed: 1,
  properties: ids.map((id) => ({ id }) as AnyProperty),
  runs: 3,
  claims: {},
  protos: [],
  expects,
});

const finding = (rule: string, verdict: FindingRecord['verdict'] = 'fail'): FindingRecord =>
  ({ rule, verdict, radius: 'stream' }) as FindingRecord;

const record = (id: string, verdict: PropertyVerdict, findings: readonly FindingRecord[] = []): PropertyRecord =>
  ({ id, verdict, findings }) as PropertyRecord;

const end = (exitCode: number, properties: readonly PropertyRecord[], reason?: string): RunEnd => ({
  ended: true,
  run: { exitCode, properties, ...(reason === undefined ? {} : { reason }) } as RunRecord,
});

const allPass = ids.map((id) => record(id, 'pass'));
const oneLess = ids.map((id, index) => record(id, index === 1 ? 'untestable' : 'pass'));
const noneJudged = ids.map((id) => record(id, 'untestable'));
const innocent = (judges: Judges): Expectation => ({ is: 'innocent', judges, warned: [] });
const some: Judges = { atLeast: 2, because: 'a reason' };

/** Complaints about one run beside one on the plain server. */
function complaintsOf(expects: Expectation, ended: RunEnd, plain: readonly PropertyRecord[] = allPass) {
  const configurations = [configure('clean', innocent('all')), configure('odd', expects)] as const;
  const table = new ConfigurationTable(configurations);
  // Runs end in any order.
  table.note(configurations[1], ended);
  table.note(configurations[0], end(0, plain));
  expect(table.rows.map(({ name }) => name)).toEqual(['clean', 'odd']);
  return table.rows[1]!.complaints;
}

test.each<[string, Judges, RunEnd, readonly string[]]>([
  ['all rows judged', 'all', end(0, allPass), []],
  [
    'one that could be judged is not',
    'all',
    end(0, oneLess),
    ['2 rows judged, where 3 can be: not MSG-03-merged-messages'],
  ],
  ['as many as are asked for', some, end(0, oneLess), []],
  ['one row less', { atLeast: 3, because: '' }, end(0, oneLess), [expect.stringContaining('2 rows judged')]],
  ['nothing judged, where that may be', { atLeast: 0, because: '' }, end(2, noneJudged, 'none'), []],
  [
    'nothing judged, where something can be',
    some,
    end(2, noneJudged, 'none'),
    [expect.stringContaining('0 rows judged, where 2 can be')],
  ],
  ['an exit code that says so of rows that were judged', 'all', end(2, allPass, 'none'), ['exit code 2: none']],
  ['a fault of ours', 'all', end(70, allPass, 'void'), ['exit code 70: void']],
  ['a target that is lost', 'all', end(4, allPass), ['exit code 4']],
  [
    'an alarm, which the rows count',
    'all',
    end(1, [record(ids[0], 'fail', [finding(ids[0])]), record(ids[1], 'pass'), record(ids[2], 'info')]),
    [],
  ],
  ['findings that nobody shows', 'all', end(1, allPass), ['exit code 1']],
  ['no run at all', 'all', { ended: false, reason: 'ERR_TARGET_NOT_READY: never' }, ['ERR_TARGET_NOT_READY: never']],
])('a correct server: %s', (_, judges, ended, want) => {
  expect(complaintsOf(innocent(judges), ended)).toEqual(want);
});

test('what the plain server does not offer either is asked of nobody', () => {
  expect(complaintsOf(innocent('all'), end(0, oneLess), oneLess)).toEqual([]);
});

test('a row without a property of its own does not count as judged', () => {
  const watched = [...oneLess, record('RESP-04-headers-first', 'fail', [finding('RESP-04-headers-first')])];
  expect(complaintsOf(innocent({ atLeast: 3, because: '' }), end(1, watched))).toEqual([
    expect.stringContaining('2 rows judged'),
  ]);
});

describe('a server with a plain defect', () => {
  const expects: Expectation = { is: 'finding', finds: ['RPC-01', 'TRAIL-03'], isPromise: false };
  const named = record(ids[2], 'fail', [finding('RPC-01-unary')]);
  const other = (count: number) =>
    Array.from({ length: count }, () => record(ids[0], 'fail', [finding('MSG-02-any-data-split')]));

  test.each<[string, RunEnd, readonly string[]]>([
    ['is found by one of its rows', end(1, [named]), []],
    ['is found among others', end(1, [...other(2), named]), []],
    [
      'is not found where others hide it',
      end(1, [...other(3), named]),
      [expect.stringContaining('wanted 1 and one of')],
    ],
    ['is not found by another row', end(1, other(1)), [expect.stringContaining('first MSG-02-any-data-split fail')]],
    [
      'is not found by a warning that does not gate',
      end(0, [record(ids[2], 'warn', [finding('RPC-01-unary', 'warn')])]),
      [expect.stringContaining('exit code 0')],
    ],
    [
      'is not found by an exit code alone',
      end(1, []),
      ['exit code 1, no finding; wanted 1 and one of RPC-01, TRAIL-03 first'],
    ],
    [
      'is not found by a row whose number begins alike',
      end(1, [record('x', 'fail', [finding('RPC-010-x')])]),
      [expect.stringContaining('first RPC-010-x')],
    ],
  ])('%s', (_, ended, want) => {
    expect(complaintsOf(expects, ended)).toEqual(want);
  });
});

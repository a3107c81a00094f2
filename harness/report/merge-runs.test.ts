import fc from 'fast-check';
import { loadCatalogue } from '../engine/catalogue-rows';
import { finding, record } from '../engine/records.test-helper';
import type { Baseline } from './baseline-entries';
import { conclude } from './conclude';
import { fullRun } from './fixtures/run';
import { mergeRuns } from './merge-runs';
import type { FindingRecord, PropertyRecord, RowRecord, RunRecord } from './model';

const { rows } = loadCatalogue();
const order = rows.map(({ id }) => id);
const played = rows.flatMap(({ id, state }) => (state === 'property' ? [id] : [])).slice(0, 12);
const watched = rows.flatMap(({ id, state }) => (state === 'watched' ? [id] : [])).slice(0, 3);
const now = new Date('2026-11-29');

const { baseline: _, ...withoutBaseline } = fullRun.header;

const run = (
  properties: readonly PropertyRecord[],
  shard: string | undefined,
  over: Partial<RunRecord> = {},
  seen: readonly RowRecord[] = [],
): RunRecord => ({
  ...fullRun,
  status: 'complete',
  exitCode: 0,
  properties,
  rows: seen,
  warnings: [],
  exits: [],
  header: {
    ...withoutBaseline,
    selected: properties.map(({ id }) => id).filter((id) => played.includes(id)),
    options: { ...fullRun.header.options, ...(shard === undefined ? {} : { shard }) },
  },
  ...over,
});

const named = (runs: readonly RunRecord[]) => runs.map((one, index) => ({ name: `shard-${index + 1}`, run: one }));

const arbFinding = (rule: string): fc.Arbitrary<FindingRecord> =>
  fc
    .record({
      reaction: fc.constantFrom('status 13', 'RST_STREAM with CANCEL', 'silence'),
      verdict: fc.constantFrom('fail', 'warn', 'flaky') satisfies fc.Arbitrary<FindingRecord['verdict']>,
    })
    .map(({ reaction, verdict }) =>
      finding({
        rule,
        reaction,
        verdict,
        gravity: verdict === 'warn' ? 'warn' : 'fail',
        confirmed: { failed: verdict === 'flaky' ? 2 : 5, of: 5 },
      }),
    );

/** Findings of one rule differ by reaction, as in every run. */
const arbFindings = (rule: string) =>
  fc.uniqueArray(arbFinding(rule), { maxLength: 2, selector: ({ reaction }) => reaction });

const worst = (findings: readonly FindingRecord[]): PropertyRecord['verdict'] =>
  (['fail', 'warn', 'flaky'] as const).find((verdict) => findings.some((one) => one.verdict === verdict)) ?? 'pass';

const recordOf = (id: string, findings: readonly FindingRecord[]): PropertyRecord =>
  record({ id, area: id.split('-')[0]!, findings: [...findings], verdict: worst(findings) });

test('shards of any cut come to what the whole run came to', () => {
  const arbRecords = fc.tuple(
    ...[...played, ...watched].map((id) => arbFindings(id).map((findings) => recordOf(id, findings))),
  );
  const arbBaseline = fc
    .subarray([...played, ...watched])
    .map((ids): Baseline => ({ file: 'baseline.json', entries: ids.map((id) => ({ id, rule: id, reason: 'known' })) }));
  fc.assert(
    fc.property(
      arbRecords,
      fc.array(fc.nat(2), { minLength: played.length, maxLength: played.length }),
      fc.array(fc.nat(2), { minLength: watched.length, maxLength: watched.length }),
      fc.boolean(),
      fc.option(arbBaseline, { nil: undefined }),
      (records, cut, watchedCut, strict, baseline) => {
        const seen = (ids: readonly string[]): RowRecord[] =>
          ids.map((row) => ({ row, verdict: 'pass', inputs: 1, calls: 2, connections: 1, judged: 3 }));
        const whole = run(records, undefined, {}, seen([...played, ...watched]));
        const shards = [0, 1, 2].map((number) => {
          const own = records.filter(({ id }) => cut[played.indexOf(id)] === number);
          // What is watched is seen in every shard, and broken where somebody provokes it.
          const broken = records.filter(
            ({ id, findings }) => findings.length > 0 && watchedCut[watched.indexOf(id)] === number,
          );
          return run([...own, ...broken], `${number + 1}/3`, {}, seen([...own.map(({ id }) => id), ...watched]));
        });
        const options = { rows, strict, now };
        const { records: merged, header } = mergeRuns(named(shards), order);
        const got = conclude(merged, baseline, options);
        const wholeRecords = mergeRuns(named([run(records, '1/1', {}, whole.rows)]), order).records;
        const want = conclude(
          {
            ...wholeRecords,
            properties: wholeRecords.properties.filter(
              ({ id, findings }) => played.includes(id) || findings.length > 0,
            ),
          },
          baseline,
          options,
        );
        const verdicts = ({ properties }: typeof got) =>
          Object.fromEntries(properties.map(({ id, verdict }) => [id, verdict]));
        expect(verdicts(got)).toEqual(verdicts(want));
        expect([got.verdict, got.exitCode, got.status]).toEqual([want.verdict, want.exitCode, want.status]);
        expect(header.selected).toEqual(order.filter((id) => played.includes(id as never)));
        expect(header.options).not.toHaveProperty('shard');
      },
    ),
    { numRuns: 100 },
  );
});

test('one reaction seen in two shards is one finding, the graver, with all that it was seen in', () => {
  const [id = ''] = watched;
  const one = finding({
    rule: id,
    verdict: 'flaky',
    confirmed: { failed: 1, of: 5 },
    provokedBy: 'MSG-02-any-data-split',
  });
  const other = finding({ rule: id, provokedBy: 'MSG-03-merged-messages', alsoSeenIn: ['MSG-04-empty-data-between'] });
  const { records } = mergeRuns(named([run([recordOf(id, [one])], '1/2'), run([recordOf(id, [other])], '2/2')]), order);
  expect(records.properties).toHaveLength(1);
  expect(records.properties[0]).toMatchObject({
    verdict: 'fail',
    findings: [
      {
        verdict: 'fail',
        provokedBy: 'MSG-03-merged-messages',
        alsoSeenIn: ['MSG-02-any-data-split', 'MSG-04-empty-data-between'],
      },
    ],
  });
});

test.each<[string, Partial<FindingRecord>, Partial<FindingRecord>, readonly string[]]>([
  ['its own failure says as much', { verdict: 'fail' }, { verdict: 'fail' }, ['status 13']],
  ['its own warning says less', { verdict: 'warn' }, { verdict: 'fail', gravity: 'fail' }, ['status 13', 'no end']],
  ['its own warning says as much as a warning', { verdict: 'warn' }, { verdict: 'warn' }, ['status 13']],
  ['what is known says less', { verdict: 'known' }, { verdict: 'warn' }, ['status 13', 'no end']],
  ['what is known says as much as what is known', { verdict: 'known' }, { verdict: 'known' }, ['status 13']],
])('what another shard saw of a row is told as in one run: %s', (_why, own, seen, want) => {
  const id = 'MSG-02-any-data-split';
  const first = finding({ rule: id, reaction: 'status 13', ...own });
  const later = finding({ rule: id, reaction: 'no end', provokedBy: 'MSG-04-empty-data-between', ...seen });
  const latest = finding({ rule: id, reaction: 'late', provokedBy: 'MSG-05-zero-length-message', ...seen });
  const shards = [
    run([recordOf(id, [first])], '1/3'),
    run([recordOf(id, [latest])], '2/3'),
    run([recordOf(id, [later])], '3/3'),
  ];
  const selecting = shards.map((shard, index) => ({
    ...shard,
    header: { ...shard.header, selected: index === 0 ? [id] : [] },
  }));
  const [merged] = mergeRuns(named(selecting), order).records.properties;
  expect(merged?.findings.map(({ reaction }) => reaction)).toEqual(want);
  if (want.length > 1) expect(merged?.findings[1]?.alsoSeenIn).toEqual(['MSG-05-zero-length-message']);
});

test('evidence, needs, exits and time add up; the gravest end counts', () => {
  const id = watched[0] ?? '';
  const row = { row: id, verdict: 'pass', inputs: 1, calls: 2, connections: 3, judged: 4 } as const;
  const target = {
    ...fullRun.target,
    testable: 3,
    missing: [{ need: 'gzip', unlock: 'serve it', properties: 2 }],
    locked: [{ unlock: 'serve it', properties: 2 }],
  };
  const exit = { code: 1, signal: null, output: '' };
  const first = run([], '1/2', { target, exits: [exit], warnings: ['same'], durationMs: 1000 }, [row]);
  const second = run(
    [],
    '2/2',
    {
      target,
      exits: [exit],
      warnings: ['same'],
      durationMs: 5000,
      status: 'incomplete',
      reason: 'time is over',
      exitCode: 1,
    },
    [row],
  );
  const later = {
    ...second,
    header: { ...second.header, startedAt: new Date(Date.parse(first.header.startedAt) + 2000).toISOString() },
  };
  const merged = mergeRuns(named([later, first]), order);
  expect(merged.records.evidence.get(id)).toEqual({ inputs: 2, calls: 4, connections: 6, judged: 8 });
  expect(merged.header.target).toMatchObject({
    testable: 6,
    missing: [{ need: 'gzip', properties: 4 }],
    locked: [{ properties: 4 }],
  });
  expect([merged.exits.length, merged.warnings, merged.milliseconds]).toEqual([2, ['same'], 7000]);
  expect(merged.records.end).toEqual({ is: 'cut-short', why: 'time is over' });
  expect(merged.header.startedAt).toBe(first.header.startedAt);
});

const shard = (name: string, over: Partial<RunRecord> = {}): RunRecord => run([], name, over);

test.each<[readonly RunRecord[], RegExp]>([
  [[], /there is none/],
  [[run([], undefined)], /shard-1 was made without --shard/],
  [[shard('1/2')], /shard 2 of 2 is missing/],
  [[shard('1/4'), shard('3/4')], /shard 2, 4 of 4 is missing/],
  [[shard('1/2'), shard('1/2')], /shard-1 and shard-2 are both shard 1 of 2/],
  [[shard('1/2'), shard('2/3')], /shard-2 is one of 3, and shard-1 one of 2/],
  [
    [shard('1/2'), shard('2/2', { header: { ...shard('2/2').header, seed: 9999 } })],
    /shard-1 and shard-2 differ in their seed/,
  ],
  [
    [shard('1/2'), shard('2/2', { header: { ...shard('2/2').header, baseline: { file: 'b', entries: 3 } } })],
    /differ in the number of entries of their baseline/,
  ],
])('what is not one run is refused: %#', (runs, message) => {
  expect(() => mergeRuns(named(runs), order)).toThrow(message);
});

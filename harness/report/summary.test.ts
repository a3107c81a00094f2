import { keyOf } from './cause-key';
import { cleanRun, failingFinding, fullRun } from './fixtures/run';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import {
  blockerOf,
  countVerdicts,
  describeDuration,
  describeVerdict,
  fixFirst,
  flakyMusts,
  gates,
  groupByCause,
  knownCauses,
  lockedProperties,
  lostProperties,
  roughDuration,
  rowsWith,
} from './summary';

describe('the summary of a run', () => {
  test('counts add up', () => {
    const counts = countVerdicts(fullRun.properties);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(fullRun.properties.length);
    expect(counts).toMatchObject({ fail: 4, flaky: 1, untestable: 1, stale: 1, pass: 1 });
  });

  test('what to fix first: what blocks, crashes, other failures, flaky MUSTs, warnings; nothing known', () => {
    expect(fixFirst(fullRun).map(({ finding }) => finding.rule)).toEqual([
      'RPC-03-server-streaming',
      'CONN-04-preface-required',
      'MSG-02-any-data-split',
      'RPC-01-unary',
      'MSG-05-flag-above-1',
      'STATUS-03-message-percent-encoding',
    ]);
  });

  const shapeOf = (run: RunRecord): readonly (readonly string[])[] =>
    groupByCause(run).map((cause) => [cause.head.property.id, ...rowsWith(cause)]);

  test('findings with equal keys are one cause, counted with what it blocks', () => {
    expect(shapeOf(fullRun)).toEqual([
      ['RPC-03-server-streaming', 'FLOW-01-window-respected'],
      ['CONN-04-preface-required'],
      ['MSG-02-any-data-split', 'RPC-01-unary'],
      ['MSG-05-flag-above-1'],
      ['STATUS-03-message-percent-encoding'],
    ]);
  });

  test('the head of a cause is its gravest finding, then the first in the catalogue', () => {
    const [first, , , second] = fullRun.properties;
    const like = (property: PropertyRecord | undefined, changes: Partial<FindingRecord>): PropertyRecord => ({
      ...(property as PropertyRecord),
      findings: [{ ...failingFinding, mark: undefined, causeKey: 'one', ...changes }],
    });
    const run = { ...fullRun, properties: [like(first, { verdict: 'warn', gravity: 'warn' }), like(second, {})] };
    expect(shapeOf(run)).toEqual([['MSG-02-any-data-split', 'CONN-04-preface-required']]);
    expect(shapeOf({ ...run, properties: [like(first, {}), like(second, {})] })).toEqual([
      ['CONN-04-preface-required', 'MSG-02-any-data-split'],
    ]);
  });

  test('of findings that are equally grave the one that shows the cause is the head, with no more about the request than it takes', () => {
    const [first, , , second] = fullRun.properties;
    const like = (property: PropertyRecord | undefined, changes: Partial<FindingRecord>): PropertyRecord => ({
      ...(property as PropertyRecord),
      findings: [{ ...failingFinding, mark: undefined, causeKey: 'one', ...changes }],
    });
    const shown = { reaction: 'no PING ACK', telling: ['PING'], features: ['PING'] };
    const headOf = (...changes: readonly Partial<FindingRecord>[]): string | undefined =>
      shapeOf({ ...fullRun, properties: changes.map((change, index) => like([first, second][index], change)) })[0]?.[0];
    const plain = { symptom: shown, reaction: 'no PING ACK' };
    expect(headOf({ ...plain, reaction: 'no end' }, plain)).toBe('MSG-02-any-data-split');
    expect(headOf({ ...plain, symptom: { ...shown, features: ['PING', 'padded DATA'] } }, plain)).toBe(
      'MSG-02-any-data-split',
    );
    expect(headOf({ ...plain, script: ['one', 'two'] }, { ...plain, script: ['one'] })).toBe('MSG-02-any-data-split');
    expect(headOf(plain, plain)).toBe('CONN-04-preface-required');
    // One that another explains is never the head, however plain it is.
    const explaining = { ...shown, features: ['PING', 'padded DATA', 'several calls'] };
    const explained = { ...plain, symptom: { ...shown, telling: [], features: [] } };
    expect(
      headOf({ ...explained, causeKey: keyOf(shown) }, { ...plain, symptom: explaining, causeKey: keyOf(shown) }),
    ).toBe('MSG-02-any-data-split');
  });

  test('findings without a key, as in older files, stand for themselves', () => {
    const old = fullRun.properties.map((property) => ({
      ...property,
      findings: property.findings.map((finding) => ({ ...finding, causeKey: undefined, blocks: undefined })),
    }));
    expect(shapeOf({ ...fullRun, properties: old }).map(({ length }) => length)).toEqual(Array(6).fill(1));
  });

  test('what the baseline lists is grouped alike', () => {
    expect(knownCauses(fullRun).map(({ head }) => head.property.id)).toEqual(['DL-02-deadline-exceeded']);
  });

  test('a flaky MUST is found, a flaky warning is not', () => {
    expect(flakyMusts(fullRun)).toBe(1);
    const mild = { ...failingFinding, verdict: 'flaky', gravity: 'warn' } as const;
    const [property] = fullRun.properties;
    const run = { ...fullRun, properties: [{ ...property, verdict: 'flaky', findings: [mild] } as PropertyRecord] };
    expect(flakyMusts(run)).toBe(0);
    expect(groupByCause(run)).toEqual([]);
  });

  test.each([
    ['flaky', 'fail', true, true],
    ['flaky', 'fail', false, false],
    ['flaky', 'warn', true, false],
    ['warn', 'warn', true, true],
    ['warn', 'warn', false, false],
    ['known', 'fail', true, false],
  ] as const)('%s (%s), strict %s: gates %s', (verdict, gravity, strict, want) => {
    expect(gates({ verdict, findings: [{ ...failingFinding, verdict, gravity }] }, strict)).toBe(want);
  });

  test('a blocked row knows its finding', () => {
    expect(blockerOf(fullRun, 'FLOW-01-window-respected')?.property.id).toBe('RPC-03-server-streaming');
    expect(blockerOf(fullRun, 'MSG-02-any-data-split')).toBeUndefined();
  });

  test('lost rows are grouped by why', () => {
    expect(lostProperties(fullRun)).toEqual([
      {
        reasons: ['gzip was offered when the baseline was written, and is offered no more'],
        unlock: 'accept gzip and say so in grpc-accept-encoding',
        ids: ['COMP-02-gzip-request'],
      },
    ]);
  });

  test('untestable properties are grouped by what unlocks them', () => {
    expect(lockedProperties(fullRun)).toEqual([
      {
        unlock: 'serve grpcconform.v1.Probe (protos/grpcconform/v1/probe.proto)',
        reasons: ['needs the probe service'],
        ids: ['CANC-01-reset-stops'],
      },
    ]);
  });

  test.each([
    [
      'with findings',
      fullRun,
      'Not conformant: 4 rules broken (1 crash), 1 MUST broken now and then, 1 stale baseline entry, 1 property not judged, 1 warning, 1 known deviation, 10 of 15 rows judged',
    ],
    ['clean', cleanRun, 'Conformant: 1 property without a violation'],
    [
      'with rows that nobody could judge',
      {
        ...cleanRun,
        properties: [...cleanRun.properties, { ...cleanRun.properties[0]!, verdict: 'untestable' as const }],
      },
      'Conformant as far as tested: 1 of 2 rows',
    ],
    [
      'with the rules of HTTP/2 alone, though the target serves methods',
      {
        ...cleanRun,
        target: { ...cleanRun.target, tier: 2 as const, offers: ['tls'] },
        properties: [...cleanRun.properties, { ...cleanRun.properties[0]!, verdict: 'untestable' as const }],
      },
      'Nothing broken as far as tested: 1 of 2 rows',
    ],
    [
      'with something lost',
      {
        ...cleanRun,
        verdict: 'fail' as const,
        header: { ...cleanRun.header, lost: [{ need: 'unary', because: '--expect tier-2', unlock: 'serve it' }] },
      },
      'Not conformant: lost by --expect tier-2: unary',
    ],
    [
      'with what the baseline lists alone',
      { ...cleanRun, properties: cleanRun.properties.map((property) => ({ ...property, verdict: 'known' as const })) },
      'Nothing new: 1 known deviation',
    ],
    [
      'cut short',
      { ...cleanRun, status: 'incomplete' as const, reason: 'interrupted' },
      'Incomplete: 1 property without a violation so far; interrupted',
    ],
    [
      'not begun',
      { ...cleanRun, status: 'incomplete' as const, properties: [], reason: 'the run has not finished' },
      'Incomplete: nothing was judged; the run has not finished',
    ],
  ])('one sentence: %s', (_why, run, want) => expect(describeVerdict(run)).toBe(want));

  test.each([
    [0.42, '0.4 ms'],
    [9.96, '10 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms are said as %s', (milliseconds, want) => expect(describeDuration(milliseconds)).toBe(want));

  test.each([
    [0, '1 s'],
    [1499, '1 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [118_000, '2 min'],
    [4_210_000, '1 h 10 min'],
  ])('an estimate of %d ms is said as %s', (milliseconds, want) => expect(roughDuration(milliseconds)).toBe(want));
});

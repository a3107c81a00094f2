import { cleanRun, fullRun } from './fixtures/run';
import { countVerdicts, describeDuration, describeVerdict, fixFirst, lockedProperties } from './summary';

describe('the summary of a run', () => {
  test('counts add up', () => {
    const counts = countVerdicts(fullRun.properties);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(fullRun.properties.length);
    expect(counts).toMatchObject({ fail: 2, flaky: 1, untestable: 1, stale: 1, pass: 1 });
  });

  test('what to fix first: crashes, then other failures, then warnings; nothing known or flaky', () => {
    expect(fixFirst(fullRun).map(({ finding }) => finding.rule)).toEqual([
      'CONN-04-preface-required',
      'MSG-02-any-data-split',
      'STATUS-03-message-percent-encoding',
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
      'Not conformant: 2 rules broken (1 crash), 1 MUST broken now and then, 1 stale baseline entry, 1 property not judged, 1 warning, 1 known deviation, 8 of 10 rows judged',
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
});

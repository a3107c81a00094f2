import { renderBadge } from './badge';
import { cleanRun, fullRun } from './fixtures/run';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import { describeBroken, describeJudged, scoreOf, type RunScore } from './run-score';

const catalogueSize = 200;
const [template] = cleanRun.properties;
const [found] = fullRun.properties.flatMap(({ findings }) => findings);

const property = (id: string, verdict: PropertyRecord['verdict'], finding?: Partial<FindingRecord>): PropertyRecord =>
  ({
    ...template,
    id,
    verdict,
    findings: finding === undefined ? [] : [{ ...found, mark: undefined, verdict, ...finding }],
  }) as PropertyRecord;
const score = (...properties: readonly PropertyRecord[]): RunScore =>
  scoreOf({ ...cleanRun, rows: undefined, properties }, catalogueSize);

test('what is known, or was seen now and then, counts as it would without the baseline', () => {
  const all = score(
    property('A-01-a', 'pass'),
    property('A-02-b', 'fail', { mark: 'crash' }),
    property('A-03-c', 'known', { gravity: 'fail', mark: 'hang' }),
    property('A-04-d', 'known', { gravity: 'warn' }),
    property('A-05-e', 'known', { gravity: undefined }),
    property('A-06-f', 'flaky', { gravity: 'fail' }),
    property('A-07-g', 'untestable'),
    property('A-08-h', 'warn', { gravity: 'warn' }),
  );
  expect(all).toEqual({
    judged: 7,
    of: catalogueSize,
    failing: 4,
    warning: 2,
    crashes: 1,
    hangs: 1,
    known: 3,
    isPartial: false,
  });
  expect(describeBroken(all)).toBe('4 fail (1 crash, 1 hang), 2 warn');
});

test('rows that are watched count, and what was not seen is not judged', () => {
  const record: RunRecord = {
    ...cleanRun,
    properties: [property('A-01-a', 'pass')],
    rows: (['pass', 'not-seen'] as const).map((verdict, index) => ({
      row: `B-0${index}-b`,
      verdict,
      inputs: 1,
      calls: 1,
      connections: 1,
      judged: 1,
    })),
  };
  expect(scoreOf(record, 10)).toMatchObject({ judged: 2, of: 10 });
});

const [red, amber, green, grey] = ['#b02a1f', '#8a5a00', '#1d6b3c', '#4d5763'];
const whole: RunScore = {
  judged: 180,
  of: 200,
  failing: 0,
  warning: 0,
  crashes: 0,
  hangs: 0,
  known: 0,
  isPartial: false,
};

test.each([
  { change: {}, colour: green, says: '180 of 200 rules judged, none broken' },
  { change: { judged: 9 }, colour: grey, says: '9 of 200 rules judged, none broken' },
  { change: { judged: 9, failing: 1 }, colour: red, says: '9 of 200 rules judged, 1 fail' },
  { change: { failing: 3, known: 3 }, colour: red, says: '180 of 200 rules judged, 3 fail' },
  { change: { warning: 1 }, colour: amber, says: '180 of 200 rules judged, 1 warn' },
  { change: { isPartial: true }, colour: grey, says: '180 of 200 rules judged, cut short, none broken' },
])('a badge: $says', ({ change, colour, says }) => {
  const svg = renderBadge({ ...whole, ...change });
  expect(svg).toContain(`<title>gRPC: ${says}</title>`);
  expect(svg).toContain(`fill="${colour}"`);
  expect(svg).not.toMatch(/conformant|passing/i);
  expect(svg).not.toMatch(/<script|href|url\((?!#c\))/);
});

test('words of a score', () => {
  expect(describeJudged({ ...whole, isPartial: true })).toBe('180 of 200 rules judged, cut short');
  expect(describeBroken(whole)).toBe('none broken');
});

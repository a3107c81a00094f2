import { cleanRun, fullRun } from '../report/fixtures/run';
import type { PropertyRecord, PropertyVerdict, RunRecord } from '../report/model';
import { changedVerdicts, newRows } from './check-verdicts';

const [template] = cleanRun.properties;

/** A run with these verdicts; `watched` rows are recorded without having been selected, as broken ones are. */
function runOf(verdicts: Readonly<Record<string, PropertyVerdict>>, watched: readonly string[] = []): RunRecord {
  const properties = Object.entries(verdicts).map(([id, verdict]) => {
    const findings = watched.includes(id)
      ? fullRun.properties
          .flatMap((property) => property.findings)
          .slice(0, 1)
          .map((finding) => ({ ...finding, provokedBy: 'MSG-01-a' }))
      : [];
    return { ...template, id, verdict, findings } as PropertyRecord;
  });
  const selected = properties.map(({ id }) => id).filter((id) => !watched.includes(id));
  return { ...cleanRun, properties, header: { ...cleanRun.header, selected } };
}

test.each<{ was: PropertyVerdict; now: PropertyVerdict; changed: boolean; reason: string }>([
  { was: 'pass', now: 'pass', changed: false, reason: 'the same' },
  { was: 'pass', now: 'fail', changed: true, reason: 'a new violation' },
  { was: 'known', now: 'stale', changed: true, reason: 'it holds by now' },
  { was: 'pass', now: 'flaky', changed: true, reason: 'seen where nothing was seen' },
  { was: 'flaky', now: 'pass', changed: false, reason: 'chance' },
  { was: 'flaky', now: 'fail', changed: false, reason: 'chance' },
  { was: 'flaky', now: 'stale', changed: false, reason: 'chance, of a row that the baseline lists' },
  { was: 'known', now: 'flaky', changed: false, reason: 'the same violation, not each time' },
  { was: 'flaky', now: 'untestable', changed: true, reason: 'no chance: the server lost a feature' },
  { was: 'pass', now: 'error', changed: true, reason: 'it could not be judged' },
])('$was, then $now: $reason', ({ was, now, changed }) => {
  const changes = changedVerdicts(runOf({ 'MSG-01-a': was }), runOf({ 'MSG-01-a': now }));
  const want = { id: 'MSG-01-a', published: was, now, playAgain: ['MSG-01-a'] };
  expect(changes).toEqual(changed ? [want] : []);
});

test('what the baseline lists as broken now and then may be seen or not, and not worse', () => {
  const ids: ReadonlySet<string> = new Set(['MSG-01-a', 'RESP-02-b']);
  const held = runOf({ 'MSG-01-a': 'pass' });
  const broken = runOf({ 'MSG-01-a': 'known', 'RESP-02-b': 'known' }, ['RESP-02-b']);
  expect(changedVerdicts(held, broken, ids)).toEqual([]);
  expect(changedVerdicts(broken, held, ids)).toEqual([]);
  expect(changedVerdicts(held, broken)).toMatchObject([{ id: 'MSG-01-a' }, { id: 'RESP-02-b' }]);
  expect(changedVerdicts(held, runOf({ 'MSG-01-a': 'fail' }), ids)).toMatchObject([{ id: 'MSG-01-a', now: 'fail' }]);
});

test.each<[was: number | 'pass', now: number | 'pass', changed: boolean]>([
  // Inputs that were not processed: the connection was ended by design.
  [0, 'pass', false],
  ['pass', 0, false],
  [1, 'pass', false],
  ['pass', 6, false],
  ['pass', 7, true],
  [30, 'pass', true],
  [1, 30, false],
])('a free choice in %s of 30 inputs, then in %s, is a change: %s', (was, now, changed) => {
  const ofChoice = (seen: number | 'pass'): RunRecord => {
    const run = runOf({ 'MSG-01-a': seen === 'pass' ? 'pass' : 'info' });
    const reactions: Readonly<Record<string, number>> =
      seen === 'pass' || seen === 0 ? {} : { 'vague grpc-message': seen };
    return { ...run, properties: run.properties.map((property) => ({ ...property, runs: 30, reactions })) };
  };
  expect(changedVerdicts(ofChoice(was), ofChoice(now)).length).toBe(changed ? 1 : 0);
});

test('a rule that is only watched counts as not seen when nothing broke it, and is played again by what provoked it', () => {
  const held = runOf({ 'MSG-01-a': 'pass' });
  const broken = runOf({ 'MSG-01-a': 'pass', 'RESP-02-b': 'fail' }, ['RESP-02-b']);
  const change = { id: 'RESP-02-b', playAgain: ['MSG-01-a'] };
  expect(changedVerdicts(held, broken)).toEqual([{ ...change, published: 'not seen', now: 'fail' }]);
  expect(changedVerdicts(broken, held)).toEqual([{ ...change, published: 'fail', now: 'not seen' }]);
  expect(newRows(held, broken)).toEqual([]);
});

test('what only a new property provokes is new, whatever watches it', () => {
  const before = runOf({ 'MSG-02-b': 'pass' });
  const after = runOf({ 'MSG-02-b': 'pass', 'MSG-01-a': 'pass', 'RESP-02-b': 'known' }, ['RESP-02-b']);
  expect(changedVerdicts(before, after)).toEqual([]);
  expect(newRows(before, after)).toEqual(['MSG-01-a', 'RESP-02-b']);
});

test('a new row has no published verdict; one that is gone has lost its own', () => {
  const [one, both] = [runOf({ 'MSG-01-a': 'pass' }), runOf({ 'MSG-01-a': 'pass', 'MSG-02-b': 'fail' })];
  expect(changedVerdicts(one, both)).toEqual([]);
  expect(newRows(one, both)).toEqual(['MSG-02-b']);
  expect(changedVerdicts(both, one)).toMatchObject([{ id: 'MSG-02-b', now: 'no row any more' }]);
});

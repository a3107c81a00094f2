import { cleanRun, fullRun } from '../fixtures/run';
import { formatRun, parseRun } from '../json';
import { changeSince } from './change-since';
import { describeChange } from './describe-change';

const since = (record: typeof fullRun, now: typeof fullRun) => changeSince({ file: 'old/run.json', record }, now);

test('a run that is like the one before', () =>
  expect(describeChange(since(cleanRun, cleanRun))).toBe(
    'Since the run of 2026-03-02 10:11 UTC: nothing is worse, and nothing is better',
  ));

test('what broke, and what was mended', () => {
  const passing = fullRun.properties.map((property) => ({ ...property, verdict: 'pass' as const, findings: [] }));
  const mended = { ...fullRun, properties: passing };
  const worse = since(mended, fullRun);
  const better = since(fullRun, mended);
  expect(worse.worse).toContainEqual({
    id: 'MSG-02-any-data-split',
    text: 'fail: a message cut after 1 octet was answered with status 13',
  });
  expect(worse.better).toEqual([]);
  expect(better.better.map(({ id }) => id)).toContain('MSG-02-any-data-split');
  expect(better.worse).toEqual([]);
  expect(describeChange(better)).toMatch(/: \d+ better$/);
  expect(better.since).toEqual({
    file: 'old/run.json',
    startedAt: fullRun.header.startedAt,
    verdict: expect.stringMatching(/^Not conformant: /) as string,
  });
});

test('run.json keeps it', () => {
  const run = { ...fullRun, change: since(cleanRun, fullRun) };
  expect(parseRun(formatRun(run), 'run.json').change).toEqual(run.change);
});

import { fullRun } from '../fixtures/run';
import { pageData } from './page-data';
import { isJudged, sentenceStandings, standings } from './standing';

const [msg] = fullRun.properties.filter(({ id }) => id === 'MSG-02-any-data-split');
const run = pageData({
  ...fullRun,
  rows: [
    { row: 'RESP-03-content-type', verdict: 'pass', inputs: 4, calls: 8, connections: 4, judged: 12 },
    { row: 'RESP-06-interim-responses', verdict: 'not-seen', inputs: 0, calls: 0, connections: 0, judged: 0 },
  ],
});
const of = (id: string) => standings(run).find(({ row }) => row.id === id);

test('every row has its standing, in the order of the catalogue', () =>
  expect(standings(run).map(({ row }) => row.id)).toEqual(run.catalogue.map(({ id }) => id)));

test.each([
  ['what a property tests', 'MSG-02-any-data-split', 'tested', 'fail', msg?.findings[0]?.observed],
  [
    'what is watched',
    'RESP-03-content-type',
    'watched',
    'pass',
    'judged 12 times, in 4 inputs with 8 calls on 4 connections',
  ],
  [
    'what did not come by',
    'RESP-06-interim-responses',
    'watched',
    'not-seen',
    'nothing came by that the rule could look at',
  ],
  [
    'what the run knows nothing of',
    'TLS-02-alpn-without-h2',
    'absent',
    undefined,
    'left out of this run, or not built',
  ],
])('%s', (_why, id, how, verdict, why) => {
  expect(of(id)).toMatchObject({ how, why });
  expect(of(id)?.verdict).toBe(verdict);
});

test('a sentence has the worst verdict of its rows, or says why no row looks at it', () => {
  const all = sentenceStandings(run);
  const about = all.filter(({ rows }) => rows.some(({ row }) => row.id === 'MSG-02-any-data-split'));
  expect(about.length).toBeGreaterThan(0);
  expect(about.every((standing) => standing.state === 'tested' && isJudged(standing))).toBe(true);
  expect(about.map(({ verdict }) => verdict)).toContain('fail');
  const absent = all.filter(({ sentence }) => sentence.absence !== undefined);
  expect(absent.every(({ state, verdict }) => state.startsWith('not-') && verdict === undefined)).toBe(true);
});

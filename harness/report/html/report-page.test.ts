import { createHash } from 'node:crypto';
import { allRows } from '../../catalogue';
import { sentences as allSentences } from '../../catalogue/sentences';
import { cleanRun, fullRun, hostileText, hugeRun, largeRun } from '../fixtures/run';
import { deserializeTranscript } from '../serialize';
import type { FindingRecord, RunRecord } from '../model';
import { fairShare, pageData, transcriptBudget } from './page-data';
import { embedJson, renderReportPage } from './report-page';

const script = 'document.title="x"';
const page = renderReportPage(fullRun, script);
const dataOf = (html: string): string =>
  /<script type="application\/json" id="run">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

describe('the report page', () => {
  test('permits its own script and styles, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${sha256(style)}'; script-src 'sha256-${sha256(script)}'; base-uri 'none'; form-action 'none'`,
    );
  });

  test('refers to nothing outside of itself that a browser would load', () => {
    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed|base|form)\b|<[^>]*\ssrc=|@import|url\(/i);
  });

  test('holds exactly the scripts it should, whatever the target said', () => {
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain('<!--');
  });

  test('its data is the run, whole, with areas by their names', () => {
    const { catalogue, sentences, extras, ...data } = JSON.parse(dataOf(page)) as ReturnType<typeof pageData>;
    expect(Object.keys(extras ?? {})).toEqual(['messageTypes', 'files']);
    const whole = JSON.parse(JSON.stringify(fullRun)) as typeof fullRun;
    expect(data.properties.slice(0, 2).map(({ area }) => area)).toEqual([
      'Connection and preface',
      'Frames and SETTINGS',
    ]);
    expect({ ...data, properties: data.properties.map((property) => ({ ...property, area: '' })) }).toEqual({
      ...whole,
      properties: whole.properties.map((property) => ({ ...property, area: '' })),
    });
    expect(catalogue.map(({ id }) => id)).toEqual(allRows.map(({ id }) => id));
    expect(sentences).toHaveLength(allSentences.length);
  });

  test('says the verdict of every property without JavaScript', () => {
    const table = /<noscript>(.*)<\/noscript>/s.exec(page)?.[1] ?? '';
    expect(table).toContain('<h1>Not conformant: 4 rules broken (1 crash)');
    expect(
      fullRun.properties.filter(
        ({ id, verdict }) =>
          !new RegExp(`<tr><td>${verdict}(?: \\((?:fail|warn)\\))?</td><th scope="row">${id}</th>`).test(table),
      ),
    ).toEqual([]);
    expect(table).toContain('<td>known (warn)</td>');
    expect(table).toContain('<dt>Broken</dt><dd>server-streaming: its plain call ends with status INTERNAL</dd>');
    expect(table).toContain('<dt>Limits</dt><dd>3 calls at once on a connection (SETTINGS_MAX_CONCURRENT_STREAMS), ');
    expect(table).toContain('with status 13, and 1 more with it: FLOW-01-window-respected</li>');
    expect(table).not.toContain('<img');
    expect(table).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });

  test('without a viewer it is the table, with no script to run', () => {
    const bare = renderReportPage(cleanRun, null);
    expect(bare).toContain('its viewer was not built');
    expect(bare).not.toMatch(/<noscript>|script-src|<script>/);
  });

  test('a run of 69 failing properties with long transcripts keeps to its size, with a viewer that is larger than ours', () => {
    const viewer = `/* ${'x'.repeat(200_000)} */`;
    expect(Buffer.byteLength(renderReportPage(largeRun, viewer))).toBeLessThanOrEqual(2_500_000);
  });
});

test('a run of 500 properties with 500 findings is a page of less than three million octets', () => {
  expect(Buffer.byteLength(renderReportPage(hugeRun, 'x'.repeat(200_000)))).toBeLessThan(3_000_000);
});

describe('a page stays below a million octets', () => {
  const viewer = `document.title="${'x'.repeat(200_000)}"`;
  const changed = (change: Partial<FindingRecord>): RunRecord => ({
    ...largeRun,
    properties: largeRun.properties.map((property) => ({
      ...property,
      findings: property.findings.map((finding) => ({ ...finding, ...change })),
    })),
  });
  const most = (run: RunRecord): number => Buffer.byteLength(renderReportPage(run, viewer));

  test.each<[string, RunRecord]>([
    ['inputs that JSON makes long give room to transcripts', changed({ input: '<'.repeat(5_000) })],
    ['scripts of thousands of steps', changed({ script: Array.from({ length: 5_000 }, () => 'wait for the end') })],
    [
      'what a process said at its end',
      changed({ process: { code: 1, signal: null, output: '\u00e4<'.repeat(16_000) } }),
    ],
  ])('%s', (_why, run) => expect(most(run)).toBeLessThanOrEqual(2_500_000));

  test('what is left out is said, with where it is', () => {
    const shortened = renderReportPage(
      changed({ script: Array.from({ length: 5_000 }, () => 'wait for the end') }),
      viewer,
    );
    expect(shortened).toContain('and 4988 more; see the failure file');
  });
});

describe('data inside a page', () => {
  test('cannot leave its element, and comes back', () => {
    const json = embedJson({ text: hostileText });
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({ text: hostileText });
  });

  test.each([
    ['all fit', [1, 2, 3], 10, Infinity],
    ['the large one gives', [10, 10, 1000], 100, 80],
    ['all give alike', [50, 50], 40, 20],
    ['none', [], 10, Infinity],
  ])('shares of a budget: %s', (_why, sizes, budget, want) => expect(fairShare(sizes, budget)).toBe(want));

  test('transcripts that are too large keep their start and what is on no wire, and say what is missing', () => {
    const [property] = pageData(largeRun).properties;
    const [original] = largeRun.properties;
    const kept = deserializeTranscript(property?.findings[0]?.transcript ?? { connections: [], samples: {} });
    const whole = deserializeTranscript(original?.findings[0]?.transcript ?? { connections: [], samples: {} });
    const [before, after] = [whole, kept].map(({ transcript }) => transcript.connections[0]?.events ?? []);
    expect(after?.slice(0, 12)).toEqual(before?.slice(0, 12));
    const octets = (events: typeof before): number =>
      (events ?? []).reduce((sum, event) => sum + (event.kind === 'sent' ? event.octets.length : 0), 0);
    expect(kept.omissions).toEqual([{ connection: 'main', direction: 'sent', octets: octets(before) - octets(after) }]);
  });

  test('together they keep to the budget, or nearly', () => {
    const size = pageData(largeRun)
      .properties.flatMap(({ findings }) => findings.map(({ transcript }) => JSON.stringify(transcript).length))
      .reduce((sum, length) => sum + length, 0);
    // What stands for the missing octets comes on top: less than 200 letters each.
    expect(size).toBeLessThan(transcriptBudget + 69 * 200);
  });
});

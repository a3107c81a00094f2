import { createHash } from 'node:crypto';
import { cleanRun, fullRun, hostileText } from '../../fixtures/run';
import type { RunRecord } from '../../model';
import { compareRuns } from '../comparison';
import { renderComparisonPage } from './comparison-page';

/** The full run with the clean one's verdicts, and an id, a rule and a link that want to be markup. */
const hostileRun: RunRecord = {
  ...fullRun,
  target: { ...fullRun.target, name: hostileText, identification: hostileText },
  properties: fullRun.properties.map((property) => ({
    ...property,
    id: property.id.startsWith('STATUS') ? hostileText : property.id,
    rule: hostileText,
    findings: property.findings.map((finding) => ({
      ...finding,
      known: { reason: hostileText, link: `javascript:alert(1)`, file: '<b>.json' },
    })),
  })),
};
const comparison = compareRuns([
  { name: 'full', record: fullRun, page: 'full.html' },
  { name: hostileText, record: hostileRun },
  { name: 'clean', record: cleanRun },
]);
const script = 'start(1)';
const page = renderComparisonPage(comparison, { onlyDifferences: false }, script);
/** What the script reads is JSON, in which markup is escaped in its own way. */
const markupOf = (html: string): string => html.replace(/<script type="application.json".*?<.script>/s, '');
const bare = renderComparisonPage(comparison, { onlyDifferences: false }, null);

test.each([
  { name: 'with its script', html: page, scripts: 1 },
  { name: 'without', html: bare, scripts: 0 },
])('$name: permits its own styles and script, and nothing else', ({ html, scripts }) => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  const hash = (code: string): string => createHash('sha256').update(code).digest('base64');
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
  const forScript = scripts === 0 ? '' : `script-src 'sha256-${hash(script)}'; `;
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${hash(style)}'; ${forScript}base-uri 'none'; form-action 'none'`,
  );
  expect(html.match(/<script>/g)?.length ?? 0).toBe(scripts);
  expect(markupOf(html)).not.toMatch(/\sstyle=|\son[a-z]+=[^&]*"/i);
});

test('what the script reads cannot end its element, and has the packets', () => {
  const data = /<script type="application\/json" id="comparison">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  expect(data).not.toMatch(/[<>&]/);
  const { areas } = JSON.parse(data) as typeof comparison;
  const row = areas.flatMap(({ rows }) => rows).find(({ id }) => id.startsWith('MSG-02'));
  expect(row?.cells[0]?.findings[0]?.transcript.connections.length).toBeGreaterThan(0);
});

test('refers to nothing outside of itself that a browser would load', () => {
  // Values of attributes are text.
  expect(markupOf(page).replaceAll(/="[^"]*"/g, '')).not.toMatch(
    /<(?:link|img|iframe|object|embed|base|form)\b|<[^>]*\ssrc=|@import|url\(/i,
  );
});

test('what run files say is text, and no link unless it leads to the web', () => {
  expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;');
  expect(page).not.toContain('href="javascript:');
  expect(page).toContain('href="https://example.org/issues/1"');
});

test('every id is there once, and every link inside the page leads to one', () => {
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id = '']) => id);
  expect(targets.length).toBeGreaterThan(5);
  expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
});

test('a finding leads to its packets in the page of its run, where there is one', () => {
  expect(page).toContain('href="full.html#/p/MSG-02-any-data-split/f/1"');
});

test.each([
  { onlyDifferences: false, chosen: [] },
  { onlyDifferences: true, chosen: ['only-differences'] },
])('opens with $chosen', ({ onlyDifferences, chosen }) => {
  const html = renderComparisonPage(comparison, { onlyDifferences }, null);
  expect([...html.matchAll(/id="(only-\w+|compact)" checked/g)].map(([, id]) => id)).toEqual(chosen);
});

test('many runs open as signs', () => {
  const many = compareRuns(Array.from({ length: 12 }, (_, index) => ({ name: `s${index}`, record: cleanRun })));
  expect(renderComparisonPage(many, { onlyDifferences: false }, null)).toContain('id="compact" checked');
});

test('a known deviation has the colour and the word of what it is, and says that it is known', () => {
  const row = /<tr [^>]*data-row="\d+"><th scope="row"><a href="#DL-02-.*?<\/tr>/s.exec(page)?.[0];
  expect(row).toMatch(/class="verdict v-warn".*?<span class="word">warn<\/span>.*?<span class="word">known<\/span>/s);
});

test('the baseline that lists a known deviation is named where a run had several', () => {
  expect(page).toContain('<dt>Known</dt><dd data-columns="0">');
  expect(page).toContain('by &#60;b&#62;.json: ');
  expect(page).not.toContain('by known.json: ');
});

test('columns can be moved where there is a script to do it, and hidden without', () => {
  expect(page).toMatch(/id="show-2" checked>clean<.*aria-label="Move clean left".*aria-label="Move clean right"/);
  expect(bare).toMatch(/id="show-2" checked>clean</);
  expect(bare).not.toMatch(/aria-label="Move|Usual order/);
});

test('every row of the matrix has a cell for every run, and the sentence of its rule', () => {
  const rows = [...page.matchAll(/<tr class="[\w ]+" data-row="\d+">.*?<\/tr>/gs)].map(([row]) => row);
  expect(rows.length).toBe(comparison.areas.flatMap((area) => area.rows).length);
  expect(rows.filter((row) => row.match(/<td class="c\d[^"]*"/g)?.length !== 3)).toEqual([]);
  expect(rows.filter((row) => !row.includes('<span class="rule"'))).toEqual([]);
});

test('a cell with a finding leads to it', () => {
  expect(page).toMatch(/<a href="#MSG-02-any-data-split" data-column="0" title="full: fail: status 13/);
});

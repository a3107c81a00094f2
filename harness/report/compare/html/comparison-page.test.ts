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
      known: { reason: hostileText, link: `javascript:alert(1)` },
    })),
  })),
};
const comparison = compareRuns([
  { name: 'full', record: fullRun, page: 'full.html' },
  { name: hostileText, record: hostileRun },
  { name: 'clean', record: cleanRun },
]);
const page = renderComparisonPage(comparison, { onlyDifferences: false });

test('permits its own styles, and nothing else: there is no script', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  expect(page).not.toMatch(/<script|\sstyle=|\son[a-z]+=[^&]*"/i);
});

test('refers to nothing outside of itself that a browser would load', () => {
  expect(page).not.toMatch(/<(?:link|img|iframe|object|embed|base|form)\b|<[^>]*\ssrc=|@import|url\(/i);
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
  { onlyDifferences: false, chosen: 'rows-all' },
  { onlyDifferences: true, chosen: 'rows-differ' },
])('opens with $chosen', ({ onlyDifferences, chosen }) => {
  const checked = [...renderComparisonPage(comparison, { onlyDifferences }).matchAll(/id="(rows-\w+)" checked/g)];
  expect(checked.map(([, id]) => id)).toEqual([chosen]);
});

test('every row of the matrix has a cell for every run', () => {
  const rows = [...page.matchAll(/<tr class="\w+"><th scope="row">.*?<\/tr>/gs)].map(([row]) => row);
  expect(rows.length).toBe(comparison.areas.flatMap((area) => area.rows).length);
  expect(rows.filter((row) => row.match(/<td class="c\d">/g)?.length !== 3)).toEqual([]);
});

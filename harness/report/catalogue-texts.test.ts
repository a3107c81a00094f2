import { requirementOf } from '../catalogue';
import { addCatalogueTexts, dropCatalogueTexts } from './catalogue-texts';
import { fullRun } from './fixtures/run';
import { formatRun, parseRun } from './json';
import type { PropertyRecord, RunRecord } from './model';

const id = 'MSG-02-any-data-split';

/** A run of one row of the catalogue, and of one that this version does not know. */
const known: PropertyRecord = { ...fullRun.properties[0]!, id, area: 'MSG', ...requirementOf(id) };
const findings = fullRun.properties.flatMap((property) => property.findings).slice(0, 1);
const run: RunRecord = {
  ...fullRun,
  target: fullRun.header.target,
  properties: [
    { ...known, findings: findings.map((finding) => ({ ...finding, rule: id, level: requirementOf(id).level })) },
    { ...known, id: 'MSG-99-gone', rule: 'a rule that this catalogue has no more', findings: [] },
  ],
};

const written = JSON.stringify(dropCatalogueTexts(run));

test('what the catalogue says is left out, and read again', () => {
  expect(findings).toHaveLength(1);
  expect(written).not.toContain(requirementOf(id).rule);
  expect(written.split(JSON.stringify(run.target))).toHaveLength(2);
  expect(parseRun(written, 'run.json')).toEqual(JSON.parse(JSON.stringify(run)));
});

test('of a row that this catalogue does not have, what the file says stays', () => {
  expect(parseRun(written, 'run.json').properties[1]?.rule).toBe('a rule that this catalogue has no more');
});

test('a whole file of any version keeps its own words', () => {
  const other = { ...run, properties: [{ ...known, rule: 'as it was said then', level: 'may' as const }] };
  const [property] = parseRun(formatRun(other), 'run.json').properties;
  expect([property?.rule, property?.level]).toEqual(['as it was said then', 'may']);
});

test('a row that nobody knows, without its texts, is no run', () => {
  const { rule: _rule, ...rest } = { ...known, id: 'MSG-99-gone' };
  const text = JSON.stringify({ ...run, properties: [rest] });
  expect(() => parseRun(text, 'run.json')).toThrow(/properties\.0\.rule is missing/);
});

test.each<[unknown, string]>([
  [null, 'nothing'],
  ['text', 'a text'],
  [[{ id }], 'a list'],
  [{ properties: 5, header: 'x' }, 'members of other types'],
  [{ properties: [null, 5, { id: 5 }, { id: '__proto__' }] }, 'rows that are none'],
  [{ properties: [{ id: 'MSG-99-gone', findings: 5 }] }, 'findings that are none'],
])('%j stays what it is: %s', (value) => {
  expect(addCatalogueTexts(value)).toEqual(value);
});

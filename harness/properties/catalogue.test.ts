import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suites } from '../../suites';
import { mutants } from '../servers/reference/mutants';
import { catalogue, levelLookup } from './catalogue';
import { allRows } from '../catalogue';
import { watchedRows } from './watched-rows';

const rows = catalogue(suites);
const ids = rows.map(({ id }) => id);
const root = path.resolve(__dirname, '../..');

/** Row ids that stand between quotes in the sources of a folder, tests and fixtures left out. */
function idsNamedIn(folder: string): readonly string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test(-helper)?\.ts$/.test(file) && !file.includes('fixtures'),
  );
  const texts = files.map((file) => readFileSync(path.join(root, folder, file), 'utf8'));
  const named = texts.flatMap((text) => text.match(/(?<=['"`])[A-Z]+-\d{2}-[a-z0-9-]+(?=['"`])/g) ?? []);
  // Keys under which the probe service counts the calls of an example.
  return [...new Set(named)].filter((id) => !id.endsWith('-example'));
}

test('has the rows of the table, each with what tests it', () => {
  expect(ids).toEqual(allRows.map(({ id }) => id));
  expect(rows.filter(({ state, property }) => (state === 'property') !== (property !== undefined))).toEqual([]);
  expect(
    rows
      .filter(({ state }) => state === 'watched')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...watchedRows].sort());
});

test('rules, suites and mutants name rows of the catalogue alone', () => {
  const named = ['harness/properties', 'harness/engine', 'harness/jest', 'suites'].flatMap(idsNamedIn);
  expect(named.length).toBeGreaterThan(100);
  expect([...named, ...mutants.map(({ breaks }) => breaks)].filter((id) => !ids.includes(id))).toEqual([]);
});

test('every watched row is named by a rule, so that the catalogue promises nothing', () => {
  const named = idsNamedIn('harness/properties/rules');
  expect(watchedRows.filter((id) => !named.includes(id))).toEqual([]);
});

test('what a rule watches is no row that waits for a property', () => {
  const named = idsNamedIn('harness/properties/rules');
  expect(
    rows
      .filter(({ state }) => state === 'planned')
      .map(({ id }) => id)
      .filter((id) => named.includes(id)),
  ).toEqual([]);
});

test('levels are looked up by row; a row that nobody knows binds as a convention', () => {
  const levelOf = levelLookup(rows);
  expect(levelOf('TRAIL-02-no-end-stream-on-data')).toBe('must');
  expect(levelOf('RESP-13-no-http-content-coding')).toBe('convention');
  expect(levelOf('ZZZ-01-none')).toBe('convention');
});

import { suites } from '../../suites';
import { catalogue, levelLookup } from './catalogue';
import { allRows } from '../catalogue';
import { watchedRows } from '../rules/all-rules';

const rows = catalogue(suites);
const ids = rows.map(({ id }) => id);

test('has the rows of the table, each with what tests it', () => {
  expect(ids).toEqual(allRows.map(({ id }) => id));
  expect(rows.filter(({ state, property }) => (state === 'property') !== (property !== undefined))).toEqual([]);
  expect(
    rows
      .filter(({ state }) => state === 'watched')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(watchedRows.filter((id) => rows.every((row) => row.id !== id || row.property === undefined)).sort());
});

test('levels are looked up by row; a row that nobody knows binds as a convention', () => {
  const levelOf = levelLookup(rows);
  expect(levelOf('TRAIL-02-no-end-stream-on-data')).toBe('must');
  expect(levelOf('RESP-13-no-http-content-coding')).toBe('convention');
  expect(levelOf('ZZZ-01-none')).toBe('convention');
});

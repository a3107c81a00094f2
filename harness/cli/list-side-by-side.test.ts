import { connectGroups } from '../catalogue/side-by-side/connect-conformance';
import { h2specCases, remarkedCases } from '../catalogue/side-by-side/h2spec';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CatalogueRow } from '../properties/catalogue';
import { connectRecords, describeSideBySide, h2specRecords, type SideBySideRecord } from './list-side-by-side';

const { rows } = loadCatalogue();
const allPlanned = rows.map((row): CatalogueRow => ({ ...row, state: 'planned' }));

test('every case of h2spec has a row, in its own order, and every remark a case', () => {
  expect(h2specCases).toHaveLength(147);
  const ids = h2specCases.map(({ id }) => id);
  expect(ids.slice(0, 3)).toEqual(['generic/1/1', 'generic/2/1', 'generic/2/2']);
  expect(ids.indexOf('http2/5.1/9')).toBeLessThan(ids.indexOf('http2/5.1/10'));
  expect(ids.indexOf('http2/5.1/13')).toBeLessThan(ids.indexOf('http2/5.1.1/1'));
  expect(ids.at(-1)).toBe('hpack/6.3/1');
  expect(remarkedCases.filter((id) => !ids.includes(id))).toEqual([]);
  expect(h2specRecords(rows).filter(({ coverage }) => coverage === 'out of scope')).toEqual([]);
});

test('every test of connectrpc/conformance is there once, with rows or a reason', () => {
  const names = connectGroups.flatMap(({ suite, tests }) => tests.map((name) => `${suite}: ${name}`));
  expect(new Set(names).size).toBe(names.length);
  expect(connectGroups.filter((group) => group.rows.length === 0 && group.remark === undefined)).toEqual([]);
  expect(connectGroups.filter((group) => group.tests.length === 0)).toEqual([]);
});

test('what is covered follows from the rows that are built', () => {
  const states = (records: readonly SideBySideRecord[]) => new Set(records.map(({ coverage }) => coverage));
  expect(states(h2specRecords(allPlanned))).toEqual(new Set(['not built']));
  expect(states(connectRecords(allPlanned))).toEqual(new Set(['not built', 'out of scope']));
  const first = allPlanned.map((row): CatalogueRow =>
    row.id.startsWith('EOS-03-') ? { ...row, state: 'watched' } : row,
  );
  expect(h2specRecords(first).find((record) => record.case === 'generic/2/1')).toEqual({
    case: 'generic/2/1',
    coverage: 'partly',
    rows: ['FRAME-12-priority-frame-tolerated', 'EOS-03-end-stream-on-headers'],
  });
});

test('a remark that several cases share is said once, below the last of them', () => {
  const text = describeSideBySide(
    [
      { group: 'One', case: 'a', coverage: 'covered', rows: ['MSG-02-any-data-split'] },
      { group: 'Two', case: 'bc', coverage: 'out of scope', rows: [], remark: 'another protocol' },
      { group: 'Two', case: 'd', coverage: 'out of scope', rows: [], remark: 'another protocol' },
    ],
    'tests',
  );
  expect(text).toBe(`One
  a   covered       MSG-02-any-data-split

Two
  bc  out of scope
  d   out of scope
      another protocol

3 tests: 1 covered, 2 out of scope
`);
});

import { findStatic, staticTable } from './static-table';

test('the table has the 61 entries of RFC 7541 Appendix A', () => {
  expect(staticTable).toHaveLength(61);
  const spots = [1, 2, 8, 14, 15, 16, 31, 38, 58, 61].map((index) => staticTable[index - 1]);
  expect(spots).toEqual([
    { name: ':authority', value: '' },
    { name: ':method', value: 'GET' },
    { name: ':status', value: '200' },
    { name: ':status', value: '500' },
    { name: 'accept-charset', value: '' },
    { name: 'accept-encoding', value: 'gzip, deflate' },
    { name: 'content-type', value: '' },
    { name: 'host', value: '' },
    { name: 'user-agent', value: '' },
    { name: 'www-authenticate', value: '' },
  ]);
});

test('every entry is found at its own index, its name at the first of that name', () => {
  expect(staticTable.map(findStatic)).toEqual(staticTable.map((_, at) => ({ index: at + 1, hasValue: true })));
  const names = [':status', ':path', 'te', 'constructor'].map((name) => findStatic({ name, value: 'other' }));
  expect(names).toEqual([{ index: 8, hasValue: false }, { index: 4, hasValue: false }, undefined, undefined]);
});

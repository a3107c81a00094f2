import { HpackEncoder } from '../wire/hpack/encoder';
import { headerListSize } from '../wire/header-list-size';
import { fillHeaderList, listFillings } from './fill-header-list';

const ordinary = [
  { name: ':path', value: '/s/m' },
  { name: 'te', value: 'trailers' },
  { name: 'x-last', value: 'whole' },
];

describe.each(listFillings)('%s', (filling) => {
  test.each([250, 300, 1024, 2759, 2790, 4096, 8191, 8192, 65_537, 655_360])(
    '%i octets, no more and no less',
    (size) => {
      const fields = fillHeaderList(ordinary, { size, filling });
      expect(headerListSize(fields)).toBe(size);
      expect(fields.at(-1)).toEqual(ordinary.at(-1));
      expect(fields.slice(0, 2)).toEqual(ordinary.slice(0, 2));
      expect(fields.length).toBeLessThanOrEqual(filling === 'references' ? 300 : 100);
    },
  );

  test('without room for a field there is none', () => {
    expect(fillHeaderList(ordinary, { size: headerListSize(ordinary) + 10, filling })).toEqual(ordinary);
    expect(fillHeaderList(ordinary, { size: 5, filling })).toEqual(ordinary);
  });
});

test('a block of references is small, however large the list is', () => {
  const block = new HpackEncoder().encode(fillHeaderList(ordinary, { size: 655_360, filling: 'references' }));
  expect(block.length).toBeLessThan(8000);
});

import { defaultTimes } from '../connection/script';
import type { TargetFacts } from '../facts/target-facts';
import { emptyCall } from '../grpc/test-service';
import { headerListSize } from '../wire/header-list-size';
import { HpackDecoder } from '../wire/hpack/decoder';
import { settingIds } from '../wire/settings';
import { tableBomb } from './table-bomb';

const factsOf = (table: number | undefined): TargetFacts => ({
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['unary'],
  settings: table === undefined ? [] : [{ id: settingIds.HEADER_TABLE_SIZE, value: table }],
  roundTrip: 1,
  times: defaultTimes,
});

test.each([
  ['the usual table', undefined, 4096],
  ['a small one', 300, 300],
  ['a large one, of which nobody need use more', 65_536, 4096],
])('%s holds one entry, to which each octet refers', (_, table, entry) => {
  const bomb = tableBomb(factsOf(table), emptyCall(), 'cookie');
  const decoder = new HpackDecoder();
  expect(bomb.entry).toBe(entry);
  expect(decoder.decode(bomb.fuse)).toMatchObject({ ok: true });
  const plain = decoder.decode(bomb.block(0));
  const decoded = decoder.decode(bomb.block(9));
  expect(decoded).toMatchObject({ ok: true });
  expect(decoded.fields.filter(({ name }) => name === 'cookie')).toHaveLength(9);
  expect(headerListSize(decoded.fields) - headerListSize(plain.fields)).toBe(9 * entry);
  expect(bomb.block(9).length - bomb.block(0).length).toBe(9);
});

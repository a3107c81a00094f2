import { defaultTimes } from '../connection/script';
import type { TargetFacts } from '../facts/target-facts';
import { emptyCall } from '../grpc/test-service';
import { headerListSize } from '../wire/header-list-size';
import { HpackDecoder } from '../wire/hpack/decoder';
import { settingIds } from '../wire/settings';
import { repeatedOctets, tableBomb } from './table-bomb';

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

test('a block that fills the table anew stands by itself, wherever it comes', () => {
  const bomb = tableBomb(factsOf(undefined), emptyCall(), 'x-bomb');
  const decoder = new HpackDecoder();
  for (const references of [9, 3]) {
    const decoded = decoder.decode(bomb.renewed(references));
    expect(decoded).toMatchObject({ ok: true, sizeUpdates: [0, 4096] });
    expect(decoded.fields.filter(({ name }) => name === 'x-bomb')).toHaveLength(references + 1);
    expect(decoder.table.length).toBe(1);
  }
});

test('octets are repeated as often as is said', () => {
  expect(repeatedOctets(Uint8Array.of(1, 2), 2)).toEqual(Uint8Array.of(1, 2, 1, 2));
  expect(repeatedOctets(Uint8Array.of(1), 0)).toHaveLength(0);
});

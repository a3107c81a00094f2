import * as der from './der';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

test.each<[string, Uint8Array, string]>([
  ['an integer of one octet', der.integer(Uint8Array.of(2)), '020102'],
  ['zero', der.integer(Uint8Array.of(0, 0)), '020100'],
  ['zeros in front do not count', der.integer(Uint8Array.of(0, 0, 1, 0)), '02020100'],
  ['no integer looks negative', der.integer(Uint8Array.of(0x80)), '02020080'],
  ['a short object identifier', der.objectId([2, 5, 4, 3]), '0603550403'],
  ['one with large numbers', der.objectId([1, 2, 840, 10_045, 4, 3, 2]), '06082a8648ce3d040302'],
  ['true', der.boolean(true), '0101ff'],
  ['a bit string of whole octets', der.bitString(Uint8Array.of(1, 2)), '0303000102'],
  ['a sequence', der.sequence(der.boolean(false), der.integer(Uint8Array.of(1))), '3006010100020101'],
  ['an explicit tag', der.tagged(3, der.boolean(true)), 'a3030101ff'],
])('%s', (_, octets, want) => expect(hex(octets)).toBe(want));

test.each([
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_536, '0483010000'],
])('a length of %i octets', (length, want) => {
  const octets = der.octetString(new Uint8Array(length));
  expect(hex(octets).slice(0, want.length)).toBe(want);
  expect(octets).toHaveLength(want.length / 2 + length);
});

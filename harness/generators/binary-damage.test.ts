import { decodeBinaryValue } from '../grpc/metadata';
import { binaryDamageKinds, damagedBinary, damagedBinaryOf, type DamagedBinary } from './binary-damage';
import { checkGenerator } from './check-generator';

checkGenerator('damagedBinary', damagedBinary(), {
  isCorrect: (value) => decodeBinaryValue(damagedBinaryOf(value)) === undefined,
  reaches: Object.fromEntries(binaryDamageKinds.map((kind) => [kind, (value: DamagedBinary) => value.kind === kind])),
});

test.each(binaryDamageKinds)('%s: nothing but the base64 is wrong with the value, wherever the damage is', (kind) => {
  const values = [0, 1, 2, 3, 4, 48].flatMap((length) =>
    [0, 1, 2, 3, 7, 64].map((at) => damagedBinaryOf({ octets: { length, seed: 1 }, kind, at })),
  );
  expect(values.filter((value) => decodeBinaryValue(value) !== undefined)).toEqual([]);
  expect(values.filter((value) => value !== value.trim() || !/^[\x20-\x7e]+$/.test(value))).toEqual([]);
  expect(values.filter((value) => value.includes(','))).toEqual([]);
});

test.each<[DamagedBinary, string]>([
  [{ octets: { length: 0, seed: 1 }, kind: 'spare bits', at: 0 }, 'AR=='],
  [{ octets: { length: 0, seed: 1 }, kind: 'one character too many', at: 0 }, 'A'],
  [{ octets: { length: 0, seed: 1 }, kind: 'inner whitespace', at: 0 }, 'AA AA'],
  [{ octets: { length: 0, seed: 1 }, kind: 'URL-safe alphabet', at: 1 }, '_-_-'],
])('%j is %s', (damaged, want) => {
  expect(damagedBinaryOf(damaged)).toBe(want);
});

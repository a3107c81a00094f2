import fc from 'fast-check';
import {
  binaryFieldValues,
  decodeBinaryValue,
  encodeBinaryValue,
  fieldValue,
  fieldValues,
  hasField,
  isAsciiValue,
  isBinaryName,
  isMetadataName,
  latin1Of,
  octetsOfLatin1,
  splitFieldValues,
} from './metadata';

test.each([
  ['x-a', true, false],
  ['x-a-bin', true, true],
  ['-bin', true, true],
  ['x-bin-a', true, false],
  ['x_a.b-9', true, false],
  ['X-a', false, false],
  ['x a', false, false],
  ['', false, false],
])('name %j: legal %s, binary %s', (name, legal, binary) => {
  expect(isMetadataName(name)).toBe(legal);
  expect(isBinaryName(name)).toBe(binary);
});

test.each([
  ['', true, 'empty'],
  ['a b~', true, 'inner space and the last character'],
  [' a', false, 'outer space'],
  ['a\t', false, 'tab'],
  ['\x7f', false, 'DEL'],
  ['\xe9', false, 'not ASCII'],
])('value %j: %s, %s', (value, want) => {
  expect(isAsciiValue(value)).toBe(want);
});

const fields = [
  { name: 'x-a', value: '1, 2' },
  { name: 'x-b', value: '' },
  { name: 'x-a', value: '3' },
  { name: 'x-c-bin', value: 'AQI,AQI=' },
  { name: 'x-c-bin', value: '!' },
];

test('values of one name, apart and joined', () => {
  expect(fieldValues(fields, 'x-a')).toEqual(['1, 2', '3']);
  expect(splitFieldValues(fields, 'x-a')).toEqual(['1', '2', '3']);
  expect(splitFieldValues(fields, 'x-b')).toEqual(['']);
  expect(splitFieldValues(fields, 'x-none')).toEqual([]);
  expect(fieldValue(fields, 'x-a')).toBe('1, 2');
  expect(hasField(fields, 'x-none')).toBe(false);
});

test('binary values are split before they are decoded', () => {
  const octets = Uint8Array.of(1, 2);
  expect(binaryFieldValues(fields, 'x-c-bin')).toEqual([octets, octets, undefined]);
});

test.each<[string, number[] | undefined, string]>([
  ['', [], 'no octets'],
  ['AA', [0], 'without padding'],
  ['AA==', [0], 'with padding'],
  ['AAE', [0, 1], 'two octets'],
  ['AAE=', [0, 1], 'two octets with padding'],
  ['+/+/', [251, 255, 191], 'the last two digits of the alphabet'],
  ['A', undefined, 'six bits are no octet'],
  ['AA=', undefined, 'padding cut short'],
  ['AAE==', undefined, 'too much padding'],
  ['AAAA=', undefined, 'padding where none is due'],
  ['=', undefined, 'nothing but padding'],
  ['AR==', undefined, 'spare bits that are not zero'],
  ['-_-_', undefined, 'the alphabet for URLs'],
  ['AA AA', undefined, 'blank inside'],
  ['A=A=', undefined, 'padding inside'],
])('base64 %j is %j: %s', (value, want) => {
  expect(decodeBinaryValue(value)).toEqual(want === undefined ? undefined : Uint8Array.from(want));
});

test('any octets come back, with padding and without', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (octets, padding) => {
      expect(decodeBinaryValue(encodeBinaryValue(octets, { padding }))).toEqual(octets);
    }),
    { seed: 1 },
  );
});

test('octets and the strings of fields are the same thing', () => {
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  expect(octetsOfLatin1(latin1Of(all))).toEqual(all);
});

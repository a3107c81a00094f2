import { encodeMessageValue, encodeTag, encodeVarint, longTextOf, type WireField } from './message-value';

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

describe('encodeMessageValue', () => {
  const rows: readonly (readonly [reason: string, field: WireField, want: string])[] = [
    ['a varint of two octets', { number: 1, wire: 'varint', value: '150' }, '089601'],
    ['below zero: ten octets', { number: 1, wire: 'varint', value: '-1' }, '08ffffffffffffffffff01'],
    ['a number of 64 bits', { number: 1, wire: 'varint', value: '18446744073709551615' }, '08ffffffffffffffffff01'],
    ['more octets than needed', { number: 1, wire: 'varint', value: '1', length: 3 }, '08818000'],
    ['a length that is too small', { number: 1, wire: 'varint', value: '150', length: 1 }, '089601'],
    ['a longer tag', { number: 1, wire: 'varint', value: '1', tagLength: 5 }, '888080800001'],
    ['the largest number', { number: 2 ** 29 - 1, wire: 'varint', value: '0' }, 'f8ffffff0f00'],
    ['little-endian', { number: 1, wire: 'fixed32', value: '4294967294' }, '0dfeffffff'],
    ['fixed below zero', { number: 1, wire: 'fixed32', value: '-2' }, '0dfeffffff'],
    ['64 bits', { number: 1, wire: 'fixed64', value: '1' }, '090100000000000000'],
    ['text', { number: 2, wire: 'text', text: 'é' }, '1202c3a9'],
    ['a longer length', { number: 2, wire: 'text', text: 'a', lengthLength: 2 }, '12810061'],
    ['long text', { number: 2, wire: 'long-text', length: 3, seed: 0 }, '1203616161'],
    ['octets', { number: 2, wire: 'octets', length: 2, seed: 0 }, '12020000'],
    [
      'a packed run',
      {
        number: 4,
        wire: 'packed',
        elements: [
          { wire: 'varint', value: '3' },
          { wire: 'varint', value: '270' },
        ],
      },
      '2203038e02',
    ],
    ['a message', { number: 3, wire: 'message', fields: [{ number: 1, wire: 'varint', value: '1' }] }, '1a020801'],
    ['a group', { number: 3, wire: 'group', fields: [{ number: 1, wire: 'varint', value: '1' }] }, '1b08011c'],
  ];
  test.each(rows)('%s', (_reason, field, want) => {
    expect(hex(encodeMessageValue([field]))).toBe(want);
  });

  test('keeps the order of fields', () => {
    const value: readonly WireField[] = [
      { number: 2, wire: 'varint', value: '2' },
      { number: 1, wire: 'varint', value: '1' },
      { number: 2, wire: 'varint', value: '3' },
    ];
    expect(hex(encodeMessageValue(value))).toBe('100208011003');
  });
});

test('encodeTag and encodeVarint write what no message may hold', () => {
  expect(hex(encodeTag(0, 7))).toBe('07');
  expect(hex(encodeVarint(1n, 11))).toBe('8180808080808080808000');
});

test('longTextOf is well-formed UTF-8 of exactly so many octets, with characters of one to four octets', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const texts = Array.from({ length: 300 }, (_, length) => longTextOf({ length, seed: length * 7 + 1 }));
  expect(texts.map((text) => text.length)).toEqual(Array.from({ length: 300 }, (_, length) => length));
  const characters = [...texts.map((text) => decoder.decode(text)).join('')];
  expect(new Set(characters.map((character) => Buffer.byteLength(character)))).toEqual(new Set([1, 2, 3, 4]));
  expect(characters.some((character) => character < ' ' || character === '\x7f')).toBe(false);
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalMessage } from './canonical-message';
import { decodeMessage } from './decode-message';
import { encodeMessageValue, type MessageValue, type WireField } from './message-value';
import { readDescriptorSet } from './read-descriptor-set';

const compiled = Buffer.from(readFileSync(path.join(__dirname, 'fixtures', 'descriptor-set.base64'), 'utf8'), 'base64');
const schema = readDescriptorSet(compiled, 'fixtures');

const octetsOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const varint = (number: number, value: number): WireField => ({ number, wire: 'varint', value: String(value) });
const text = (number: number, value: string): WireField => ({ number, wire: 'text', text: value });
const part = (number: number, ...fields: MessageValue): WireField => ({ number, wire: 'message', fields });
const group = (number: number, ...fields: MessageValue): WireField => ({ number, wire: 'group', fields });

describe('decodeMessage refuses', () => {
  test.each<readonly [reason: string, type: string, hex: string, problem: RegExp, at: number]>([
    ['a tag cut off', 'three.Scalars', '80', /end inside a varint/, 0],
    ['a tag alone', 'three.Scalars', '18', /end inside a varint/, 1],
    ['a varint cut off', 'three.Scalars', '18 80', /end inside a varint/, 1],
    ['a varint of eleven octets', 'three.Scalars', '18 80808080808080808080 00', /more than 10 octets/, 1],
    ['the same in an unknown field', 'three.Scalars', 'f806 80808080808080808080 00', /more than 10 octets/, 2],
    ['a fixed32 cut off', 'three.Scalars', '4d 000000', /inside a number of 4 octets/, 1],
    ['a fixed64 cut off', 'three.Scalars', '51 00000000000000', /inside a number of 8 octets/, 1],
    ['a length beyond the end', 'three.Scalars', '72 02 61', /a length of 2 octets where 1 are left/, 1],
    ['a length of gigabytes', 'three.Scalars', '72 ffffffff0f', /a length of 4294967295 octets where 0/, 1],
    ['the field number 0', 'three.Scalars', '00', /field number 0/, 0],
    ['a field number above 2^29-1', 'three.Scalars', '80808080 10 00', /field number 536870912/, 0],
    ['wire type 6', 'three.Scalars', '1e', /wire type 6/, 0],
    ['wire type 7', 'three.Nothing', '0f', /wire type 7/, 0],
    ['the end of no group', 'three.Scalars', 'fc06', /end of a group that was not begun/, 2],
    ['a group without an end', 'three.Scalars', 'fb06 1800', /a group without an end/, 2],
    ['the end of another group', 'three.Scalars', 'fb06 8407', /the end of group 112 in group 111/, 4],
    ['the end of a group as a field of a message', 'three.Tree', '1a 01 0c', /end of a group that was not begun/, 3],
    ['a known group without an end', 'two.Legacy', '0801 43', /a group without an end/, 3],
    ['text that is not UTF-8', 'three.Scalars', '72 01 ff', /a_string \(field 14\) is not UTF-8/, 2],
    ['a surrogate', 'three.Scalars', '72 03 eda080', /not UTF-8/, 2],
    ['an overlong form', 'three.Scalars', '72 02 c080', /not UTF-8/, 2],
    ['a key that is not UTF-8', 'three.Maps', '0a 03 0a 01 ff', /the string key \(field 1\) is not UTF-8/, 4],
    ['a problem in a message', 'three.Tree', '1a 02 0a 05', /a length of 5 octets where 0 are left/, 3],
    ['a problem in a packed run', 'three.Lists', '0a 02 01 80', /end inside a varint/, 3],
    ['a packed run that ends in a number', 'three.Lists', '1a 03 000000', /inside a number of 4 octets/, 2],
    ['a required field missing', 'two.Legacy', '', /fixtures\.two\.Legacy\.must is missing/, 0],
    ['one missing in a group', 'two.Legacy', '0801 43 44', /fixtures\.two\.Legacy\.Part\.leaf is missing/, 4],
  ])('%s', (_reason, type, hex, problem, at) => {
    expect(decodeMessage(schema, `fixtures.${type}`, octetsOf(hex))).toEqual({
      ok: false,
      problem: expect.stringMatching(problem),
      at,
    });
  });

  const nestedIn = (depth: number, one: (...fields: MessageValue) => WireField): MessageValue =>
    Array.from({ length: depth }).reduce<MessageValue>((fields) => [one(...fields)], []);
  test.each<readonly [what: string, one: (...fields: MessageValue) => WireField]>([
    ['messages', (...fields) => part(3, ...fields)],
    ['unknown groups', (...fields) => group(99, ...fields)],
  ])('%s nested more than 100 deep', (_what, one) => {
    const decode = (depth: number) =>
      decodeMessage(schema, 'fixtures.three.Tree', encodeMessageValue(nestedIn(depth, one))).ok;
    expect([100, 101].map(decode)).toEqual([true, false]);
  });

  test('a million octets of the beginning of groups, in no time', () => {
    expect(decodeMessage(schema, 'fixtures.three.Tree', new Uint8Array(1_000_000).fill(0x0b)).ok).toBe(false);
  });
});

describe('decodeMessage takes', () => {
  test.each<readonly [reason: string, type: string, hex: string]>([
    ['nothing', 'three.Scalars', ''],
    ['unknown fields of every wire type', 'three.Nothing', '0801 1100000000000000ff 1a0161 230801 24 2d00000000'],
    ['a known field with the wire type of another', 'three.Scalars', '1a 03 616161'],
    ['text that is not UTF-8 where nobody verifies', 'two.Legacy', '0801 12 01 ff'],
    ['bytes', 'three.Scalars', '7a 01 ff'],
    ['a varint of ten octets', 'three.Scalars', '18 81808080808080808000'],
    ['a required field of a message in its second piece', 'two.Legacy', '0801 43 44 43 0a00 44'],
  ])('%s', (_reason, type, hex) => {
    expect(decodeMessage(schema, `fixtures.${type}`, octetsOf(hex))).toMatchObject({ ok: true });
  });

  test('numbers by their values', () => {
    const octets = octetsOf('18ffffffffffffffffff01 20ffffffffffffffffff01 28ffffffff0f 3803 4003 5dffffffff 6802');
    const decoded = decodeMessage(schema, 'fixtures.three.Scalars', octets);
    const numbers = decoded.ok ? [...decoded.message.fields].map(([number, values]) => [number, ...values]) : [];
    expect(numbers).toEqual([
      [3, -1n],
      [4, -1n],
      [5, 4294967295n],
      [7, -2n],
      [8, -2n],
      [11, -1n],
      [13, 1n],
    ]);
  });
});

describe('canonicalMessage', () => {
  const canonical = (type: string, value: MessageValue, keepsUnknown = false) =>
    canonicalMessage(schema, `fixtures.${type}`, encodeMessageValue(value), { keepsUnknown });
  const packed = (number: number, ...values: readonly number[]): WireField => ({
    number,
    wire: 'packed',
    elements: values.map((value) => ({ wire: 'varint', value: String(value) })),
  });
  const double = (bits: bigint): WireField => ({ number: 1, wire: 'fixed64', value: String(bits) });
  const entry = (number: number, ...fields: MessageValue) => part(number, ...fields);

  test.each<readonly [reason: string, type: string, a: MessageValue, b: MessageValue]>([
    ['the last value counts', 'three.Scalars', [varint(3, 1), varint(3, 2)], [varint(3, 2)]],
    ['order', 'three.Scalars', [varint(3, 1), varint(4, 2)], [varint(4, 2), varint(3, 1)]],
    ['an implicit default', 'three.Scalars', [varint(3, 0)], []],
    ['a default that overrides', 'three.Scalars', [text(14, 'a'), text(14, '')], []],
    ['bool is true for every number but 0', 'three.Scalars', [varint(13, 7)], [varint(13, 1)]],
    ['32 bits of 64', 'three.Scalars', [{ number: 3, wire: 'varint', value: '4294967295' }], [varint(3, -1)]],
    ['one NaN for all', 'three.Scalars', [double(0x7ff8n << 48n)], [double(0xfff8000000000001n)]],
    ['packed or not', 'three.Lists', [packed(1, 1, 2)], [varint(1, 1), varint(1, 2)]],
    ['packed in pieces', 'three.Lists', [packed(1, 1), packed(1), varint(1, 2)], [packed(1, 1, 2)]],
    [
      'messages are put together',
      'three.Tree',
      [part(3, text(1, 'a')), part(3, part(3))],
      [part(3, text(1, 'a'), part(3))],
    ],
    [
      'groups as well',
      'two.Legacy',
      [varint(1, 1), group(8, part(1)), group(8, group(2))],
      [varint(1, 1), group(8, part(1), group(2))],
    ],
    ['the last member of a oneof', 'three.Choice', [text(1, 'a'), varint(2, 0)], [varint(2, 0)]],
    ['a message in a oneof begins anew', 'three.Choice', [part(3, varint(7, 1)), varint(2, 1), part(3)], [part(3)]],
    [
      'maps have no order',
      'three.Maps',
      [entry(1, text(1, 'a')), entry(1, text(1, 'b'))],
      [entry(1, text(1, 'b')), entry(1, text(1, 'a'))],
    ],
    [
      'the last entry of a key',
      'three.Maps',
      [entry(1, text(1, 'a'), text(2, 'x')), entry(1, text(1, 'a'))],
      [entry(1, text(1, 'a'))],
    ],
    ['defaults in an entry', 'three.Maps', [entry(1, text(1, ''), text(2, ''))], [entry(1)]],
    ['the default of a message in an entry', 'three.Maps', [entry(6, varint(1, 1), part(2))], [entry(6, varint(1, 1))]],
    ['value before key', 'three.Maps', [entry(1, text(2, 'x'), text(1, 'a'))], [entry(1, text(1, 'a'), text(2, 'x'))]],
    ['unknown fields', 'three.Scalars', [varint(99, 1), group(100)], []],
    [
      'an undeclared number of a closed enum',
      'two.Legacy',
      [varint(1, 1), varint(7, 3), varint(7, 5)],
      [varint(1, 1), varint(7, 3)],
    ],
    ['one among others', 'edition.Holder', [varint(1, 1), varint(1, 9), varint(1, 2)], [varint(1, 1), varint(1, 2)]],
    ['an entry with one', 'two.Legacy', [varint(1, 1), entry(13, text(1, 'a'), varint(2, 7))], [varint(1, 1)]],
  ])('is the same: %s', (_reason, type, a, b) => {
    expect(canonical(type, a)).toBe(canonical(type, b));
    expect(canonical(type, a)).toBeDefined();
  });

  test.each<readonly [reason: string, type: string, a: MessageValue, b: MessageValue]>([
    ['an explicit default', 'three.Scalars', [varint(16, 0)], []],
    ['negative zero', 'three.Scalars', [double(1n << 63n)], []],
    ['an empty message', 'three.Tree', [part(3)], []],
    ['an empty element', 'three.Lists', [text(7, '')], []],
    ['order in a list', 'three.Lists', [packed(1, 1, 2)], [packed(1, 2, 1)]],
    ['a default in a oneof', 'three.Choice', [varint(2, 0)], []],
    ['an entry of defaults', 'three.Maps', [entry(1)], []],
    ['an undeclared number of an open enum', 'three.Scalars', [varint(18, 77)], [varint(18, 78)]],
    ['a default of proto2', 'two.Legacy', [varint(1, 1), text(2, '')], [varint(1, 1)]],
  ])('is another: %s', (_reason, type, a, b) => {
    expect(canonical(type, a)).not.toBe(canonical(type, b));
  });

  test('counts unknown fields when it is asked to', () => {
    expect(canonical('three.Nothing', [varint(9, 1)], true)).not.toBe(canonical('three.Nothing', [varint(9, 2)], true));
    expect(canonical('three.Nothing', [varint(9, 1), varint(8, 1)], true)).toBe(
      canonical('three.Nothing', [varint(8, 1), varint(9, 1)], true),
    );
  });

  test('is nothing for what does not decode', () => {
    expect(canonicalMessage(schema, 'fixtures.three.Nothing', octetsOf('0f'))).toBeUndefined();
  });
});

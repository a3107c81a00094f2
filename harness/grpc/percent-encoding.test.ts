import fc from 'fast-check';
import { decodePercent, encodePercent, findPercentEncodingFault, type PercentEncodingFault } from './percent-encoding';

test.each([
  ['plain text ~!"', 'plain text ~!"'],
  ['100%', '100%25'],
  ['\t\r\n\x7f', '%09%0D%0A%7F'],
  ['é☺😈', '%C3%A9%E2%98%BA%F0%9F%98%88'],
])('%j is written %j', (text, value) => {
  expect(encodePercent(text)).toBe(value);
});

test.each([
  ['100%', '100%', 'a lone percent sign stays'],
  ['%zz%4', '%zz%4', 'so do escapes that are none'],
  ['%e2%98%ba', '☺', 'lower case is understood'],
  ['%FF', '\ufffd', 'no UTF-8'],
  ['\xe2\x98\xba', '☺', 'raw octets are read as UTF-8'],
  ['%2541', '%41', 'decoded once only'],
])('%j means %j: %s', (value, text) => {
  expect(decodePercent(value)).toBe(text);
});

test.each<[string, PercentEncodingFault | undefined, string]>([
  ['', undefined, 'empty'],
  [' ~%25%0A', undefined, 'all of the alphabet'],
  ['a%', { at: 1, kind: 'escape' }, 'nothing after the percent sign'],
  ['%4', { at: 0, kind: 'escape' }, 'one digit'],
  ['%25%4g', { at: 3, kind: 'escape' }, 'no digit'],
  ['ab\x7f', { at: 2, kind: 'octet' }, 'DEL'],
  ['\xe2', { at: 0, kind: 'octet' }, 'raw UTF-8'],
  ['\t', { at: 0, kind: 'octet' }, 'control character'],
  ['%0a', { at: 0, kind: 'lower-case' }, 'lower case'],
  ['%0a\x01', { at: 3, kind: 'octet' }, 'the graver fault is told'],
])('the fault of %j is %j: %s', (value, want) => {
  expect(findPercentEncodingFault(value)).toEqual(want);
});

test('any text comes back, and is written without a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodePercent(encodePercent(text))).toBe(text);
      expect(findPercentEncodingFault(encodePercent(text))).toBeUndefined();
    }),
    { seed: 1 },
  );
});

test('any value decodes to some text', () => {
  const anything = fc.uint8Array().map((octets) => Buffer.from(octets).toString('latin1'));
  fc.assert(
    fc.property(anything, (value) => typeof decodePercent(value) === 'string'),
    { seed: 1 },
  );
});

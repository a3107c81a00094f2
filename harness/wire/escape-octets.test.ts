import { escapeOctets } from './escape-octets';

describe('escapeOctets', () => {
  test.each<[why: string, value: string | Uint8Array, max: number | undefined, want: string]>([
    ['printable ASCII stays', 'grpc-status: 0 ~', undefined, 'grpc-status: 0 ~'],
    ['a terminal escape loses its power', '\u001b[31mred', undefined, '\\x1b[31mred'],
    ['a line break cannot forge a line', 'a\r\nb', undefined, 'a\\x0d\\x0ab'],
    ['a backslash is doubled, so that the result is unambiguous', '\\x41', undefined, '\\\\x41'],
    ['DEL and high octets', Uint8Array.of(0x7f, 0x80, 0xff), undefined, '\\x7f\\x80\\xff'],
    ['a character that is no octet', '\u202e', undefined, '\\u{202e}'],
    ['exactly the limit is not cut', 'abc', 3, 'abc'],
    ['one more is', 'abcd', 3, 'abc... (+1 octet)'],
    ['octets are counted before they are escaped', Uint8Array.of(0, 0, 0, 0), 2, '\\x00\\x00... (+2 octets)'],
    ['the default limit', 'x'.repeat(500), undefined, `${'x'.repeat(120)}... (+380 octets)`],
  ])('%s', (_why, value, max, want) => {
    expect(escapeOctets(value, max)).toBe(want);
  });
});

import fc from 'fast-check';
import { decodeInteger, encodeInteger } from './integer';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('RFC 7541 Appendix C.1, in both directions', () => {
  test.each<[section: string, value: number, prefixBits: number, flags: number, want: string]>([
    ['C.1.1 10 with a prefix of 5 bits', 10, 5, 0, '0a'],
    ['C.1.2 1337 with a prefix of 5 bits', 1337, 5, 0, '1f9a0a'],
    ['C.1.3 42 at an octet boundary', 42, 8, 0, '2a'],
    ['the first value that does not fit the prefix', 31, 5, 0xe0, 'ff00'],
    ['the last that fits', 30, 5, 0xe0, 'fe'],
    ['the largest that we take', 0xffff_ffff, 7, 0x80, 'ff80ffffff0f'],
  ])('%s', (_section, value, prefixBits, flags, want) => {
    expect(encodeInteger(value, prefixBits, flags)).toEqual(octets(want));
    expect(decodeInteger(octets(want), 0, prefixBits)).toEqual({ ok: true, value, end: want.length / 2 });
  });
});

describe('decodeInteger', () => {
  test.each<[why: string, hex: string, rule: string]>([
    ['no octet at all', '', 'truncated'],
    ['the prefix promises more', '1f', 'truncated'],
    ['the continuation promises more', '1f 80 80', 'truncated'],
    ['2^32', '1f e1 ff ff ff 0f', 'integer-overflow'],
    ['2^35', '1f ff ff ff ff 7f', 'integer-overflow'],
    ['2^70, where doubles are not exact', '1f ff ff ff ff ff ff ff ff ff 7f', 'integer-overflow'],
    ['ten continuation octets that are worth nothing', '1f 80 80 80 80 80 80 80 80 80 00', 'integer-overflow'],
    ['continuation without end', '1f 80 80 80 80 80 80 80 80 80 80 80 80 80', 'integer-overflow'],
  ])('refuses %s', (_why, hex, rule) => {
    expect(decodeInteger(octets(hex), 0, 5)).toMatchObject({ ok: false, error: { rule, offset: 0 } });
  });

  test('takes an over-long number that is in range: odd, but RFC 7541 does not forbid it', () => {
    expect(decodeInteger(octets('1f 80 80 80 80 80 80 80 80 00'), 0, 5)).toEqual({ ok: true, value: 31, end: 10 });
    expect(decodeInteger(octets('1f e0 ff ff ff 0f'), 0, 5)).toEqual({ ok: true, value: 0xffff_ffff, end: 6 });
  });
});

describe('encodeInteger', () => {
  test('every value, prefix and number of extra octets comes back', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 0xffff_ffff })),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 4 }),
        (value, prefixBits, extraContinuation) => {
          const encoded = encodeInteger(value, prefixBits, 0, { extraContinuation });
          expect(decodeInteger(encoded, 0, prefixBits)).toEqual({ ok: true, value, end: encoded.length });
        },
      ),
      { seed: 7541, numRuns: 1000 },
    );
  });

  test.each<[why: string, got: () => Uint8Array, want: string]>([
    ['extra zeros', () => encodeInteger(1337, 5, 0, { extraContinuation: 3 }), '1f 9a 8a 80 80 00'],
    [
      'no room for extra zeros in a prefix that is not full',
      () => encodeInteger(10, 5, 0, { extraContinuation: 3 }),
      '0a',
    ],
    ['above every limit', () => encodeInteger(2n ** 64n, 5, 0x20), '3f e1 ff ff ff ff ff ff ff ff 01'],
  ])('writes what a decoder must judge: %s', (_why, got, want) => {
    expect(got()).toEqual(octets(want));
  });

  test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%s is a mistake of the script', (value) => {
    expect(() => encodeInteger(value, 5)).toThrow(expect.objectContaining({ code: 'ERR_SCRIPT' }));
  });
});

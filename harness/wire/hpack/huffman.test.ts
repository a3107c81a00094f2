import fc from 'fast-check';
import { decodeHuffman, encodeHuffman, huffmanLength, type HuffmanPadding } from './huffman';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const strings = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const settings = { seed: 7541, numRuns: 1000 };

describe('the code of RFC 7541 Appendix B', () => {
  test.each<[symbol: number, bits: string]>([
    [0x30, '00000'],
    [0x74, '01001'],
    [0x20, '010100'],
    [0x75, '101101'],
    [0x3a, '1011100'],
    [0x7a, '1111011'],
    [0x26, '11111000'],
    [0x5a, '11111101'],
    [0x21, '1111111000'],
    [0x7c, '11111111100'],
    [0x3e, '111111111011'],
    [0x00, '1111111111000'],
    [0x7d, '11111111111101'],
    [0x7b, '111111111111110'],
    [0x5c, '1111111111111110000'],
    [0xe2, '11111111111111101101'],
    [0xe6, '111111111111111101000'],
    [0xe9, '1111111111111111101011'],
    [0xef, '11111111111111111110100'],
    [0x09, '111111111111111111101010'],
    [0xeb, '1111111111111111111101111'],
    [0xff, '11111111111111111111101110'],
    [0xfe, '111111111111111111111110000'],
    [0xf9, '1111111111111111111111111110'],
    [0x16, '111111111111111111111111111110'],
  ])('of each length, symbol %i', (symbol, bits) => {
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    const got = [...encodeHuffman(String.fromCharCode(symbol))]
      .map((octet) => octet.toString(2).padStart(8, '0'))
      .join('');
    expect(got).toBe(padded);
  });

  test('gives every octet back', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
    expect(decodeHuffman(encodeHuffman(all))).toBe(all);
  });
});

describe('decodeHuffman', () => {
  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(strings, (text) => {
        const encoded = encodeHuffman(text);
        expect(encoded.length).toBe(huffmanLength(text));
        expect(decodeHuffman(encoded)).toBe(text);
      }),
      settings,
    );
  });

  test('accepts only octets that an encoder would write, and never throws', () => {
    const likely = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0xff, 0xfe, 0x1f));
    fc.assert(
      fc.property(fc.array(likely, { maxLength: 12 }), (values) => {
        const given = Uint8Array.from(values);
        const text = decodeHuffman(given);
        const again = typeof text === 'string' ? encodeHuffman(text) : given;
        expect(again).toEqual(given);
      }),
      settings,
    );
  });

  test.each<[why: string, hex: string, rule: string, reason: RegExp]>([
    ['an octet of nothing but padding', 'ff', 'huffman-padding', /8 bits of padding/],
    ['a string and then an octet of padding', 'f1e3c2e5f23a6ba0ab90f4ffff', 'huffman-padding', /bits of padding/],
    ['29 ones: one short of EOS, with a zero after', 'fffffff8', 'huffman-padding', /not all ones/],
    ['24 ones', 'ffffff', 'huffman-padding', /24 bits/],
    ['padding of zeros', '18', 'huffman-padding', /not all ones/],
    ['padding with one zero', '1e', 'huffman-padding', /not all ones/],
    ['EOS alone', 'fffffffc', 'huffman-eos', /EOS/],
    ['EOS with padding of ones', 'ffffffff', 'huffman-eos', /EOS/],
    ['EOS after a symbol, and more after it', '07ffffffff00', 'huffman-eos', /EOS/],
    ['a symbol that is cut off', 'fffffe', 'huffman-padding', /not all ones/],
  ])('refuses %s', (_why, hex, rule, reason) => {
    expect(decodeHuffman(octets(hex))).toMatchObject({ rule, reason: expect.stringMatching(reason) });
  });

  test.each<[why: string, hex: string, want: string]>([
    ['nothing', '', ''],
    ['no padding', 'f8', '&'],
    ['three bits of padding', '07', '0'],
    ['seven bits of padding', '0000007f', '00000'],
  ])('accepts %s', (_why, hex, want) => {
    expect(decodeHuffman(octets(hex))).toBe(want);
  });

  test('reads only the part it is given', () => {
    expect(decodeHuffman(octets('ff07ff'), 1, 2)).toBe('0');
  });
});

describe('encodeHuffman damages', () => {
  test.each<[padding: HuffmanPadding, rule: string]>([
    ['zeros', 'huffman-padding'],
    ['overlong', 'huffman-padding'],
    ['eos', 'huffman-eos'],
  ])('%s so that a strict decoder always refuses', (padding, rule) => {
    fc.assert(
      fc.property(strings, (text) => {
        expect(decodeHuffman(encodeHuffman(text, { padding }))).toMatchObject({ rule });
      }),
      settings,
    );
  });
});

test('a character that is no octet is a mistake of ours', () => {
  expect(() => encodeHuffman('\u20ac')).toThrow(expect.objectContaining({ code: 'ERR_SCRIPT' }));
});

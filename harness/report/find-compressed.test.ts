import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { joinOctets } from '../wire/join-octets';
import { compressedFinder } from './find-compressed';
import type { Place } from './find-pieces';
import { secretsOf } from './secrets';

const token = 't0p-s3cret-value-of-ours';
const text = `words before ${token} and words behind it`;
const { find } = secretsOf([{ name: 'authorization', value: token }]);

function search(octets: Uint8Array, areMessages = true): readonly Place[] {
  return compressedFinder(find, octets.length)(octets, areMessages);
}

const flagged = (octets: Uint8Array): Uint8Array => encodeMessage(octets, { compressedFlag: 1 });

test.each<[string, Uint8Array, boolean]>([
  ['gzip', gzipSync(text), false],
  ['gzip behind other octets', joinOctets([Buffer.from('abc'), gzipSync(text)]), false],
  ['zlib', deflateSync(text), false],
  ['a message of raw deflate', flagged(deflateRawSync(text)), true],
  ['a message of zlib with a small window', flagged(deflateSync(text, { windowBits: 9 })), true],
  [
    'a message behind others',
    joinOctets([encodeMessage(Buffer.from('a')), flagged(gzipSync('b')), flagged(gzipSync(text))]),
    true,
  ],
  ['two members of gzip', joinOctets([gzipSync('a'), gzipSync(text)]), false],
  [
    'gzip with a name',
    joinOctets([
      Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3),
      Buffer.from('name\0', 'latin1'),
      deflateRawSync(text),
    ]),
    false,
  ],
  ['gzip that is cut short', gzipSync(text + Buffer.alloc(300, 'abcdefg').toString()).subarray(0, -12), false],
  ['gzip with octets behind it', joinOctets([gzipSync(text), Buffer.from('abc')]), false],
])('a secret is found in %s', (_name, octets, areMessages) => {
  expect(search(octets, areMessages)).toHaveLength(1);
});

test('what is spoiled is read up to its fault', () => {
  const words = Array.from({ length: 3000 }, (_, index) => `${index * 7919}`).join(' ');
  const octets = gzipSync(`${text}${words}`).subarray();
  // A block of a type that there is not, in the place of the rest (RFC 1951 §3.2.3).
  const spoiled = joinOctets([octets.subarray(0, octets.length >> 1), Buffer.alloc(2000, 0xff)]);
  expect(search(spoiled, false)).toHaveLength(1);
});

test('nothing is found in what holds none, nor in what is not compressed', () => {
  expect(search(flagged(gzipSync('words alone')))).toEqual([]);
  expect(search(flagged(Buffer.from('no compressed text at all')))).toEqual([]);
  expect(search(Buffer.alloc(2 ** 20, 'x\x01y\x9c', 'latin1').subarray(0, 200))).toEqual([]);
});

test('what cannot be looked into within bounds is hidden', () => {
  const bomb = flagged(gzipSync(Buffer.alloc(2 ** 26)));
  const [place, ...others] = search(joinOctets([bomb, encodeMessage(Buffer.from('a'))]));
  expect(others).toEqual([]);
  expect(place?.to).toBe(bomb.length);
  const flood = joinOctets([Buffer.alloc(2 ** 20, 'x\x01', 'latin1'), gzipSync(text)]);
  expect(search(flood, false).at(-1)?.to).toBe(flood.length);
});

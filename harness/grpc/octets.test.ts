import { gzipSync } from 'node:zlib';
import { octetsOf } from './octets';

test('a spec always stands for the same octets', () => {
  // Saved failure files name octets by length and seed: these values must never change.
  expect(Buffer.from(octetsOf({ length: 10, seed: 1 })).toString('hex')).toBe('6bf9a0969083bc126499');
  expect(Buffer.from(octetsOf({ length: 5, seed: 0xffff })).toString('hex')).toBe('927da43e80');
});

test('seed 0 gives zeros', () => {
  expect([...octetsOf({ length: 4, seed: 0 })]).toEqual([0, 0, 0, 0]);
});

test.each([0, 1, 2, 3, 4, 5, 16_383])('%d octets are the beginning of more', (length) => {
  const octets = octetsOf({ length, seed: 7 });
  expect(octets).toHaveLength(length);
  expect(octets).toEqual(octetsOf({ length: 16_384, seed: 7 }).subarray(0, length));
});

test('seeds side by side have nothing in common, and none can be compressed', () => {
  const octets = [1, 2, 3, 4].map((seed) => octetsOf({ length: 4096, seed }));
  const all = Buffer.concat(octets);
  expect(gzipSync(all).length).toBeGreaterThan(all.length);
});

test('an input of a stranger cannot ask for octets without end', () => {
  expect(octetsOf({ length: 2 ** 26, seed: 0 })).toHaveLength(2 ** 26);
  expect(() => octetsOf({ length: 2 ** 26 + 1, seed: 1 })).toThrow(expect.objectContaining({ code: 'ERR_SCRIPT' }));
});

import { gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { deflate, deflateRaw, gzip, inflate, type GzipShape } from './compression';
import { octetsOf } from './octets';
import { joinOctets } from '../wire/join-octets';

const octets = octetsOf({ length: 3000, seed: 1 });

test('every shape of a gzip member holds the same octets', () => {
  const text = fc.option(fc.string(), { nil: undefined });
  const shapes: fc.Arbitrary<GzipShape> = fc.record({
    level: fc.integer({ min: 0, max: 9 }),
    fixed: fc.boolean(),
    name: text,
    comment: text,
    headerCrc: fc.boolean(),
  });
  fc.assert(
    fc.property(shapes, (shape) => {
      expect(inflate('gzip', gzip(octets, shape), 3000)).toEqual({ ok: true, octets });
    }),
    { seed: 1 },
  );
});

test('the optional parts of the header are there', () => {
  const member = gzip(octets, { name: 'n', comment: 'co', headerCrc: true });
  expect(member[3]).toBe(0x08 | 0x10 | 0x02);
  expect(Buffer.from(member.subarray(10, 15)).toString('latin1')).toBe('n\0co\0');
  // Node checks the CRC of the header: one that is wrong does not pass.
  const damaged = Uint8Array.from(member);
  damaged[15]! ^= 1;
  expect(() => gunzipSync(damaged)).toThrow('header crc mismatch');
});

test('level 0 stores', () => {
  const zeros = new Uint8Array(3000);
  expect(gzip(zeros, { level: 0 }).length).toBeGreaterThan(3000);
  expect(gzip(zeros, { level: 9 }).length).toBeLessThan(100);
});

test('deflate is the zlib format', () => {
  const encoded = deflate(octets);
  expect(encoded[0]).toBe(0x78);
  expect(inflate('deflate', encoded, 3000)).toEqual({ ok: true, octets });
});

test('several gzip members are one stream', () => {
  const [first, second] = [octets.subarray(0, 1000), octets.subarray(1000)];
  expect(inflate('gzip', joinOctets([gzip(first), gzip(second)]), 3000)).toEqual({ ok: true, octets });
});

test.each([
  ['one octet too many', 'gzip', gzip(octets), 2999, 'too-large'],
  ['a bomb', 'gzip', gzip(new Uint8Array(10_000_000)), 1000, 'too-large'],
  ['anything where nothing is allowed', 'gzip', gzip(Uint8Array.of(1)), 0, 'too-large'],
  ['identity beyond the limit', 'identity', octets, 10, 'too-large'],
  ['not gzip', 'gzip', octets, 3000, 'corrupt'],
  ['no octets', 'gzip', new Uint8Array(0), 3000, 'corrupt'],
  ['cut short', 'gzip', gzip(octets).subarray(0, 100), 3000, 'corrupt'],
  ['zeros behind a gzip member', 'gzip', joinOctets([gzip(octets), new Uint8Array(8)]), 3000, 'corrupt'],
  ['garbage behind a gzip member', 'gzip', joinOctets([gzip(octets), Uint8Array.of(1, 2, 3)]), 3000, 'corrupt'],
  ['an octet behind a zlib stream', 'deflate', joinOctets([deflate(octets), Uint8Array.of(0)]), 3000, 'corrupt'],
  ['a second zlib stream', 'deflate', joinOctets([deflate(octets), deflate(octets)]), 6000, 'corrupt'],
  ['gzip where zlib was promised', 'deflate', gzip(octets), 3000, 'corrupt'],
] as const)('%s', (_, encoding, encoded, limit, reason) => {
  expect(inflate(encoding, encoded, limit)).toEqual({ ok: false, reason });
});

test.each(['gzip', 'deflate', 'identity'] as const)('no octets of %s pass a limit of 0', (encoding) => {
  const none = new Uint8Array(0);
  const encoded = { gzip: gzip(none), deflate: deflate(none), identity: none }[encoding];
  expect(inflate(encoding, encoded, 0)).toEqual({ ok: true, octets: none });
});

test('raw deflate has neither the header nor the check sum of zlib', () => {
  const three = Uint8Array.of(1, 2, 3);
  const raw = deflateRaw(three);
  expect(inflate('deflate', raw, 10).ok).toBe(false);
  expect([...inflateRawSync(raw)]).toEqual([...three]);
});

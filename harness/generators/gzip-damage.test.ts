import fc from 'fast-check';
import { gzip, inflate } from '../grpc/compression';
import { octetsOf } from '../grpc/octets';
import { damageGzip, gzipDamage, gzipDamageKinds, type GzipDamage } from './gzip-damage';
import { message } from './message';

const member = gzip(octetsOf({ length: 100, seed: 1 }));

/** Number of octets that differ, or undefined when there are more or fewer of them. */
const differing = (octets: Uint8Array): readonly number[] | undefined =>
  octets.length === member.length
    ? [...octets.keys()].filter((at) => octets[at] !== member[at]).map((at) => (at < 10 ? at : at - member.length))
    : undefined;

test.each<[GzipDamage, readonly number[]]>([
  [{ kind: 'header', bit: 0 }, [0]],
  [{ kind: 'header', bit: 23 }, [2]],
  [{ kind: 'check-sum', bit: 0 }, [-8]],
  [{ kind: 'check-sum', bit: 31 }, [-5]],
  [{ kind: 'size', bit: 0 }, [-4]],
  [{ kind: 'size', bit: 31 }, [-1]],
])('%j changes one octet', (damage, want) => {
  expect(differing(damageGzip(member, damage))).toEqual(want);
});

test.each<[GzipDamage, number, string]>([
  [{ kind: 'truncated', drop: 8 }, member.length - 8, 'without check sum and size'],
  [{ kind: 'truncated', drop: 4000 }, 1, 'one octet is left'],
  [{ kind: 'nothing' }, 0, 'no octet'],
  [{ kind: 'no-member', octets: { length: 7, seed: 1 } }, 7, 'something else'],
  [{ kind: 'junk', octets: { length: 7, seed: 1 } }, member.length + 7, 'something behind it'],
])('%j makes %i octets: %s', (damage, want) => {
  expect(damageGzip(member, damage)).toHaveLength(want);
});

test('what is damaged inflates to nothing, whatever the member is and however it was written', () => {
  const cases = fc.record({
    payload: message({ maxLength: 300 }),
    level: fc.nat(9),
    fixed: fc.boolean(),
    damage: gzipDamage(),
  });
  fc.assert(
    fc.property(cases, ({ payload, damage, ...shape }) => {
      return !inflate('gzip', damageGzip(gzip(octetsOf(payload), shape), damage), 1_000_000).ok;
    }),
    { seed: 1952, numRuns: 1000 },
  );
});

test('every kind comes up', () => {
  const kinds = new Set(fc.sample(gzipDamage(), { seed: 1, numRuns: 200 }).map(({ kind }) => kind));
  expect([...kinds].toSorted()).toEqual([...gzipDamageKinds].toSorted());
});

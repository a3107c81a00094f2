import fc from 'fast-check';
import type { TableCall } from '../moves/table-of-requests';
import { boundaryInteger } from './boundary-integer';
import { list } from './list';
import { oneOf, record } from './shapes';

/** Octets of the shortest field that is copied, about: what is over when one is to be as large as the table. */
const roomInTable = 3900;

/**
 * Calls that insert, repeat, and refer to what is old, one after the other on a connection.
 * @param options `sizes`: what a block says of the table's size
 */
export function tableCalls({
  minCount = 2,
  maxCount = 12,
  inserts = { min: 0, max: 20 },
  sizes = fc.constant<readonly number[]>([]),
}: {
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly inserts?: { readonly min: number; readonly max: number };
  readonly sizes?: fc.Arbitrary<readonly number[]>;
} = {}): fc.Arbitrary<readonly TableCall[]> {
  return list(
    record<TableCall>({
      sizes,
      inserts: boundaryInteger({ ...inserts, boundaries: [1, 2] }),
      length: oneOf(
        { arbitrary: fc.nat(8), weight: 3 },
        { arbitrary: boundaryInteger({ max: 400, boundaries: [100] }), weight: 1 },
      ),
      isQuiet: fc.boolean(),
      isFirst: fc.boolean(),
      copied: fc.constantFrom('insert', 'refer', 'name', 'again', 'fit'),
      pick: oneOf({ arbitrary: fc.constant(0), weight: 2 }, { arbitrary: fc.nat(20), weight: 1 }),
      more: oneOf(
        { arbitrary: fc.nat(30), weight: 4 },
        { arbitrary: boundaryInteger({ max: roomInTable, boundaries: [1000, 2000] }), weight: 1 },
      ),
    }),
    { minCount, maxCount },
  );
}

/** One or two table size updates as an encoder may write them: to any size up to the limit, or first to a smaller one (RFC 7541 §4.2). */
export function sizeUpdates({
  limit,
  atMost = 2,
}: {
  readonly limit: number;
  readonly atMost?: 1 | 2;
}): fc.Arbitrary<readonly number[]> {
  const size = boundaryInteger({ max: limit, boundaries: [31, 32, 33, 64, 100, 200, 1000, limit - 1] });
  return list(size, { minCount: 1, maxCount: atMost }).map(
    (drawn) => drawn.toSorted((a, b) => a - b),
    (value) => value as readonly number[],
  );
}

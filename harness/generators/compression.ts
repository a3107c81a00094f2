import fc from 'fast-check';
import type { DeflateShape, GzipShape } from '../grpc/compression';
import { boundaryInteger } from './boundary-integer';
import { oneOf, text } from './shapes';

const fileNameAlphabet = 'abcdefghijklmnopqrstuvwxyz.-_ ';

/**
 * Every legal look of a gzip member: level, stored blocks (level 0), fixed codes, FNAME, FCOMMENT, FHCRC (RFC 1952 §2.3); what is absent is as usual.
 * Shrinks to nothing unusual.
 */
export function gzipShape(): fc.Arbitrary<GzipShape> {
  const contents = { level: boundaryInteger({ max: 9, boundaries: [0, 1, 9] }), fixed: fc.boolean() };
  const header = {
    name: text(fileNameAlphabet, { maxLength: 16 }),
    comment: text(fileNameAlphabet, { maxLength: 16 }),
    headerCrc: fc.boolean(),
  };
  const constraints: fc.RecordConstraints<never> = { requiredKeys: [], noNullPrototype: true };
  // Most members have a plain header, and what is in it must not hide how the contents look: a key that may be absent is there five times out of six.
  return oneOf<GzipShape>(
    { arbitrary: fc.record(contents, constraints), weight: 1 },
    { arbitrary: fc.record({ ...contents, ...header }, constraints), weight: 1 },
  );
}

/** Every look of a zlib stream: level, stored blocks (level 0), fixed codes, size of the window. Shrinks to nothing unusual. */
export function deflateShape(): fc.Arbitrary<DeflateShape> {
  const shape = {
    level: boundaryInteger({ max: 9, boundaries: [0, 1, 9] }),
    fixed: fc.boolean(),
    windowBits: fc.integer({ min: 9, max: 15 }),
  };
  return fc.record(shape, { requiredKeys: [], noNullPrototype: true });
}

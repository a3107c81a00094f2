import fc from 'fast-check';
import type { GzipShape } from '../grpc/compression';
import { text } from './shapes';

const fileNameAlphabet = 'abcdefghijklmnopqrstuvwxyz.-_ ';

/**
 * Every legal look of a gzip member: level, stored blocks (level 0), fixed codes, FNAME, FCOMMENT, FHCRC (RFC 1952 §2.3); what is absent is as usual.
 * Shrinks to nothing unusual.
 */
export function gzipShape(): fc.Arbitrary<GzipShape> {
  return fc.record(
    {
      level: fc.integer({ min: 0, max: 9 }),
      fixed: fc.boolean(),
      name: text(fileNameAlphabet, { maxLength: 16 }),
      comment: text(fileNameAlphabet, { maxLength: 16 }),
      headerCrc: fc.boolean(),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
}

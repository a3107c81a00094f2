import fc from 'fast-check';
import type { GzipShape } from '../grpc/compression';
import { record, text } from './shapes';

const fileNameAlphabet = 'abcdefghijklmnopqrstuvwxyz.-_ ';

/** Every legal look of a gzip member: level, stored blocks (level 0), fixed codes, FNAME, FCOMMENT, FHCRC (RFC 1952 §2.3). Shrinks to the plainest. */
export function gzipShape(): fc.Arbitrary<GzipShape> {
  const optionalText = fc.option(text(fileNameAlphabet, { maxLength: 16 }), { nil: undefined });
  return record<GzipShape>({
    level: fc.integer({ min: 0, max: 9 }),
    fixed: fc.boolean(),
    name: optionalText,
    comment: optionalText,
    headerCrc: fc.boolean(),
  });
}

import type { FieldSpec } from '../../harness';

/**
 * How a flawed field is written in one request, or in two of them: in the second as an index to what the first, refused one has left in the dynamic table, where
 * it could be taken for one that was looked at.
 */
export const writtenOnceOrTwice = (again: boolean): readonly Pick<FieldSpec, 'representation'>[] =>
  again ? [{ representation: 'incremental' }, { representation: 'indexed' }] : [{}];

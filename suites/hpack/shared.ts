import type { FieldSpec } from '../../harness';

/** The same fields, none of which goes into the table or refers to it. */
export const withoutIndexing = (fields: readonly FieldSpec[]): readonly FieldSpec[] =>
  fields.map((field) => (field.octets === undefined ? { ...field, representation: 'without-indexing' } : field));

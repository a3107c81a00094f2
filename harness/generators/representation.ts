import fc from 'fast-check';
import type { FieldSpec } from '../wire/hpack/encoder';
import { list, record } from './shapes';

/** How a field is written in a field block, its name and value apart (RFC 7541 §6). */
export type Representation = Required<Pick<FieldSpec, 'representation' | 'huffman' | 'nameIndex'>>;

/** Legal ways to write fields, to be given to them by {@link represent}. */
export function representations({ maxCount = 12 }: { readonly maxCount?: number } = {}): fc.Arbitrary<
  readonly Representation[]
> {
  return list(
    record<Representation>({
      representation: fc.constantFrom('indexed', 'incremental', 'without-indexing', 'never-indexed'),
      huffman: fc.boolean(),
      nameIndex: fc.boolean(),
    }),
    { maxCount },
  );
}

/** The same fields, written in the ways given, in rotation; as the encoder likes it when none are given. */
export function represent(fields: readonly FieldSpec[], ways: readonly Representation[]): readonly FieldSpec[] {
  if (ways.length === 0) return fields;
  return fields.map((field, index) => ({ ...field, ...ways[index % ways.length] }));
}

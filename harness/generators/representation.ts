import fc from 'fast-check';
import type { FieldSpec } from '../wire/hpack/encoder';
import { list } from './list';
import { record } from './shapes';

/** How a field is written in a field block, apart from its name and value (RFC 7541 §6). */
export interface FieldRepresentation {
  /** `indexed` becomes a literal where no table has the field. */
  readonly representation: NonNullable<FieldSpec['representation']>;
  readonly huffman: { readonly name: boolean; readonly value: boolean };
  readonly nameIndex: 'auto' | 'literal';
}

/** Legal ways to write fields, for {@link represent}. Shrinks to none, which is how a plain client writes. */
export function representations({ maxCount = 12 }: { readonly maxCount?: number } = {}): fc.Arbitrary<
  readonly FieldRepresentation[]
> {
  return list(
    record<FieldRepresentation>({
      representation: fc.constantFrom('indexed', 'incremental', 'without-indexing', 'never-indexed'),
      huffman: record<FieldRepresentation['huffman']>({ name: fc.boolean(), value: fc.boolean() }),
      nameIndex: fc.constantFrom('auto', 'literal'),
    }),
    { maxCount },
  );
}

/** The same fields, written in the ways given, in rotation; as a plain client would when none are given. */
export function represent(fields: readonly FieldSpec[], ways: readonly FieldRepresentation[]): readonly FieldSpec[] {
  return ways.length === 0 ? fields : fields.map((field, index) => ({ ...field, ...ways[index % ways.length] }));
}

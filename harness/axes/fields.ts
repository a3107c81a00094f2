import fc from 'fast-check';
import type { HeadersStep, Step } from '../connection/script';
import { choices, permute } from '../generators/order';
import { represent, representations, type FieldRepresentation } from '../generators/representation';
import { oneOf, record } from '../generators/shapes';
import type { FieldSpec } from '../wire/hpack/encoder';
import { findVariedCall, type Axis } from './axis';

/** How the fields of a request are written: the forms in rotation, and the order of the regular ones. */
export interface FieldWriting {
  readonly ways: readonly FieldRepresentation[];
  readonly order: readonly number[];
}

const isPseudo = ({ name }: FieldSpec): boolean => name.startsWith(':');

/** Regular fields in another order; values of one name keep theirs, and stand together (RFC 9110 §5.3). */
function reorder(fields: readonly FieldSpec[], order: readonly number[]): readonly FieldSpec[] {
  const byName = new Map<string, FieldSpec[]>();
  for (const field of fields) {
    if (!isPseudo(field)) byName.set(field.name, [...(byName.get(field.name) ?? []), field]);
  }
  return [...fields.filter(isPseudo), ...permute([...byName.values()], order).flat()];
}

/** A field whose form the script leaves to whoever writes it. */
const isOpenField = ({ representation, huffman, nameIndex, octets }: FieldSpec): boolean =>
  representation === undefined && huffman === undefined && nameIndex === undefined && octets === undefined;

/** How the fields of a request are written: in the three literal forms or indexed, Huffman-coded or not, names indexed or spelled out, in any order. */
export const fields: Axis<FieldWriting> = {
  plainest: { ways: [], order: [] },
  arbitrary: oneOf(
    {
      arbitrary: record<FieldWriting>({ ways: representations({ maxCount: 8 }), order: fc.constant([]) }),
      weight: 2,
    },
    {
      arbitrary: record<FieldWriting>({ ways: representations({ maxCount: 8 }), order: choices({ maxCount: 8 }) }),
      weight: 1,
    },
  ),
  describe: ({ ways, order }) => [
    ...new Set(ways.map(({ representation }) => words[representation])),
    ...(order.some((pick) => pick > 0) ? ['another order'] : []),
  ],
  vary: (plan, { ways, order }) => {
    const isOpenToIt = (step: Step): step is HeadersStep =>
      step.do === 'headers' &&
      step.cuts === undefined &&
      step.sizeUpdates === undefined &&
      step.endHeaders !== false &&
      step.fields.every(isOpenField) &&
      findVariedCall(plan, step.on, step.stream) !== undefined;
    const isReordered = order.some((pick) => pick > 0);
    if ((ways.length === 0 && !isReordered) || !plan.steps.some(isOpenToIt)) return plan;
    const rewrite = (step: HeadersStep): Step => {
      // Where a field stands can be what is wrong with a malformed request.
      const mayMove = isReordered && findVariedCall(plan, step.on, step.stream)?.legal === true;
      return { ...step, fields: represent(mayMove ? reorder(step.fields, order) : step.fields, ways) };
    };
    return { ...plan, steps: plan.steps.map((step) => (isOpenToIt(step) ? rewrite(step) : step)) };
  },
};

const words: Readonly<Record<FieldRepresentation['representation'], string>> = {
  indexed: 'indexed or literal',
  incremental: 'literal with incremental indexing',
  'without-indexing': 'literal without indexing',
  'never-indexed': 'never-indexed literal',
};

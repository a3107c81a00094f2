import type { FieldSpec } from '../wire/hpack/encoder';
import { headerListSize } from '../wire/header-list-size';

/** What makes a list of fields large: one value, a few, many small ones, or one field that the block refers to again and again. */
export const listFillings = ['one field', 'few fields', 'many fields', 'references'] as const;
export type ListFilling = (typeof listFillings)[number];

/** What a server takes no notice of. */
const name = 'x-grpc-conform-filling';

/** Fields beside the ordinary ones, at most: servers count them, too. */
const mostFields = 80;

/** Octets that the one field of `references` has in a table, so that it stays there with a few others. */
const sizeInTable = 2500;

/** Octets that no field can be without (RFC 9113 §6.5.2). */
const leastField = headerListSize([{ name, value: '' }]);

/**
 * The same fields, and more that make the list so large, to the octet (RFC 9113 §6.5.2). What is added stands before those of the last name, so that whoever cuts the list loses them.
 * @param size octets; a list that is larger already stays as it is, and one with less room than a field needs gets none
 */
export function fillHeaderList(
  fields: readonly FieldSpec[],
  { size, filling }: { readonly size: number; readonly filling: ListFilling },
): readonly FieldSpec[] {
  const room = size - headerListSize(fields);
  if (room < leastField) return fields;
  const added = sizesOf(room, filling).map((one): FieldSpec => ({
    name,
    value: 'x'.repeat(one - leastField),
    ...(filling === 'references'
      ? one === sizeInTable
        ? { representation: 'indexed', huffman: false }
        : { representation: 'without-indexing' }
      : {}),
  }));
  return [...fields.slice(0, -1), ...added, ...fields.slice(-1)];
}

/** Sizes of fields that make up so many octets together; none is smaller than a field can be. */
function sizesOf(room: number, filling: ListFilling): readonly number[] {
  switch (filling) {
    case 'one field':
      return [room];
    case 'few fields':
      return share(room, Math.min(4, Math.floor(room / leastField)));
    case 'many fields':
      return share(room, Math.min(mostFields, Math.floor(room / leastField)));
    case 'references': {
      const count = Math.floor(room / sizeInTable);
      const rest = room - count * sizeInTable;
      const whole = Array.from({ length: count }, () => sizeInTable);
      if (rest === 0) return whole;
      if (rest >= leastField) return [...whole, rest];
      return count === 0 ? [] : [...whole.slice(1), sizeInTable + rest];
    }
  }
}

const share = (room: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Math.floor((room + index) / count));

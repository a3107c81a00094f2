/** A field of a field section; name and value have one character per octet. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** How a field is written in a block (RFC 7541 §6.1, §6.2.1, §6.2.2, §6.2.3). */
export type Representation = 'indexed' | 'incremental' | 'without-indexing' | 'never-indexed';

/** What a table knows of a field: the smallest index with its name, and whether the value there is equal too. */
export interface TableMatch {
  readonly index: number;
  readonly hasValue: boolean;
}

/** What every entry costs beyond its octets (RFC 7541 §4.1, RFC 9113 §6.5.2). */
const entryOverhead = 32;

/** Size of a field in a table and in a field section, in octets (RFC 7541 §4.1). */
export function fieldSize(field: Field): number {
  return field.name.length + field.value.length + entryOverhead;
}

import { joinOctets } from '../join-octets';
import { initialSettings } from '../settings';
import { DynamicTable } from './dynamic-table';
import { fieldSize, type Field, type Representation, type TableMatch } from './field';
import type { HuffmanPadding } from './huffman';
import { encodeInteger } from './integer';
import { findStatic, staticTable } from './static-table';
import { encodeString } from './string';

export { encodeHuffman } from './huffman';
export { encodeInteger } from './integer';
export { encodeString, type StringOptions } from './string';

/** Whether strings are Huffman-coded, for both or one by one; what is left open takes the shorter form. */
export type HuffmanChoice = boolean | { readonly name?: boolean; readonly value?: boolean };

/** A field and how it is to be written. */
export interface FieldSpec extends Field {
  /** Unless given: indexed when a table has the field, else incremental, or without indexing when it is larger than the table. */
  readonly representation?: Representation;
  readonly huffman?: HuffmanChoice;
  /**
   * `auto` (default) refers to a known name, `literal` spells it out. A number is written as it is, whatever stands there: with `indexed` it is the
   * index of the whole field, otherwise that of the name.
   */
  readonly nameIndex?: 'auto' | 'literal' | number;
  /**
   * What stands in the block in place of the field, as it is: a representation that no encoder writes, or none at all. The table does not follow it, and name and
   * value are what readers are told of it. Whether the peer's table has an entry more for it, nobody can tell: from then on the encoder refers to none by itself.
   */
  readonly octets?: Uint8Array;
}

/** How one block is to be written. */
export interface EncodeOptions {
  /**
   * Table size updates to begin with, exactly these, legal or not; the table follows them. Unless given, the encoder writes those that a changed limit
   * demands; an empty list suppresses them.
   */
  readonly sizeUpdates?: readonly number[];
}

/**
 * Encodes the field blocks of one direction of a connection (RFC 7541), deterministically.
 *
 * Left alone it behaves like a plain client: compact, and never beyond the peer's limit. Each field can choose otherwise, and then the octets say what was
 * asked for, legal or not.
 */
export class HpackEncoder {
  readonly table: DynamicTable;
  #preferredSize: number;
  #limit: number;
  /** The smallest limit since the last block (RFC 7541 §4.2). */
  #smallestLimit = Infinity;
  /** False once octets stood in place of a field: the peer may have made an entry of them, or none. */
  #knowsPeerTable = true;

  /** @param options.maxTableSize what both ends take for SETTINGS_HEADER_TABLE_SIZE from the first octet; 4096 unless given. */
  constructor(options: { readonly maxTableSize?: number } = {}) {
    this.#limit = options.maxTableSize ?? initialSettings.HEADER_TABLE_SIZE;
    this.#preferredSize = this.#limit;
    this.table = new DynamicTable(this.#limit);
  }

  /**
   * Follows the peer's SETTINGS_HEADER_TABLE_SIZE, at the moment when we acknowledge it.
   *
   * The next block announces what follows from it: a lower size at once; after a lower one also the return, up to the size at the start. A higher limit
   * is not used beyond that unless `sizeUpdates` asks for it.
   */
  setMaxTableSize(maxTableSize: number): void {
    this.#limit = maxTableSize;
    this.#smallestLimit = Math.min(this.#smallestLimit, maxTableSize);
  }

  /** The octets of one field block. */
  encode(fields: readonly FieldSpec[], options: EncodeOptions = {}): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (const size of options.sizeUpdates ?? this.#dueSizeUpdates()) {
      pieces.push(encodeSizeUpdate(size));
      this.table.resize(size);
    }
    this.#preferredSize = options.sizeUpdates?.at(-1) ?? this.#preferredSize;
    this.#smallestLimit = Infinity;
    for (const field of fields) pieces.push(this.#encodeField(field));
    return joinOctets(pieces);
  }

  #dueSizeUpdates(): readonly number[] {
    const updates: number[] = [];
    let size = this.table.maxSize;
    if (this.#smallestLimit < size) {
      size = this.#smallestLimit;
      updates.push(size);
    }
    const wanted = Math.min(this.#preferredSize, this.#limit);
    // Only a limit that moved is a reason to write updates, not a size that a script chose.
    if (this.#smallestLimit !== Infinity && wanted > size) updates.push(wanted);
    return updates;
  }

  #encodeField(field: FieldSpec): Uint8Array {
    if (field.octets !== undefined) {
      this.#knowsPeerTable = false;
      return field.octets;
    }
    const { nameIndex = 'auto' } = field;
    if (field.representation === 'indexed' && typeof nameIndex === 'number') return encodeIndexed(nameIndex);

    const match = this.#find(field);
    const mayIndex = field.representation === undefined ? nameIndex === 'auto' : field.representation === 'indexed';
    if (mayIndex && match?.hasValue === true) return encodeIndexed(match.index);

    const representation = this.#literalRepresentation(field);
    const index = typeof nameIndex === 'number' ? nameIndex : nameIndex === 'literal' ? 0 : (match?.index ?? 0);
    const octets = encodeLiteral({
      representation,
      ...(index === 0 ? { name: field.name } : { nameIndex: index }),
      value: field.value,
      huffman: field.huffman,
    });
    if (representation === 'incremental') {
      // With an index of the script's choice the peer's table takes the name that stands there.
      const name = index === 0 ? field.name : (this.#nameAt(index) ?? field.name);
      this.table.insert({ name, value: field.value });
    }
    return octets;
  }

  #literalRepresentation(field: FieldSpec): LiteralRepresentation {
    const { representation } = field;
    if (representation !== undefined && representation !== 'indexed') return representation;
    // An entry larger than the table would only empty it (RFC 7541 §4.4).
    return fieldSize(field) > this.table.maxSize ? 'without-indexing' : 'incremental';
  }

  #find(field: Field): TableMatch | undefined {
    const fixed = findStatic(field);
    if (fixed?.hasValue === true || !this.#knowsPeerTable) return fixed;
    const dynamic = this.table.find(field);
    if (dynamic === undefined || (fixed !== undefined && !dynamic.hasValue)) return fixed;
    return { index: staticTable.length + dynamic.index, hasValue: dynamic.hasValue };
  }

  #nameAt(index: number): string | undefined {
    const entry = index <= staticTable.length ? staticTable[index - 1] : this.table.get(index - staticTable.length);
    return entry?.name;
  }
}

type LiteralRepresentation = Exclude<Representation, 'indexed'>;

/** A literal field, piece by piece; both tables are left out of it. */
export interface LiteralField {
  readonly representation: LiteralRepresentation;
  /** Written as it is when it is not 0; otherwise `name` is spelled out, and an absent name is the empty one. */
  readonly nameIndex?: number;
  readonly name?: string;
  readonly value: string;
  /** The shorter form unless given. */
  readonly huffman?: HuffmanChoice;
  /** What follows the last symbol of Huffman strings. */
  readonly padding?: { readonly name?: HuffmanPadding; readonly value?: HuffmanPadding };
  /** The length that the value announces when it lies. */
  readonly announcedValueLength?: number;
}

const literalForms: Readonly<Record<LiteralRepresentation, { readonly flags: number; readonly prefixBits: number }>> = {
  incremental: { flags: 0x40, prefixBits: 6 },
  'without-indexing': { flags: 0x00, prefixBits: 4 },
  'never-indexed': { flags: 0x10, prefixBits: 4 },
};

/** A literal field in any of its three forms, right or damaged (RFC 7541 §6.2). */
export function encodeLiteral(field: LiteralField): Uint8Array {
  const { flags, prefixBits } = literalForms[field.representation];
  const { nameIndex = 0, name = '', value, padding } = field;
  const pieces = [encodeInteger(nameIndex, prefixBits, flags)];
  const huffman = typeof field.huffman === 'object' ? field.huffman : { name: field.huffman, value: field.huffman };
  if (nameIndex === 0) pieces.push(encodeString(name, { huffman: huffman.name, padding: padding?.name }));
  const announcedLength = field.announcedValueLength;
  pieces.push(encodeString(value, { huffman: huffman.value, padding: padding?.value, announcedLength }));
  return joinOctets(pieces);
}

/** An indexed field with any index, 0 and those out of range included (RFC 7541 §6.1). */
export function encodeIndexed(index: number): Uint8Array {
  return encodeInteger(index, 7, 0x80);
}

/** A dynamic table size update to any size (RFC 7541 §6.3). */
export function encodeSizeUpdate(maxSize: number): Uint8Array {
  return encodeInteger(maxSize, 5, 0x20);
}

import { initialSettings } from '../settings';
import { DynamicTable } from './dynamic-table';
import type { HpackFault } from './fault';
import { fieldSize, type Field, type Representation } from './field';
import { decodeInteger } from './integer';
import { staticTable } from './static-table';
import { decodeString } from './string';

export { leavesTableRight, type HpackFault, type HpackRule } from './fault';
export type { Field, Representation } from './field';

/** A field as it stood in a block. */
export interface DecodedField extends Field {
  readonly representation: Representation;
  /** The index of the whole field, or of its name; 0 when the name is literal. */
  readonly index: number;
  readonly nameHuffman: boolean;
  readonly valueHuffman: boolean;
}

/** Table size updates of one block that are told one by one. An encoder needs two at most (RFC 7541 §4.2). */
export const mostSizeUpdates = 1000;

/** What a field block says, or what is wrong with it and the fields that could still be read. */
export type DecodeResult =
  | {
      readonly ok: true;
      readonly fields: readonly DecodedField[];
      /** The table size updates at the start of the block, in order; of more than {@link mostSizeUpdates} the last is the lowest of those that follow. */
      readonly sizeUpdates: readonly number[];
      /** In octets, as RFC 9113 §6.5.2 counts them. */
      readonly headerListSize: number;
    }
  | { readonly ok: false; readonly error: HpackFault; readonly fields: readonly DecodedField[] };

/** One thing that stands in a block, and its octets: the first, and the first behind it. */
export interface BlockPiece {
  readonly from: number;
  readonly to: number;
  /** Absent for a table size update. */
  readonly field?: DecodedField;
}

/** Limits of a decoder. */
export interface HpackDecoderOptions {
  /** What both ends take for SETTINGS_HEADER_TABLE_SIZE from the first octet; 4096 unless given (RFC 9113 §6.5.2). */
  readonly maxTableSize?: number;
  /** Octets of one field section, as RFC 9113 §6.5.2 counts them. */
  readonly maxHeaderListSize?: number;
  /** Octets of one name or value. */
  readonly maxStringLength?: number;
  /** True: a size update behind a field is followed, which RFC 7541 §4.2 forbids an encoder and lets a decoder take. */
  readonly takesLateUpdates?: boolean;
  /** The dynamic table, with the size that both ends take for granted; a plain one unless given. */
  readonly table?: DynamicTable;
}

/** No string of a block that fits one frame is longer, and a block of references cannot grow without bound: one octet of it may stand for 4 kB. */
const defaultMaxOctets = 2 ** 24;

/**
 * Decodes the field blocks of one direction of a connection, strictly (RFC 7541).
 *
 * Blocks must come in wire order, those of refused and closed streams too (RFC 9113 §4.3). A faulty block never throws. After `list-too-large` and
 * `size-update-missing` and `smallest-size-missing` the whole block has been read and the table is right; after any other fault the table is unknown, and later blocks mean nothing.
 */
export class HpackDecoder {
  readonly table: DynamicTable;
  readonly #maxHeaderListSize: number;
  readonly #maxStringLength: number;
  readonly #takesLateUpdates: boolean;
  /** A reference to an entry is one object however often it comes: a block of nothing else has room for millions. */
  readonly #indexed = new WeakMap<Field, DecodedField>();
  #maxTableSize: number;
  /** The smallest limit since the last block, when it was below what the table may use: the next block must say so first. */
  #reducedTo: number | undefined;

  constructor(options: HpackDecoderOptions = {}) {
    this.#maxTableSize = options.maxTableSize ?? initialSettings.HEADER_TABLE_SIZE;
    this.#maxHeaderListSize = options.maxHeaderListSize ?? defaultMaxOctets;
    this.#maxStringLength = options.maxStringLength ?? defaultMaxOctets;
    this.#takesLateUpdates = options.takesLateUpdates ?? false;
    this.table = options.table ?? new DynamicTable(this.#maxTableSize);
  }

  /**
   * Changes the limit, at the moment when our SETTINGS are acknowledged.
   *
   * A limit below what the table may use now demands a size update at the start of the next block; a higher one only permits it (RFC 7541 §4.2,
   * RFC 9113 §4.3.1).
   */
  setMaxTableSize(maxTableSize: number): void {
    this.#maxTableSize = maxTableSize;
    const smallest = Math.min(maxTableSize, this.#reducedTo ?? Infinity);
    if (smallest < this.table.maxSize) this.#reducedTo = smallest;
  }

  /**
   * Decodes one whole field block.
   * @param look is told each piece when the table has followed it
   */
  decode(block: Uint8Array, look?: (piece: BlockPiece) => void): DecodeResult {
    const fields: DecodedField[] = [];
    const sizeUpdates: number[] = [];
    const reducedTo = this.#reducedTo;
    this.#reducedTo = undefined;
    let headerListSize = 0;
    let hasField = false;
    let at = 0;
    /** A fault that leaves the table right, so that reading goes on. */
    let survivable: HpackFault | undefined;
    const note = (fault: HpackFault): void => {
      survivable ??= fault;
    };

    while (at < block.length) {
      if ((block[at]! & 0xe0) === 0x20) {
        const updated = this.#updateSize(block, at, hasField);
        if (!updated.ok) return { ok: false, error: updated.error, fields };
        if (sizeUpdates.length < mostSizeUpdates) sizeUpdates.push(updated.value);
        else sizeUpdates[mostSizeUpdates - 1] = Math.min(sizeUpdates[mostSizeUpdates - 1]!, updated.value);
        look?.({ from: at, to: updated.end });
        at = updated.end;
        continue;
      }
      if (!hasField) this.#checkReduction(reducedTo, sizeUpdates, note);
      hasField = true;
      const read = this.#readField(block, at);
      if (!read.ok) return { ok: false, error: read.error, fields };
      headerListSize += fieldSize(read.field);
      if (headerListSize > this.#maxHeaderListSize) {
        const reason = `the fields take more than ${this.#maxHeaderListSize} octets together`;
        note({ rule: 'list-too-large', reason, offset: at });
      } else {
        fields.push(read.field);
      }
      look?.({ from: at, to: read.end, field: read.field });
      at = read.end;
    }
    if (!hasField) this.#checkReduction(reducedTo, sizeUpdates, note);
    if (survivable !== undefined) return { ok: false, error: survivable, fields };
    return { ok: true, fields, sizeUpdates, headerListSize };
  }

  /** RFC 7541 §4.2: the smallest limit since the last block must be signalled, before any field. */
  #checkReduction(
    reducedTo: number | undefined,
    sizeUpdates: readonly number[],
    note: (fault: HpackFault) => void,
  ): void {
    if (reducedTo === undefined || sizeUpdates.some((size) => size <= reducedTo)) return;
    // Not a list of them: one block has room for millions.
    const lowest = sizeUpdates.reduce((low, size) => Math.min(low, size), Infinity);
    const said = sizeUpdates.length === 0 ? 'no table size update' : `no table size update below ${lowest}`;
    const isRaised = this.#maxTableSize > reducedTo;
    const since = isRaised ? ` and raised to ${this.#maxTableSize} again` : '';
    const reason = `the table size limit was lowered to ${reducedTo}${since}, but the next block begins with ${said}`;
    note({ rule: isRaised ? 'smallest-size-missing' : 'size-update-missing', reason, offset: 0 });
  }

  #updateSize(block: Uint8Array, offset: number, hasField: boolean): ReturnType<typeof decodeInteger> {
    if (hasField && !this.#takesLateUpdates) {
      const reason = 'a table size update comes after a field';
      return { ok: false, error: { rule: 'size-update-misplaced', reason, offset } };
    }
    const size = decodeInteger(block, offset, 5);
    if (!size.ok) return size;
    if (size.value > this.#maxTableSize) {
      const reason = `a table size update to ${size.value} is above the limit of ${this.#maxTableSize}`;
      return { ok: false, error: { rule: 'size-update-too-large', reason, offset } };
    }
    this.table.resize(size.value);
    return size;
  }

  #readField(block: Uint8Array, offset: number): ReadField {
    const first = block[offset]!;
    if ((first & 0x80) !== 0) return this.#readIndexed(block, offset);
    if ((first & 0x40) !== 0) {
      const read = this.#readLiteral(block, offset, 6, 'incremental');
      if (read.ok) this.table.insert(read.field);
      return read;
    }
    return this.#readLiteral(block, offset, 4, (first & 0x10) === 0 ? 'without-indexing' : 'never-indexed');
  }

  #readIndexed(block: Uint8Array, offset: number): ReadField {
    const index = decodeInteger(block, offset, 7);
    if (!index.ok) return index;
    if (index.value === 0) {
      return { ok: false, error: { rule: 'index-zero', reason: 'an indexed field has index 0', offset } };
    }
    const entry = this.#entry(index.value);
    if (entry === undefined) return this.#outOfRange(index.value, offset);
    let field = this.#indexed.get(entry);
    if (field?.index !== index.value) {
      field = {
        name: entry.name,
        value: entry.value,
        representation: 'indexed',
        index: index.value,
        nameHuffman: false,
        valueHuffman: false,
      };
      this.#indexed.set(entry, field);
    }
    return { ok: true, field, end: index.end };
  }

  #readLiteral(block: Uint8Array, offset: number, prefixBits: number, representation: Representation): ReadField {
    const index = decodeInteger(block, offset, prefixBits);
    if (!index.ok) return index;
    let name: string;
    let nameHuffman = false;
    let end = index.end;
    if (index.value === 0) {
      const literal = decodeString(block, end, this.#maxStringLength);
      if (!literal.ok) return literal;
      name = literal.text;
      nameHuffman = literal.huffman;
      end = literal.end;
    } else {
      const entry = this.#entry(index.value);
      if (entry === undefined) return this.#outOfRange(index.value, offset);
      name = entry.name;
    }
    const value = decodeString(block, end, this.#maxStringLength);
    if (!value.ok) return value;
    const field: DecodedField = {
      name,
      value: value.text,
      representation,
      index: index.value,
      nameHuffman,
      valueHuffman: value.huffman,
    };
    return { ok: true, field, end: value.end };
  }

  #entry(index: number): Field | undefined {
    return index <= staticTable.length ? staticTable[index - 1] : this.table.get(index - staticTable.length);
  }

  #outOfRange(index: number, offset: number): ReadField {
    const reason = `index ${index} is beyond the tables, which end at ${staticTable.length + this.table.length}`;
    return { ok: false, error: { rule: 'index-range', reason, offset } };
  }
}

type ReadField =
  | { readonly ok: true; readonly field: DecodedField; readonly end: number }
  | { readonly ok: false; readonly error: HpackFault };

import { fieldSize, type Field, type TableMatch } from './field';

/** Evicted places in front of the entries that are kept before the array is cut, so that eviction costs constant time. */
const slack = 64;

/** The dynamic table of one direction of a connection (RFC 7541 §2.3.2, §4): first in, first out, bounded by size. */
export class DynamicTable {
  /** Oldest first; the places before `#oldest` are evicted. */
  #entries: Field[] = [];
  #oldest = 0;
  #size = 0;
  #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Octets in use, as RFC 7541 §4.1 counts them. */
  get size(): number {
    return this.#size;
  }

  /** Octets that may be in use: what the last size update said. */
  get maxSize(): number {
    return this.#maxSize;
  }

  /** Number of entries. */
  get length(): number {
    return this.#entries.length - this.#oldest;
  }

  /** The entries in index order, newest first. */
  get entries(): readonly Field[] {
    return this.#entries.slice(this.#oldest).reverse();
  }

  /** An entry by its place, 1 for the newest; undefined outside. Index `61 + place` names it in a block. */
  get(place: number): Field | undefined {
    if (place < 1 || place > this.length) return undefined;
    return this.#entries[this.#entries.length - place];
  }

  /** Adds an entry and evicts what no longer fits; one that is larger than the table empties it (RFC 7541 §4.4). */
  insert(field: Field): void {
    const size = fieldSize(field);
    this.#evictTo(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#entries.push({ name: field.name, value: field.value });
    this.#size += size;
  }

  /** Follows a size update (RFC 7541 §4.3). */
  resize(maxSize: number): void {
    this.#maxSize = maxSize;
    this.#evictTo(maxSize);
  }

  /** The newest place that has the field, else the newest with its name. */
  find(field: Field): TableMatch | undefined {
    let named = 0;
    for (let place = 1; place <= this.length; place++) {
      const entry = this.#entries[this.#entries.length - place]!;
      if (entry.name !== field.name) continue;
      if (entry.value === field.value) return { index: place, hasValue: true };
      if (named === 0) named = place;
    }
    return named === 0 ? undefined : { index: named, hasValue: false };
  }

  #evictTo(size: number): void {
    while (this.#size > size && this.length > 0) {
      this.#size -= fieldSize(this.#entries[this.#oldest]!);
      this.#oldest += 1;
    }
    if (this.#oldest >= slack && this.#oldest * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}

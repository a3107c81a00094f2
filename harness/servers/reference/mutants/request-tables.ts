import { errorCodes } from '../../../wire/error-codes';
import { DynamicTable } from '../../../wire/hpack/dynamic-table';
import { fieldSize, type Field } from '../../../wire/hpack/field';
import { ConnectionError } from '../connection-error';
import type { MakeSeams, Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';

/** The table of requests is one of that kind. */
const keepsIn = (make: (size: number) => DynamicTable): Seams => ({ policy: { makeTable: make } });

const refusal = (reason: string): ConnectionError => new ConnectionError(errorCodes.COMPRESSION_ERROR, reason);

/** An entry that is there already is not inserted once more. */
class WithoutDuplicates extends DynamicTable {
  override insert(field: Field): void {
    if (this.find(field)?.hasValue !== true) super.insert(field);
  }
}

/** It has so many octets less than was agreed on. */
class Smaller extends DynamicTable {
  readonly #by: number;

  constructor(size: number, by: number) {
    super(Math.max(0, size - by));
    this.#by = by;
  }

  override resize(size: number): void {
    super.resize(Math.max(0, size - this.#by));
  }
}

/** It finds no entry behind that place. */
class Short extends DynamicTable {
  readonly #most: number;

  constructor(size: number, most: number) {
    super(size);
    this.#most = most;
  }

  override get(place: number): Field | undefined {
    return place > this.#most ? undefined : super.get(place);
  }
}

/** After so many insertions it finds the entry beside the one that is meant. */
class Overrun extends DynamicTable {
  readonly #after: number;
  #inserted = 0;

  constructor(size: number, after: number) {
    super(size);
    this.#after = after;
  }

  override insert(field: Field): void {
    this.#inserted += 1;
    super.insert(field);
  }

  override get(place: number): Field | undefined {
    return super.get(this.#inserted > this.#after ? (place % this.length) + 1 : place);
  }
}

/** An entry that is larger than it goes nowhere, and the others stay. */
class Unmoved extends DynamicTable {
  override insert(field: Field): void {
    if (fieldSize(field) <= this.maxSize) super.insert(field);
  }
}

class WithoutOversize extends DynamicTable {
  override insert(field: Field): void {
    if (fieldSize(field) > this.maxSize) throw refusal('an entry is larger than the table');
    super.insert(field);
  }
}

/** What it does when its size is said, how often in a row, with whether it has been used in between. */
class Resized extends DynamicTable {
  readonly #follow: (size: number, resize: (size: number) => void, inRow: number, before: number) => void;
  #inRow = 0;

  constructor(
    size: number,
    follow: (size: number, resize: (size: number) => void, inRow: number, before: number) => void,
  ) {
    super(size);
    this.#follow = follow;
  }

  /** Sizes that were said in a row so far. */
  get inRow(): number {
    return this.#inRow;
  }

  override resize(size: number): void {
    this.#inRow += 1;
    this.#follow(size, (followed) => super.resize(followed), this.#inRow, this.maxSize);
  }

  override insert(field: Field): void {
    this.#inRow = 0;
    super.insert(field);
  }

  override get(place: number): Field | undefined {
    this.#inRow = 0;
    return super.get(place);
  }
}

/** The value of a field that is inserted and larger than the table is lost. */
const losesOversize: MakeSeams = () => {
  let table = new DynamicTable(0);
  return {
    policy: {
      makeTable: (size) => (table = new DynamicTable(size)),
      readField: (field) =>
        field.representation === 'incremental' && fieldSize(field) > table.maxSize
          ? { name: field.name, value: '' }
          : field,
    },
  };
};

/** A request whose block begins with more than two size updates is never answered. */
const forgetsAfterMany: MakeSeams = () => {
  const silent = new Set<number>();
  let isMany = false;
  return {
    policy: {
      makeTable: (size) =>
        new Resized(size, (followed, resize, inRow) => {
          isMany ||= inRow > 2;
          resize(followed);
        }),
    },
    inbound: {
      section: (section) => {
        if (isMany) silent.add(section.streamId);
        isMany = false;
        return section;
      },
    },
    outbound: {
      section: (section) => (silent.has(section.streamId) ? [] : [section]),
      message: (message, { id }) => (silent.has(id) ? [] : [message]),
    },
  };
};

export const requestTableMutants: readonly Mutant[] = [
  ...mutantsOf('HPACK-02-dynamic-table-model', {
    'duplicates-merged': {
      says: 'An entry that is in the table of requests is not inserted once more',
      ...keepsIn((size) => new WithoutDuplicates(size)),
    },
    'evicts-early': {
      says: 'The table of requests has room for 200 octets less than was agreed on',
      ...keepsIn((size) => new Smaller(size, 200)),
    },
    'evicts-full': {
      says: 'An entry that fills the table of requests to the last octet goes at once',
      ...keepsIn((size) => new Smaller(size, 1)),
    },
    'short-table': {
      says: 'The table of requests finds no entry behind the 64th',
      ...keepsIn((size) => new Short(size, 64)),
    },
    'overrun-128': {
      says: 'After 128 insertions the table of requests finds the entry beside the one that is meant',
      ...keepsIn((size) => new Overrun(size, 128)),
    },
    'overrun-256': {
      says: 'After 256 insertions the table of requests finds the entry beside the one that is meant',
      ...keepsIn((size) => new Overrun(size, 256)),
    },
    'name-of-entry': {
      says: 'A name that the table of requests holds loses its last letter when the value is a literal',
      policy: {
        readField: (field) =>
          field.representation !== 'indexed' && field.index > 61
            ? { name: field.name.slice(0, -1), value: field.value }
            : field,
      },
    },
  }),
  ...mutantsOf('HPACK-03-oversize-entry-empties-table', {
    'entries-kept': {
      says: 'A field that is larger than the table of requests leaves its entries where they are',
      ...keepsIn((size) => new Unmoved(size)),
    },
    refused: {
      says: 'A field that is larger than the table of requests and to be inserted is a connection error',
      ...keepsIn((size) => new WithoutOversize(size)),
    },
    'value-lost': {
      says: 'A field that is larger than the table of requests and to be inserted loses its value',
      seams: losesOversize,
    },
  }),
  ...mutantsOf('HPACK-04-size-update-accepted', {
    'increase-ignored': {
      says: 'A size update to more than the table of requests has is ignored',
      ...keepsIn((size) => new Resized(size, (wanted, resize, _, before) => resize(Math.min(wanted, before)))),
    },
    'second-ignored': {
      says: 'The second size update of a block is ignored',
      ...keepsIn(
        (size) =>
          new Resized(size, (wanted, resize, inRow) => {
            if (inRow === 1) resize(wanted);
          }),
      ),
    },
    'second-refused': {
      says: 'A second size update in a block is a connection error',
      ...keepsIn(
        (size) =>
          new Resized(size, (wanted, resize, inRow) => {
            if (inRow > 1) throw refusal('a second size update');
            resize(wanted);
          }),
      ),
    },
    'zero-refused': {
      says: 'A size update to 0 is a connection error',
      ...keepsIn(
        (size) =>
          new Resized(size, (wanted, resize) => {
            if (wanted === 0) throw refusal('a table of no octets');
            resize(wanted);
          }),
      ),
    },
    emptied: {
      says: 'Every size update empties the table of requests',
      ...keepsIn(
        (size) =>
          new Resized(size, (wanted, resize) => {
            resize(0);
            resize(wanted);
          }),
      ),
    },
  }),
  ...mutantsOf('HPACK-07-more-than-two-size-updates', {
    hangs: {
      says: 'A request whose block begins with more than two size updates is never answered',
      seams: forgetsAfterMany,
    },
    'third-ignored': {
      says: 'A third size update of a block and those after it are ignored',
      ...keepsIn(
        (size) =>
          new Resized(size, (wanted, resize, inRow) => {
            if (inRow < 3) resize(wanted);
          }),
      ),
    },
  }),
];

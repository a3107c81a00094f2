import { echoedInHeaders, payloadOf, type Outcome } from '../grpc/outcome';
import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { echoInitialName, unaryCall } from '../grpc/test-service';
import type { TargetFacts } from '../facts/target-facts';
import { largestMetadata } from '../facts/within-limits';
import { headerListSize } from '../wire/header-list-size';
import { HpackEncoder, type FieldSpec } from '../wire/hpack/encoder';
import { staticTable } from '../wire/hpack/static-table';
import { initialSettings, settingIds } from '../wire/settings';
import { settingValue } from '../wire/setting-value';

/** What one call does to the table of requests that the target keeps (RFC 7541 §2.3.2). */
export interface TableCall {
  /** Table size updates that its block begins with, in octets; none but those that are due when empty. */
  readonly sizes: readonly number[];
  /** Fields that it inserts for nobody, and how long their values are. */
  readonly inserts: number;
  readonly length: number;
  /** Its ordinary fields are not inserted. */
  readonly isQuiet: boolean;
  /** Its one field that is copied to the answer comes before those that it inserts, or behind them. */
  readonly isFirst: boolean;
  /**
   * How the field that is copied is written: `insert` a new entry whose value has so many octets, `fit` one that is as large as the table, or an octet smaller or
   * larger, `again` a second entry like one that is there, `refer` to an entry, or to the `name` of one. `pick` counts from the oldest of those that are in the
   * table, modulo how many there are.
   */
  readonly copied: 'insert' | 'fit' | 'again' | 'refer' | 'name';
  readonly pick: number;
  readonly more: number;
}

/** A call that inserts one field that is copied, and nothing else that is not ordinary, or does what it is told. */
export const tableCall = (does: Partial<TableCall> = {}): TableCall => ({
  sizes: [],
  inserts: 0,
  length: 0,
  isQuiet: false,
  isFirst: true,
  copied: 'insert',
  pick: 0,
  more: 0,
  ...does,
});

const withoutIndexing = (field: FieldSpec): FieldSpec => ({ ...field, representation: 'without-indexing' });

/** Octets of metadata in one call, so that every server takes it beside the ordinary fields. */
const mostMetadata = 5000;

/** Octets that the table of requests may have: what the target has announced, or the initial value (RFC 9113 §6.5.2). */
export const tableLimit = ({ settings }: Pick<TargetFacts, 'settings'>): number =>
  settingValue(settings, settingIds.HEADER_TABLE_SIZE) ?? initialSettings.HEADER_TABLE_SIZE;

/**
 * The table that a target keeps of the requests of one connection, as RFC 7541 has it, so that a script can refer to what is in it now by number. Holds for a
 * connection that nothing has come before.
 */
export class TableOfRequests {
  readonly #encoder = new HpackEncoder();
  readonly #room: number;
  #serial = 0;

  constructor(facts: TargetFacts) {
    // A client keeps to 4096 octets where it may have more (HpackEncoder), and says so where it may have less.
    const limit = tableLimit(facts);
    if (limit < initialSettings.HEADER_TABLE_SIZE) this.#encoder.setMaxTableSize(limit);
    this.#room = Math.min(mostMetadata, largestMetadata(facts));
  }

  /** Octets that the table may have now. */
  get size(): number {
    return this.#encoder.table.maxSize;
  }

  /**
   * Writes one call that does this to the table, and says that what it copies comes back.
   * @param or what is right as well: where anything is, the wait for the end is one for a connection error, too
   */
  call(script: PlanBuilder, step: TableCall, { or = [] }: { readonly or?: readonly Outcome[] } = {}): CallWriter {
    let value = '';
    const call = script.call(unaryCall({ responseSize: 3 }), {
      ...(step.sizes.length === 0 ? {} : { sizeUpdates: step.sizes }),
      awaitEnd: false,
      fields: (all) => {
        const ordinary = step.isQuiet ? all.map(withoutIndexing) : all;
        const before = step.isFirst ? ordinary : [...ordinary, ...this.#inserts(step)];
        this.#encode(before, step.sizes);
        const copied = this.#copied(step);
        value = copied.value;
        const after = step.isFirst ? this.#inserts(step) : [];
        this.#encode([copied, ...after]);
        return [...before, copied, ...after];
      },
    });
    return (or.length > 0 ? call.awaitEndOrError() : call.awaitEnd())
      .expect(payloadOf(3), ...or)
      .expect(echoedInHeaders([value]), ...or);
  }

  /** Follows a block, or a part of one, that is written otherwise. */
  follow(fields: readonly FieldSpec[], sizes: readonly number[] = []): void {
    this.#encode(fields, sizes);
  }

  #encode(fields: readonly FieldSpec[], sizes: readonly number[] = []): void {
    this.#encoder.encode(fields, sizes.length === 0 ? {} : { sizeUpdates: sizes });
  }

  /** As many as there is room for in the header list of a call, beside the field that is copied. */
  #inserts({ inserts, length, more }: TableCall): readonly FieldSpec[] {
    const room = Math.min(this.#room / 2, this.#room - more) - length - 100;
    const fields: FieldSpec[] = [];
    while (fields.length < inserts && headerListSize(fields) < room) {
      const name = `x-t${this.#next()}`;
      fields.push({ name, value: 'v'.repeat(length), representation: 'incremental', nameIndex: 'literal' });
    }
    return fields;
  }

  #copied({ copied, pick, more }: TableCall): FieldSpec {
    const entries = this.#encoder.table.entries.flatMap(({ name, value }, place) =>
      name === echoInitialName ? [{ index: staticTable.length + 1 + place, value }] : [],
    );
    // The oldest is the last.
    const old = entries.at(-1 - (pick % Math.max(1, entries.length)));
    const insertOf = (length: number): FieldSpec => ({
      name: echoInitialName,
      value: `v${this.#next()}`.padEnd(Math.min(length, this.#room), 'w'),
      representation: 'incremental',
      nameIndex: 'literal',
    });
    if (copied === 'fit') {
      const length = this.size - headerListSize([{ name: echoInitialName, value: '' }]) + ((pick + 1) % 3) - 1;
      return insertOf(length <= this.#room ? length : more);
    }
    if (old === undefined || copied === 'insert') return insertOf(more);
    if (copied === 'again') return { ...insertOf(0), value: old.value };
    if (copied === 'name') return { ...insertOf(0), nameIndex: old.index };
    return { name: echoInitialName, value: old.value, representation: 'indexed', nameIndex: old.index };
  }

  #next(): number {
    return this.#serial++;
  }
}

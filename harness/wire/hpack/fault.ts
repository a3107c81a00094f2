/** What a field block can do wrong; each token is one rule of RFC 7541 (or one limit of ours). */
export type HpackRule =
  /** The block ends inside a representation, or a string is longer than the rest of the block (§5.1, §5.2). */
  | 'truncated'
  /** An integer above 2^32 - 1, or with more continuation octets than any sane encoder writes (§5.1). */
  | 'integer-overflow'
  /** A string above our limit. */
  | 'string-overflow'
  /** Padding longer than 7 bits, or padding that is not all ones (§5.2). */
  | 'huffman-padding'
  /** The EOS symbol inside a string (§5.2). */
  | 'huffman-eos'
  /** An indexed field with index 0 (§6.1). */
  | 'index-zero'
  /** An index beyond both tables (§2.3.3). */
  | 'index-range'
  /** A table size update after the first field of the block (§4.2). */
  | 'size-update-misplaced'
  /** A table size update above the limit in force (§6.3). */
  | 'size-update-too-large'
  /** The limit was lowered and the block does not begin with a size update that honours it (§4.2, RFC 9113 §4.3.1). */
  | 'size-update-missing'
  /** The same, where the limit has been raised since: what the block says of the limit of now leaves out the smallest between (§4.2). */
  | 'smallest-size-missing'
  /** The fields are larger together than our limit (RFC 9113 §6.5.2). */
  | 'list-too-large';

/** What is wrong with a field block. */
export interface HpackFault {
  readonly rule: HpackRule;
  /** In words, without octets of the peer. */
  readonly reason: string;
  /** Of the octet in the block where the faulty part begins. */
  readonly offset: number;
}

/** True when the decoder has read the whole block in spite of the fault, so that its table is right and later blocks still mean something. */
export function leavesTableRight(fault: HpackFault): boolean {
  return ['list-too-large', 'size-update-missing', 'smallest-size-missing'].includes(fault.rule);
}

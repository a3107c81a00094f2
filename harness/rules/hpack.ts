import type { RowId } from '../catalogue';
import type { HpackRule } from '../wire/hpack/decoder';
import { rule, type ConnectionMoment, type RuleBreach } from './rule';

const hasBlock = ({ packet }: ConnectionMoment): boolean => packet.block !== undefined;

/** Faults of the rows about the table's size; every other one is about the octets of the block. */
const aboutSize: readonly HpackRule[] = ['size-update-missing', 'size-update-too-large'];
const aboutSmallest: readonly HpackRule[] = ['smallest-size-missing'];

/** The row that a block breaks which has this fault. */
export function rowOfFault(fault: HpackRule): RowId {
  if (aboutSize.includes(fault)) return 'HPACK-13-encoder-honours-client-table-size';
  return aboutSmallest.includes(fault) ? 'HPACK-16-smallest-size-signalled' : 'HPACK-14-server-blocks-decode-strictly';
}

function describeFault({ packet }: ConnectionMoment, isOf: (fault: HpackRule) => boolean): RuleBreach | undefined {
  const fault = packet.block?.fault;
  if (fault === undefined || !isOf(fault.rule)) return undefined;
  return {
    observed: `a field block that does not decode: ${fault.reason}`,
    expected: 'field blocks that RFC 7541 allows',
    reaction: fault.rule,
  };
}

/** RFC 7541 §4.2. */
export const honoursTableSize = rule('HPACK-13-encoder-honours-client-table-size', {
  looksAt: hasBlock,
  breach: (moment) => describeFault(moment, (fault) => aboutSize.includes(fault)),
});

/** RFC 7541 §4.2: a limit that went down and up again. */
export const signalsSmallestSize = rule('HPACK-16-smallest-size-signalled', {
  looksAt: ({ packet: { block } }) =>
    block !== undefined && (block.sizeUpdates.length > 0 || aboutSmallest.includes(block.fault?.rule ?? 'truncated')),
  breach: (moment) => describeFault(moment, (fault) => aboutSmallest.includes(fault)),
});

/** RFC 7541. */
export const blocksDecode = rule('HPACK-14-server-blocks-decode-strictly', {
  looksAt: hasBlock,
  breach: (moment) => describeFault(moment, (fault) => ![...aboutSize, ...aboutSmallest].includes(fault)),
});

import { rule, type ConnectionMoment, type RuleBreach } from './rule';

const hasBlock = ({ packet }: ConnectionMoment): boolean => packet.block !== undefined;

function describeFault({ packet }: ConnectionMoment, isAboutSize: boolean): RuleBreach | undefined {
  const fault = packet.block?.fault;
  if (fault === undefined) return undefined;
  const saysSize = fault.rule === 'size-update-missing' || fault.rule === 'size-update-too-large';
  if (saysSize !== isAboutSize) return undefined;
  return {
    observed: `a field block that does not decode: ${fault.reason}`,
    expected: 'field blocks that RFC 7541 allows',
    reaction: fault.rule,
  };
}

/** RFC 7541 §4.2. */
export const honoursTableSize = rule('HPACK-13-encoder-honours-client-table-size', {
  looksAt: hasBlock,
  breach: (moment) => describeFault(moment, true),
});

/** RFC 7541. */
export const blocksDecode = rule('HPACK-14-server-blocks-decode-strictly', {
  looksAt: hasBlock,
  breach: (moment) => describeFault(moment, false),
});

import { HpackDecoder } from '../wire/hpack/decoder';
import { HpackEncoder, type FieldSpec } from '../wire/hpack/encoder';
import { checkGenerator } from './check-generator';
import {
  brokenField,
  brokenFieldOf,
  damagedHuffman,
  damagedHuffmanOf,
  needlessOctets,
  withNeedlessOctets,
} from './undecodable-field';

/** What a strict decoder says of a block with that field, and one behind it where there can be one. */
const faultOf = (spec: FieldSpec, isLast = false): string | undefined => {
  const after: readonly FieldSpec[] = isLast ? [] : [{ name: 'x-after', value: 'v' }];
  const read = new HpackDecoder().decode(new HpackEncoder().encode([spec, ...after]));
  return read.ok ? undefined : read.error.rule;
};
const brokenFault = (broken: Parameters<typeof brokenFieldOf>[0]): string | undefined => {
  const { spec, isLast } = brokenFieldOf(broken);
  return faultOf(spec, isLast);
};

checkGenerator('damagedHuffman', damagedHuffman(), {
  isCorrect: (damaged) => ['huffman-padding', 'huffman-eos'].includes(faultOf(damagedHuffmanOf(damaged)) ?? ''),
  reaches: {
    'each defect in a name': ({ part, defect }) => part === 'name' && defect === 'eos-inside',
    'no letters': ({ text }) => text.length === 0,
    'padding that is much too long': ({ defect, more }) => defect === 'overlong' && more === 4,
  },
  shrinks: [
    {
      fault: ({ part, text }) => part === 'name' && text.length > 2,
      to: { form: 'incremental', part: 'name', text: 'aaa', defect: 'zeros', more: 0 } as const,
    },
  ],
});

checkGenerator('brokenField', brokenField(), {
  isCorrect: (broken) =>
    ['truncated', 'integer-overflow', 'index-range', 'size-update-too-large'].includes(brokenFault(broken) ?? ''),
  reaches: {
    'a block of one octet more': (broken) => broken.flaw === 'cut' && broken.part === 0,
    'a cut in front of the last octet': (broken) => broken.flaw === 'cut' && broken.part === 1000,
    'an integer that wraps at 64 bits': (broken) => broken.flaw === 'integer' && broken.beyond === 'wraps-64',
  },
});

checkGenerator('needlessOctets', needlessOctets(), {
  isCorrect: (needless) => {
    const fault = faultOf(withNeedlessOctets(needless, 'x-name', 'v'.repeat(140)));
    // Our own decoder takes nine continuation octets, all that add nothing among them.
    return fault === undefined || fault === 'integer-overflow';
  },
  reaches: {
    'one octet': ({ extra }) => extra === 1,
    'an index': ({ at }) => at === 'name-index',
  },
});

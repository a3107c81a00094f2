import { readMessages } from '../grpc/length-prefixed-message';
import { connectionPreface } from '../wire/preface';
import { checkGenerator } from './check-generator';
import {
  damagedMessage,
  damagedPreface,
  damageMessage,
  damagePreface,
  type DamagedMessage,
  type PrefaceDamage,
} from './damage';

const endsInside = (damaged: DamagedMessage) => {
  const { messages, partial } = readMessages(damageMessage(damaged));
  return partial !== undefined && messages.length === (damaged.damage.kind === 'understate' ? 1 : 0);
};

checkGenerator('damagedMessage', damagedMessage(), {
  isCorrect: endsInside,
  reaches: {
    'inside the prefix': (damaged) => damageMessage(damaged).length < 5,
    'one octet of the prefix': (damaged) => damageMessage(damaged).length === 1,
    'the prefix alone': (damaged) => damageMessage(damaged).length === 5,
    'one octet missing': ({ damage }) => damage.kind === 'truncate' && damage.drop === 1,
    'one octet too many promised': ({ damage }) => damage.kind === 'overstate' && damage.by === 1,
    'one octet too few promised': ({ damage }) => damage.kind === 'understate' && damage.by === 1,
  },
  shrinks: [
    {
      fault: ({ damage }) => damage.kind === 'overstate',
      to: { message: { length: 4, seed: 0 }, damage: { kind: 'overstate', by: 1 } },
    },
    {
      fault: ({ damage }) => damage.kind === 'truncate' && damage.drop > 3,
      to: { message: { length: 4, seed: 0 }, damage: { kind: 'truncate', drop: 4 } },
    },
  ],
  shrinksExample: {
    from: { message: { length: 20, seed: 3 }, damage: { kind: 'understate', by: 4 } },
    fault: ({ damage }) => damage.kind === 'understate',
    to: { message: { length: 4, seed: 0 }, damage: { kind: 'understate', by: 1 } },
  },
});

checkGenerator('damagedMessage by its flag', damagedMessage({ kinds: ['flag'] }), {
  isCorrect: (damaged) => damageMessage(damaged)[0]! > 1 && readMessages(damageMessage(damaged)).messages.length === 1,
  reaches: { '2': (damaged) => damageMessage(damaged)[0] === 2, '255': (damaged) => damageMessage(damaged)[0] === 255 },
});

test.each([
  ['an octet less', { kind: 'truncate', drop: 1 }, '0000000004000000'],
  ['as much as can be', { kind: 'truncate', drop: 900 }, '00'],
  ['overstated', { kind: 'overstate', by: 256 }, '000000010400000000'],
  ['understated', { kind: 'understate', by: 4 }, '000000000000000000'],
  ['another flag', { kind: 'flag', flag: 255 }, 'ff0000000400000000'],
] as const)('damageMessage: %s', (_, damage, want) => {
  const octets = damageMessage({ message: { length: 4, seed: 0 }, damage });
  expect(Buffer.from(octets).toString('hex')).toBe(want);
});

const settings = new Uint8Array(9);
const isWrong = (octets: Uint8Array) =>
  octets.length > connectionPreface.length && connectionPreface.some((octet, at) => octets[at] !== octet);

checkGenerator<PrefaceDamage>('damagedPreface', damagedPreface(), {
  isCorrect: (damage) => isWrong(damagePreface(damage, settings)),
  reaches: {
    'the first octet': (damage) => damage.kind === 'octet' && damage.at === 0,
    'the last octet': (damage) => damage.kind === 'octet' && damage.at === 23,
    'nothing right': (damage) => damage.kind === 'tail' && damage.keep === 0,
    'all but the last octet right': (damage) => damage.kind === 'tail' && damage.keep === 23,
  },
  shrinks: [
    { fault: (damage) => damage.kind === 'octet', to: { kind: 'octet', at: 0, xor: 1 } },
    {
      fault: (damage) => damage.kind === 'tail' && damage.keep > 2,
      to: { kind: 'tail', keep: 3, xor: 1, tail: { length: 64, seed: 0 } },
    },
  ],
});

test('what is right of a damaged preface is sent as it is', () => {
  expect(damagePreface({ kind: 'octet', at: 1, xor: 1 }, settings)).toEqual(
    Uint8Array.from([...Buffer.from('PSI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), ...settings]),
  );
});

import fc from 'fast-check';
import { encodeMessage, prefixLength } from '../grpc/length-prefixed-message';
import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { connectionPreface } from '../wire/preface';
import { boundaryInteger } from './boundary-integer';
import { seed } from './message';
import { record } from './shapes';

/** What is wrong with a Length-Prefixed-Message; each argument shrinks to the least damage. */
export type MessageDamage =
  /** The last octets are missing, up to all but the first octet of the prefix. */
  | { readonly kind: 'truncate'; readonly drop: number }
  /** Message-Length promises more octets than there are. */
  | { readonly kind: 'overstate'; readonly by: number }
  /** Message-Length promises less: 1 to 4 octets are left over, too few for another prefix. */
  | { readonly kind: 'understate'; readonly by: number }
  /** A Compressed-Flag that is neither 0 nor 1. */
  | { readonly kind: 'flag'; readonly flag: number };

/** A message and what is done to it. */
export interface DamagedMessage {
  /** Never empty, so that every damage shows. */
  readonly message: OctetsSpec;
  readonly damage: MessageDamage;
}

export interface DamagedMessageConstraints {
  /** @defaultValue truncate, overstate and understate: those that end the stream inside a message */
  readonly kinds?: readonly MessageDamage['kind'][];
  /** Octets of the message. @defaultValue 300 */
  readonly maxLength?: number;
}

/** Messages that are broken in one way, for {@link damageMessage}. Shrinks to a short message and to the least damage. */
export function damagedMessage({
  kinds = ['truncate', 'overstate', 'understate'],
  maxLength = 300,
}: DamagedMessageConstraints = {}): fc.Arbitrary<DamagedMessage> {
  return record<DamagedMessage>({
    message: record<OctetsSpec>({
      length: boundaryInteger({ min: 4, max: maxLength, boundaries: [5, 6, 255, 256] }),
      seed: seed(),
    }),
    damage: fc.oneof(...kinds.map((kind) => messageDamages[kind](maxLength))),
  });
}

const messageDamages: { readonly [K in MessageDamage['kind']]: (maxLength: number) => fc.Arbitrary<MessageDamage> } = {
  truncate: (maxLength) =>
    record<MessageDamage & { kind: 'truncate' }>({
      kind: fc.constant('truncate'),
      drop: boundaryInteger({ min: 1, max: maxLength + prefixLength - 1, boundaries: [2, 3, 4, 5, 6] }),
    }),
  overstate: () =>
    record<MessageDamage & { kind: 'overstate' }>({
      kind: fc.constant('overstate'),
      by: boundaryInteger({ min: 1, max: 65_536, boundaries: [5, 6, 256] }),
    }),
  understate: () =>
    record<MessageDamage & { kind: 'understate' }>({
      kind: fc.constant('understate'),
      by: fc.integer({ min: 1, max: prefixLength - 1 }),
    }),
  flag: () =>
    record<MessageDamage & { kind: 'flag' }>({
      kind: fc.constant('flag'),
      flag: boundaryInteger({ min: 2, max: 255, boundaries: [3, 127, 128, 129, 254] }),
    }),
};

/** The octets of a damaged message with its prefix: never those of a complete, legal one. Arguments beyond the message do the most they can. */
export function damageMessage({ message, damage }: DamagedMessage): Uint8Array {
  const octets = octetsOf(message);
  switch (damage.kind) {
    case 'truncate': {
      const whole = encodeMessage(octets);
      return whole.subarray(0, Math.max(1, whole.length - damage.drop));
    }
    case 'overstate':
      return encodeMessage(octets, { length: octets.length + damage.by });
    case 'understate':
      return encodeMessage(octets, { length: octets.length - damage.by });
    case 'flag':
      return encodeMessage(octets, { compressedFlag: damage.flag });
  }
}

/** What is wrong with the 24 octets of the connection preface (RFC 9113 §3.4). */
export type PrefaceDamage =
  /** One octet is another: `xor` is 1 to 255. What follows the preface follows. */
  | { readonly kind: 'octet'; readonly at: number; readonly xor: number }
  /** The first octets are right; then comes something else, whose first octet is wrong for certain, and long enough that no server waits for more. */
  | { readonly kind: 'tail'; readonly keep: number; readonly xor: number; readonly tail: OctetsSpec };

/** Connection prefaces that are wrong somewhere, for {@link damagePreface}. */
export function damagedPreface(): fc.Arbitrary<PrefaceDamage> {
  // The first and the last octet, and the ends of the request line that the preface looks like.
  const at = boundaryInteger({
    max: connectionPreface.length - 1,
    boundaries: [0, 15, 16, connectionPreface.length - 1],
  });
  // Bit 5 turns the case of a letter, which a careless comparison would not see.
  const xor = boundaryInteger({ min: 1, max: 255, boundaries: [0x20, 0x80] });
  return fc.oneof(
    record<PrefaceDamage & { kind: 'octet' }>({ kind: fc.constant('octet'), at, xor }),
    record<PrefaceDamage & { kind: 'tail' }>({
      kind: fc.constant('tail'),
      keep: at,
      xor,
      tail: record<OctetsSpec>({ length: boundaryInteger({ min: 64, max: 1024 }), seed: seed() }),
    }),
  );
}

/** The octets to send in place of the preface; `rest` (our SETTINGS) follows where only one octet is wrong. Always more than 24 octets when `rest` is not empty. */
export function damagePreface(damage: PrefaceDamage, rest: Uint8Array): Uint8Array {
  if (damage.kind === 'octet') {
    const octets = Uint8Array.from([...connectionPreface, ...rest]);
    octets[damage.at]! ^= damage.xor;
    return octets;
  }
  const wrong = connectionPreface[damage.keep]! ^ damage.xor;
  return Uint8Array.from([...connectionPreface.subarray(0, damage.keep), wrong, ...octetsOf(damage.tail)]);
}

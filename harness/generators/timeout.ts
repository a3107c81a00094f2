import fc from 'fast-check';
import { largestTimeoutValue, timeoutDigits, timeoutUnits, type TimeoutUnit } from '../grpc/timeout';
import { boundaryInteger } from './boundary-integer';
import { text } from './shapes';

export interface TimeoutConstraints {
  /** Milliseconds. @defaultValue 0, which still leaves the timeout zero out: it is not legal */
  readonly min?: number;
  /** Milliseconds; the largest value of the protocol is 99999999 hours. @defaultValue no limit */
  readonly max?: number;
}

/**
 * Legal values of grpc-timeout between two durations, in every unit that can say one, some with leading zeros (PROTOCOL-HTTP2, Timeout). `parseTimeout`
 * tells their length. Shrinks to the shortest.
 */
export function timeout({ min = 0, max = Infinity }: TimeoutConstraints = {}): fc.Arbitrary<string> {
  const units = (['m', 'S', 'M', 'H', 'u', 'n'] as const)
    .map((unit) => ({ unit, ...valuesBetween(unit, min, max) }))
    .filter(({ least, most }) => least <= most);
  return fc.oneof(...units.map(({ unit, least, most }) => timeoutIn(unit, least, most)));
}

function timeoutIn(unit: TimeoutUnit, least: number, most: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      boundaryInteger({
        min: least,
        max: most,
        boundaries: [1, 9, 10, 60, 99, 100, 1000, 9_999_999, ...valuesAtLimits(unit)],
      }),
      fc.nat(timeoutDigits),
    )
    .map(
      ([value, width]) => `${String(value).padStart(width, '0')}${unit}`,
      (written) => {
        if (typeof written !== 'string' || !written.endsWith(unit)) throw new Error('not in this unit');
        return [Number(written.slice(0, -1)), written.length - 1];
      },
    );
}

/** Bits of the numbers in which implementations keep durations, a sign or the precision of a double left out. */
const limitBits = [31, 32, 53, 63];
/** Units in which they keep them. */
const keptUnits = ['n', 'u', 'm', 'S'] as const;

/** Values of one unit on both sides of where a duration no longer fits into such a number. */
function valuesAtLimits(unit: TimeoutUnit): readonly number[] {
  const limits = keptUnits.flatMap((kept) =>
    limitBits.map((bits) => (2 ** bits * timeoutUnits[kept]) / timeoutUnits[unit]),
  );
  return limits.flatMap((limit) => [Math.floor(limit), Math.floor(limit) + 1]);
}

/** True for a timeout that is 2 to the power of so many bits of a unit, or more: where arithmetic with it breaks. */
export const isBeyond = (milliseconds: number, bits: number, unit: TimeoutUnit): boolean =>
  milliseconds >= 2 ** bits * timeoutUnits[unit];

function valuesBetween(unit: TimeoutUnit, min: number, max: number) {
  const scale = timeoutUnits[unit];
  // TimeoutValue is a positive integer: what none of them means is not legal, and servers differ about it.
  return { least: Math.max(1, Math.ceil(min / scale)), most: Math.min(largestTimeoutValue, Math.floor(max / scale)) };
}

/** Values that no implementation may take for a duration (catalogue DL-08): each breaks the grammar in one way. */
export const malformedTimeouts: readonly string[] = [
  '',
  '1',
  'S',
  '1s',
  '1h',
  '1 S',
  '-1S',
  '+1S',
  '1.5S',
  '1e3m',
  '0x1S',
  '100000000S',
  '999999999999999999999S',
  'S1',
  '1S1S',
  '1Sx',
  '1ms',
  '1,S',
];

const digits = '0123456789';

/** Malformed values of grpc-timeout: the listed ones, and others by the same recipes. */
export function malformedTimeout(): fc.Arbitrary<string> {
  const number = text(digits, { minLength: 1, maxLength: timeoutDigits });
  const unit = text('SmHMun', { minLength: 1, maxLength: 1 });
  const unitless = number;
  const tooLong = fc.tuple(text(digits, { minLength: timeoutDigits + 1, maxLength: 30 }), unit);
  const wrongUnit = fc.tuple(
    number,
    text('sabcdefghijkopqrtvwxyzABDEFGIJKLNOPQRTUVWXYZ', { minLength: 1, maxLength: 1 }),
  );
  const signed = fc.tuple(text('-+', { minLength: 1, maxLength: 1 }), number, unit);
  const fractional = fc.tuple(number, fc.constant('.'), number, unit);
  const twice = fc.tuple(number, unit, number, unit);
  const unitFirst = fc.tuple(unit, number);
  return fc.oneof(
    fc.constantFrom(...malformedTimeouts),
    unitless,
    ...[tooLong, wrongUnit, signed, fractional, twice, unitFirst].map((parts) =>
      (parts as fc.Arbitrary<readonly string[]>).map((pieces) => pieces.join('')),
    ),
  );
}

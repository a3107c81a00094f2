import fc from 'fast-check';
import { enumType } from '../schema/look-up';
import type { FieldType, ScalarType, Schema } from '../schema/schema';
import type { LengthPrefixed, NumberValue } from '../schema/message-value';

/** Scalar types that are numbers. */
export type NumberType = Exclude<ScalarType, 'string' | 'bytes'>;

/** How numbers of a type are written, and which are worth trying. */
interface NumberKind {
  readonly wire: NumberValue['wire'];
  readonly min: bigint;
  readonly max: bigint;
  readonly boundaries: readonly bigint[];
}

const power = (exponent: number): bigint => 1n << BigInt(exponent);

/** The largest number of each length of a varint and the next one, powers at which other languages change their type, and what a double still holds. */
const magnitudes: readonly bigint[] = [
  ...[7, 14, 21, 28, 35, 42, 49, 56, 63].map(power),
  ...[8, 15, 16, 31, 32, 53].map(power),
].flatMap((value) => [value - 1n, value, value + 1n]);

function whole(wire: NumberValue['wire'], bits: 32 | 64, isSigned: boolean): NumberKind {
  const min = isSigned ? -power(bits - 1) : 0n;
  const max = power(isSigned ? bits - 1 : bits) - 1n;
  const values = [0n, 1n, min, min + 1n, max, max - 1n, -1n, ...magnitudes, ...magnitudes.map((value) => -value)];
  return { wire, min, max, boundaries: [...new Set(values.filter((value) => value >= min && value <= max))] };
}

/** Bits of IEEE 754: zeros of both signs, ones, smallest and largest of each kind, infinities, and the plain NaN. */
const floats: readonly bigint[] = [
  0x00000000n,
  0x80000000n,
  0x3f800000n,
  0xbf800000n,
  0x00000001n,
  0x007fffffn,
  0x00800000n,
  0x7f7fffffn,
  0xff7fffffn,
  0x7f800000n,
  0xff800000n,
  0x7fc00000n,
  0x3dcccccdn,
  0x4b800000n,
];
const doubles: readonly bigint[] = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x0000000000000001n,
  0x000fffffffffffffn,
  0x0010000000000000n,
  0x7fefffffffffffffn,
  0xffefffffffffffffn,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x3fb999999999999an,
  0x4340000000000000n,
];

const numberKinds: Readonly<Record<NumberType, NumberKind>> = {
  double: { wire: 'fixed64', min: 0n, max: power(64) - 1n, boundaries: doubles },
  float: { wire: 'fixed32', min: 0n, max: power(32) - 1n, boundaries: floats },
  int32: whole('varint', 32, true),
  int64: whole('varint', 64, true),
  uint32: whole('varint', 32, false),
  uint64: whole('varint', 64, false),
  sint32: whole('varint', 32, true),
  sint64: whole('varint', 64, true),
  fixed32: whole('fixed32', 32, false),
  fixed64: whole('fixed64', 64, false),
  sfixed32: whole('fixed32', 32, true),
  sfixed64: whole('fixed64', 64, true),
  bool: { wire: 'varint', min: 0n, max: 1n, boundaries: [0n, 1n] },
};

/** The number of a type as it is written. */
export function writeNumber(type: NumberType, value: bigint): NumberValue {
  const written = type === 'sint32' || type === 'sint64' ? (value >= 0n ? 2n * value : -2n * value - 1n) : value;
  return { wire: numberKinds[type].wire, value: String(written) };
}

/** The number that is written; the opposite of {@link writeNumber}. */
export function readNumber(type: NumberType, { value }: NumberValue): bigint {
  const written = BigInt(value);
  return type === 'sint32' || type === 'sint64' ? (written >> 1n) ^ -(written & 1n) : written;
}

/** True for the numbers that a type has. */
export function isNumberOf(type: NumberType, number: NumberValue): boolean {
  const { wire, min, max } = numberKinds[type];
  if (number.wire !== wire || !/^-?\d{1,20}$/.test(number.value)) return false;
  const value = readNumber(type, number);
  return value >= min && value <= max;
}

/** Numbers of a type: every other time one of the boundaries, otherwise of all orders of magnitude. */
export function randomNumber(type: NumberType, random: fc.Random): bigint {
  const { min, max, boundaries } = numberKinds[type];
  if (random.nextInt(0, 1) === 0) return boundaries[random.nextInt(0, boundaries.length - 1)]!;
  if (type === 'float' || type === 'double') return randomFloat(type, random);
  const bits = random.nextInt(1, max.toString(2).length);
  const magnitude = random.nextBigInt(0n, power(bits) - 1n);
  const isNegative = min < 0n && random.nextInt(0, 1) === 0;
  return isNegative ? -magnitude : magnitude > max ? max : magnitude;
}

/** Any bits but those of other NaNs than the plain one: languages do not keep them. */
function randomFloat(type: 'float' | 'double', random: fc.Random): bigint {
  const view = new DataView(new ArrayBuffer(8));
  const small = random.nextInt(-1_000_000, 1_000_000) / 8;
  if (type === 'float') {
    if (random.nextInt(0, 1) === 0) view.setFloat32(0, small);
    else view.setUint32(0, random.nextInt(0, 0xffffffff));
    return Number.isNaN(view.getFloat32(0)) ? floats[11]! : BigInt(view.getUint32(0));
  }
  if (random.nextInt(0, 1) === 0) view.setFloat64(0, small);
  else view.setBigUint64(0, random.nextBigInt(0n, power(64) - 1n));
  return Number.isNaN(view.getFloat64(0)) ? doubles[11]! : view.getBigUint64(0);
}

/** Smaller numbers first: bisection towards zero. The context is fast-check's. */
export function shrinkNumber(type: NumberType, value: bigint, context: unknown): fc.Stream<fc.Value<bigint>> {
  const { min, max } = numberKinds[type];
  if (type === 'float' || type === 'double') return fc.stream(simplerFloats(type, value)[Symbol.iterator]());
  return fc.bigInt({ min, max }).shrink(value, context);
}

/** Zero, one, and the whole part, as far as they are simpler; -0 is as simple as it gets. */
function simplerFloats(type: 'float' | 'double', bits: bigint): readonly fc.Value<bigint>[] {
  const view = new DataView(new ArrayBuffer(8));
  const size = type === 'float' ? 4 : 8;
  if (size === 4) view.setUint32(0, Number(bits));
  else view.setBigUint64(0, bits);
  const value = size === 4 ? view.getFloat32(0) : view.getFloat64(0);
  const complexity = (number: number): number =>
    number === 0 ? 0 : number === 1 ? 1 : Number.isInteger(number) ? Math.log2(Math.abs(number)) + 2 : 2000;
  return [0, 1, Math.trunc(value), Math.trunc(value / 2)]
    .filter((candidate) => Number.isFinite(candidate) && complexity(candidate) < complexity(value))
    .map((candidate) => {
      if (size === 4) view.setFloat32(0, candidate);
      else view.setFloat64(0, candidate);
      return new fc.Value(size === 4 ? BigInt(view.getUint32(0)) : view.getBigUint64(0), undefined);
    })
    .filter((candidate) => candidate.value !== bits);
}

/** Declared numbers, and with an open enum every fourth time one that is not declared. */
export function randomEnum(schema: Schema, name: string, random: fc.Random): bigint {
  const { numbers, closed } = enumType(schema, name);
  if (!closed && random.nextInt(0, 3) === 0) {
    const others = undeclared(numbers);
    return others[random.nextInt(0, others.length - 1)]!;
  }
  return BigInt(numbers[random.nextInt(0, numbers.length - 1)]!);
}

/** The next number after the declared ones first, then what takes the most octets. */
export function undeclared(numbers: readonly number[]): readonly bigint[] {
  const declared = new Set(numbers);
  const candidates = [Math.max(...numbers) + 1, -1, 127, 128, 2 ** 31 - 1, -(2 ** 31), 1_000_003];
  const others = candidates.filter((number) => number <= 2 ** 31 - 1 && !declared.has(number));
  // At most all but one of the candidates can be declared without the last being free as well.
  return (others.length > 0 ? others : [1_000_007]).map(BigInt);
}

/** Characters at which encodings change their length, and what careless code treats in its own way; all of them legal Unicode. */
const texts: readonly string[] = [
  'a',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u0080',
  'é',
  '\u07ff',
  '\u0800',
  '中',
  '\ud7ff',
  '\ue000',
  '\ufeff',
  '\uffff',
  '\u{10000}',
  '😀',
  '\u{10ffff}',
  'e\u0301',
  '\u202eabc',
  'a\r\nb',
  '"\\/\t',
  '%00%',
  ' ',
  'true',
  '0',
];

/** Lengths at which the length of a length changes, and those around a frame. */
const lengths: readonly number[] = [1, 2, 3, 4, 15, 16, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536];

/** Texts for strings, octets for bytes; empty ones now and then. */
export function randomContent(type: 'string' | 'bytes', random: fc.Random, maxLength: number): LengthPrefixed {
  const kind = random.nextInt(0, 7);
  if (kind === 0) return type === 'string' ? { wire: 'text', text: '' } : { wire: 'octets', length: 0, seed: 0 };
  if (kind < 5 && type === 'string') return { wire: 'text', text: texts[random.nextInt(0, texts.length - 1)]! };
  const fitting = lengths.filter((length) => length <= maxLength);
  const isListed = random.nextInt(0, 2) === 0 && fitting.length > 0;
  const length = isListed
    ? fitting[random.nextInt(0, fitting.length - 1)]!
    : random.nextInt(0, Math.min(40, maxLength));
  return { wire: type === 'string' ? 'long-text' : 'octets', length, seed: random.nextInt(0, 0xffff) };
}

/** The scalar that a field's values are: enums are written as int32. Undefined for messages. */
export function scalarOf(type: FieldType): ScalarType | undefined {
  return type.kind === 'scalar' ? type.scalar : type.kind === 'enum' ? 'int32' : undefined;
}

/** True for scalars that are numbers, and for enums. */
export function isNumberType(scalar: ScalarType | undefined): scalar is NumberType {
  return scalar !== undefined && scalar !== 'string' && scalar !== 'bytes';
}

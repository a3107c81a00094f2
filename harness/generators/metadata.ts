import fc from 'fast-check';
import type { Field } from '../wire/hpack/decoder';
import { encodeBinaryValue } from '../grpc/metadata';
import { octetsOf, type OctetsSpec } from '../grpc/octets';
import { boundaryInteger } from './boundary-integer';
import { list } from './list';
import { seed } from './message';
import { oneOf, record, shrunkAs, text } from './shapes';

const nameAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789_.-';
/** Last characters of an ASCII name: no hyphen, for beauty, and no n, so that no name ends with -bin. */
const lastAlphabet = nameAlphabet.replace(/[n-]/g, '');

/** Visible ASCII, letters first so that values shrink to something readable; the comma is apart. */
const visible = Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) => String.fromCharCode(0x21 + index))
  .filter((character) => character !== ',')
  .toSorted((a, b) => Number(/[a-z]/.test(b)) - Number(/[a-z]/.test(a)))
  .join('');

/** Names that HTTP and gRPC have no use for: `x-` and legal characters (PROTOCOL-HTTP2, Header-Name); never with the ending -bin. */
export function metadataName({ maxLength = 24 }: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc
    .tuple(text(nameAlphabet, { maxLength: maxLength - 3 }), text(lastAlphabet, { minLength: 1, maxLength: 1 }))
    .map(
      ([body, last]) => `x-${body}${last}`,
      (name) => {
        if (typeof name !== 'string' || !name.startsWith('x-')) throw new Error('not one of these names');
        return [name.slice(2, -1), name.slice(-1)];
      },
    );
}

/** What values get wrong that are read as something else: escapes, runs of blanks, quotes, and what separates parameters. */
const valueFragments = ['  ', '%41', '%zz', '"', '\\', ';', '=', 'a'];
const longestFragment = 3;

export interface AsciiValueConstraints {
  /** 0 or 1. @defaultValue 0 */
  readonly minLength?: 0 | 1;
  /** Characters. @defaultValue 64 */
  readonly maxLength?: number;
  /** Whether commas may occur: values with commas can come back split. @defaultValue false */
  readonly commas?: boolean;
}

/** Values over 0x20 to 0x7e without outer spaces (PROTOCOL-HTTP2, ASCII-Value). */
export function asciiValue({
  minLength = 0,
  maxLength = 64,
  commas = false,
}: AsciiValueConstraints = {}): fc.Arbitrary<string> {
  const first = commas ? `${visible},` : visible;
  const plain = text(`${first} `, { maxLength: maxLength - 1 });
  const rich = list(fc.constantFrom(...valueFragments), { maxCount: Math.floor((maxLength - 1) / longestFragment) });
  const others = oneOf(
    { arbitrary: plain, weight: 2 },
    {
      arbitrary: shrunkAs(
        rich.map((fragments) => fragments.join('')),
        plain,
      ),
      weight: 1,
    },
  );
  const nonEmpty = fc.tuple(text(first, { minLength: 1, maxLength: 1 }), others).map(
    ([head, tail]) => (head + tail).trimEnd(),
    (value) => {
      if (typeof value !== 'string' || value === '') throw new Error('not one of these values');
      return [value.slice(0, 1), value.slice(1)];
    },
  );
  if (minLength === 1) return nonEmpty;
  return oneOf({ arbitrary: fc.constant(''), weight: 1 }, { arbitrary: nonEmpty, weight: 9 });
}

/** A value of many characters in two numbers and a short text, which is repeated. */
export interface LongValue {
  readonly unit: string;
  readonly length: number;
}

/** Values of 1 to 4096 characters, the most that fits beside the other fields of a request that every server takes: 8 KiB of them in all. */
export function longValue({ maxLength = 4096 }: { readonly maxLength?: number } = {}): fc.Arbitrary<LongValue> {
  return record<LongValue>({
    unit: text(visible, { minLength: 1, maxLength: 12 }),
    length: boundaryInteger({ min: 1, max: maxLength, boundaries: [126, 127, 128, 254, 255, 256, 1024, 4095] }),
  });
}

/** What a {@link LongValue} stands for. */
export function longValueOf({ unit, length }: LongValue): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

export interface MetadataConstraints extends AsciiValueConstraints {
  /** Fields. @defaultValue 0 */
  readonly minCount?: number;
  /** Fields. @defaultValue 12 */
  readonly maxCount?: number;
  /** Different names; with fewer names than fields some repeat. @defaultValue as many as fields */
  readonly names?: number;
}

/** Custom-Metadata: ASCII fields with names that are free to use; names may repeat. Together they stay below 2 KiB. */
export function metadata({ minCount = 0, maxCount = 12, names, ...value }: MetadataConstraints = {}): fc.Arbitrary<
  readonly Field[]
> {
  const name =
    names === undefined
      ? oneOf({ arbitrary: metadataName(), weight: 3 }, { arbitrary: fc.constantFrom('x-twice', 'x-again'), weight: 1 })
      : fc.constantFrom(...Array.from({ length: names }, (_, index) => `x-name-${index}`));
  return list(record<Field>({ name, value: asciiValue(value) }), { minCount, maxCount });
}

/** The values of one name that is sent several times: 2 to 10, in an order that must be kept. */
export function repeatedValues({ minCount = 2, maxCount = 10, ...value }: MetadataConstraints = {}): fc.Arbitrary<
  readonly string[]
> {
  // Some are equal, and stay as many as they are.
  const one = oneOf(
    { arbitrary: asciiValue({ minLength: 1, ...value }), weight: 2 },
    { arbitrary: fc.constantFrom('twice', 'again'), weight: 1 },
  );
  return list(one, { minCount, maxCount });
}

/** A value of a Binary-Header before it is encoded, and how it is. */
export interface BinaryValue {
  readonly octets: OctetsSpec;
  /** Base64 with padding or without: both are legal (PROTOCOL-HTTP2, Binary-Header). */
  readonly padding: boolean;
}

/** Octets of every length from 0, so with every remainder by 3. */
export function binaryValue({
  minLength = 0,
  maxLength = 64,
}: { readonly minLength?: number; readonly maxLength?: number } = {}): fc.Arbitrary<BinaryValue> {
  return record<BinaryValue>({
    octets: record<OctetsSpec>({ length: fc.integer({ min: minLength, max: maxLength }), seed: seed() }),
    padding: fc.boolean(),
  });
}

/** The value as it goes into a field. */
export function binaryValueOf({ octets, padding }: BinaryValue): string {
  return encodeBinaryValue(octetsOf(octets), { padding });
}

/** A Binary-Header before it is encoded. */
export interface BinaryField extends BinaryValue {
  readonly name: string;
}

/** Custom-Metadata: Binary-Headers, see {@link binaryFieldOf}. */
export function binaryMetadata({
  minCount = 0,
  maxCount = 8,
  maxLength = 64,
}: { readonly minCount?: number; readonly maxCount?: number; readonly maxLength?: number } = {}): fc.Arbitrary<
  readonly BinaryField[]
> {
  return list(
    fc.tuple(metadataName({ maxLength: 16 }), binaryValue({ maxLength })).map(
      ([name, value]) => ({ name: `${name}-bin`, ...value }),
      (field) => {
        const { name, octets, padding } = field as BinaryField;
        return [name.slice(0, -'-bin'.length), { octets, padding }];
      },
    ),
    { minCount, maxCount },
  );
}

/** The field on the wire. */
export function binaryFieldOf(field: BinaryField): Field {
  return { name: field.name, value: binaryValueOf(field) };
}

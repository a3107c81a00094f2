import fc from 'fast-check';
import { encodeLiteral, encodeString, type FieldSpec } from '../wire/hpack/encoder';
import type { Representation } from '../wire/hpack/field';
import { encodeHuffman } from '../wire/hpack/huffman';
import { encodeInteger } from '../wire/hpack/integer';
import { fromLatin1 } from '../wire/hpack/latin1';
import { joinOctets } from '../wire/join-octets';
import { boundaryInteger } from './boundary-integer';
import { oneOf, record, text } from './shapes';

/** The literal forms of a field: the bits above its first integer, and how many bits that has (RFC 7541 §6.2). */
const literalForms = {
  incremental: { flags: 0x40, prefixBits: 6 },
  'without-indexing': { flags: 0x00, prefixBits: 4 },
  'never-indexed': { flags: 0x10, prefixBits: 4 },
} as const satisfies Record<Exclude<Representation, 'indexed'>, unknown>;

type LiteralForm = keyof typeof literalForms;

const form = (): fc.Arbitrary<LiteralForm> => fc.constantFrom('incremental', 'without-indexing', 'never-indexed');

/** `user-agent` of the static table: a name that means nothing to anybody, with an empty value as a whole field. */
const userAgent = { index: 58, name: 'user-agent' } as const;

const plainString = (value: string): Uint8Array => encodeString(value, { huffman: false });

/** Letters whose codes are of all lengths, so that padding of each number of bits comes up. */
const letters = 'a0-:zX&!?{~';

/** A literal field in whose Huffman code something is wrong (RFC 7541 §5.2). */
export interface DamagedHuffman {
  readonly form: LiteralForm;
  readonly part: 'name' | 'value';
  readonly text: string;
  /** `zeros`: padding with a zero in it; `overlong`: of eight ones or more; `eos`: EOS behind the text; `eos-inside`: and the text once more behind it. */
  readonly defect: 'zeros' | 'overlong' | 'eos' | 'eos-inside';
  /** Octets of padding more, where it is overlong. */
  readonly more: number;
}

/** Strings damaged in each of the ways, as a name or a value, of no letters too. */
export function damagedHuffman(): fc.Arbitrary<DamagedHuffman> {
  return record<DamagedHuffman>({
    form: form(),
    part: fc.constantFrom('value', 'name'),
    text: text(letters, { maxLength: 40 }),
    defect: fc.constantFrom('zeros', 'overlong', 'eos', 'eos-inside'),
    more: boundaryInteger({ max: 4 }),
  });
}

/** What a {@link DamagedHuffman} stands for in a request. */
export function damagedHuffmanOf({ form: how, part, text: content, defect, more }: DamagedHuffman): FieldSpec {
  const padding = defect === 'eos-inside' ? 'eos' : defect;
  const coded = joinOctets([
    encodeHuffman(content, { padding, ...(defect === 'eos-inside' ? { afterEos: content } : {}) }),
    new Uint8Array(defect === 'overlong' ? more : 0).fill(0xff),
  ]);
  const damaged = joinOctets([encodeInteger(coded.length, 7, 0x80), coded]);
  const { flags, prefixBits } = literalForms[how];
  const octets =
    part === 'value'
      ? joinOctets([encodeInteger(userAgent.index, prefixBits, flags), damaged])
      : joinOctets([encodeInteger(0, prefixBits, flags), damaged, plainString('v')]);
  return { name: part === 'value' ? userAgent.name : 'x-damaged', value: 'v', octets };
}

/** Where an integer of a block stands that no decoder takes. */
export type IntegerPlace = 'index' | 'name-index' | 'name-length' | 'value-length' | 'table-size';

/** A field that a block cannot end with, or that says more than it has (RFC 7541 §5.1, §5.2). */
export type BrokenField =
  /** Its last octets are missing, and the block ends there. `part`: how much of it stands there, in thousandths; never all, and never nothing. */
  | { readonly flaw: 'cut'; readonly form: LiteralForm; readonly length: number; readonly part: number }
  /** A string announces so many octets more than the block has. */
  | {
      readonly flaw: 'string-beyond';
      readonly form: LiteralForm;
      readonly of: 'name' | 'value';
      readonly beyond: number;
    }
  /** An integer that is what it should be in its low bits, of 32 or of 64, and far larger; or all ones, in so many continuation octets. */
  | { readonly flaw: 'integer'; readonly at: IntegerPlace; readonly beyond: 'wraps-32' | 'wraps-64' | number };

/** Octets of a string that its integer has continuation octets for. */
const longString = 130;

/** The field at which the block ends is cut short anywhere, strings announce more than there is, and integers are beyond all bounds. */
export function brokenField(): fc.Arbitrary<BrokenField> {
  return oneOf<BrokenField>(
    {
      arbitrary: record<Extract<BrokenField, { flaw: 'cut' }>>({
        flaw: fc.constant('cut'),
        form: form(),
        length: boundaryInteger({ max: 200, boundaries: [1, 126, 127, 128] }),
        part: boundaryInteger({ max: 1000, boundaries: [10, 500, 990] }),
      }),
      weight: 2,
    },
    {
      arbitrary: record<Extract<BrokenField, { flaw: 'string-beyond' }>>({
        flaw: fc.constant('string-beyond'),
        form: form(),
        of: fc.constantFrom('value', 'name'),
        beyond: boundaryInteger({ min: 1, max: 2 ** 24, boundaries: [2, 100, 16_384, 65_536] }),
      }),
      weight: 2,
    },
    {
      arbitrary: record<Extract<BrokenField, { flaw: 'integer' }>>({
        flaw: fc.constant('integer'),
        at: fc.constantFrom('index', 'name-index', 'name-length', 'value-length', 'table-size'),
        beyond: fc.constantFrom<('wraps-32' | 'wraps-64' | number)[]>('wraps-32', 'wraps-64', 5, 6, 9, 10),
      }),
      weight: 3,
    },
  );
}

/** A {@link BrokenField} in a request: whether nothing can follow it, and whether it must come first. */
export interface BrokenFieldSpec {
  readonly spec: FieldSpec;
  readonly isLast: boolean;
  readonly isFirst: boolean;
}

/** What a {@link BrokenField} stands for. */
export function brokenFieldOf(broken: BrokenField): BrokenFieldSpec {
  const field = (octets: Uint8Array, where: { readonly isLast?: boolean; readonly isFirst?: boolean } = {}) => ({
    spec: { name: 'x-broken', value: 'v', octets },
    isLast: where.isLast ?? false,
    isFirst: where.isFirst ?? false,
  });
  switch (broken.flaw) {
    case 'cut': {
      const whole = encodeLiteral({
        representation: broken.form,
        name: 'x-broken',
        value: 'v'.repeat(broken.length),
        huffman: false,
      });
      const kept = 1 + Math.floor((broken.part / 1001) * (whole.length - 1));
      return field(whole.subarray(0, kept), { isLast: true });
    }
    case 'string-beyond': {
      const { flags, prefixBits } = literalForms[broken.form];
      const value = encodeInteger(1 + broken.beyond, 7);
      const octets =
        broken.of === 'value'
          ? [encodeInteger(0, prefixBits, flags), plainString('x'), value, Uint8Array.of(0x76)]
          : [encodeInteger(0, prefixBits, flags), value, Uint8Array.of(0x78)];
      return field(joinOctets(octets), { isLast: true });
    }
    case 'integer':
      return field(hugeInteger(broken), { isFirst: broken.at === 'table-size' });
  }
}

function hugeInteger({ at, beyond }: Extract<BrokenField, { flaw: 'integer' }>): Uint8Array {
  const string = new Uint8Array(longString).fill(0x76);
  switch (at) {
    case 'index':
      return tooLarge(userAgent.index, 7, 0x80, beyond);
    case 'name-index':
      return joinOctets([tooLarge(userAgent.index, 4, 0, beyond), plainString('v')]);
    case 'name-length':
      return joinOctets([Uint8Array.of(0), tooLarge(longString, 7, 0, beyond), string, plainString('v')]);
    case 'value-length':
      return joinOctets([Uint8Array.of(0), plainString('x'), tooLarge(longString, 7, 0, beyond), string]);
    case 'table-size':
      return tooLarge(100, 5, 0x20, beyond);
  }
}

function tooLarge(
  right: number,
  prefixBits: number,
  flags: number,
  beyond: 'wraps-32' | 'wraps-64' | number,
): Uint8Array {
  if (typeof beyond !== 'number')
    return encodeInteger(BigInt(right) + (beyond === 'wraps-32' ? 2n ** 32n : 2n ** 64n), prefixBits, flags);
  const prefix = 2 ** prefixBits - 1;
  return Uint8Array.from([flags | prefix, ...Array.from({ length: beyond - 1 }, () => 0xff), 0x7f]);
}

/** An integer with continuation octets that add nothing, of a field that says what it always says (RFC 7541 §5.1). */
export interface NeedlessOctets {
  readonly flaw: 'needless';
  readonly at: 'name-index' | 'value-length';
  /** Continuation octets beyond those that the number takes. */
  readonly extra: number;
}

/** From one octet to as many as make ten in all. */
export function needlessOctets(): fc.Arbitrary<NeedlessOctets> {
  return record<NeedlessOctets>({
    flaw: fc.constant('needless'),
    at: fc.constantFrom('name-index', 'value-length'),
    extra: boundaryInteger({ min: 1, max: 9, boundaries: [2, 4, 5] }),
  });
}

/** The same field, with such an integer; its value is long enough for continuation octets. @param name where it is spelled out */
export function withNeedlessOctets(
  { at, extra }: Pick<NeedlessOctets, 'at' | 'extra'>,
  name: string,
  value: string,
): FieldSpec {
  const isIndexed = at === 'name-index';
  const octets = joinOctets([
    ...(isIndexed
      ? [encodeInteger(userAgent.index, 4, 0, { extraContinuation: extra })]
      : [Uint8Array.of(0), plainString(name)]),
    encodeInteger(value.length, 7, 0, { extraContinuation: isIndexed ? 0 : extra }),
    fromLatin1(value),
  ]);
  return { name: isIndexed ? userAgent.name : name, value, octets };
}

import fc from 'fast-check';
import type { Field } from '../wire/hpack/decoder';
import { echoInitialName } from '../grpc/test-service';
import { asciiValue } from './metadata';
import { list } from './list';
import { oneOf, record, shrunkAs, text } from './shapes';

/** A text with something in it that does not belong there, in three pieces; one character for each octet. */
export interface FlawedText {
  readonly before: string;
  /** The octet that is wrong. */
  readonly flaw: string;
  readonly after: string;
}

/** What a {@link FlawedText} stands for. */
export const flawedTextOf = ({ before, flaw, after }: FlawedText): string => before + flaw + after;

const nameAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789-';

const octets = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));

/** Octets that no field name has, but for the upper-case letters: 0x00 to 0x20, and 0x7f to 0xff (RFC 9113 §8.2.1). */
const controls = octets(0x00, 0x20);
const highs = octets(0x7f, 0xff);

/** The one name that has no wrong octet, as it has none at all. */
export const emptyName: FlawedText = { before: '', flaw: '', after: '' };

/**
 * Field names with one octet that RFC 9113 §8.2.1 forbids, or none at all: names of nobody, and the name of the field that handlers copy, so that whoever drops the
 * octet, or what is behind it, shows that it did. A colon is never the first octet, which would make a pseudo-header field of it.
 */
export function forbiddenName(): fc.Arbitrary<FlawedText> {
  const octet = oneOf(
    { arbitrary: fc.constantFrom('\0', ' ', '\t', '\r', '\n', '\x7f', '\xff'), weight: 2 },
    { arbitrary: fc.constantFrom(...controls), weight: 2 },
    { arbitrary: fc.constantFrom(...highs), weight: 2 },
  );
  const part = text(nameAlphabet, { maxLength: echoInitialName.length });
  const named = text(nameAlphabet, { minLength: 1, maxLength: 8 });
  const stranger = record<FlawedText>({ before: part, flaw: octet, after: part });
  const copied = fc
    .tuple(fc.oneof(fc.constantFrom(0, echoInitialName.length), fc.nat(echoInitialName.length)), octet)
    .map(([at, flaw]) => ({ before: echoInitialName.slice(0, at), flaw, after: echoInitialName.slice(at) }));
  return oneOf<FlawedText>(
    { arbitrary: stranger, weight: 5 },
    { arbitrary: record<FlawedText>({ before: named, flaw: fc.constant(':'), after: part }), weight: 2 },
    { arbitrary: shrunkAs(copied, stranger), weight: 5 },
    { arbitrary: fc.constant(emptyName), weight: 1 },
  );
}

/** The three octets that no field value has (RFC 9113 §8.2.1). */
export const forbiddenInValues = ['\0', '\n', '\r'] as const;

/** Values with one of these octets, at the start, inside or at the end, and nothing else wrong with them. */
export function forbiddenValue(): fc.Arbitrary<FlawedText> {
  const part = text(nameAlphabet, { maxLength: 8 });
  return record<FlawedText>({ before: part, flaw: fc.constantFrom(...forbiddenInValues), after: part });
}

/** Names of fields that speak of HTTP/1 connections (RFC 9113 §8.2.2). */
export const connectionFieldNames = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
] as const;

/** Such fields, with values that they have in HTTP/1, no value, and any other. */
export function connectionField(): fc.Arbitrary<Field> {
  return record<Field>({
    name: fc.constantFrom(...connectionFieldNames),
    value: oneOf(
      {
        arbitrary: fc.constantFrom(
          'close',
          'keep-alive',
          'te',
          'upgrade',
          'chunked',
          'trailers',
          'timeout=5',
          'h2c',
          '',
        ),
        weight: 3,
      },
      { arbitrary: asciiValue({ maxLength: 20 }), weight: 1 },
    ),
  });
}

/** A value with blanks around it: SP and HTAB, at one end at least. */
export interface BlankedValue {
  readonly leading: string;
  readonly value: string;
  readonly trailing: string;
}

/** Values with outer blanks, none at all among them. */
export function blankedValue(): fc.Arbitrary<BlankedValue> {
  const blanks = (minLength: number): fc.Arbitrary<string> => text(' \t', { minLength, maxLength: 4 });
  const value = asciiValue({ maxLength: 20 });
  return oneOf<BlankedValue>(
    { arbitrary: record<BlankedValue>({ leading: blanks(1), value, trailing: blanks(0) }), weight: 1 },
    { arbitrary: record<BlankedValue>({ leading: blanks(0), value, trailing: blanks(1) }), weight: 1 },
  );
}

/**
 * Values that HTTP allows and gRPC's ASCII-Value does not: with octets from 0x80 on anywhere, whole characters of UTF-8 and what is none, with HTAB inside,
 * and the empty one (RFC 9110 §5.5).
 */
export function httpOnlyValue(): fc.Arbitrary<string> {
  const letters = text('abc-1', { minLength: 1, maxLength: 6 });
  // What some take for a blank, and the ends of the range, as often as all others.
  const high = fc.oneof(fc.constantFrom('\x80', '\x85', '\xa0', '\xff'), fc.constantFrom(...octets(0x80, 0xff)));
  const encoded = fc.constantFrom('\xc3\xa9', '\xe2\x82\xac', '\xf0\x9f\x8c\xb1', '\xef\xbb\xbf');
  const strange = list(oneOf({ arbitrary: high, weight: 2 }, { arbitrary: encoded, weight: 1 }), {
    minCount: 1,
    maxCount: 4,
  }).map((all) => all.join(''));
  const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.tuple(...parts).map((all) => all.join(''));
  return oneOf(
    { arbitrary: joined(letters, strange, letters), weight: 2 },
    { arbitrary: joined(strange, letters), weight: 1 },
    { arbitrary: joined(letters, strange), weight: 1 },
    { arbitrary: joined(letters, text('\t', { minLength: 1, maxLength: 3 }), letters), weight: 2 },
    { arbitrary: fc.constant(''), weight: 1 },
  );
}

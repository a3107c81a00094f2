import fc from 'fast-check';
import { statusNames } from '../grpc/status';
import { joined, shrunkAs } from './shapes';

/** Status codes that a handler can choose: 1 to 16, or from 0. */
export function statusCode({ ok = false }: { readonly ok?: boolean } = {}): fc.Arbitrary<number> {
  return fc.integer({ min: ok ? 0 : 1, max: statusNames.length - 1 });
}

/** Fragments that percent-encoding has to get right: escapes that are none, quotes, control characters, and the ends of each UTF-8 length. */
export const statusMessageFragments: readonly string[] = [
  'a',
  '%',
  '%%',
  '%41',
  '%zz',
  '%2',
  '100%',
  ' ',
  '"',
  "'",
  '\\',
  '~',
  ',',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\x1f',
  '\x7f',
  '\x80',
  'é',
  '\u07ff',
  '\u0800',
  '☺',
  '\uffff',
  '\u{10000}',
  '😈',
  '\u{10ffff}',
];

const blanks = [' ', '\t'];

/** Characters of the longest fragment. */
const longestFragment = Math.max(...statusMessageFragments.map((fragment) => [...fragment].length));

/** The text of interop's special_status_message test. */
export const interopStatusMessage = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';

/** Status messages: any Unicode text without lone surrogates, rich in what an encoder can get wrong. Shrinks character by character. */
export function statusMessage({ maxFragments = 12 }: { readonly maxFragments?: number } = {}): fc.Arbitrary<string> {
  const character = unicodeCharacter();
  const fragment = fc.oneof(
    { arbitrary: fc.constantFrom(...statusMessageFragments), weight: 3 },
    { arbitrary: character, weight: 1 },
  );
  const fragments = fc.array(fragment, { maxLength: maxFragments, size: 'max' }).map((parts) => parts.join(''));
  // What stands at an end may be taken for something around the value.
  const edge = fc.oneof(
    { arbitrary: fc.constant(''), weight: 3 },
    { arbitrary: fc.constantFrom(...blanks), weight: 1 },
  );
  const whole = fc.tuple(edge, fragments, edge).map((parts) => parts.join(''));
  return shrunkAs(whole, joined(character, { maxCount: maxFragments * longestFragment + 2 }));
}

/**
 * Any character but surrogates; shrinks towards U+0000. By its number, for fast-check's own strings of such characters begin with a table of all of them,
 * which keeps the process busy for seconds, and every wait that runs meanwhile expires.
 */
function unicodeCharacter(): fc.Arbitrary<string> {
  return fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })).map(
    (code) => String.fromCodePoint(code),
    (value) => {
      const [character] = typeof value === 'string' ? value : '';
      if (character === undefined || character !== value) throw new Error('not one character');
      return character.codePointAt(0)!;
    },
  );
}

import { cutMark } from '../../cut-text';
import { OutputTail } from './output-tail';

test.each<[why: string, chunks: readonly string[], text: string]>([
  ['nothing was said', [], ''],
  ['all of it fits', ['ab', 'cd'], 'abcd'],
  ['it fits exactly', ['abcd', 'efgh'], 'abcdefgh'],
  ['one octet too many, in small pieces', ['abc', 'def', 'ghi'], `${cutMark}bcdefghi`],
  ['one piece is longer than what is kept', ['abcdefghijkl'], `${cutMark}efghijkl`],
  ['a long piece comes between short ones', ['ab', 'cdefghijkl', 'mn'], `${cutMark}ghijklmn`],
])('the last eight octets are kept, with a mark where more came before: %s', (_, chunks, text) => {
  const tail = new OutputTail(8);
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  expect(tail.text()).toBe(text);
});

test.each<[why: string, chunks: readonly (readonly [at: number, text: string])[], lines: readonly string[]]>([
  ['nothing was said', [], []],
  [
    'before, within and after',
    [
      [1, 'a\n'],
      [5, 'b\n'],
      [10, 'c\n'],
      [11, 'd\n'],
    ],
    ['5 b', '10 c'],
  ],
  ['several at once, and empty ones', [[5, 'a\n\n  \r\nb\r\n']], ['5 a', '5 b']],
  [
    'one that comes in pieces, by its beginning',
    [
      [4, 'a'],
      [6, 'b'],
      [12, 'c\nd'],
    ],
    [],
  ],
  [
    'one that goes on behind the end',
    [
      [6, 'a'],
      [12, 'b\nc'],
    ],
    ['6 ab'],
  ],
  ['one that has not ended', [[6, 'a']], ['6 a']],
  [
    'one in two pieces',
    [
      [5, 'abcdefgh'],
      [6, 'ij\nk\n'],
    ],
    ['5 abcdefghij', '6 k'],
  ],
])('lines are told by the time at which they began: %s', (_, chunks, lines) => {
  let now = 0;
  const tail = new OutputTail(12, () => now);
  for (const [at, text] of chunks) {
    now = at;
    tail.push(Buffer.from(text));
  }
  expect(tail.linesBetween(5, 10).map(({ at, text }) => `${at} ${text}`)).toEqual(lines);
});

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

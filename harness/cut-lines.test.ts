import { cutLines } from './cut-lines';

test.each<[readonly string[], readonly string[]]>([
  [[], []],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['a', 'b', 'c', 'd'],
    ['a', 'b', 'and 2 more; in the file'],
  ],
])('of %j two lines are %j', (lines, cut) => expect(cutLines(lines, 2, '; in the file')).toEqual(cut));

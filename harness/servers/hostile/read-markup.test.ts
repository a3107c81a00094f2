import { readMarkup } from './read-markup';

const names = (source: string, language: 'html' | 'xml' = 'html'): readonly string[] =>
  readMarkup(source, language).tags.map(({ name }) => name);

test.each<[string, string, readonly string[]]>([
  ['elements in small letters', '<P><IMG SRC=x></P>', ['p', 'img']],
  ['an element right after text', 'a<b<i>', ['b<i']],
  ['a slash in place of a blank', '<svg/onload=x>', ['svg']],
  ['no element where no letter follows', 'a < b, <3, <>', []],
  ['what a script holds is no element', '<script>"<img>"</script><p>', ['script', 'p']],
  ['a script that ends early', '<script>"</script ><img>', ['script', 'img']],
  ['what a comment holds is no element', '<!-- <img> --><p>', ['p']],
  ['an element that never ends', '<img src="', ['img']],
])('HTML: %s', (_what, source, expected) => {
  expect(names(source)).toEqual(expected);
});

test('attributes in double quotes, in single quotes, without quotes and without a value', () => {
  const [tag] = readMarkup(`<a A="1>" b='2"' c=3/ d e = 5>`, 'html').tags;
  expect(Object.fromEntries(tag?.attributes ?? [])).toEqual({ a: '1>', b: '2"', c: '3/', d: '', e: '5' });
});

test('the content of a script is kept, and is no text', () => {
  const { tags, text } = readMarkup('a<script>b</script>c', 'html');
  expect({ raw: tags[0]?.raw, text }).toEqual({ raw: 'b', text: 'ac' });
});

test('XML: a CDATA section is text up to its first end, and names keep their letters', () => {
  const { tags, text } = readMarkup('<A><![CDATA[<b>]]>]]><c/></A>', 'xml');
  expect({ names: tags.map(({ name }) => name), text }).toEqual({ names: ['A', 'c'], text: '<b>]]>' });
});

test('comments, declarations and instructions are told apart from elements', () => {
  expect(readMarkup('<?xml version="1.0"?><!DOCTYPE x><!-- c --><p>', 'xml').others).toEqual([
    '<?xml version="1.0"?>',
    '<!DOCTYPE x>',
    '<!-- c -->',
  ]);
});

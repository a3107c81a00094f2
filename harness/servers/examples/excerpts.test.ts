import { readExcerpts, replaceExcerpts } from './excerpts';

const marker = '<!-- output of: npx one -->';
const document = ['before', '', marker, '', '```console', '$ npx one', 'old', '```', '', 'after'].join('\n');

test('what stands below a marker is replaced, and nothing else', () => {
  expect(readExcerpts(document)).toEqual([{ command: 'npx one', lines: ['old'] }]);
  const changed = replaceExcerpts(document, () => ['new', 'newer']);
  expect(changed).toBe(document.replace('old', 'new\nnewer'));
  expect(replaceExcerpts(document, () => undefined)).toBe(document);
});

test('a marker without a block gets one', () => {
  const bare = ['before', '', marker, '', 'after'].join('\n');
  expect(readExcerpts(bare)).toEqual([{ command: 'npx one', lines: [] }]);
  expect(replaceExcerpts(bare, () => ['old'])).toBe(document);
});

test('an output ends no block and steers no terminal', () => {
  const hostile = ['```', '<script>', '\u001b[2J', '````'];
  const changed = replaceExcerpts(document, () => hostile);
  expect(changed).toContain('`````console');
  expect(changed).not.toContain('\u001b');
  expect(readExcerpts(changed)).toEqual([{ command: 'npx one', lines: ['```', '<script>', '\\x1b[2J', '````'] }]);
});

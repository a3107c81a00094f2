import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from './package-root';

const docs = readdirSync(join(packageRoot(), 'docs')).filter((file) => file.endsWith('.md'));

const books = [
  ...docs.map((file) => `docs/${file}`),
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'reports/README.md',
  'harness/servers/README.md',
];

/**
 * What `list --summary`, `self-test`, `npm run servers -- --list` and their kind count: a number in a text would be wrong after the next change. Up to five is
 * no count but a sentence about these few.
 */
const counted =
  /\b(?:\d{2,}|[6-9]|six|seven|eight|nine|ten|eleven|twelve|dozens?)\s+(?:more\s+|real\s+|hostile\s+|legal\s+)?(?:properties|rows|areas|defects|variations|mutants|attackers|servers|languages)\b/gi;

/** The words of a page without its examples, which show what a command printed at some time. */
const wordsOf = (text: string): string => text.replaceAll(/^```.*?^```/gms, '');

test.each(books)('%s has no count that a command makes', (book) => {
  const found = wordsOf(readFileSync(join(packageRoot(), book), 'utf8')).match(counted) ?? [];
  expect(found).toEqual([]);
});

test.each([
  ['The catalogue has 314 rows.', ['314 rows']],
  ['Servers in six languages, more than 150 hostile servers', ['six languages', '150 hostile servers']],
  ['One property, properties, two variations that exclude each other', []],
  ['```\n80 properties\n```\n', []],
])('%j: finds %j', (text, want) => {
  expect(wordsOf(text).match(counted) ?? []).toEqual(want);
});

test.each(books)('%s links to nothing that is not there', (book) => {
  const file = join(packageRoot(), book);
  const targets = [...wordsOf(readFileSync(file, 'utf8')).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
    ([, target = '']) => target,
  );
  expect(targets.filter((target) => !existsSync(join(dirname(file), target)))).toEqual([]);
});

test('the list of documents has each of them, and nothing else', () => {
  const listed = [
    ...readFileSync(join(packageRoot(), 'docs', 'README.md'), 'utf8').matchAll(/^\d+\. .*\((\w[\w-]*\.md)\)/gm),
  ];
  expect(listed.map(([, file = '']) => file).toSorted()).toEqual(docs.filter((file) => file !== 'README.md'));
});

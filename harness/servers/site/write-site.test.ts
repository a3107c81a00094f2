import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../package-root';
import { writeSite } from './write-site';

let out: string;
let pages: ReadonlyMap<string, string>;
const said: string[] = [];
beforeAll(() => {
  out = mkdtempSync(path.join(tmpdir(), 'site-'));
  writeSite(['--out', out], {
    servers: path.join(packageRoot(), 'harness', 'servers'),
    reports: path.join(packageRoot(), 'reports'),
    say: (line) => said.push(line),
  });
  pages = new Map(readdirSync(out).map((name) => [name, readFileSync(path.join(out, name), 'utf8')]));
});
afterAll(() => rmSync(out, { recursive: true }));

test('has a page for each published server, the matrix, the rules and the sentences', () => {
  expect([...pages.keys()]).toEqual(
    expect.arrayContaining(['index.html', 'matrix.html', 'rules.html', 'sentences.html', 'grpc-go.html']),
  );
  expect(said.at(-1)).toMatch(/index\.html: \d+ servers, \d+ rules$/);
});

/** Links of a page that has no script, and ids in it. */
const linksOf = (html: string): readonly string[] =>
  [...html.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href);
const hasId = (html: string | undefined, id: string): boolean => html?.includes(` id="${id}"`) === true;

test.each(['index.html', 'matrix.html', 'rules.html', 'sentences.html'])('every link of %s leads somewhere', (name) => {
  const inside = linksOf(pages.get(name) ?? '').filter((href) => !/^https?:/.test(href.replaceAll('&#38;', '&')));
  expect(inside.length).toBeGreaterThan(3);
  const broken = inside.filter((href) => {
    const [file = '', id] = href.split('#');
    const target = pages.get(file === '' ? name : file);
    // What stands behind the sign of a report page is a view of its script.
    return target === undefined || (id !== undefined && !id.startsWith('/') && !hasId(target, id));
  });
  expect([...new Set(broken)]).toEqual([]);
});

test('loads nothing from anywhere', () => {
  for (const [name, html] of pages)
    expect([name, /<(?:img|link|script) [^>]*(?:src|href)=/.test(html)]).toEqual([name, false]);
});

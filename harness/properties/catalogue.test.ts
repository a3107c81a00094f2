import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suites } from '../../suites';
import { defects } from '../servers/reference/defects';
import { areaOf, areas, catalogue, levelLookup } from './catalogue';
import { plannedRows } from './planned-rows';
import { watchedRows } from './watched-rows';

const rows = catalogue(suites);
const ids = rows.map(({ id }) => id);
const root = path.resolve(__dirname, '../..');

/** Row ids that stand between quotes in the sources of a folder, tests and fixtures left out. */
function idsNamedIn(folder: string): readonly string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test(-helper)?\.ts$/.test(file) && !file.includes('fixtures'),
  );
  const texts = files.map((file) => readFileSync(path.join(root, folder, file), 'utf8'));
  const named = texts.flatMap((text) => text.match(/(?<=['"`])[A-Z]+-\d{2}-[a-z0-9-]+(?=['"`])/g) ?? []);
  // Keys under which the probe service counts the calls of an example.
  return [...new Set(named)].filter((id) => !id.endsWith('-example'));
}

test('the catalogue has its 273 rows, 11 for methods of the user and 2 about staying up, each once', () => {
  expect(ids).toHaveLength(273 + 11 + 2);
  expect(new Set(ids).size).toBe(273 + 11 + 2);
});

test('every area counts its rows from 01 without a gap, in the order of the catalogue', () => {
  const numbers = Object.keys(areas).map((area) => [
    area,
    rows.filter((row) => row.area === area).map(({ id }) => Number(id.split('-')[1])),
  ]);
  // §24 of the rule catalogue; METHOD is what follows from its rules for methods of which only the descriptor is known.
  const sizes = {
    CONN: 11,
    FRAME: 29,
    HPACK: 15,
    STREAM: 20,
    REQ: 35,
    MSG: 13,
    EOS: 9,
    RESP: 13,
    TRAIL: 10,
    STATUS: 14,
    COMP: 16,
    DL: 10,
    CANC: 8,
    RPC: 11,
    FLOW: 10,
    MUX: 7,
    KA: 12,
    TLS: 8,
    SVC: 9,
    DOS: 13,
    METHOD: 11,
    ALIVE: 2,
  };
  const want = Object.entries(sizes).map(([area, size]) => [
    area,
    Array.from({ length: size }, (_, index) => index + 1),
  ]);
  expect(numbers).toEqual(want);
  expect(rows.map(({ area }) => area)).toEqual(Object.entries(sizes).flatMap(([area, size]) => Array(size).fill(area)));
});

test('as many rows of each level as the catalogue has', () => {
  const counted = rows.filter(({ area }) => area !== 'METHOD' && area !== 'ALIVE');
  const count = (level: string): number => counted.filter(({ requirement }) => requirement.level === level).length;
  expect({ must: count('must'), should: count('should'), may: count('may'), convention: count('convention') }).toEqual({
    must: 183,
    should: 25,
    may: 12,
    convention: 53,
  });
});

test.each(rows)('$id is well-formed', ({ id, area, state, property, requirement }) => {
  expect(id).toMatch(/^[A-Z]+-\d{2}-[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(areas).toHaveProperty(area);
  expect(property === undefined).toBe(state !== 'property');
  expect(requirement.rule).toMatch(/^\S.*[^.\s]$/);
  expect(requirement.rule).not.toMatch(/\n|  /);
  expect(requirement.sources.length).toBeGreaterThan(0);
});

/** Sections without subsections, or with so many of them (tables of contents of RFC 9113 and RFC 7541). */
const contents: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'RFC 9113': {
    '1': 0,
    '2': 2,
    '3': 4,
    '4': 3,
    '4.3': 1,
    '5': 5,
    '5.1': 2,
    '5.2': 3,
    '5.3': 2,
    '5.4': 3,
    '6': 10,
    '6.5': 3,
    '6.9': 3,
    '7': 0,
    '8': 8,
    '8.1': 1,
    '8.2': 3,
    '8.3': 2,
    '8.4': 2,
    '8.8': 6,
    '9': 2,
    '9.1': 1,
    '9.2': 3,
    '10': 9,
    '10.5': 2,
  },
  'RFC 7541': {
    '1': 3,
    '2': 4,
    '2.3': 3,
    '3': 2,
    '4': 4,
    '5': 2,
    '6': 3,
    '6.2': 3,
    '7': 4,
    '7.1': 3,
  },
};
const hasSection = (document: string, section: string): boolean => {
  const known = contents[document];
  if (known === undefined || section in known) return true;
  const [, parent = '', last = ''] = /^(.+)\.(\d+)$/.exec(section) ?? [];
  return Number(last) >= 1 && Number(last) <= (known[parent] ?? 0);
};

/** Headings of PROTOCOL-HTTP2.md. */
const headings = [
  '',
  'Outline',
  'Requests',
  'Responses',
  'Example',
  'User Agents',
  'Idempotency and Retries',
  'HTTP2 Transport Mapping',
  'Stream Identification',
  'Data Frames',
  'Early Server Closure',
  'Errors',
  'Client Cancellation',
  'Security',
  'Connection Management',
  'GOAWAY Frame',
  'PING Frame',
  'Connection failure',
];

const sources = rows.flatMap(({ id, requirement }) => requirement.sources.map((source) => ({ id, ...source })));

test.each(sources)('$id: $document $section leads somewhere', ({ document, section, url }) => {
  expect(new URL(url).href).toBe(url);
  expect(url).toMatch(/^https:\/\/(www\.rfc-editor\.org|github\.com\/grpc|protobuf\.dev|nvd\.nist\.gov)\//);
  const number = section.replace(/^§/, '');
  expect([document, section, hasSection(document, number)]).toEqual([document, section, true]);
  expect(document !== 'gRPC over HTTP/2' || headings.includes(section)).toBe(true);
});

test.each(sources)('$id: $document $section says how strongly it speaks', ({ strength }) => {
  expect(strength).toBeDefined();
});

test('rules, suites and defects name rows of the catalogue alone', () => {
  const named = ['harness/properties', 'harness/engine', 'harness/jest', 'suites'].flatMap(idsNamedIn);
  expect(named.length).toBeGreaterThan(200);
  expect([...named, ...Object.keys(defects)].filter((id) => !ids.includes(id))).toEqual([]);
});

test('every watched row is named by a rule, so that the catalogue promises nothing', () => {
  const named = idsNamedIn('harness/properties/rules');
  expect(watchedRows.map(({ id }) => id).filter((id) => !named.includes(id))).toEqual([]);
});

test('what a rule watches is no row that waits for a property', () => {
  const named = idsNamedIn('harness/properties/rules');
  expect(plannedRows.map(({ id }) => id).filter((id) => named.includes(id))).toEqual([]);
});

test('the area of an id', () => {
  expect(areaOf('MSG-02-any-data-split')).toBe('MSG');
  expect(areaOf('nothing')).toBe('nothing');
});

test('levels are looked up by row; a row that nobody knows binds as a convention', () => {
  const levelOf = levelLookup(rows);
  expect(levelOf('TRAIL-02-no-end-stream-on-data')).toBe('must');
  expect(levelOf('RESP-13-no-http-content-coding')).toBe('convention');
  expect(levelOf('ZZZ-01-none')).toBe('convention');
});

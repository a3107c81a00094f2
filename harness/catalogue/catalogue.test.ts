import { allRows, areaOf, areas, isRowId, shortId } from './index';
import { sentences } from './sentences';

/** Rows of each area; METHOD is what follows for methods of which only the descriptor is known. A row may be added at the end of its area, none goes. */
const sizes = {
  CONN: 11,
  FRAME: 34,
  HPACK: 16,
  STREAM: 24,
  REQ: 42,
  MSG: 13,
  EOS: 10,
  RESP: 16,
  TRAIL: 10,
  STATUS: 15,
  COMP: 18,
  DL: 10,
  CANC: 8,
  RPC: 12,
  FLOW: 11,
  MUX: 7,
  KA: 15,
  TLS: 15,
  SVC: 11,
  DOS: 16,
  METHOD: 11,
  ALIVE: 2,
  // Of those who bring rules of their own.
  OWN: 0,
};

test('every area counts its rows from 01 without a gap, in the order of the catalogue', () => {
  const numbers = Object.keys(areas).map((area) => [
    area,
    allRows.filter(({ id }) => areaOf(id) === area).map(({ id }) => Number(id.split('-')[1])),
  ]);
  const want = Object.entries(sizes).map(([area, size]) => [
    area,
    Array.from({ length: size }, (_, index) => index + 1),
  ]);
  expect(numbers).toEqual(want);
  expect(allRows.map(({ id }) => areaOf(id))).toEqual(
    Object.entries(sizes).flatMap(([area, size]) => Array<string>(size).fill(area)),
  );
});

test('as many rows of each level as were agreed', () => {
  const counted = allRows.filter(({ id }) => !/^(METHOD|ALIVE)-/.test(id));
  const count = (wanted: string): number => counted.filter(({ level }) => level === wanted).length;
  expect({ must: count('must'), should: count('should'), may: count('may'), convention: count('convention') }).toEqual({
    must: 208,
    should: 34,
    may: 11,
    convention: 61,
  });
  expect(allRows.filter(({ matters }) => matters)).toHaveLength(48);
});

test.each(allRows)('$id is well-formed', ({ id, rule, sources, h2spec = [], ...row }) => {
  expect(id).toMatch(/^[A-Z]+-\d{2}-[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(areas).toHaveProperty(areaOf(id));
  const { sends, passes, fails, needs, warns, servers, follows, hole } = row;
  for (const text of [rule, sends, passes, fails, needs, warns, servers, follows, hole]) {
    if (text === undefined) continue;
    expect(text).toMatch(/^\S.*[^.\s]$/);
    expect(text).not.toMatch(/\n| {2}/);
  }
  expect(sources.length).toBeGreaterThan(0);
  for (const name of h2spec) expect(name).toMatch(/^(generic|http2|hpack)(\/[\d.]+)+$/);
});

test('ids are told from other texts', () => {
  expect(isRowId('MSG-02-any-data-split')).toBe(true);
  expect(isRowId('MSG-02')).toBe(false);
  expect(isRowId('toString')).toBe(false);
  expect(areaOf('MSG-02-any-data-split')).toBe('MSG');
  expect(areaOf('nothing')).toBe('nothing');
  expect(shortId('MSG-02-any-data-split')).toBe('MSG-02');
});

describe('sentences', () => {
  const named = new Set<string>(sentences.flatMap(({ rows }) => rows));

  test('each names a row, or says why there is none', () => {
    expect(sentences.length).toBeGreaterThan(400);
    const numbers = new Set(allRows.map(({ id }) => shortId(id)));
    expect([...named].filter((number) => !numbers.has(number))).toEqual([]);
    expect(sentences.filter(({ rows, absence }) => (rows.length === 0) !== (absence !== undefined))).toEqual([]);
    expect(sentences.filter(({ absence }) => absence?.why === '')).toEqual([]);
  });

  test('every MUST rests on a sentence, or says what it follows from', () => {
    const musts = allRows.filter(({ level }) => level === 'must');
    const without = musts.filter(({ id, follows }) => !named.has(shortId(id)) && follows === undefined);
    expect(without.map(({ id }) => id)).toEqual([]);
    const both = allRows.filter(({ id, follows }) => named.has(shortId(id)) && follows !== undefined);
    expect(both.map(({ id }) => id)).toEqual([]);
  });
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
    'App. A': 0,
    'App. B': 0,
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
  'Appendix A - GRPC for Protobuf',
];

const sources = allRows.flatMap(({ id, sources: own }) => own.map((source) => ({ id, ...source })));

test.each(sources)('$id: $document $section leads somewhere', ({ document, section, url }) => {
  expect(new URL(url).href).toBe(url);
  expect(url).toMatch(
    /^https:\/\/(www\.rfc-editor\.org|github\.com\/(grpc|googleapis)|rustsec\.org|protobuf\.dev|nvd\.nist\.gov)\//,
  );
  const number = section.replace(/^§/, '');
  expect([document, section, hasSection(document, number)]).toEqual([document, section, true]);
  expect(document !== 'gRPC over HTTP/2' || headings.includes(section)).toBe(true);
});

test.each(sources)('$id: $document $section says how strongly it speaks', ({ strength }) => {
  expect(strength).toBeDefined();
});

import { cleanRun, fullRun, hostileText } from './fixtures/run';
import { formatJunit } from './junit';
import { escapeXml } from './xml';

interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** A strict reader of the part of XML 1.0 that we write: fails on anything that is not well-formed or not a legal character. */
function parseXml(xml: string): XmlElement {
  const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.exec(xml);
  if (illegal !== null) throw new Error(`illegal character at ${illegal.index}`);
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match !== null) rest = rest.slice(match[0].length);
    return match;
  };
  const decode = (text: string): string => {
    const bad = /&(?!(?:amp|lt|gt|quot|#\d+);)|]]>/.exec(text);
    if (bad !== null) throw new Error(`unescaped ${bad[0]} in ${text}`);
    const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
    return text.replace(/&(#?\w+);/g, (_, name: string) => names[name] ?? String.fromCodePoint(Number(name.slice(1))));
  };
  const parseElement = (): XmlElement => {
    const open = take(/^<([a-z-]+)/);
    if (open === null) throw new Error(`no element at: ${rest.slice(0, 80)}`);
    const name = open[1] ?? '';
    const attributes: Record<string, string> = {};
    for (let match = take(/^ ([a-z]+)="([^"<]*)"/); match !== null; match = take(/^ ([a-z]+)="([^"<]*)"/)) {
      const [, key = '', value = ''] = match;
      if (key in attributes) throw new Error(`attribute ${key} twice`);
      attributes[key] = decode(value);
    }
    if (take(/^\/>/) !== null) return { name, attributes, children: [], text: '' };
    if (take(/^>/) === null) throw new Error(`the tag ${name} does not end: ${rest.slice(0, 80)}`);
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      text += decode(take(/^[^<]+/)?.[0] ?? '');
      const close = take(/^<\/([a-z-]+)>/);
      if (close === null) {
        children.push(parseElement());
        continue;
      }
      if (close[1] !== name) throw new Error(`${name} is closed by ${close[1]}`);
      return { name, attributes, children, text };
    }
  };
  const root = parseElement();
  if (rest.trim() !== '') throw new Error(`text after the root: ${rest.slice(0, 80)}`);
  return root;
}

const suitesOf = (xml: string): readonly XmlElement[] => parseXml(xml).children;
const casesOf = (xml: string): readonly XmlElement[] =>
  suitesOf(xml).flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));
const caseOf = (xml: string, id: string): XmlElement | undefined =>
  casesOf(xml).find(({ attributes }) => attributes['name'] === id);

describe('junit.xml', () => {
  const xml = formatJunit(fullRun);

  test('is well-formed whatever the target said, and has one case per property', () => {
    expect(parseXml(xml).name).toBe('testsuites');
    expect(casesOf(xml).map(({ attributes }) => attributes['name'])).toEqual(fullRun.properties.map(({ id }) => id));
  });

  const outcomes: readonly (readonly [
    why: string,
    id: string,
    outcome: string | undefined,
    says: Record<string, unknown>,
  ])[] = [
    [
      'a crash gates',
      'CONN-04-preface-required',
      'failure',
      { type: 'crash', message: expect.stringContaining('ended the process') },
    ],
    ['a broken MUST gates', 'MSG-02-any-data-split', 'failure', { type: 'must' }],
    ['a stale baseline entry gates', 'DL-06-timeout-zero', 'failure', { type: 'stale' }],
    ['our fault is an error', 'HPACK-11-size-update', 'error', { type: 'not-judged' }],
    [
      'untestable says what unlocks it',
      'CANC-01-reset-stops',
      'skipped',
      { message: expect.stringContaining('grpcconform.v1.Probe') },
    ],
    ['skipped says why', 'KA-03-ping-ack-first', 'skipped', { message: 'skipped: left out by --skip KA-03' }],
    [
      'known says why',
      'DL-02-deadline-exceeded',
      'skipped',
      { message: 'known (warn): resets instead of a status (https://example.org/issues/1)' },
    ],
    [
      'lost gates',
      'COMP-02-gzip-request',
      'failure',
      { type: 'lost', message: expect.stringContaining('offered no more') },
    ],
    [
      'a finding counts what it blocks',
      'RPC-03-server-streaming',
      'failure',
      { message: 'the plainest call ended with status 13 (and 1 row with it)' },
    ],
    [
      'blocked says by what',
      'FLOW-01-window-respected',
      'skipped',
      {
        message:
          'blocked: the plain server-streaming call fails; counted with RPC-03-server-streaming: the plainest call ended with status 13',
      },
    ],
    [
      'what did not run says why, and not that the user left it out',
      'MUX-01-parallel-calls-isolated',
      'skipped',
      { message: 'not-run: the time budget of 60 s was used up' },
    ],
    ['a warning passes', 'STATUS-03-message-percent-encoding', undefined, {}],
    ['flaky passes', 'MSG-05-flag-above-1', undefined, {}],
    ['info passes', 'TRAIL-01-trailers-only', undefined, {}],
    ['pass passes', 'FRAME-07-reserved-bit-ignored', undefined, {}],
  ];
  test.each(outcomes)('%s', (_why, id, outcome, says) => {
    const children = caseOf(xml, id)?.children;
    expect(children?.map(({ name }) => name)).toEqual(outcome === undefined ? [] : [outcome]);
    expect(children?.[0]?.attributes ?? {}).toMatchObject(says);
  });

  test('with --strict a warning gates', () => {
    const strict = { ...fullRun, header: { ...fullRun.header, options: { strict: true } } };
    expect(caseOf(formatJunit(strict), 'STATUS-03-message-percent-encoding')?.children[0]?.name).toBe('failure');
  });

  test('the numbers of each suite are those of its cases', () => {
    for (const { attributes, children } of suitesOf(xml)) {
      const cases = children.filter(({ name }) => name === 'testcase');
      const having = (outcome: string): string =>
        String(cases.filter((item) => item.children[0]?.name === outcome).length);
      expect(attributes).toMatchObject({
        tests: String(cases.length),
        failures: having('failure'),
        errors: having('error'),
        skipped: having('skipped'),
      });
    }
  });

  test('the totals on the root are the sums of its suites', () => {
    const { attributes, children } = parseXml(xml);
    const sum = (name: string): string =>
      String(children.reduce((total, suite) => total + Number(suite.attributes[name]), 0));
    expect(attributes).toEqual({
      name: 'grpc-conform',
      tests: sum('tests'),
      failures: sum('failures'),
      errors: sum('errors'),
      skipped: sum('skipped'),
      time: '61.250',
    });
    expect(attributes).toMatchObject({ tests: '16', failures: '6' });
  });

  test('what passes with a remark is told in the output of its suite', () => {
    const status = suitesOf(xml).find(({ attributes }) => attributes['name'] === 'Status');
    expect(status?.children.find(({ name }) => name === 'system-out')?.text).toMatch(
      /^warn STATUS-03-message-percent-encoding \(5 of 5\): a strange summary/,
    );
  });

  test('elements come in the order that the Ant schema demands', () => {
    for (const { children } of suitesOf(xml)) {
      expect(children.map(({ name }) => name).join(' ')).toMatch(/^properties (testcase )+system-out system-err$/);
    }
  });

  test.each([
    ['cut short', { ...cleanRun, status: 'incomplete' as const, reason: 'killed' }],
    ['in which nothing ran', { ...cleanRun, properties: [] }],
  ])('a run %s is an error, never a green file', (_why, run) => {
    const last = suitesOf(formatJunit(run)).at(-1);
    expect(last?.attributes).toMatchObject({ name: 'run', errors: '1' });
  });

  test('a complete run has no such case', () => {
    expect(suitesOf(formatJunit(cleanRun)).map(({ attributes }) => attributes['name'])).toEqual([
      'Frames and SETTINGS',
    ]);
  });
});

describe('text for XML', () => {
  test.each([
    ['markup', '<a b="c">&]]>', '&lt;a b=&quot;c&quot;&gt;&amp;]]&gt;'],
    ['NUL and other controls', '\u0000\u001b\u0085', '\\x00\\x1b\\x85'],
    ['half a surrogate pair', '\ud83d', '\\u{d83d}'],
    ['a whole pair', '😀', '😀'],
    ['non-characters', '\ufffe\u{1ffff}\ufdd0', '\\u{fffe}\\u{1ffff}\\u{fdd0}'],
    ['a carriage return, which readers would turn into a line feed', '\r', '&#13;'],
    ['line feeds stay in content', 'a\n\tb', 'a\n\tb'],
  ])('%s', (_why, text, want) => expect(escapeXml(text, 'content')).toBe(want));

  test('line feeds and tabs in an attribute are written as references', () => {
    expect(escapeXml('a\n\tb', 'attribute')).toBe('a&#10;&#9;b');
  });

  test('every UTF-16 unit gives well-formed XML', () => {
    const every = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).join(' ');
    expect(() =>
      parseXml(`<a b="${escapeXml(every, 'attribute')}">${escapeXml(every + hostileText, 'content')}</a>`),
    ).not.toThrow();
  });
});

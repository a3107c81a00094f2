import { parsePacketFilter, type FilteredLine } from './packet-filter';

const line = (change: Partial<FilteredLine>): FilteredLine => ({
  number: 7,
  at: 12.5,
  connection: 'main',
  direction: 'received',
  stream: 1,
  type: 'DATA',
  flags: ['END_STREAM'],
  length: 5,
  info: 'grpc-status: 13 INTERNAL',
  ...change,
});

describe('the filter of a packet list', () => {
  test.each<[string, boolean]>([
    ['', true],
    ['stream==1 type==DATA', true],
    ['stream==1 && type==data', true],
    ['stream==1&&type==headers', false],
    ['stream==3 || type==DATA', true],
    ['stream==3||stream==5', false],
    ['stream!=3', true],
    ['from=target', true],
    ['from==us', false],
    ['flag==end_stream', true],
    ['flag!=END_STREAM', false],
    ['!flag==END_STREAM', false],
    ['length>4 length<=5', true],
    ['time<12', false],
    ['no>=7', true],
    ['info~"status: 13"', true],
    ['conn==main', true],
    ['internal', true],
    ['"status: 14"', false],
    ['!cancel', true],
    ['&& ||', true],
  ])('%s', (text, want) => {
    const filter = parsePacketFilter(text);
    expect(filter.ok && filter.holds(line({}))).toBe(want);
  });

  test('what a line does not have is equal to nothing', () => {
    const holds = (text: string): boolean => {
      const filter = parsePacketFilter(text);
      return filter.ok && filter.holds(line({ stream: undefined }));
    };
    expect([holds('stream==1'), holds('stream!=1'), holds('stream<9')]).toEqual([false, true, false]);
  });

  test.each([
    ['strem==1', /no "strem".*stream, type/],
    ['stream==', /Write a value behind ==/],
    ['length>many', /"many" is no number/],
    ['x'.repeat(301), /at most 300/],
    ['constructor==1', /no "constructor"/],
  ])('%s is answered with a sentence', (text, problem) => {
    expect(parsePacketFilter(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) as string });
  });
});

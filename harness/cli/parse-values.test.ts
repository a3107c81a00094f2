import {
  parseChoices,
  parseDuration,
  parseHeader,
  parseInteger,
  parseSeed,
  parseSignal,
  parseText,
  parseTimeout,
  parseWords,
  type ParseValue,
} from './parse-values';

const header = parseHeader({ TOKEN: 's3cret', EMPTY: '' });
const levels = parseChoices(['must', 'should']);

test.each<[ParseValue<unknown>, string, unknown]>([
  [parseDuration, '250ms', 250],
  [parseDuration, '2s', 2000],
  [parseDuration, '1.5s', 1500],
  [parseDuration, '5m', 300_000],
  [parseDuration, '3', 3000],
  [parseDuration, '0.5', 500],
  [parseTimeout, '1500ms', 1500],
  [parseInteger(1, 10), '10', 10],
  [parseSeed, '0', 0],
  [parseSeed, '2147483647', 2_147_483_647],
  [parseSeed, 'random', 'random'],
  [parseSignal, 'SIGTERM', 'SIGTERM'],
  [parseSignal, 'int', 'SIGINT'],
  [parseWords, 'a, b ,,c', ['a', 'b', 'c']],
  [levels, 'must,SHOULD', ['must', 'should']],
  [parseText, ' x', ' x'],
  [header, 'X-Trace: a b ', { name: 'x-trace', value: 'a b' }],
  [header, 'authorization: Bearer ${TOKEN}', { name: 'authorization', value: 'Bearer s3cret' }],
  [header, 'x-empty:${EMPTY}', { name: 'x-empty', value: '' }],
  [header, 'k-bin: 3q2+7w', { name: 'k-bin', value: '3q2+7w' }],
  [header, 'x-url: http://h:1', { name: 'x-url', value: 'http://h:1' }],
])('%p reads %s', (parse, text, want) => {
  expect(parse(text, '--flag')).toEqual(want);
});

test.each<[ParseValue<unknown>, string, RegExp]>([
  [parseDuration, '', /^--flag "" is no duration/],
  [parseDuration, '2h', /no duration: write 250ms/],
  [parseDuration, '-1s', /no duration/],
  [parseDuration, '1e3', /no duration/],
  [parseDuration, '0', /not within 1ms and a day/],
  [parseDuration, '1441m', /not within 1ms and a day/],
  [parseTimeout, '1s', /below 1500ms/],
  [parseInteger(1, 10), '0', /no whole number from 1 to 10/],
  [parseInteger(1, 10), '11', /no whole number/],
  [parseInteger(1, 10), '2.5', /no whole number/],
  [parseInteger(1, 10), '0x5', /no whole number/],
  [parseSeed, '2147483648', /from 0 to 2147483647/],
  [parseSeed, 'rnadom', /no whole number/],
  [parseSignal, 'SIGKILL', /none of SIGTERM/],
  [parseWords, ' , ', /is empty/],
  [levels, 'must,shuold', /"shuold" is none of must, should \(did you mean should\?\)/],
  [parseText, '  ', /is empty/],
  [header, 'no colon', /has no colon/],
  [header, ':path: /x', /has a name that no metadata field can have/],
  [header, 'a b: c', /has a name that no metadata field can have/],
  [header, 'grpc-timeout: 1S', /written by the suite itself/],
  [header, 'TE: trailers', /written by the suite itself/],
  [header, 'connection: close', /written by the suite itself/],
  [header, 'x-a: ${MISSING}', /environment variable MISSING, which is not set/],
  [header, 'x-a: caf\u00e9', /not printable ASCII/],
  [header, 'x-a: b\r\nx-evil: c', /not printable ASCII/],
])('%p refuses %j', (parse, text, message) => {
  expect(() => parse(text, '--flag')).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) }),
  );
});

import { describeLimit, describeLimits } from './describe-limits';

test.each([
  ['streams', 1, '1 call at once on a connection'],
  ['streams', 1000, '1,000 calls at once on a connection'],
  ['handlers', 2, '2 calls served at once'],
  ['message', 65_536, 'messages of 64 KiB'],
  ['message', 4_194_304, 'messages of 4 MiB'],
  ['message', 20_000, 'messages of 20,000 octets'],
  ['message', 0, 'messages of 0 octets'],
  ['body', 1_048_576, 'request bodies of 1 MiB'],
  ['headerList', 8000, 'field sections of 8,000 octets'],
  ['callsPerConnection', 5, '5 calls on a connection'],
  ['emptyFrames', 1, '1 empty DATA frame in a row'],
  ['age', 30_000, 'connections of 30 s'],
  ['idle', 100, 'connections idle for 100 ms'],
  ['idle', 120_000, 'connections idle for 2 min'],
  ['something-new', 12_345, 'something-new 12,345'],
  ['constructor', 3, 'constructor 3'],
])('%s %d is said as %s', (name, value, want) => expect(describeLimit({ name, value })).toBe(want));

test('a line says each limit with where it was read', () => {
  const limits = [
    { name: 'streams', value: 3, from: 'SETTINGS_MAX_CONCURRENT_STREAMS' },
    { name: 'body', value: 1_048_576, from: 'HTTP 413 above it' },
  ];
  expect(describeLimits(limits)).toBe(
    '3 calls at once on a connection (SETTINGS_MAX_CONCURRENT_STREAMS), request bodies of 1 MiB (HTTP 413 above it)',
  );
});

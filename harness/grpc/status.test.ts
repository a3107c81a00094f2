import { describeStatus, parseStatus, status, statusName, statusNames } from './status';

test('every name stands at the index of its number', () => {
  expect(statusNames.map((name) => status[name])).toEqual(Array.from({ length: 17 }, (_, number) => number));
});

test.each([
  [0, 'OK', 'OK (0)'],
  [16, 'UNAUTHENTICATED', 'UNAUTHENTICATED (16)'],
  [17, '17', '17'],
  [-1, '-1', '-1'],
])('%d is called %s', (number, name, description) => {
  expect(statusName(number)).toBe(name);
  expect(describeStatus(number)).toBe(description);
});

test.each<[string, number | undefined, string]>([
  ['0', 0, 'OK'],
  ['16', 16, 'the last one'],
  ['99', 99, 'decimal, though it has no name'],
  ['00', undefined, 'leading zero'],
  ['', undefined, 'no digit'],
  ['-1', undefined, 'sign'],
  [' 1', undefined, 'space'],
  ['OK', undefined, 'a name'],
])('grpc-status %j is %s: %s', (value, want) => {
  expect(parseStatus(value)).toBe(want);
});

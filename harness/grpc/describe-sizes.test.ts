import { describeSizes } from './describe-sizes';

test.each([
  [[1], 'a message of 1 octet'],
  [[2, 2], '2 messages of 2 octets each'],
  [[0, 2, 9], '3 messages of 0, 2, 9 octets'],
  [[1, 2, 3, 4, 5, 6, 7, 8], '8 messages of 1, 2, 3, 4, 5, 6 and 2 more octets'],
])('%j: %s', (sizes, want) => expect(describeSizes(sizes)).toBe(want));

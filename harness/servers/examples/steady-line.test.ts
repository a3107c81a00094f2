import { steadyLine } from './steady-line';

test.each([
  ['   7      2.98    w3 > HEADERS on stream 1: :path: /a', '   N      TIME    wN > HEADERS on stream 1: :path: /a'],
  ['  17   1009.19   r14 < DATA on stream 1: 7 octets', '   N      TIME    rN < DATA on stream 1: 7 octets'],
  ['  14     33.78       - closed: by us', '   N      TIME     - closed: by us'],
  [':authority: 127.0.0.1:44683 (fragment of 67 octets)', ':authority: 127.0.0.1:PORT (fragment of N octets)'],
  ['(fragment of 6 octets)', '(fragment of 6 octets)'],
  ['date: Sun, 29 Nov 2026 23:43:27 GMT, server: x', 'date: DATE, server: x'],
  ['status OK (0) after 1.2 s', 'status OK (0) after TIME'],
  ['(40 inputs, 736 ms)', '(N inputs, TIME)'],
  [
    'sent 202 octets in 9 writes, received 1,659 octets in 1 read',
    'sent N octets in N writes, received N octets in N reads',
  ],
  ['grew by 65.3 MiB ', 'grew by SIZE'],
  ['stream 1, /a: 4 messages', 'stream 1, /a: 4 messages'],
])('%s', (line, want) => expect(steadyLine(line)).toBe(want));

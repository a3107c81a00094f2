import { data, headers, ping, rstStream, settingsAck } from './builders';
import { withStrayBits } from './stray-bits';

const none = new Uint8Array(0);

test.each([
  ['DATA', data(1, none, { endStream: true }), 0xf7],
  ['DATA without END_STREAM', data(1, none), 0xf6],
  ['HEADERS', headers(1, none), 0xd6],
  ['RST_STREAM', rstStream(1, 8), 0xff],
  ['SETTINGS ACK', settingsAck(), 0xff],
  ['PING', ping(new Uint8Array(8)), 0xfe],
])('%s keeps the flags that mean something, and gets all others', (_, frame, want) => {
  expect(withStrayBits(frame, { flags: 0xff })).toEqual({ ...frame, flags: want });
});

test('the reserved bit is set where that is asked for', () => {
  expect(withStrayBits(rstStream(1, 8), { reserved: true }).reserved).toBe(true);
  expect(withStrayBits(rstStream(1, 8), {})).toEqual(rstStream(1, 8));
});

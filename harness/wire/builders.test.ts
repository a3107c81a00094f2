import {
  continuation,
  data,
  goaway,
  headers,
  ping,
  priority,
  pushPromise,
  rawFrame,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from './builders';
import { encodeFrame, encodeFrames } from './encode-frame';
import type { RawFrame } from './frame';
import { connectionPreface } from './preface';

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('a built frame has exactly these octets', () => {
  test.each<[why: string, frame: RawFrame, want: string]>([
    ['DATA', data(1, octets(0x61), { endStream: true }), '000001 00 01 00000001 61'],
    ['empty DATA', data(3, octets()), '000000 00 00 00000003'],
    ['padded DATA', data(1, octets(0x61), { padLength: 2 }), '000004 00 08 00000001 02 61 0000'],
    ['a Pad Length of 0 is padding too', data(1, octets(0x61), { padLength: 0 }), '000002 00 08 00000001 00 61'],
    ['chosen padding', data(1, octets(), { padding: octets(1, 2) }), '000003 00 08 00000001 02 0102'],
    ['padding that lies', data(1, octets(), { padLength: 9, padding: octets() }), '000001 00 08 00000001 09'],
    ['HEADERS end the block unless told otherwise', headers(1, octets(0x82)), '000001 01 04 00000001 82'],
    ['HEADERS that go on', headers(1, octets(), { endHeaders: false, endStream: true }), '000000 01 01 00000001'],
    [
      'HEADERS with everything',
      headers(1, octets(0x82), { padLength: 1, priority: { exclusive: true, dependency: 3, weight: 16 } }),
      '000008 01 2c 00000001 01 80000003 0f 82 00',
    ],
    ['CONTINUATION', continuation(1, octets(0x82)), '000001 09 00 00000001 82'],
    ['the last CONTINUATION', continuation(1, octets(), { endHeaders: true }), '000000 09 04 00000001'],
    ['PRIORITY', priority(5, { exclusive: false, dependency: 1, weight: 256 }), '000005 02 00 00000005 00000001 ff'],
    ['RST_STREAM', rstStream(1, 8), '000004 03 00 00000001 00000008'],
    ['an error code of 32 bits', rstStream(1, 0xffff_ffff), '000004 03 00 00000001 ffffffff'],
    ['SETTINGS', settings([{ id: 0xfe03, value: 0xffff_ffff }]), '000006 04 00 00000000 fe03 ffffffff'],
    ['SETTINGS with ACK', settingsAck(), '000000 04 01 00000000'],
    ['PUSH_PROMISE', pushPromise(1, 2, octets(0x82)), '000005 05 04 00000001 00000002 82'],
    ['PING', ping(octets(1, 2, 3, 4, 5, 6, 7, 8), { ack: true }), '000008 06 01 00000000 0102030405060708'],
    ['a PING that is too short', ping(octets()), '000000 06 00 00000000'],
    ['GOAWAY', goaway(7, 11, octets(0x68)), '000009 07 00 00000000 00000007 0000000b 68'],
    ['WINDOW_UPDATE', windowUpdate(0, 0x7fff_ffff), '000004 08 00 00000000 7fffffff'],
    ['the reserved bit of an increment', windowUpdate(1, 0x8000_0001), '000004 08 00 00000001 80000001'],
    ['any frame', rawFrame({ type: 0xbe, flags: 0xff, streamId: 9, reserved: true }), '000000 be ff 80000009'],
    [
      'a length that lies',
      rawFrame({ type: 0, streamId: 1, payload: octets(1), length: 0xffffff }),
      'ffffff 00 00 00000001 01',
    ],
    [
      'every value is cut to the width of its field',
      rawFrame({ type: 0x1be, flags: 0x1ff, streamId: 0x8000_0009, length: 0x100_0000 }),
      '000000 be ff 00000009',
    ],
  ])('%s', (_why, frame, want) => {
    expect(hex(encodeFrame(frame))).toBe(want.replaceAll(' ', ''));
  });
});

test('several frames stand one after the other', () => {
  const frames = [settingsAck(), data(1, octets(1, 2)), rstStream(1, 0)];
  expect(hex(encodeFrames(frames))).toBe(frames.map((frame) => hex(encodeFrame(frame))).join(''));
});

test('the connection preface is that of RFC 9113 §3.4', () => {
  expect(hex(connectionPreface)).toBe('505249202a20485454502f322e300d0a0d0a534d0d0a0d0a');
});

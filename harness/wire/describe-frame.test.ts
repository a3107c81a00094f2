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
import { definedFlags, describeFrame, flagNames } from './describe-frame';
import { interpretFrame, type RawFrame } from './frame';

const three = Uint8Array.of(0x82, 0x86, 0x84);

describe('describeFrame', () => {
  test.each<[want: string, frame: RawFrame]>([
    ['DATA END_STREAM on stream 1: 3 octets', data(1, three, { endStream: true })],
    ['DATA PADDED on stream 1: 0 octets, pad length 2', data(1, new Uint8Array(0), { padLength: 2 })],
    ['HEADERS END_HEADERS on stream 1: fragment of 3 octets', headers(1, three)],
    [
      'HEADERS END_HEADERS PRIORITY on stream 3: fragment of 1 octet, depends on stream 1 exclusively, weight 16',
      headers(3, Uint8Array.of(0x82), { priority: { exclusive: true, dependency: 1, weight: 16 } }),
    ],
    [
      'PRIORITY on stream 5: depends on stream 0, weight 1',
      priority(5, { exclusive: false, dependency: 0, weight: 1 }),
    ],
    ['RST_STREAM on stream 3: CANCEL', rstStream(3, 8)],
    ['RST_STREAM on stream 3: 0x1f', rstStream(3, 0x1f)],
    ['SETTINGS on stream 0', settings([])],
    ['SETTINGS ACK on stream 0', settingsAck()],
    [
      'SETTINGS on stream 0: MAX_FRAME_SIZE=16384, 0x7=1',
      settings([
        { id: 5, value: 16384 },
        { id: 7, value: 1 },
      ]),
    ],
    [
      'PUSH_PROMISE END_HEADERS PADDED on stream 1: promises stream 2, fragment of 3 octets, pad length 1',
      pushPromise(1, 2, three, { padLength: 1 }),
    ],
    ['PING on stream 0: grpc\\x00\\x01\\x02\\x03', ping(Uint8Array.of(0x67, 0x72, 0x70, 0x63, 0, 1, 2, 3))],
    [
      'GOAWAY on stream 0: ENHANCE_YOUR_CALM, last stream 7, "\\x1b]0;x"',
      goaway(7, 11, Uint8Array.from(Buffer.from('\u001b]0;x'))),
    ],
    ['GOAWAY on stream 0: NO_ERROR, last stream 0', goaway(0, 0)],
    ['WINDOW_UPDATE on stream 0: +65535', windowUpdate(0, 65535)],
    ['CONTINUATION END_HEADERS on stream 1: fragment of 3 octets', continuation(1, three, { endHeaders: true })],
    [
      '0xbe 0x01 0x80 on stream 1, reserved bit set: 3 octets',
      rawFrame({ type: 0xbe, flags: 0x81, streamId: 1, reserved: true, payload: three }),
    ],
    ['PING on stream 0: malformed: the payload has 3 octets, must be 8', ping(three)],
  ])('%s', (want, frame) => {
    expect(describeFrame(interpretFrame(frame))).toBe(want);
  });

  test('stays one short line when a hostile frame is full to the brim', () => {
    const many = settings(Array.from({ length: 2730 }, (_, id) => ({ id, value: 0xffff_ffff })));
    const loud = goaway(1, 2, new Uint8Array(16_000).fill(0x0a));
    const lines = [many, loud].map((frame) => describeFrame(interpretFrame(frame)));
    expect(lines.map((line) => line.length < 600)).toEqual([true, true]);
    expect(lines[0]).toMatch(/\(\+2714 settings\)$/);
    expect(lines[1]).toMatch(/\(\+15880 octets\)"$/);
  });
});

test('a flag has a name only where RFC 9113 gives it a meaning', () => {
  expect(flagNames(0, 0xff)).toEqual(['END_STREAM', '0x02', '0x04', 'PADDED', '0x10', '0x20', '0x40', '0x80']);
  expect(flagNames(3, 0x01)).toEqual(['0x01']);
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xbe].map(definedFlags)).toEqual([9, 0x2d, 0, 0, 1, 0xc, 1, 0, 0, 4, 0]);
});

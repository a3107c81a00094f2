import fc from 'fast-check';
import { data, rawFrame } from './builders';
import { flags, frameTypes, interpretFrame, paddingOf, type DataFrame, type Frame, type RawFrame } from './frame';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('interpretFrame reads', () => {
  test.each<[why: string, type: number, flags: number, payload: string, want: Record<string, unknown>]>([
    ['DATA', 0, 0x1, '616263', { type: 'DATA', endStream: true, data: octets('616263'), flowControlledLength: 3 }],
    [
      'DATA: padding counts for flow control, not for data',
      0,
      flags.PADDED,
      '02 61 0000',
      { type: 'DATA', endStream: false, padLength: 2, data: octets('61'), flowControlledLength: 4 },
    ],
    [
      'DATA that is all padding',
      0,
      flags.PADDED,
      '02 0000',
      { padLength: 2, data: octets(''), flowControlledLength: 3 },
    ],
    ['DATA with a Pad Length of 0', 0, flags.PADDED, '00 61', { padLength: 0, data: octets('61') }],
    [
      'HEADERS with padding and priority',
      1,
      0x2d,
      '01 80000003 0f 8286 00',
      {
        type: 'HEADERS',
        endStream: true,
        endHeaders: true,
        padLength: 1,
        priority: { exclusive: true, dependency: 3, weight: 16 },
        fragment: octets('8286'),
      },
    ],
    ['HEADERS with an empty fragment', 1, 0x4, '', { type: 'HEADERS', endStream: false, fragment: octets('') }],
    [
      'HEADERS whose fragment is eaten up by padding exactly',
      1,
      0x2c,
      '02 00000000 00 0000',
      { type: 'HEADERS', padLength: 2, fragment: octets('') },
    ],
    [
      'PRIORITY with the largest weight',
      2,
      0,
      '00000001 ff',
      { type: 'PRIORITY', priority: { exclusive: false, dependency: 1, weight: 256 } },
    ],
    ['RST_STREAM', 3, 0, 'ffffffff', { type: 'RST_STREAM', errorCode: 0xffff_ffff }],
    [
      'SETTINGS in order, repeated and unknown ones included',
      4,
      0,
      '0004 ffffffff 0004 00000000 fe03 00000001',
      {
        type: 'SETTINGS',
        ack: false,
        settings: [
          { id: 4, value: 0xffff_ffff },
          { id: 4, value: 0 },
          { id: 0xfe03, value: 1 },
        ],
      },
    ],
    ['SETTINGS with ACK', 4, 0x1, '', { type: 'SETTINGS', ack: true, settings: [] }],
    [
      'PUSH_PROMISE without the reserved bit',
      5,
      0xc,
      '01 80000002 82 00',
      { type: 'PUSH_PROMISE', endHeaders: true, promisedStreamId: 2, padLength: 1, fragment: octets('82') },
    ],
    ['PING', 6, 0x1, '0102030405060708', { type: 'PING', ack: true, opaque: octets('0102030405060708') }],
    [
      'GOAWAY without the reserved bit',
      7,
      0,
      'ffffffff 0000000b 68',
      { type: 'GOAWAY', lastStreamId: 0x7fff_ffff, errorCode: 11, debugData: octets('68') },
    ],
    ['WINDOW_UPDATE without the reserved bit', 8, 0, '80000001', { type: 'WINDOW_UPDATE', increment: 1 }],
    ['WINDOW_UPDATE of 0: the rules judge it', 8, 0, '00000000', { type: 'WINDOW_UPDATE', increment: 0 }],
    ['CONTINUATION', 9, 0x4, '82', { type: 'CONTINUATION', endHeaders: true, fragment: octets('82') }],
    ['a type without a meaning', 0xbe, 0xff, '00', { type: 'UNKNOWN', frameType: 0xbe, payload: octets('00') }],
    ['padding is not for CONTINUATION', 9, flags.PADDED, '02', { type: 'CONTINUATION', fragment: octets('02') }],
  ])('%s', (_why, type, bits, payload, want) => {
    const raw = rawFrame({ type, flags: bits, streamId: 5, payload: octets(payload) });
    expect(interpretFrame(raw)).toMatchObject({ ...want, streamId: 5, raw });
  });
});

describe('interpretFrame calls malformed', () => {
  const frameSize = 6;
  const protocol = 1;
  test.each<[why: string, type: number, flags: number, payload: string, errorCode: number, reason: RegExp]>([
    ['padded DATA without a Pad Length', 0, flags.PADDED, '', frameSize, /0 octets, must be at least 1/],
    ['a Pad Length as large as the payload', 0, flags.PADDED, '03 0000', protocol, /Pad Length 3, but only 2 octets/],
    ['padded HEADERS without a Pad Length', 1, flags.PADDED, '', frameSize, /at least 1/],
    ['HEADERS too short for priority', 1, flags.PRIORITY, '00000000', frameSize, /at least 5/],
    ['HEADERS too short for padding and priority', 1, 0x28, '00 00000000', frameSize, /at least 6/],
    ['padding that reaches into the priority fields', 1, 0x28, '01 00000000 00', protocol, /only 0 octets/],
    ['PRIORITY of 4', 2, 0, '00000000', frameSize, /4 octets, must be 5/],
    ['RST_STREAM of 3', 3, 0, '000000', frameSize, /must be 4/],
    ['RST_STREAM of 5', 3, 0, '0000000000', frameSize, /must be 4/],
    ['SETTINGS of 5', 4, 0, '0000000000', frameSize, /multiple of 6/],
    ['SETTINGS with ACK and a parameter', 4, 0x1, '000100000000', frameSize, /must be 0 with ACK/],
    ['PUSH_PROMISE of 3', 5, 0, '000000', frameSize, /at least 4/],
    ['PUSH_PROMISE padded into the promised stream', 5, flags.PADDED, '01 00000002', protocol, /only 0 octets/],
    ['PING of 7', 6, 0, '00000000000000', frameSize, /must be 8/],
    ['PING of 9', 6, 0, '000000000000000000', frameSize, /must be 8/],
    ['GOAWAY of 7', 7, 0, '00000000000000', frameSize, /at least 8/],
    ['WINDOW_UPDATE of 1', 8, 0, '00', frameSize, /1 octet, must be 4/],
  ])('%s', (_why, type, bits, payload, errorCode, reason) => {
    const raw = rawFrame({ type, flags: bits, streamId: 1, payload: octets(payload) });
    expect(interpretFrame(raw)).toEqual({
      type: 'MALFORMED',
      frameType: type,
      streamId: 1,
      errorCode,
      reason: expect.stringMatching(reason),
      raw,
    });
  });

  test('a length field that lies, whatever the type', () => {
    const raw = rawFrame({ type: frameTypes.PING, payload: new Uint8Array(8), length: 9 });
    expect(interpretFrame(raw)).toMatchObject({
      type: 'MALFORMED',
      reason: 'the length field says 9, the payload has 8 octets',
    });
  });
});

test('interpretFrame never throws, and every octet of DATA counts for flow control', () => {
  const frames = fc.record({
    type: fc.integer({ min: 0, max: 10 }),
    flags: fc.integer({ min: 0, max: 255 }),
    streamId: fc.constantFrom(0, 1, 0x7fff_ffff),
    reserved: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 24, size: 'max' }),
  });
  fc.assert(
    fc.property(frames, (raw) => {
      const frame: Frame = interpretFrame(raw);
      const counted = frame.type === 'DATA' ? frame.flowControlledLength : frame.raw.payload.length;
      return counted === raw.payload.length;
    }),
    { seed: 9113, numRuns: 1000 },
  );
});

test.each<[string, RawFrame, readonly number[]]>([
  ['none without padding', data(1, Uint8Array.of(1, 2)), []],
  ['none with a Pad Length of 0', data(1, Uint8Array.of(1, 2), { padLength: 0 }), []],
  ['what stands behind the data', data(1, Uint8Array.of(1, 2), { padding: Uint8Array.of(7, 8, 9) }), [7, 8, 9]],
])('the padding of a frame is %s', (_, raw, want) => {
  expect([...paddingOf(interpretFrame(raw) as DataFrame)]).toEqual(want);
});

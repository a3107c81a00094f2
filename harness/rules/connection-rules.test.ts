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
} from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import { errorCodes } from '../wire/error-codes';
import { flags, frameTypes } from '../wire/frame';
import { connectionPreface } from '../wire/preface';
import { maxWindow, settingIds } from '../wire/settings';
import {
  block,
  closed,
  draw,
  drawBare,
  fence,
  opening,
  received,
  request,
  responseHeaders,
  rulesOf,
  sent,
  trailers,
  trailersOnly,
  type Arrow,
  judgeConnection,
} from './transcript.test-helper';

type Row = readonly [reason: string, arrows: readonly Arrow[], broken: readonly string[]];

const none = new Uint8Array(0);
const octets = (length: number): Uint8Array => new Uint8Array(length);
const opaque = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const { INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS } = settingIds;
const { NO_ERROR, PROTOCOL_ERROR, CANCEL } = errorCodes;
const setting = (id: number, value: number) => settings([{ id, value }]);

/** Unknown types are recorded wherever they are, which is told by a test of its own. */
const isNews = (rule: string): boolean => rule !== 'FRAME-32 info';

/** Judges a connection that was opened as usual and has a request on stream 1. */
const broken = (...arrows: readonly Arrow[]): readonly string[] =>
  rulesOf(judgeConnection(draw(request(), ...arrows))).filter(isNews);
const brokenBare = (...arrows: readonly Arrow[]): readonly string[] =>
  rulesOf(judgeConnection(drawBare(...arrows))).filter(isNews);

/** A connection with these SETTINGS of ours in the preface, not acknowledged yet. */
const withSettings = (...entries: readonly (readonly [number, number])[]): readonly Arrow[] => [
  sent(connectionPreface, settings(entries.map(([id, value]) => ({ id, value })))),
  received(settings([])),
];

describe('the first frame (CONN-01)', () => {
  const greeting = sent(connectionPreface, settings([]));
  test.each<Row>([
    ['SETTINGS', [greeting, received(settings([]), settingsAck())], []],
    ['SETTINGS before our preface', [received(settings([])), greeting, received(settingsAck())], []],
    ['nothing', [greeting, closed('target')], []],
    ['no frame at all', [greeting, received(Uint8Array.from(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')))], []],
    ['an ACK', [greeting, received(settingsAck(), settings([]))], ['CONN-01']],
    ['PING', [greeting, received(ping(opaque), settings([]))], ['CONN-01']],
    ['WINDOW_UPDATE', [greeting, received(windowUpdate(0, 5), settings([]))], ['CONN-01']],
    ['SETTINGS on a stream', [greeting, received({ ...settings([]), streamId: 1 })], ['CONN-01', 'FRAME-23']],
  ])('%s', (_, arrows, want) => {
    expect(brokenBare(...arrows)).toEqual(want);
  });
});

describe('ACKs and values of SETTINGS (FRAME-19, FRAME-22)', () => {
  test.each<Row>([
    ['an ACK for each', [sent(settings([]), settings([])), received(settingsAck(), settingsAck())], []],
    ['an ACK on its way', [sent(settings([]))], []],
    ['one ACK too many', [received(settingsAck())], ['FRAME-19']],
    [
      'our own ACKs are none of theirs',
      [received(settings([])), sent(settingsAck()), received(settingsAck())],
      ['FRAME-19'],
    ],
    [
      'values at their limits',
      [received(setting(INITIAL_WINDOW_SIZE, maxWindow), setting(MAX_FRAME_SIZE, 0xffffff))],
      [],
    ],
    ['the smallest values', [received(setting(INITIAL_WINDOW_SIZE, 0), setting(MAX_FRAME_SIZE, 16_384))], []],
    ['no stream allowed', [received(setting(MAX_CONCURRENT_STREAMS, 0))], []],
    ['settings that nobody knows', [received(setting(0xfe04, 1), setting(0xaaaa, 0xffffffff))], []],
    ['no push', [received(setting(ENABLE_PUSH, 0))], []],
    ['push', [received(setting(ENABLE_PUSH, 1))], ['FRAME-22']],
    ['a window above 2^31-1', [received(setting(INITIAL_WINDOW_SIZE, maxWindow + 1))], ['FRAME-22']],
    ['frames below 16384', [received(setting(MAX_FRAME_SIZE, 16_383))], ['FRAME-22']],
    ['frames above 2^24-1', [received(setting(MAX_FRAME_SIZE, 0x1000000))], ['FRAME-22']],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });

  test('answers to octets of ours that are no frames are not counted', () => {
    const nonsense = sent(Uint8Array.from(Buffer.from('GET / HTTP/1.1\r\n\r\n')));
    const answers = received(settings([]), settingsAck(), ping(opaque, { ack: true }), rstStream(1, PROTOCOL_ERROR));
    expect(brokenBare(nonsense, answers)).toEqual([]);
  });
});

describe('frames (FRAME-23)', () => {
  const priorityFields = { dependency: 0, exclusive: false, weight: 1 };
  const streamId = 1;
  test.each<Row>([
    [
      'every type',
      [
        received(
          responseHeaders({}, { padLength: 3 }),
          data(1, octets(3), { padLength: 0 }),
          windowUpdate(1, 1),
          windowUpdate(0, 1),
          priority(1, priorityFields),
          ping(opaque),
          rstStream(1, CANCEL),
          goaway(1, NO_ERROR, opaque),
        ),
      ],
      [],
    ],
    ['HEADERS with priority', [received(headers(1, none, { priority: priorityFields }))], []],
    ['PRIORITY on an idle stream', [received(priority(9, priorityFields))], []],
    [
      'unknown types with any flags',
      [received(rawFrame({ type: 0x1f, flags: 0xff, streamId: 7, reserved: true }))],
      [],
    ],
    ['unknown flags on SETTINGS', [received({ ...settings([]), flags: 0x2 })], ['FRAME-23']],
    ['END_STREAM on WINDOW_UPDATE', [received({ ...windowUpdate(0, 1), flags: 0x1 })], ['FRAME-23']],
    ['the reserved bit', [received({ ...ping(opaque), reserved: true })], ['FRAME-23']],
    ['PING of 7 octets', [received(ping(octets(7)))], ['FRAME-23']],
    [
      'RST_STREAM of 5 octets',
      [received(rawFrame({ type: frameTypes.RST_STREAM, streamId, payload: octets(5) }))],
      ['FRAME-23'],
    ],
    ['SETTINGS of 5 octets', [received(rawFrame({ type: frameTypes.SETTINGS, payload: octets(5) }))], ['FRAME-23']],
    ['GOAWAY of 7 octets', [received(rawFrame({ type: frameTypes.GOAWAY, payload: octets(7) }))], ['FRAME-23']],
    ['padding that is too long', [received(data(1, octets(3), { padLength: 9, padding: none }))], ['FRAME-23']],
    ['padding that fills the frame', [received(data(1, none, { padLength: 255 }))], []],
    ['PING on a stream', [received({ ...ping(opaque), streamId })], ['FRAME-23']],
    ['GOAWAY on a stream', [received({ ...goaway(1, NO_ERROR), streamId })], ['FRAME-23']],
    ['DATA on stream 0', [received(data(0, none))], ['FRAME-23']],
    ['HEADERS on stream 0', [received(headers(0, none))], ['FRAME-23']],
    ['RST_STREAM on stream 0', [received(rstStream(0, CANCEL))], ['FRAME-23']],
    ['HEADERS on an idle stream', [received(trailersOnly({}, { stream: 3 }))], ['FRAME-23']],
    ['DATA on a stream of the target', [received(data(2, none))], ['FRAME-23']],
    ['WINDOW_UPDATE on an idle stream', [received(windowUpdate(3, 1))], ['FRAME-23']],
    ['RST_STREAM on an idle stream', [received(rstStream(3, CANCEL))], ['FRAME-23']],
    [
      'RST_STREAM in answer to an illegal frame on an idle stream',
      [sent(windowUpdate(3, 0)), received(rstStream(3, PROTOCOL_ERROR))],
      [],
    ],
    [
      'RST_STREAM in answer to a frame that we never finished',
      [sent(encodeFrame({ ...headers(3, none), length: 9 })), received(rstStream(3, PROTOCOL_ERROR))],
      [],
    ],
    [
      'RST_STREAM on another stream than that of a frame that we never finished',
      [sent(encodeFrame({ ...headers(3, none), length: 9 })), received(rstStream(5, PROTOCOL_ERROR))],
      ['FRAME-23'],
    ],
    ['each rule once', [received(data(0, none), data(0, none), data(9, none))], ['FRAME-23']],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('field blocks (FRAME-23)', () => {
  const cut = block({ ':status': '200', 'x-long': 'a'.repeat(30) }, { frames: 3 });
  const begun = headers(1, none, { endHeaders: false });
  test.each<Row>([
    ['CONTINUATION', [received(cut)], []],
    ['empty fragments', [received(begun, continuation(1, none), continuation(1, none, { endHeaders: true }))], []],
    ['another frame inside', [received(begun, ping(opaque))], ['FRAME-23']],
    ['an unknown frame inside', [received(begun, rawFrame({ type: 0x1f }))], ['FRAME-23']],
    ['DATA of the stream inside', [received(begun, data(1, none))], ['FRAME-23']],
    [
      'CONTINUATION of another stream',
      [request(3), received(begun, continuation(3, none, { endHeaders: true }))],
      ['FRAME-23'],
    ],
    ['CONTINUATION of nothing', [received(continuation(1, none, { endHeaders: true }))], ['FRAME-23']],
    ['CONTINUATION after the end of the block', [received(headers(1, none), continuation(1, none))], ['FRAME-23']],
    ['a block that the end of the connection cut off', [received(begun), closed('target')], []],
    [
      'a block of PUSH_PROMISE',
      [received(pushPromise(1, 2, none, { endHeaders: false }), continuation(1, none, { endHeaders: true }))],
      [],
    ],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('the largest frame (FRAME-23)', () => {
  const large = (length: number): Arrow => received(rawFrame({ type: 0x1f, payload: octets(length) }));
  test.each<Row>([
    ['as large as allowed', [...opening([]), large(16_384)], []],
    ['an octet more', [...opening([]), large(16_385)], ['FRAME-23']],
    [
      'padding and prefix count',
      [...opening([]), request(), received(data(1, octets(16_384), { padLength: 0 }))],
      ['FLOW-10'],
    ],
    [
      'as large as our new limit',
      [...withSettings([MAX_FRAME_SIZE, 20_000]), received(settingsAck()), large(20_000)],
      [],
    ],
    ['the new limit before its ACK', [...withSettings([MAX_FRAME_SIZE, 20_000]), large(20_000)], []],
    ['an octet more than the new limit', [...withSettings([MAX_FRAME_SIZE, 20_000]), large(20_001)], ['FRAME-23']],
    [
      'the old limit until the ACK of a lower one',
      [
        ...withSettings([MAX_FRAME_SIZE, 30_000]),
        received(settingsAck()),
        sent(setting(MAX_FRAME_SIZE, 20_000)),
        large(30_000),
        received(settingsAck()),
      ],
      [],
    ],
    [
      'the old limit after the ACK',
      [
        ...withSettings([MAX_FRAME_SIZE, 30_000]),
        received(settingsAck()),
        sent(setting(MAX_FRAME_SIZE, 20_000)),
        received(settingsAck()),
        large(20_001),
      ],
      ['FRAME-23'],
    ],
    [
      'SETTINGS without it change nothing',
      [
        ...withSettings([MAX_FRAME_SIZE, 30_000]),
        sent(settings([])),
        received(settingsAck(), settingsAck()),
        large(30_000),
      ],
      [],
    ],
    [
      'an illegal limit of ours binds nobody',
      [...withSettings([MAX_FRAME_SIZE, 1]), received(settingsAck()), large(16_384)],
      [],
    ],
  ])('%s', (_, arrows, want) => {
    expect(brokenBare(...arrows)).toEqual(want);
  });
});

describe('windows of the target (FLOW-01, O-02, O-03)', () => {
  const full = Array.from({ length: 4 }, (_, index) => data(1, octets(index === 3 ? 16_383 : 16_384)));
  const small = [...withSettings([INITIAL_WINDOW_SIZE, 10]), request()];
  const acknowledged = [...small, received(settingsAck())];
  test.each<Row>([
    ['all of the first window', [...opening([]), request(), received(...full)], []],
    ['an octet more', [...opening([]), request(), received(...full, data(1, octets(1)))], ['FLOW-01']],
    [
      'empty DATA and END_STREAM at window 0',
      [...opening([]), request(), received(...full, data(1, none, { endStream: true }))],
      [],
    ],
    ['all of our window', [...acknowledged, received(data(1, octets(10)))], []],
    ['an octet more than our window', [...acknowledged, received(data(1, octets(11)))], ['FLOW-01']],
    ['padding counts', [...acknowledged, received(data(1, octets(9), { padLength: 1 }))], ['FLOW-01']],
    ['the old window before the ACK', [...small, received(data(1, octets(11)), settingsAck())], []],
    [
      'a negative window admits empty DATA alone',
      [...small, received(data(1, octets(11)), settingsAck(), data(1, none))],
      [],
    ],
    ['a negative window', [...small, received(data(1, octets(11)), settingsAck(), data(1, octets(1)))], ['FLOW-01']],
    [
      'credit counts from when it is sent',
      [...acknowledged, sent(windowUpdate(1, 5)), received(data(1, octets(15)))],
      [],
    ],
    [
      'credit of another stream does not',
      [...acknowledged, request(3), sent(windowUpdate(3, 5)), received(data(1, octets(15)))],
      ['FLOW-01'],
    ],
    [
      'credit of the connection alone does not',
      [...acknowledged, sent(windowUpdate(0, 5)), received(data(1, octets(15)))],
      ['FLOW-01'],
    ],
    [
      'a larger window before its ACK',
      [...acknowledged, sent(setting(INITIAL_WINDOW_SIZE, 20)), received(data(1, octets(20)))],
      [],
    ],
    [
      'a larger window that was lowered again, before the ACKs',
      [
        ...acknowledged,
        sent(setting(INITIAL_WINDOW_SIZE, 20), setting(INITIAL_WINDOW_SIZE, 0)),
        received(data(1, octets(20))),
      ],
      [],
    ],
    [
      'after both ACKs',
      [
        ...acknowledged,
        sent(setting(INITIAL_WINDOW_SIZE, 20), setting(INITIAL_WINDOW_SIZE, 0)),
        received(settingsAck(), settingsAck(), data(1, octets(1))),
      ],
      ['FLOW-05'],
    ],
    [
      'an octet more than a lowered window that is still open',
      [...acknowledged, sent(setting(INITIAL_WINDOW_SIZE, 5)), received(settingsAck(), data(1, octets(6)))],
      ['FLOW-04'],
    ],
    [
      'an octet more than a raised window: by the difference, whatever was sent before',
      [
        ...acknowledged,
        received(data(1, octets(10))),
        sent(setting(INITIAL_WINDOW_SIZE, 20)),
        received(settingsAck(), data(1, octets(11))),
      ],
      ['FLOW-04'],
    ],
    [
      'the difference, and credit that brings a negative window above zero',
      [
        ...acknowledged,
        received(data(1, octets(10))),
        sent(setting(INITIAL_WINDOW_SIZE, 5), windowUpdate(1, 6)),
        received(settingsAck(), data(1, octets(1))),
      ],
      [],
    ],
    [
      'the same, short of it',
      [
        ...acknowledged,
        received(data(1, octets(10))),
        sent(setting(INITIAL_WINDOW_SIZE, 5), windowUpdate(1, 5)),
        received(settingsAck(), data(1, octets(1))),
      ],
      ['FLOW-05'],
    ],
    [
      'the last of repeated values counts',
      [
        ...withSettings([INITIAL_WINDOW_SIZE, 0], [INITIAL_WINDOW_SIZE, 5]),
        request(),
        received(settingsAck(), data(1, octets(5))),
      ],
      [],
    ],
    [
      'the connection, whose window no SETTINGS change',
      [
        ...withSettings([INITIAL_WINDOW_SIZE, maxWindow]),
        request(),
        request(3),
        received(settingsAck(), ...full, data(3, octets(1))),
      ],
      ['FLOW-01'],
    ],
    [
      'the connection with credit',
      [
        ...withSettings([INITIAL_WINDOW_SIZE, maxWindow]),
        request(),
        request(3),
        sent(windowUpdate(0, 1)),
        received(settingsAck(), ...full, data(3, octets(1))),
      ],
      [],
    ],
    [
      'DATA after our reset still counts',
      [...acknowledged, sent(rstStream(1, CANCEL)), received(data(1, octets(11)))],
      ['FLOW-01'],
    ],
    [
      'HEADERS do not count',
      [...acknowledged, received(responseHeaders({ 'x-a': 'a'.repeat(99) }), data(1, octets(10)), trailers())],
      [],
    ],
  ])('%s', (_, arrows, want) => {
    expect(brokenBare(...arrows)).toEqual(want);
  });

  test('names the level that was overrun', () => {
    const stream = drawBare(...acknowledged, received(data(1, octets(13))));
    expect(judgeConnection(stream)).toMatchObject([
      { observed: 'DATA of 13 octets, 3 more than the window of stream 1', at: { connection: 'main' } },
    ]);
    const shared = drawBare(
      ...withSettings([INITIAL_WINDOW_SIZE, maxWindow]),
      request(),
      received(...full, data(1, octets(2))),
    );
    expect(judgeConnection(shared)).toMatchObject([
      { observed: 'DATA of 2 octets, 2 more than the window of the connection' },
    ]);
  });
});

describe('windows that the target grants (STREAM-19)', () => {
  const upToMax = maxWindow - 65_535;
  test.each<Row>([
    ['as large as can be', [received(windowUpdate(0, upToMax), windowUpdate(1, upToMax))], []],
    ['an increment of 0', [received(windowUpdate(0, 0))], ['STREAM-19']],
    ['an increment of 0 on a stream', [received(windowUpdate(1, 0))], ['STREAM-19']],
    ['the connection overflows', [received(windowUpdate(0, upToMax), windowUpdate(0, 6))], ['STREAM-19']],
    ['a stream overflows', [received(windowUpdate(1, upToMax), windowUpdate(1, 6))], ['STREAM-19']],
    ['what we had spent is given back', [received(windowUpdate(0, upToMax + 5), windowUpdate(1, upToMax + 5))], []],
    [
      'padding is given back too',
      [request(3), sent(data(3, octets(9), { padLength: 10 })), received(windowUpdate(3, upToMax + 5 + 20))],
      [],
    ],
    [
      'a stream above the initial window of the target',
      [received(setting(INITIAL_WINDOW_SIZE, maxWindow), windowUpdate(1, 6))],
      ['STREAM-19'],
    ],
    ['after a stream was answered', [received(trailersOnly(), windowUpdate(1, 1))], []],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('PING (KA-01)', () => {
  const other = Uint8Array.from(opaque, (octet) => octet + 1);
  const ack = (octets8: Uint8Array): Arrow => received(ping(octets8, { ack: true }));
  const tooManyPings = goaway(0, errorCodes.ENHANCE_YOUR_CALM, Buffer.from('too_many_pings'));
  test.each<Row>([
    ['its ACK', [sent(ping(opaque)), ack(opaque)], []],
    ['ACKs in another order', [sent(ping(opaque), ping(other)), ack(other), ack(opaque)], []],
    ['the same octets twice', [sent(ping(opaque), ping(opaque)), ack(opaque), ack(opaque)], []],
    ['a PING of theirs', [received(ping(other)), sent(ping(other, { ack: true }))], []],
    ['an ACK on its way', [sent(ping(opaque))], []],
    ['other octets', [sent(ping(opaque)), ack(other)], ['KA-01']],
    ['two ACKs for one', [sent(ping(opaque)), ack(opaque), ack(opaque)], ['KA-01']],
    ['an ACK of their own PING', [received(ping(other)), sent(ping(other, { ack: true })), ack(other)], ['KA-01']],
    ['held against us', [sent(ping(opaque)), ack(opaque), received(tooManyPings)], []],
    [
      'our ACK, held against us',
      [received(ping(other)), sent(ping(other, { ack: true })), received(tooManyPings)],
      ['KA-05'],
    ],
    ['a flood of something else', [received(goaway(0, errorCodes.ENHANCE_YOUR_CALM, Buffer.from('resets')))], []],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('GOAWAY (KA-08)', () => {
  const answer = (stream: number): Arrow => received(trailersOnly({}, { stream }));
  test.each<Row>([
    ['no stream was taken', [received(goaway(0, PROTOCOL_ERROR))], []],
    [
      'the announcement of a graceful end',
      [received(goaway(maxWindow, NO_ERROR)), received(goaway(1, NO_ERROR)), answer(1)],
      [],
    ],
    ['twice the same', [received(goaway(1, NO_ERROR), goaway(1, PROTOCOL_ERROR))], []],
    ['answers of accepted streams after it', [request(3), received(goaway(3, NO_ERROR)), answer(1), answer(3)], []],
    ['an even stream', [received(goaway(2, NO_ERROR))], ['KA-08']],
    ['a stream that grows', [request(3), received(goaway(1, NO_ERROR), goaway(3, NO_ERROR))], ['KA-08']],
    ['an answer of a stream above it', [request(3), received(goaway(1, NO_ERROR)), answer(3)], ['KA-08']],
    ['DATA of a stream above it', [request(3), received(goaway(1, PROTOCOL_ERROR), data(3, none))], ['KA-08']],
    [
      'RST_STREAM of a stream above it',
      [request(3), received(goaway(1, NO_ERROR), rstStream(3, errorCodes.REFUSED_STREAM))],
      [],
    ],
    [
      'credit for a stream above it',
      [request(3), received(goaway(1, NO_ERROR), windowUpdate(3, 1), windowUpdate(0, 1))],
      [],
    ],
    ['an answer before it is for KA-13', [request(3), answer(3), received(goaway(1, NO_ERROR))], ['KA-13 warn']],
    ['a stream of ours that is even', [sent(headers(6, none)), received(goaway(6, PROTOCOL_ERROR))], []],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('HPACK (HPACK-13, HPACK-14)', () => {
  const answer = received(trailersOnly({ 'grpc-status': '5' }, { sizeUpdates: [0] }));
  test.each<Row>([
    [
      'a table as small as ours',
      [...withSettings([HEADER_TABLE_SIZE, 0]), request(), received(settingsAck()), answer],
      [],
    ],
    [
      'the old table before the ACK',
      [...withSettings([HEADER_TABLE_SIZE, 0]), request(), received(trailersOnly(), settingsAck())],
      [],
    ],
    [
      'no update after the ACK',
      [...withSettings([HEADER_TABLE_SIZE, 0]), request(), received(settingsAck(), trailersOnly())],
      ['HPACK-13'],
    ],
    [
      'an update above our limit',
      [...opening([]), request(), received(headers(1, Uint8Array.of(0x3f, 0xe2, 0x1f)))],
      ['HPACK-13'],
    ],
    [
      'an update inside a block',
      [...opening([]), request(), received(headers(1, Uint8Array.of(0x88, 0x20)))],
      ['HPACK-14'],
    ],
    ['index 0', [...opening([]), request(), received(headers(1, Uint8Array.of(0x80)))], ['HPACK-14']],
    [
      'an index beyond the tables',
      [...opening([]), request(), received(headers(1, Uint8Array.of(0xbe)))],
      ['HPACK-14'],
    ],
    [
      'an unfinished field',
      [...opening([]), request(), received(headers(1, Uint8Array.of(0x40, 0x05, 0x61)))],
      ['HPACK-14'],
    ],
    [
      'blocks of streams that were given up count',
      [
        ...opening([]),
        request(),
        sent(rstStream(1, CANCEL)),
        request(3),
        received(trailersOnly({ 'x-a': '1' }), trailersOnly({ 'x-a': '1' }, { stream: 3 })),
      ],
      [],
    ],
  ])('%s', (_, arrows, want) => {
    expect(brokenBare(...arrows)).toEqual(want);
  });
});

test('a whole connection with two calls, a fence and a graceful end breaks nothing', () => {
  expect(
    broken(
      received(responseHeaders(), data(1, octets(9)), trailers()),
      fence(received(ping(opaque))),
      sent(ping(opaque, { ack: true })),
      request(3),
      received(goaway(maxWindow, NO_ERROR), trailersOnly({}, { stream: 3 }), goaway(3, NO_ERROR)),
      closed('target'),
    ),
  ).toEqual([]);
});

test.each([
  [settingsAck(), 'SETTINGS with ACK as the first frame of the target'],
  [{ ...ping(opaque), flags: flags.ACK }, 'PING as the first frame of the target'],
  [rawFrame({ type: 0x1f }), '0x1f as the first frame of the target'],
])('the first frame is named %#', (frame, observed) => {
  const view = drawBare(sent(connectionPreface, settings([]), ping(opaque)), received(frame));
  expect(judgeConnection(view)[0]).toMatchObject({ rule: 'CONN-01-settings-first', observed });
});

test('END_STREAM is no flag of CONTINUATION', () => {
  const cut = received(headers(1, none, { endHeaders: false }), {
    ...continuation(1, none, { endHeaders: true }),
    flags: flags.END_HEADERS | flags.END_STREAM,
  });
  expect(broken(cut)).toEqual(['FRAME-23']);
});

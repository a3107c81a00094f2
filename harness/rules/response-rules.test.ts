import type { CallPlan } from '../grpc/call-plan';
import { gzip as compress } from '../grpc/compression';
import { encodeMessage } from '../grpc/length-prefixed-message';
import {
  continuation,
  data,
  headers,
  priority,
  pushPromise,
  rawFrame,
  rstStream,
  settings as frameOfSettings,
  settingsAck,
  windowUpdate,
} from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { HpackEncoder } from '../wire/hpack/encoder';
import { settingIds } from '../wire/settings';
import {
  block,
  callOf,
  closed,
  draw,
  drawBare,
  fence,
  judge,
  message,
  ok,
  okStatus,
  opening,
  received,
  request,
  responseHeaders,
  rulesOf,
  sent,
  trailers,
  trailersOnly,
  type Arrow,
  judgeCall,
} from './transcript.test-helper';

type Row = readonly [reason: string, arrows: readonly Arrow[], broken: readonly string[]];

const none = new Uint8Array(0);
const octets = (length: number): Uint8Array => new Uint8Array(length);
const { NO_ERROR, CANCEL, PROTOCOL_ERROR, INTERNAL_ERROR, STREAM_CLOSED } = errorCodes;

/** Judges the answer to a request on stream 1; unknown types are recorded wherever they are. */
const judgeAnswer = (arrows: readonly Arrow[], plan: Partial<CallPlan> = {}): readonly string[] =>
  judge(draw(request(), ...arrows), plan).filter((rule) => rule !== 'FRAME-32 info');

const streaming = { kind: 'server-streaming' } as const;
const illegal = { legal: false } as const;
const normalAnswer: readonly Arrow[] = [received(responseHeaders()), received(message()), received(trailers())];

describe('IDLE and INTERIM', () => {
  test.each<Row>([
    ['an answer', normalAnswer, []],
    [
      'interim blocks before it',
      [received(block({ ':status': '103' }), block({ ':status': '100' })), ...normalAnswer],
      [],
    ],
    ['101', [received(block({ ':status': '101' }))], ['RESP-06']],
    ['END_STREAM on an interim block', [received(block({ ':status': '103' }, { endStream: true }))], ['RESP-06']],
    [
      'an illegal field in an interim block',
      [received(block({ ':status': '103', Link: 'x' })), ...normalAnswer],
      ['RESP-05'],
    ],
    ['DATA first', [received(data(1, octets(5)))], ['RESP-04']],
    ['empty DATA first', [received(data(1, none))], ['RESP-04']],
    ['DATA after an interim block alone', [received(block({ ':status': '100' }), message())], ['RESP-04']],
    ['WINDOW_UPDATE first', [received(windowUpdate(1, 5)), ...normalAnswer], []],
    ['PRIORITY first', [received(priority(1, { dependency: 0, exclusive: false, weight: 16 })), ...normalAnswer], []],
    ['an unknown frame first', [received(rawFrame({ type: 0x1f, flags: 0xff, streamId: 1 })), ...normalAnswer], []],
    ['nothing at all', [], []],
    ['the connection closed', [closed('target')], []],
  ])('%s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows)).toEqual(broken);
  });
});

test('a 404 for a method that nobody has is judged once, as no UNIMPLEMENTED', () => {
  const answer = [received(block({ ':status': '404' }, { endStream: true }))];
  expect(judgeAnswer(answer, { kind: 'unknown' })).toEqual(['REQ-21 warn']);
});

describe('PUSH_PROMISE', () => {
  const push = received(pushPromise(1, 2, none));
  const settings = (value: number): Arrow => sent(frameOfSettings([{ id: settingIds.ENABLE_PUSH, value }]));
  test.each<Row>([
    ['after the ACK of ENABLE_PUSH 0', [settings(0), received(settingsAck()), push], ['FRAME-24']],
    ['before that ACK', [settings(0), push, received(settingsAck())], ['FRAME-24 info']],
    ['after the ACK of ENABLE_PUSH 1', [settings(1), received(settingsAck()), push], ['FRAME-24 info']],
    ['when we said nothing about it', [push], ['FRAME-24 info']],
  ])('%s', (_, arrows, broken) => {
    const view = drawBare(...opening([]), request(), ...arrows);
    expect(judge(view)).toEqual(broken);
  });
});

describe('the first block', () => {
  const answer = (fields: Parameters<typeof block>[0]): readonly Arrow[] => [
    received(block(fields)),
    received(message()),
    received(trailers()),
  ];
  test.each<Row>([
    ['a subtype', answer({ ...ok, 'content-type': 'application/grpc+proto' }), []],
    ['parameters', answer({ ...ok, 'content-type': 'application/grpc;charset=utf-8' }), []],
    ['another protocol', answer({ ...ok, 'content-type': 'application/grpc-web' }), ['RESP-03']],
    ['HTML', answer({ ...ok, 'content-type': 'text/html' }), ['RESP-03']],
    ['no content-type', answer({ ':status': '200' }), ['RESP-03']],
    ['two of them', answer({ ...ok, 'content-type': ['application/grpc', 'application/grpc'] }), ['RESP-03']],
    ['no :status', answer({ 'content-type': 'application/grpc' }), ['RESP-01']],
    ['two :status', answer({ ...ok, ':status': ['200', '200'] }), ['RESP-01']],
    [':status that is no number', answer({ ...ok, ':status': 'OK' }), ['RESP-01']],
    [':status 404', answer({ ...ok, ':status': '404' }), ['RESP-01']],
    [':status 415', answer({ ...ok, ':status': '415' }), ['RESP-01']],
    [':status 502 of what stands in front', answer({ ...ok, ':status': '502' }), ['RESP-01 warn']],
    ['a pseudo-header field of requests', answer({ ':status': '200', ':path': '/', ...ok }), ['RESP-01']],
    [':status last', answer({ 'content-type': 'application/grpc', ':status': '200' }), ['RESP-01']],
    ['a name in upper case', answer({ ...ok, 'X-A': '1' }), ['RESP-05']],
    ['an empty name', answer({ ...ok, '': '1' }), ['RESP-05']],
    ['a name with a space', answer({ ...ok, 'x a': '1' }), ['RESP-05']],
    ['NUL in a value', answer({ ...ok, 'x-a': 'a\0b' }), ['RESP-05']],
    ['LF in a value', answer({ ...ok, 'x-a': 'a\nb' }), ['RESP-05']],
    ['transfer-encoding', answer({ ...ok, 'transfer-encoding': 'chunked' }), ['RESP-05']],
    ['connection', answer({ ...ok, connection: 'close' }), ['RESP-05']],
    ['a value with an outer space', answer({ ...ok, 'x-a': ' a' }), ['RESP-05 warn']],
    ['octets above ASCII in a value', answer({ ...ok, 'x-a': '\xe4' }), []],
    ['names of metadata', answer({ ...ok, 'x-a.b_c-1': 'a', 'x-bin': 'AA', server: 's' }), []],
    ['grpc-status in it', answer({ ...ok, 'grpc-status': '0' }), ['RESP-11']],
    ['grpc-message in it', answer({ ...ok, 'grpc-message': 'a' }), ['RESP-11']],
    ['an HTTP content coding', answer({ ...ok, 'content-encoding': 'gzip' }), ['RESP-13']],
    ['the identity coding', answer({ ...ok, 'content-encoding': 'identity' }), []],
  ])('%s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows)).toEqual(broken);
  });

  test('may be cut into CONTINUATION frames, padded and empty ones', () => {
    expect(
      judgeAnswer([
        received(responseHeaders({}, { frames: 3, padLength: 9 })),
        received(message()),
        received(trailers(okStatus, { frames: 40 })),
      ]),
    ).toEqual([]);
  });
});

test('blanks around a value that a handler copies from an illegal request are recorded, all others warned about', () => {
  const answer = (name: string) => [
    received(block({ ...ok, [name]: ' a' })),
    received(message()),
    received(trailers()),
  ];
  expect(judgeAnswer(answer('x-grpc-test-echo-initial'), illegal)).toEqual(['RESP-05 info']);
  expect(judgeAnswer(answer('x-grpc-test-echo-initial'))).toEqual(['RESP-05 warn']);
  expect(judgeAnswer(answer('x-a'), illegal)).toEqual(['RESP-05 warn']);
});

describe('Trailers-Only', () => {
  test.each<Row>([
    ['an error', [received(trailersOnly({ 'grpc-status': '12', 'grpc-message': 'none' }))], []],
    ['status before content-type', [received(trailers({ ':status': '200', 'grpc-status': '5', ...ok }))], []],
    ['cut into CONTINUATION', [received(trailersOnly({ 'grpc-status': '5' }, { frames: 4 }))], []],
    ['no content-type', [received(trailers({ ':status': '200', 'grpc-status': '5' }))], ['TRAIL-05']],
    [
      'another content-type',
      [received(trailersOnly({ 'content-type': 'text/html', 'grpc-status': '5' }))],
      ['RESP-03'],
    ],
    ['no :status', [received(trailers({ 'content-type': 'application/grpc', 'grpc-status': '5' }))], ['RESP-01']],
    [':status 500', [received(trailersOnly({ ':status': '500', 'grpc-status': '2' }))], ['RESP-01']],
    ['no grpc-status', [received(trailersOnly({}))], ['TRAIL-03']],
    ['two of them', [received(trailersOnly({ 'grpc-status': ['5', '5'] }))], ['TRAIL-03']],
    ['a leading zero', [received(trailersOnly({ 'grpc-status': '05' }))], ['STATUS-02']],
    ['the content-length of no content', [received(trailersOnly({ 'grpc-status': '5', 'content-length': '0' }))], []],
    ['a content-length', [received(trailersOnly({ 'grpc-status': '5', 'content-length': '5' }))], ['RESP-12']],
  ])('%s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows)).toEqual(broken);
  });
});

describe('BODY', () => {
  test.each<Row>([
    ['empty DATA between', [received(responseHeaders(), data(1, none), message(), data(1, none), trailers())], []],
    [
      'padded DATA',
      [
        received(
          responseHeaders(),
          data(1, octets(5), { padLength: 200 }),
          data(1, none, { padLength: 0 }),
          trailers(),
        ),
      ],
      [],
    ],
    ['END_STREAM on DATA', [received(responseHeaders(), message(), data(1, none, { endStream: true }))], ['TRAIL-02']],
    ['a second block without END_STREAM', [received(responseHeaders(), block({ 'x-a': '1' }))], ['RESP-02']],
    ['an interim block too late', [received(responseHeaders(), block({ ':status': '103' }))], ['RESP-02']],
    [
      'trailers without END_STREAM',
      [received(responseHeaders(), message(), block(okStatus), data(1, none, { endStream: true }))],
      ['TRAIL-01'],
    ],
    [':status in trailers', [received(responseHeaders(), message(), trailersOnly())], ['TRAIL-04', 'RESP-11 warn']],
    [
      'a connection field in trailers',
      [received(responseHeaders(), message(), trailers({ upgrade: 'a', ...okStatus }))],
      ['RESP-05'],
    ],
    [
      'grpc-encoding again',
      [
        received(
          responseHeaders({ 'grpc-encoding': 'gzip' }),
          message(),
          trailers({ 'grpc-encoding': 'gzip', ...okStatus }),
        ),
      ],
      ['RESP-11 warn'],
    ],
    [
      'metadata in both blocks',
      [received(responseHeaders({ 'x-a': '1' }), message(), trailers({ 'x-a': '1', ...okStatus }))],
      [],
    ],
    [
      'grpc-encoding in the trailers alone',
      [received(responseHeaders(), message(), trailers({ 'grpc-encoding': 'gzip', ...okStatus }))],
      [],
    ],
    ['trailers without status', [received(responseHeaders(), message(), trailers({ 'x-a': '1' }))], ['TRAIL-03']],
    ['two statuses', [received(responseHeaders(), message(), trailers({ 'grpc-status': ['0', '2'] }))], ['TRAIL-03']],
    [
      'a trailing content-length of its own',
      [received(responseHeaders({ 'content-length': '8' }), message(3), trailers())],
      [],
    ],
    [
      'another content-length',
      [received(responseHeaders({ 'content-length': '3' }), message(3), trailers())],
      ['RESP-12'],
    ],
    [
      'content-length counts no padding',
      [received(responseHeaders({ 'content-length': '5' }), data(1, octets(5), { padLength: 7 }), trailers())],
      [],
    ],
    [
      'a reset in the middle',
      [received(responseHeaders(), data(1, octets(3))), received(rstStream(1, INTERNAL_ERROR))],
      [],
    ],
    ['a close in the middle', [received(responseHeaders(), data(1, octets(3))), closed('target', 'reset')], []],
    ['no end', [received(responseHeaders(), message())], []],
    ['PUSH_PROMISE', [received(responseHeaders(), pushPromise(1, 2, none))], ['FRAME-24']],
  ])('%s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows)).toEqual(broken);
  });
});

test.each<[string, readonly string[]]>([
  ['2', []],
  ['16', []],
  ['17', []],
  ['2147483647', []],
  ['-1', ['STATUS-02']],
  ['+1', ['STATUS-02']],
  ['01', ['STATUS-02']],
  ['', ['STATUS-02']],
  ['2 ', ['RESP-05 warn', 'STATUS-02']],
  ['UNKNOWN', ['STATUS-02']],
  ['1.0', ['STATUS-02']],
])('grpc-status %j', (value, broken) => {
  expect(judgeAnswer([received(responseHeaders(), trailers({ 'grpc-status': value }))])).toEqual(broken);
});

test.each<[string, readonly string[]]>([
  ['', ['STATUS-06 info']],
  ['plain text, 100%25 ~', []],
  ['%E2%98%BA', []],
  ['%e2%98%ba', ['STATUS-04 warn']],
  ['100%', ['STATUS-04']],
  ['%2', ['STATUS-04']],
  ['%zz', ['STATUS-04']],
  ['\xe2\x98\xba', ['STATUS-04']],
  ['a\x7f', ['STATUS-04']],
  ['a\nb', ['RESP-05', 'STATUS-04']],
  [' a', ['STATUS-05 warn']],
  ['a ', ['STATUS-05 warn']],
])('grpc-message %j', (value, broken) => {
  expect(judgeAnswer([received(trailersOnly({ 'grpc-status': '2', 'grpc-message': value }))])).toEqual(broken);
});

describe('messages', () => {
  const gzip = { 'grpc-encoding': 'gzip' };
  const compressed = data(1, encodeMessage(compress(new Uint8Array(3)), { compressedFlag: 1 }));
  const whole = message().payload;
  test.each<Row>([
    [
      'cut anywhere',
      [received(responseHeaders(), ...Array.from(whole, (octet) => data(1, Uint8Array.of(octet))), trailers())],
      [],
    ],
    ['Compressed-Flag 2', [received(responseHeaders(), message(3, { compressedFlag: 2 }), trailers())], ['MSG-13']],
    ['the flag of gRPC-Web trailers', [received(responseHeaders(), message(3, { compressedFlag: 0x80 }))], ['MSG-13']],
    ['compressed as announced', [received(responseHeaders(gzip), compressed, trailers())], []],
    [
      'flagged as compressed, and not of that encoding',
      [received(responseHeaders(gzip), message(3, { compressedFlag: 1 }), trailers())],
      ['COMP-14'],
    ],
    [
      'flagged as compressed, and empty',
      [received(responseHeaders(gzip), message(0, { compressedFlag: 1 }), trailers())],
      ['COMP-14'],
    ],
    ['plain although announced', [received(responseHeaders(gzip), message(), trailers())], []],
    [
      'compressed without a name',
      [received(responseHeaders(), message(3, { compressedFlag: 1 }), trailers())],
      ['COMP-14'],
    ],
    [
      'compressed with identity',
      [received(responseHeaders({ 'grpc-encoding': 'identity' }), message(3, { compressedFlag: 1 }), trailers())],
      ['COMP-14'],
    ],
    [
      'an encoding that nobody accepted',
      [received(responseHeaders({ 'grpc-encoding': 'snappy' }), message(3, { compressedFlag: 1 }), trailers())],
      ['COMP-13'],
    ],
    ...(
      [
        ['identity,deflate,gzip', []],
        ['identity, gzip', []],
        ['x-own', []],
        ['identity;gzip', ['COMP-16']],
        ['"gzip"', ['COMP-16']],
        ['gzip,,deflate', ['COMP-16']],
        ['', ['COMP-16']],
      ] as const
    ).map(([value, broken]): Row => {
      const first = responseHeaders({ 'grpc-accept-encoding': value });
      return [`grpc-accept-encoding "${value}"`, [received(first), received(message()), received(trailers())], broken];
    }),
    ['the name of it alone', [received(responseHeaders({ 'grpc-encoding': 'snappy' }), message(), trailers())], []],
  ])('%s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows)).toEqual(broken);
  });

  test('without grpc-accept-encoding a compressed answer is only warned about', () => {
    const view = draw(request(), received(responseHeaders(gzip), compressed, trailers()));
    const { acceptEncoding: _, ...plan } = callOf(view).plan;
    expect(rulesOf(judgeCall({ ...callOf(view), plan }, view))).toEqual(['COMP-13 warn']);
  });
});

describe('cardinality', () => {
  const answer = (messages: number, status: string, rest = 0): readonly Arrow[] => [
    received(responseHeaders()),
    ...Array.from({ length: messages }, () => received(message())),
    received(data(1, octets(rest))),
    received(trailers({ 'grpc-status': status })),
  ];
  const only = (status: string): readonly Arrow[] => [received(trailersOnly({ 'grpc-status': status }))];
  const single = ['unary', 'client-streaming'] as const;
  const many = ['server-streaming', 'bidirectional-streaming', 'unknown'] as const;
  const rows = [
    ['one message and OK', answer(1, '0'), [], []],
    ['no message and OK', answer(0, '0'), ['RPC-06'], []],
    ['two messages and OK', answer(2, '0'), ['RPC-06'], []],
    ['a part of a message and OK', answer(1, '0', 3), ['MSG-13'], ['MSG-13']],
    ['no message and an error', answer(0, '13'), [], []],
    ['one message and an error', answer(1, '13'), [], []],
    ['two messages and an error', answer(2, '13'), ['RPC-06'], []],
    ['a part of a message and an error', answer(0, '4', 3), ['MSG-13 warn'], ['MSG-13 warn']],
    ['Trailers-Only and OK', only('0'), ['RPC-06'], []],
    ['Trailers-Only and an error', only('13'), [], []],
  ] as const;
  test.each([
    ...single.flatMap((kind) => rows.map(([reason, arrows, broken]) => [kind, reason, arrows, broken] as const)),
    ...many.flatMap((kind) => rows.map(([reason, arrows, , broken]) => [kind, reason, arrows, broken] as const)),
  ])('%s: %s', (kind, _, arrows, broken) => {
    expect(judgeAnswer(arrows, { kind })).toEqual(broken);
  });
});

describe('a plain HTTP answer', () => {
  const html = { ':status': '415', 'content-type': 'text/html' };
  const all: readonly Row[] = [
    ['one block', [received(trailers(html))], []],
    ['a body that ends on DATA', [received(block(html), data(1, octets(4), { endStream: true }))], []],
    ['a body that ends on trailers', [received(block(html), data(1, octets(4)), trailers({ 'x-a': '1' }))], []],
    ['with a status of gRPC', [received(trailers({ ...html, 'grpc-status': '03', 'grpc-message': '%' }))], []],
    [
      'content-length',
      [received(block({ ...html, 'content-length': '4' }), data(1, octets(4), { endStream: true }))],
      [],
    ],
    ['content-length without content, as after HEAD', [received(trailers({ ...html, 'content-length': '4' }))], []],
    [
      'a wrong content-length',
      [received(block({ ...html, 'content-length': '5' }), data(1, octets(4), { endStream: true }))],
      ['RESP-12'],
    ],
    ['RST_STREAM(NO_ERROR) after it', [received(trailers(html)), received(rstStream(1, NO_ERROR))], []],
    ['RST_STREAM in the middle', [received(block(html)), received(rstStream(1, PROTOCOL_ERROR))], []],
    ['DATA after the end', [received(trailers(html)), received(data(1, none))], ['TRAIL-07']],
    ['a name in upper case', [received(trailers({ ...html, Server: 'a' }))], ['RESP-05']],
    ['DATA first', [received(data(1, octets(4), { endStream: true }))], ['RESP-04']],
  ];

  test.each(all)('to an illegal request: %s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows, illegal)).toEqual(broken);
  });

  test.each(all.filter(([reason]) => reason !== 'DATA first'))('to a legal request: %s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows).toSorted()).toEqual(['RESP-01', ...broken].toSorted());
  });

  test.each<Row>([
    ['gRPC without messages', [received(responseHeaders(), trailers())], []],
    ['gRPC that ends on DATA', [received(responseHeaders(), data(1, octets(3), { endStream: true }))], []],
    ['200 to HEAD', [received(trailers({ ...ok, 'content-length': '4' }))], []],
    ['200 and HTML', [received(block({ ':status': '200' }), data(1, octets(3), { endStream: true }))], []],
    ['no :status', [received(trailers(okStatus))], ['RESP-01']],
    [':status of four digits', [received(trailers({ ':status': '2000' }))], ['RESP-01']],
    ['a pseudo-header field in trailers', [received(responseHeaders(), trailers({ ':status': '200' }))], ['TRAIL-04']],
  ])('to an illegal request: %s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows, illegal)).toEqual(broken);
  });

  test('200 without content-type is such an answer, too', () => {
    expect(judgeAnswer([received(block({ ':status': '200' }), data(1, octets(9), { endStream: true }))])).toEqual([
      'RESP-03',
    ]);
  });

  test('200 with HTML in answer to a legal request breaks the content-type alone', () => {
    expect(
      judgeAnswer([
        received(block({ ':status': '200', 'content-type': 'text/html' }), data(1, octets(9), { endStream: true })),
      ]),
    ).toEqual(['RESP-03']);
  });
});

describe('ENDED', () => {
  test.each<Row>([
    ['RST_STREAM(NO_ERROR)', [...normalAnswer, received(rstStream(1, NO_ERROR))], []],
    ['RST_STREAM(CANCEL)', [...normalAnswer, received(rstStream(1, CANCEL))], []],
    ['WINDOW_UPDATE', [...normalAnswer, received(windowUpdate(1, 5))], []],
    ['PRIORITY', [...normalAnswer, received(priority(1, { dependency: 0, exclusive: false, weight: 1 }))], []],
    ['an unknown frame', [...normalAnswer, received(rawFrame({ type: 0xaa, streamId: 1 }))], []],
    ['our RST_STREAM, too late', [...normalAnswer, sent(rstStream(1, CANCEL)), fence()], []],
    ['DATA', [...normalAnswer, received(data(1, none))], ['TRAIL-07']],
    ['HEADERS', [...normalAnswer, received(trailers())], ['TRAIL-07']],
    [
      'DATA after our late RST_STREAM',
      [...normalAnswer, sent(rstStream(1, CANCEL)), received(message())],
      ['TRAIL-07'],
    ],
    ['PUSH_PROMISE', [...normalAnswer, received(pushPromise(1, 2, none))], ['FRAME-24']],
  ])('then %s', (_, arrows, broken) => {
    expect(judgeAnswer(arrows)).toEqual(broken);
  });

  test('RST_STREAM(NO_ERROR) after the trailers hides nothing that is wrong with them', () => {
    expect(judgeAnswer([received(responseHeaders(), trailers({})), received(rstStream(1, NO_ERROR))])).toEqual([
      'TRAIL-03',
    ]);
    expect(judgeAnswer([received(trailersOnly()), received(rstStream(1, NO_ERROR))])).toEqual(['RPC-06']);
  });

  test('nothing may follow RST_STREAM(NO_ERROR) either', () => {
    const arrows = [...normalAnswer, received(rstStream(1, NO_ERROR))];
    expect(judgeAnswer([...arrows, received(data(1, none))])).toEqual(['STREAM-09']);
    expect(judgeAnswer([...arrows, received(windowUpdate(1, 1))])).toEqual(['STREAM-09']);
  });
});

describe('RESET by the target', () => {
  const reset = received(rstStream(1, INTERNAL_ERROR));
  test.each<Row>([
    ['PRIORITY', [received(priority(1, { dependency: 0, exclusive: false, weight: 1 }))], []],
    ['RST_STREAM again, as our frames under way may provoke it', [received(rstStream(1, STREAM_CLOSED))], []],
    [
      'RST_STREAM more often than we have sent frames',
      [received(rstStream(1, STREAM_CLOSED)), received(rstStream(1, STREAM_CLOSED))],
      ['STREAM-09 warn'],
    ],
    [
      'RST_STREAM for each frame of ours',
      [sent(windowUpdate(1, 1)), received(rstStream(1, STREAM_CLOSED)), received(rstStream(1, STREAM_CLOSED))],
      [],
    ],
    ['our RST_STREAM', [sent(rstStream(1, CANCEL)), fence()], []],
    ['HEADERS', [received(responseHeaders())], ['STREAM-09']],
    ['DATA', [received(data(1, none))], ['STREAM-09']],
    ['WINDOW_UPDATE', [received(windowUpdate(1, 1))], ['STREAM-09']],
    ['trailers in CONTINUATION', [received(trailers(okStatus, { frames: 2 }))], ['STREAM-09']],
  ])('then %s', (_, arrows, broken) => {
    expect(judgeAnswer([reset, ...arrows])).toEqual(broken);
    expect(judgeAnswer([received(responseHeaders()), reset, ...arrows])).toEqual(broken);
  });
});

describe('RESET by us', () => {
  const reset = sent(rstStream(1, CANCEL));
  const late = [received(message()), received(trailers())];
  test.each<Row>([
    ['nothing more', [reset, fence()], []],
    ['frames that were under way', [reset, ...late, fence()], []],
    ['frames between the fence and its ACK', [reset, fence(...late)], []],
    ['a fence before the reset', [fence(), reset, ...late], []],
    ['no fence at all', [reset, ...late], []],
    ['RST_STREAM that crossed ours', [reset, received(rstStream(1, NO_ERROR)), fence()], []],
    [
      'even a broken answer that was under way',
      [reset, received(data(1, octets(9), { endStream: true })), fence()],
      [],
    ],
    ['WINDOW_UPDATE after the fence', [reset, fence(), received(windowUpdate(1, 1))], []],
    [
      'RST_STREAM after the fence in answer to a frame of ours',
      [reset, fence(), sent(data(1, none)), received(rstStream(1, STREAM_CLOSED))],
      [],
    ],
    ['RST_STREAM after the fence, unprovoked', [reset, fence(), received(rstStream(1, CANCEL))], ['CANC-02 warn']],
    [
      'DATA after the fence, as another thread may have queued it',
      [reset, fence(), received(message())],
      ['CANC-02 warn'],
    ],
    ['the trailers after the fence', [reset, fence(), received(trailers())], ['CANC-02 warn']],
    [
      'a whole batch of DATA after the fence',
      [
        sent(windowUpdate(0, 99_999), windowUpdate(1, 99_999)),
        reset,
        fence(),
        ...Array.from({ length: 4 }, () => received(data(1, octets(16_384)))),
      ],
      ['CANC-02 warn'],
    ],
    [
      'more than a batch of DATA after the fence',
      [
        sent(windowUpdate(0, 99_999), windowUpdate(1, 99_999)),
        reset,
        fence(),
        ...Array.from({ length: 5 }, () => received(data(1, octets(16_384)))),
      ],
      ['CANC-02 warn', 'CANC-02'],
    ],
  ])('then %s', (_, arrows, broken) => {
    expect(judgeAnswer([received(responseHeaders()), ...arrows], streaming)).toEqual(broken);
    expect(judgeAnswer([received(block({ ':status': '103' })), ...arrows], streaming)).toEqual(broken);
    expect(judgeAnswer(arrows, streaming)).toEqual(broken);
  });
});

describe('what other rules have named proves nothing more', () => {
  test('a field block that does not decode', () => {
    expect(judgeAnswer([received(headers(1, Uint8Array.of(0xff, 0xff)))])).toEqual(['HPACK-14']);
  });

  test('the blocks after it', () => {
    const view = draw(request(), request(3), received(headers(3, Uint8Array.of(0x80))), ...normalAnswer);
    expect(judge(view)).toEqual(['HPACK-14']);
    expect(judge(view, { stream: 3 })).toEqual(['HPACK-14']);
  });

  test('an empty block is no such block', () => {
    expect(judgeAnswer([received(headers(1, none, { endStream: true }))], illegal)).toEqual(['RESP-01']);
    expect(judgeAnswer([received(responseHeaders(), headers(1, none, { endStream: true }))])).toEqual(['TRAIL-03']);
  });

  test('a malformed frame', () => {
    const lying = data(1, octets(3), { padLength: 200, padding: none });
    expect(judgeAnswer([received(responseHeaders(), lying, trailers())])).toEqual(['FRAME-23']);
    const first = headers(1, new HpackEncoder().encode([]), { padLength: 9, padding: none });
    expect(judgeAnswer([received(first), received(message())])).toEqual(['FRAME-23']);
  });

  test('CONTINUATION without HEADERS', () => {
    expect(judgeAnswer([received(continuation(1, none, { endHeaders: true })), ...normalAnswer])).toEqual(['FRAME-23']);
  });
});

test('a rule is named once for each way of breaking it', () => {
  const compressed = Array.from({ length: 9 }, () => message(3, { compressedFlag: 1 }));
  expect(judgeAnswer([received(responseHeaders(), ...compressed, trailers())], streaming)).toEqual(['COMP-14']);
  const fields = { 'X-A': '1', 'X-B': '2', connection: 'close' };
  expect(judgeAnswer([received(responseHeaders(fields), message(), trailers())])).toEqual(['RESP-05', 'RESP-05']);
});

test('streams are told apart', () => {
  const view = draw(
    request(),
    request(3),
    received(responseHeaders(), responseHeaders({}, { stream: 3 }), message()),
    received(trailers({}, { stream: 3 }), trailers()),
  );
  expect(judge(view)).toEqual([]);
  expect(judge(view, { stream: 3 })).toEqual(['TRAIL-03']);
});

test('a violation says where, what and what instead, without octets that a terminal obeys', () => {
  const view = draw(request(), received(responseHeaders({ 'x-\x1b[2J': '1' })));
  const packet = view.received.at(-1)?.number;
  expect(judgeCall(callOf(view), view)).toEqual([
    {
      rule: 'RESP-05-fields-valid',
      observed: 'field "x-\\x1b[2J": a name with an octet that HTTP/2 forbids',
      expected: 'fields that HTTP/2 allows in a response',
      reaction: 'bad field name',
      at: { connection: 'main', packet },
    },
  ]);
});

test.each<[string, string, readonly Arrow[]]>([
  ['OK with no message', 'status OK after 0 messages', [received(responseHeaders(), trailers())]],
  ['OK with no message', 'status OK after 0 messages, in a Trailers-Only answer', [received(trailersOnly())]],
  [
    'OK with several messages',
    'status OK after 2 messages',
    [received(responseHeaders(), message(), message(), trailers())],
  ],
  ['bad interim response', ':status 101', [received(block({ ':status': '101' }))]],
  [
    'bad interim response',
    'END_STREAM on a block with :status 100',
    [received(block({ ':status': '100' }, { endStream: true }))],
  ],
  [
    'compressed without grpc-encoding',
    'a compressed message with no grpc-encoding',
    [received(responseHeaders(), message(3, { compressedFlag: 1 }))],
  ],
  [
    'compressed without grpc-encoding',
    'a compressed message with grpc-encoding identity',
    [received(responseHeaders({ 'grpc-encoding': 'identity' }), message(3, { compressedFlag: 1 }))],
  ],
  ['no :status', 'Response-Headers without :status', [received(block({ 'content-type': 'application/grpc' }))]],
  [
    'bad :status',
    ':status fields "200" and "500"',
    [received(block({ ':status': ['200', '500'], 'content-type': 'application/grpc' }))],
  ],
  ['HTTP 503', ':status "503" in answer to a legal gRPC request', [received(block({ ':status': '503' }))]],
  ['no content-type', 'no content-type', [received(block({ ':status': '200' }))]],
  [
    'bad content-type',
    'content-type "text/html" and "application/grpc"',
    [received(block({ ':status': '200', 'content-type': ['text/html', 'application/grpc'] }))],
  ],
  ['no grpc-status', 'trailers without grpc-status', [received(responseHeaders(), trailers({}))]],
  [
    'several grpc-status',
    '2 grpc-status fields',
    [received(responseHeaders(), trailers({ 'grpc-status': ['5', '5'] }))],
  ],
])('%s: %s', (reaction, observed, arrows) => {
  const view = draw(request(), ...arrows);
  expect(judgeCall(callOf(view), view)).toMatchObject([{ reaction, observed }]);
});

import type { ConnectionView } from '../transcript/connection-view';
import { readConnection } from '../transcript/read-connection';
import type { TranscriptEvent } from '../transcript/transcript';
import { continuation, data, goaway, headers, pushPromise, rstStream } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import { errorCodes } from '../wire/error-codes';
import type { RawFrame } from '../wire/frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import type { Call, CallShape } from './call';
import { encodeMessage } from './length-prefixed-message';
import type { CallPlan } from './call-plan';
import { readCalls } from './read-call';

/** What one side does next; the time of each is its index. */
type Act = { readonly from: 'us' | 'target'; readonly frames: readonly RawFrame[] } | TranscriptEvent;

const theirs = new HpackEncoder();
/** Nothing goes into the dynamic table, so that a block means the same on any connection. */
const encode = (fields: Readonly<Record<string, string>>): Uint8Array =>
  theirs.encode(
    Object.entries(fields).map(([name, value]) => ({
      name,
      value,
      representation: 'without-indexing',
      huffman: false,
    })),
  );
const block = (fields: Readonly<Record<string, string>>, endStream = false, stream = 1): RawFrame =>
  headers(stream, encode(fields), { endStream });

const us = (...frames: readonly RawFrame[]): Act => ({ from: 'us', frames });
const target = (...frames: readonly RawFrame[]): Act => ({ from: 'target', frames });
const connected: TranscriptEvent = { kind: 'connected', at: 0 };
const closed = (by: 'target' | 'client' = 'target'): TranscriptEvent => ({ kind: 'closed', at: 100, by, how: 'fin' });

const request = us(block({ ':method': 'POST' }), data(1, encodeMessage(new Uint8Array(0)), { endStream: true }));
const ok = { ':status': '200', 'content-type': 'application/grpc' };
const okStatus = { 'grpc-status': '0' };
const message = (length: number, endStream = false): RawFrame =>
  data(1, encodeMessage(new Uint8Array(length).fill(7)), { endStream });

function readOnly(view: ConnectionView, plan: CallPlan): Call {
  const [call] = readCalls(view, [plan]);
  if (call === undefined) throw new Error('one plan makes one call');
  return call;
}

/** Reads stream 1 of a connection on which these things happened, one millisecond apart. */
function read(...acts: readonly Act[]): Call {
  const events = [connected, ...acts].map((act, at): TranscriptEvent => {
    if ('kind' in act) return { ...act, at };
    const octets = encodeFrames(act.frames);
    return act.from === 'us' ? { kind: 'sent', at, octets, by: at } : { kind: 'received', at, octets };
  });
  const preface: TranscriptEvent = { kind: 'sent', at: 0, octets: connectionPreface, by: 0 };
  const view = readConnection({ name: 'main', events: [preface, ...events] });
  return readOnly(view, { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' });
}

describe('shapes', () => {
  const cancel = rstStream(1, errorCodes.CANCEL);

  test.each<[CallShape, string, readonly Act[]]>([
    ['normal', 'a message and trailers', [request, target(block(ok), message(1), block(okStatus, true))]],
    ['normal', 'no message', [request, target(block(ok), block(okStatus, true))]],
    ['normal', 'END_STREAM on DATA: no trailers, but over', [request, target(block(ok), message(1, true))]],
    [
      'normal',
      'whatever the target says afterwards',
      [request, target(block(ok), block(okStatus, true), cancel), closed()],
    ],
    ['trailers-only', 'one block', [request, target(block({ ...ok, ...okStatus }, true))]],
    ['trailers-only', 'without a status, by its content-type', [request, target(block(ok, true))]],
    [
      'trailers-only',
      'without a content-type, by its status',
      [request, target(block({ ':status': '200', ...okStatus }, true))],
    ],
    ['http', 'another :status', [request, target(block({ ...ok, ':status': '404' }), message(1, true))]],
    ['http', 'another :status in one block', [request, target(block({ ':status': '503', ...okStatus }, true))]],
    [
      'http',
      'another content-type',
      [request, target(block({ ':status': '200', 'content-type': 'text/html' }), message(1, true))],
    ],
    ['http', 'no content-type and no status', [request, target(block({ ':status': '200' }, true))]],
    ['http', 'no :status', [request, target(block({ 'content-type': 'application/grpc' }), message(1, true))]],
    ['http', 'nothing but an interim block with END_STREAM', [request, target(block({ ':status': '100' }, true))]],
    ['reset', 'RST_STREAM in place of an answer', [request, target(cancel)]],
    ['reset', 'RST_STREAM in the middle of one', [request, target(block(ok), message(1), cancel)]],
    ['reset', 'RST_STREAM of ours', [request, us(cancel)]],
    ['reset', 'both, ours first', [request, us(cancel), target(block(ok), block(okStatus, true))]],
    ['refused', 'RST_STREAM with REFUSED_STREAM', [request, target(rstStream(1, errorCodes.REFUSED_STREAM))]],
    ['refused', 'GOAWAY below the stream', [request, target(goaway(0, 0))]],
    ['refused', 'GOAWAY below the stream, then a close', [request, target(goaway(0, 0)), closed()]],
    ['closed', 'a close in place of an answer', [request, closed()]],
    ['closed', 'a close in the middle of one', [request, target(block(ok), message(1)), closed()]],
    ['closed', 'a close after a GOAWAY that lets the stream finish', [request, target(goaway(1, 0)), closed()]],
    ['closed', 'our own close', [request, closed('client')]],
    ['reset', 'REFUSED_STREAM of ours', [request, us(rstStream(1, errorCodes.REFUSED_STREAM))]],
    ['open', 'nothing', [request]],
    ['open', 'an answer that is not over', [request, target(block(ok), message(1))]],
    ['open', 'an interim answer', [request, target(block({ ':status': '100' }))]],
    ['open', 'an answer on another stream', [request, target(block({ ...ok, ...okStatus }, true, 3))]],
    [
      'open',
      'a field block that is not over',
      [request, target(headers(1, encode(ok), { endStream: true, endHeaders: false }))],
    ],
    [
      'open',
      'where we stopped listening to a flood',
      [request, { kind: 'overflow', at: 0, limit: 1 }, closed('client')],
    ],
  ])('%s: %s', (shape, _, acts) => {
    expect(read(...acts).shape).toBe(shape);
  });

  test('closed: there never was a connection', () => {
    const failed = { kind: 'connect-failed', at: 0, reason: 'nobody listens', errorName: 'ECONNREFUSED' } as const;
    const view = readConnection({ name: 'main', events: [failed] });
    const call = readOnly(view, {
      connection: 'main',
      stream: 1,
      kind: 'unary',
      path: '/',
      legal: true,
      role: 'subject',
    });
    expect(call).toMatchObject({ shape: 'closed', messages: [], rest: 0, dataOctets: 0, times: {} });
  });
});

describe('what an answer has', () => {
  test('everything of a normal one, with times and packets', () => {
    const call = read(
      request,
      target(block({ ':status': '103' })),
      target(block({ ...ok, 'x-field': 'value' })),
      target(message(2)),
      target(block({ 'grpc-status': '5', 'grpc-message': 'caf%C3%A9 100%25' }, true)),
    );
    expect(call).toMatchObject({
      interim: 1,
      httpStatus: 200,
      status: 5,
      rawMessage: 'caf%C3%A9 100%25',
      message: 'café 100%',
      messages: [{ compressedFlag: 0, octets: Uint8Array.of(7, 7), at: 4 }],
      rest: 0,
      dataOctets: 7,
      times: { opened: 1, halfClosed: 1, headers: 3, end: 5 },
    });
    expect(call.headers?.map(({ name }) => name)).toEqual([':status', 'content-type', 'x-field']);
    expect(call.trailers?.map(({ name }) => name)).toEqual(['grpc-status', 'grpc-message']);
    // 0 and 1 are the preface and the connection.
    expect([call.firstPacket, call.lastPacket]).toEqual([2, 7]);
  });

  test('Trailers-Only has trailers and no Response-Headers', () => {
    const call = read(request, target(block({ ...ok, 'grpc-status': '12' }, true)));
    expect(call).toMatchObject({ httpStatus: 200, status: 12, times: { headers: 2, end: 2 } });
    expect(call?.headers).toBeUndefined();
  });

  test('a body that is no gRPC is counted and not read as messages', () => {
    const page = data(
      1,
      Uint8Array.from({ length: 20 }, () => 0x3c),
      { endStream: true, padLength: 9 },
    );
    const call = read(request, target(block({ ':status': '404', 'content-type': 'text/html' }), page));
    expect(call).toMatchObject({ httpStatus: 404, messages: [], rest: 0, dataOctets: 20 });
    expect(call?.status).toBeUndefined();
  });

  test('messages across DATA frames, with the time of their last octet, and what is left over', () => {
    const octets = encodeMessage(Uint8Array.of(1, 2, 3), { compressedFlag: 1 });
    const call = read(
      request,
      target(block(ok)),
      target(data(1, octets.subarray(0, 3))),
      target(data(1, octets.subarray(3), { padLength: 5 }), data(1, Uint8Array.of(0, 0, 0))),
    );
    expect(call.messages).toEqual([{ compressedFlag: 1, octets: Uint8Array.of(1, 2, 3), at: 4 }]);
    expect(call).toMatchObject({ rest: 3, dataOctets: 11 });
  });

  test.each([
    ['no number', 'OK', undefined],
    ['a sign', '-1', undefined],
    ['an unknown one', '99', 99],
  ])('a status that is %s', (_, value, status) => {
    const call = read(request, target(block({ ...ok, 'grpc-status': value }, true)));
    expect(call.status).toBe(status);
  });

  test.each([
    ['no number', 'abc'],
    ['two digits', '20'],
    ['four digits', '2000'],
  ])('a :status that is %s is none', (_, value) => {
    expect(read(request, target(block({ ...ok, ':status': value })))?.httpStatus).toBeUndefined();
  });

  test('blocks in the middle are neither Response-Headers nor trailers', () => {
    const call = read(
      request,
      target(block(ok), block({ ':status': '100' }), block({ 'x-middle': '1' }), block(okStatus, true)),
    );
    expect(call).toMatchObject({ shape: 'normal', interim: 0, status: 0 });
    expect(call.trailers?.map(({ name }) => name)).toEqual(['grpc-status']);
  });

  test('a promise is no answer, in one frame or in two', () => {
    const promised = encode({ ':method': 'GET', ':path': '/' });
    const call = read(
      request,
      target(
        pushPromise(1, 2, promised),
        pushPromise(1, 4, promised.subarray(0, 2), { endHeaders: false }),
        continuation(1, promised.subarray(2), { endHeaders: true }),
        block(ok),
        block(okStatus, true),
      ),
    );
    expect(call).toMatchObject({ shape: 'normal', httpStatus: 200, interim: 0 });
  });

  test('what comes after the end is left to the rules', () => {
    const call = read(
      request,
      target(block(ok), block(okStatus, true), message(1), block({ 'grpc-status': '2' }, true)),
    );
    expect(call).toMatchObject({ status: 0, messages: [], dataOctets: 0, times: { end: 2 } });
  });
});

describe('how an answer was cut short', () => {
  test('the first RST_STREAM counts, whoever sent it', () => {
    const both = read(request, us(rstStream(1, errorCodes.CANCEL)), target(rstStream(1, errorCodes.STREAM_CLOSED)));
    expect(both.reset).toEqual({ by: 'client', errorCode: errorCodes.CANCEL, at: 2 });
    const mirrored = read(
      request,
      target(rstStream(1, errorCodes.INTERNAL_ERROR)),
      us(rstStream(1, errorCodes.CANCEL)),
    );
    expect(mirrored).toMatchObject({
      reset: { by: 'target', errorCode: errorCodes.INTERNAL_ERROR, at: 2 },
      times: { end: 2 },
    });
  });

  test('a reset by the target after the end, of which the first counts', () => {
    const call = read(request, target(block({ ...ok, ...okStatus }, true), rstStream(1, 0), rstStream(1, 1)));
    expect(call.resetAfterEnd).toEqual({ errorCode: 0 });
    expect(call?.reset).toBeUndefined();
  });

  test('our RST_STREAM after the end is none', () => {
    expect(read(request, target(block({ ...ok, ...okStatus }, true)), us(rstStream(1, 8)))?.reset).toBeUndefined();
  });

  test('the error code of the GOAWAY that ended the connection, and when', () => {
    const refused = read(request, target(goaway(0, errorCodes.ENHANCE_YOUR_CALM)));
    expect(refused).toMatchObject({ goawayErrorCode: errorCodes.ENHANCE_YOUR_CALM, times: { end: 2 } });
    const gone = read(request, target(goaway(1, errorCodes.PROTOCOL_ERROR)), closed());
    expect(gone).toMatchObject({ goawayErrorCode: errorCodes.PROTOCOL_ERROR, times: { end: 3 } });
    const survived = read(request, target(goaway(1, 0), block({ ...ok, ...okStatus }, true)), closed());
    expect(survived?.goawayErrorCode).toBeUndefined();
  });

  test('RST_STREAM(NO_ERROR) behind GOAWAY with an error says nothing more of the call', () => {
    const shapeOf = (...frames: readonly RawFrame[]): readonly unknown[] => {
      const { shape, goawayErrorCode } = read(request, target(...frames));
      return [shape, goawayErrorCode];
    };
    const { NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM } = errorCodes;
    expect(shapeOf(goaway(1, PROTOCOL_ERROR), rstStream(1, NO_ERROR))).toEqual(['closed', PROTOCOL_ERROR]);
    expect(shapeOf(goaway(0, PROTOCOL_ERROR), rstStream(1, NO_ERROR))).toEqual(['refused', PROTOCOL_ERROR]);
    expect(shapeOf(goaway(1, NO_ERROR), rstStream(1, NO_ERROR))).toEqual(['reset', undefined]);
    expect(shapeOf(goaway(1, PROTOCOL_ERROR), rstStream(1, REFUSED_STREAM))[0]).toBe('refused');
    expect(shapeOf(goaway(1, PROTOCOL_ERROR), rstStream(1, PROTOCOL_ERROR))[0]).toBe('reset');
    const later = read(request, target(rstStream(1, NO_ERROR)), target(goaway(1, PROTOCOL_ERROR)));
    expect(later.shape).toBe('reset');
  });

  test('GOAWAY that we sent refuses nothing', () => {
    expect(read(request, us(goaway(0, 0)))).toMatchObject({ shape: 'open' });
  });

  test('of a graceful pair of GOAWAYs the last decides', () => {
    const pair = [target(goaway(0x7fff_ffff, 0)), target(goaway(0, 0))];
    expect(read(request, ...pair).shape).toBe('refused');
  });
});

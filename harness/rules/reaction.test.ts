import { data, goaway, headers, rstStream } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import {
  callReaction,
  connectionReaction,
  describeAnswer,
  describeCall,
  errorGoaway,
  hasConnectionError,
} from './reaction';
import {
  block,
  callOf,
  closed,
  draw,
  drawBare,
  happening,
  message,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  trailersOnly,
  type Arrow,
} from './transcript.test-helper';

const { NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM } = errorCodes;

test.each<[string, readonly Arrow[], string]>([
  ['status 0', [received(responseHeaders(), message(), trailers())], 'status OK (0) after 1 message'],
  ['status 12', [received(trailersOnly({ 'grpc-status': '12' }))], 'status UNIMPLEMENTED (12)'],
  ['status 99', [received(trailersOnly({ 'grpc-status': '99' }))], 'status 99'],
  [
    'no grpc-status',
    [received(responseHeaders(), message(), message(), trailers({}))],
    'no grpc-status after 2 messages',
  ],
  ['no grpc-status', [received(trailersOnly({ 'grpc-status': 'OK' }))], 'no grpc-status'],
  [
    'ended on DATA',
    [received(responseHeaders(), message(), data(1, new Uint8Array(0), { endStream: true }))],
    'an end on DATA, without trailers after 1 message',
  ],
  ['HTTP 415', [received(trailers({ ':status': '415' }))], 'an HTTP answer with :status 415'],
  ['HTTP without :status', [received(trailers({ server: 'a' }))], 'an HTTP answer with :status missing'],
  [
    'index-zero',
    [received(headers(1, Uint8Array.of(0x80), { endStream: true }))],
    'fields that cannot be decoded: an indexed field has index 0',
  ],
  [
    'index-zero',
    [received(responseHeaders(), message(), headers(1, Uint8Array.of(0x80), { endStream: true }))],
    'fields that cannot be decoded: an indexed field has index 0 after 1 message',
  ],
  ['no end', [received(headers(1, Uint8Array.of(0x80)))], 'no end'],
  ['RST PROTOCOL_ERROR', [received(rstStream(1, PROTOCOL_ERROR))], 'RST_STREAM with PROTOCOL_ERROR'],
  ['RST 0x63', [received(rstStream(1, 99))], 'RST_STREAM with 0x63'],
  [
    'RST NO_ERROR',
    [received(responseHeaders(), data(1, Uint8Array.of(0))), received(rstStream(1, NO_ERROR))],
    'RST_STREAM with NO_ERROR and 1 octet of an unfinished one',
  ],
  ['RST REFUSED_STREAM', [received(rstStream(1, REFUSED_STREAM))], 'RST_STREAM with REFUSED_STREAM'],
  [
    'GOAWAY PROTOCOL_ERROR',
    [received(goaway(1, PROTOCOL_ERROR)), received(rstStream(1, NO_ERROR))],
    'GOAWAY PROTOCOL_ERROR',
  ],
  ['reset by us', [sent(rstStream(1, CANCEL)), received(rstStream(1, PROTOCOL_ERROR))], 'reset by us'],
  ['GOAWAY below the stream', [received(goaway(0, NO_ERROR))], 'GOAWAY below the stream'],
  ['connection closed', [closed('target')], 'connection closed'],
  ['GOAWAY PROTOCOL_ERROR', [received(goaway(1, PROTOCOL_ERROR)), closed('target')], 'GOAWAY PROTOCOL_ERROR'],
  ['no end', [received(responseHeaders(), message())], 'no end after 1 message'],
  ['no end', [received(block({ ':status': '103' }))], 'no end'],
  [
    'status 0',
    [received(responseHeaders(), message(), trailers()), received(rstStream(1, NO_ERROR)), closed('target')],
    'status OK (0) after 1 message',
  ],
])('a call: %s', (reaction, arrows, description) => {
  const call = callOf(draw(request(), ...arrows));
  expect(callReaction(call)).toBe(reaction);
  expect(describeCall(call)).toBe(description);
});

test.each([
  ['13', 'no such table', 'status INTERNAL (13): "no such table"'],
  ['13', '', 'status INTERNAL (13)'],
  ['0', 'OK', 'status OK (0)'],
])('the words beside status %s %j: %s', (code, said, want) => {
  const answer = trailersOnly({ 'grpc-status': code, ...(said === '' ? {} : { 'grpc-message': said }) });
  expect(describeAnswer(callOf(draw(request(), received(answer))))).toBe(want);
});

const overflow = happening((at) => ({ kind: 'overflow', at, limit: 9 }));

test.each<[string, readonly Arrow[], boolean]>([
  ['open', [], false],
  ['open', [received(goaway(1, NO_ERROR))], false],
  ['open', [closed('client')], false],
  ['open', [overflow], false],
  ['closed', [closed('target')], true],
  ['reset', [closed('target', 'reset')], true],
  ['closed', [received(goaway(1, NO_ERROR)), closed('target')], true],
  ['GOAWAY PROTOCOL_ERROR', [received(goaway(1, PROTOCOL_ERROR))], true],
  ['GOAWAY ENHANCE_YOUR_CALM', [received(goaway(1, NO_ERROR), goaway(1, ENHANCE_YOUR_CALM)), closed('target')], true],
  ['GOAWAY PROTOCOL_ERROR', [received(goaway(1, PROTOCOL_ERROR), goaway(1, NO_ERROR)), closed('target')], true],
])('a connection: %s %#', (reaction, arrows, isError) => {
  const view = draw(...arrows);
  expect(connectionReaction(view)).toBe(reaction);
  expect(hasConnectionError(view)).toBe(isError);
});

test('no connection', () => {
  const reason = 'Nobody listens.';
  const view = drawBare(happening((at) => ({ kind: 'connect-failed', at, reason, errorName: 'ECONNREFUSED' })));
  expect(connectionReaction(view)).toBe('no connection');
  expect(hasConnectionError(view)).toBe(false);
});

test('GOAWAY frames of ours are no error of the target', () => {
  expect(errorGoaway(draw(sent(goaway(0, PROTOCOL_ERROR))))).toBeUndefined();
});

import type { Call } from '../../grpc/call';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { data, goaway, headers, rstStream } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import type { Breach } from '../../rules/violation';
import {
  asWarnings,
  callBreach,
  endsWithStatus,
  hasMessages,
  isConnectionError,
  isEqual,
  isOk,
  isOkWith,
  isOkWithCount,
  isRefusal,
  isRejected,
  isStreamError,
  staysOpen,
} from './expectations';
import {
  block,
  callOf,
  closed,
  draw,
  message,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  trailersOnly,
  type Arrow,
} from '../../rules/transcript.test-helper';

const { NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL } = errorCodes;
const reactions = (breaches: readonly Breach[]): readonly string[] => breaches.map(({ reaction }) => reaction);
const viewOf = (arrows: readonly Arrow[]) => draw(request(), ...arrows);
const read = (...arrows: readonly Arrow[]): Call => callOf(viewOf(arrows));

/** How a call can end, as arrows. */
const ends = {
  ok: [received(responseHeaders(), message(), trailers())],
  status: [received(responseHeaders(), trailers({ 'grpc-status': '13' }))],
  trailersOnly: [received(trailersOnly({ 'grpc-status': '13' }))],
  noStatus: [received(responseHeaders(), message(), trailers({}))],
  http200: [received(trailers({ ':status': '200', 'content-type': 'text/html' }))],
  http415: [received(trailers({ ':status': '415' }))],
  http500: [received(block({ ':status': '500' }), data(1, Uint8Array.of(1), { endStream: true }))],
  reset: [received(rstStream(1, PROTOCOL_ERROR))],
  resetInside: [received(responseHeaders(), message()), received(rstStream(1, INTERNAL_ERROR))],
  resetWithoutError: [received(rstStream(1, NO_ERROR))],
  resetAfterTrailers: [received(responseHeaders(), message(), trailers()), received(rstStream(1, PROTOCOL_ERROR))],
  okThenNoError: [received(responseHeaders(), message(), trailers()), received(rstStream(1, NO_ERROR))],
  refused: [received(rstStream(1, REFUSED_STREAM))],
  resetByUs: [sent(rstStream(1, CANCEL))],
  goawayBelow: [received(goaway(0, NO_ERROR))],
  goawayError: [received(goaway(1, PROTOCOL_ERROR)), closed('target')],
  closed: [closed('target')],
  closedByUs: [closed('client')],
  graceful: [received(goaway(1, NO_ERROR))],
  silent: [],
  half: [received(responseHeaders(), message())],
} as const satisfies Readonly<Record<string, readonly Arrow[]>>;
type End = keyof typeof ends;

/** For each end: is it status OK, a refusal, a stream error, a connection error? */
test.each<[End, boolean, boolean, boolean, boolean]>([
  ['ok', true, false, false, false],
  ['okThenNoError', true, false, false, false],
  ['status', false, true, false, false],
  ['trailersOnly', false, true, false, false],
  ['noStatus', false, false, false, false],
  ['http200', false, false, false, false],
  ['http415', false, true, false, false],
  ['http500', false, true, false, false],
  ['reset', false, true, true, false],
  ['resetInside', false, true, true, false],
  ['resetWithoutError', false, false, false, false],
  ['resetAfterTrailers', true, false, true, false],
  ['refused', false, true, true, false],
  ['resetByUs', false, false, false, false],
  ['goawayBelow', false, true, true, false],
  ['goawayError', false, true, true, true],
  ['closed', false, true, true, true],
  ['graceful', false, false, false, false],
  ['silent', false, false, false, false],
  ['half', false, false, false, false],
])('%s: OK %s, refused %s, stream error %s, connection error %s', (end, ok, refused, streamError, connectionError) => {
  const view = viewOf(ends[end]);
  const call = callOf(view);
  expect(isOk(call)).toHaveLength(ok ? 0 : 1);
  expect(isRefusal(call)).toBe(refused);
  expect(isRejected(call)).toHaveLength(refused ? 0 : 1);
  expect(isStreamError(call, view)).toHaveLength(streamError ? 0 : 1);
  expect(isConnectionError(view)).toHaveLength(connectionError ? 0 : 1);
  expect(staysOpen(view)).toHaveLength(connectionError ? 1 : 0);
});

test('a connection that we closed is no error of the target', () => {
  const view = viewOf(ends.closedByUs);
  expect(isConnectionError(view)).toHaveLength(1);
  expect(isStreamError(callOf(view), view)).toHaveLength(1);
});

test.each<[End, readonly number[], readonly number[], readonly (readonly [string, string | undefined])[]]>([
  ['status', [13], [], []],
  ['trailersOnly', [2, 13], [], []],
  ['status', [2], [13], [['status 13', 'warn']]],
  ['status', [2], [12], [['status 13', undefined]]],
  ['ok', [13], [2], [['status 0', undefined]]],
  ['reset', [13], [2], [['RST PROTOCOL_ERROR', undefined]]],
  ['noStatus', [0], [], [['no grpc-status', undefined]]],
])('%s ends with %o, or unusually with %o', (end, statuses, unusual, want) => {
  const breaches = endsWithStatus(read(...ends[end]), statuses, unusual);
  expect(breaches.map(({ reaction, severity }) => [reaction, severity])).toEqual(want);
});

test('an HTTP answer with a grpc-status is no gRPC answer', () => {
  const call = read(received(trailers({ ':status': '415', 'grpc-status': '13' })));
  expect(reactions(endsWithStatus(call, [13], [13]))).toEqual(['HTTP 415']);
});

test('a breach says what is wanted by name, what came, and where', () => {
  const call = read(...ends.status);
  expect(endsWithStatus(call, [0, 5])).toEqual([
    {
      observed: 'status INTERNAL (13)',
      expected: 'an answer that ends with status OK (0) or NOT_FOUND (5)',
      reaction: 'status 13',
      at: { connection: 'main', packet: call.lastPacket },
      call: { connection: 'main', stream: 1 },
    },
  ]);
});

test('a call without an end is a hang', () => {
  expect(callBreach(read(...ends.half), 'an end')).toMatchObject({
    observed: 'the call never ended',
    expected: 'an end',
    reaction: 'no end',
    mark: 'hang',
  });
  expect(callBreach(read(...ends.reset), 'an answer', 'it was reset')).toMatchObject({ observed: 'it was reset' });
  expect(callBreach(read(...ends.reset), 'an answer')).not.toHaveProperty('mark');
});

const octets = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const answer = (status: string, ...messages: readonly Uint8Array[]): Call =>
  read(
    received(
      responseHeaders(),
      ...messages.map((one) => data(1, encodeMessage(one))),
      trailers({ 'grpc-status': status }),
    ),
  );

test.each<[string, Call, readonly Uint8Array[], readonly string[]]>([
  ['the same', answer('0', octets(1), octets()), [octets(1), octets()], []],
  ['none', answer('0'), [], []],
  ['other octets', answer('0', octets(1), octets(2)), [octets(1), octets(3)], ['wrong message']],
  ['fewer octets', answer('0', octets(1)), [octets(1, 2)], ['wrong message']],
  ['another order', answer('0', octets(1), octets(2)), [octets(2), octets(1)], ['wrong message']],
  ['one too many', answer('0', octets(1), octets(1)), [octets(1)], ['wrong message count']],
  ['one too few', answer('0'), [octets(1)], ['wrong message count']],
])('messages: %s', (_, call, messages, want) => {
  expect(reactions(hasMessages(call, messages))).toEqual(want);
  expect(reactions(isOkWith(call, messages))).toEqual(want);
});

test('the first wrong message is named', () => {
  expect(hasMessages(answer('0', octets(1), octets(2, 2)), [octets(1), octets(3)])).toMatchObject([
    {
      observed: 'message 1 of 2 has other octets (2 of them)',
      expected: 'message 1 of 2 with the 1 octets that the handler sends',
    },
  ]);
});

test('messages and the end are judged apart', () => {
  const call = answer('13', octets(1));
  expect(hasMessages(call, [octets(1)])).toEqual([]);
  expect(reactions(isOkWith(call, [octets(1)]))).toEqual(['status 13']);
  expect(reactions(isOkWith(call, []))).toEqual(['status 13', 'wrong message count']);
});

test.each<[Call, number, readonly string[]]>([
  [answer('0', octets(1), octets(2)), 2, []],
  [answer('0'), 0, []],
  [answer('0', octets(1)), 2, ['wrong message count']],
  [answer('13'), 2, ['status 13']],
])('a count of messages %#', (call, count, want) => {
  expect(reactions(isOkWithCount(call, count))).toEqual(want);
});

test('warnings are milder, but a hang stays a hang', () => {
  const breach = { observed: 'a', expected: 'b', reaction: 'c' };
  const hang = { ...breach, mark: 'hang' } as const;
  const info = { ...breach, severity: 'info' } as const;
  expect(asWarnings([breach, hang, info])).toEqual([{ ...breach, severity: 'warn' }, hang, info]);
});

test.each<[Uint8Array, Uint8Array | undefined, boolean]>([
  [octets(), octets(), true],
  [octets(1, 2), octets(1, 2), true],
  [octets(1, 2), octets(1, 3), false],
  [octets(1), octets(1, 2), false],
  [octets(), undefined, false],
])('%o equals %o: %s', (want, got, equal) => {
  expect(isEqual(want, got)).toBe(equal);
});

test.each([
  ['13', Uint8Array.of(0x3f, 0xe2, 0x1f), 'HPACK-13-encoder-honours-client-table-size'],
  ['14', Uint8Array.of(0x80), 'HPACK-14-server-blocks-decode-strictly'],
])('an answer whose fields cannot be read is filed under HPACK-%s, whoever asked for it', (_, fragment, rule) => {
  expect(isOk(read(received(headers(1, fragment, { endStream: true }))))).toMatchObject([{ rule }]);
});

import { observe } from '../grpc/observe';
import {
  answered,
  answeredOnTrailers,
  anyEnd,
  connectionError,
  echoedInHeaders,
  echoedInTrailers,
  endsWith,
  endsWithAll,
  emptyAnswer,
  ignored,
  inPlace,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  staysUp,
  streamError,
  streamOfSizes,
  sumOfOctets,
  unechoed,
  unsent,
  warned,
  type Expectation,
  type Graded,
} from '../grpc/outcome';
import type { Step } from '../connection/script';
import { data, goaway, ping, rstStream, settings, settingsAck } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { ofCall, ofConnection, ofIdle, seenWith } from './expectations.test-helper';
import { judgeExpectations } from './judge-expectations';
import {
  block,
  closed,
  happening,
  message,
  planOf,
  received,
  responseHeaders,
  trailers,
  trailersOnly,
  transcriptOf,
  type Arrow,
} from '../rules/transcript.test-helper';

const row = 'FRAME-06-field-block-contiguous';

/** A fresh call that the engine adds. */
const afterwardsOn = (stream: number): readonly Step[] => [
  { do: 'headers', on: 'main', stream, fields: [], endStream: true },
];

/** What is left of expectations about the connection `main` and its call on stream 1. */
const judge = (...given: Parameters<typeof seenWith>) => judgeExpectations(seenWith(...given), row);

const ends = {
  emptyMessage: [received(responseHeaders(), message(0), trailers())],
  onData: [received(responseHeaders(), data(1, new Uint8Array(5), { endStream: true }))],
  noMessage: [received(responseHeaders(), trailers())],
  status13: [received(trailersOnly({ 'grpc-status': '13' }))],
  status13Text: [received(trailersOnly({ 'grpc-status': '13', 'grpc-message': 'a' }))],
  status8: [received(trailersOnly({ 'grpc-status': '8' }))],
  http415: [received(block({ ':status': '415' }, { endStream: true }))],
  reset: [received(rstStream(1, errorCodes.PROTOCOL_ERROR))],
  idleReset: [received(rstStream(9, errorCodes.STREAM_CLOSED))],
  idleNoError: [received(rstStream(9, errorCodes.NO_ERROR))],
  http503: [received(block({ ':status': '503' }, { endStream: true }))],
  echo: [
    received(responseHeaders({ 'x-grpc-test-echo-initial': ['a', 'b'] })),
    received(trailers({ 'grpc-status': '0', 'x-grpc-test-echo-trailing-bin': 'AQI' })),
  ],
  moved: [received(responseHeaders()), received(trailers({ 'grpc-status': '0', 'x-grpc-test-echo-initial': 'a' }))],
  ended: [received(goaway(1, errorCodes.PROTOCOL_ERROR)), closed('target')],
  announced: [received(goaway(1, errorCodes.NO_ERROR)), closed('target')],
  cut: [received(goaway(1, errorCodes.PROTOCOL_ERROR))],
  none: [],
} as const satisfies Readonly<Record<string, readonly Arrow[]>>;

test.each<[expectation: Expectation, end: keyof typeof ends, left: readonly string[], why: string]>([
  [ofConnection(connectionError), 'ended', [], 'GOAWAY with an error code'],
  [ofConnection(connectionError), 'none', ['open'], 'nothing came of it'],
  [ofConnection(staysUp), 'none', [], 'nothing was to come of it'],
  [ofConnection(staysUp), 'ended', ['GOAWAY PROTOCOL_ERROR'], 'it was to stay'],
  [ofConnection(staysUp), 'announced', ['info closed'], 'an end that is announced is only recorded'],
  [ofCall(emptyAnswer), 'emptyMessage', [], 'an answer of no octets'],
  [ofCall(payloadOf(0)), 'emptyMessage', [], 'an empty payload has no octets'],
  [ofCall(payloadOf(1)), 'emptyMessage', ['wrong message'], 'another size'],
  [ofCall(sumOfOctets(0)), 'emptyMessage', [], 'a sum of nothing'],
  [ofCall(sumOfOctets(5)), 'emptyMessage', ['wrong message'], 'another sum'],
  [ofCall(streamOfSizes([0])), 'emptyMessage', [], 'the one size asked for'],
  [ofCall(streamOfSizes([0, 0])), 'emptyMessage', ['wrong message count'], 'one message too few'],
  [ofCall(emptyAnswer), 'noMessage', ['wrong message count'], 'no message'],
  [ofCall(endsWith(13)), 'status13', [], 'the status'],
  [ofCall(endsWith(8, 13)), 'status13', [], 'one of two'],
  [ofCall(endsWith(8)), 'status13', ['status 13'], 'another status'],
  [ofCall(endsWith(8), warned(endsWith(13))), 'status13', ['warn status 13'], 'right in kind'],
  [ofCall(endsWith(8), recorded(endsWith(13))), 'status13', ['info status 13'], 'a free choice'],
  [ofCall(endsWith(8), warned(endsWith(13)), recorded(rejected)), 'status13', ['info status 13'], 'the milder of two'],
  [ofCall(warned(rejected), endsWith(8)), 'status8', [], 'what is right comes before what is milder'],
  [ofCall(endsWith(8), warned(endsWith(13))), 'none', ['no end'], 'neither of them'],
  [ofCall(endsWith(8), recorded(connectionError)), 'cut', ['info no end'], 'a connection error that is tolerated'],
  [ofCall(rejected), 'http415', [], 'refused by HTTP'],
  [ofCall(rejected), 'emptyMessage', ['status 0'], 'executed'],
  [ofCall(rejected), 'none', ['no end'], 'silence'],
  [ofCall(streamError), 'reset', [], 'RST_STREAM'],
  [ofCall(streamError), 'ended', [], 'a connection error is one, too'],
  [ofCall(streamError), 'status13', ['status 13'], 'no error of HTTP/2'],
  [ofCall(endsWithAll(0, { after: [0] })), 'emptyMessage', [], 'the status after its messages'],
  [ofCall(endsWithAll(0, { after: [] })), 'emptyMessage', ['wrong message count'], 'a message too many'],
  [ofCall(endsWithAll(13, { text: 'a', after: [] })), 'status13Text', [], 'the status, its text and no message'],
  [ofCall(endsWithAll(13, { text: 'b' })), 'status13Text', ['status text changed'], 'another text'],
  [ofCall(endsWithAll(8, { text: 'b' })), 'status13Text', ['status 13'], 'one reason is enough'],
  [ofCall(plainHttp(415)), 'http415', [], 'that status of HTTP'],
  [ofCall(plainHttp()), 'http415', [], 'whatever status of HTTP'],
  [ofCall(plainHttp(404)), 'http415', ['HTTP 415'], 'another status of HTTP'],
  [ofCall(plainHttp(404), recorded(plainHttp())), 'http415', ['info HTTP 415'], 'a milder one'],
  [ofCall(plainHttp()), 'status13', ['status 13'], 'an answer in gRPC'],
  [ofCall(answered), 'status13', [], 'a gRPC answer, whatever it says'],
  [ofCall(answeredOnTrailers), 'emptyMessage', [], 'an answer with trailers'],
  [ofCall(answered), 'onData', [], 'how it ends is asked for by name'],
  [ofCall(answeredOnTrailers), 'onData', ['ended on DATA'], 'an answer without trailers'],
  [ofCall(inPlace), 'echo', [], 'metadata where it belongs'],
  [ofCall(inPlace), 'noMessage', [], 'none at all'],
  [ofCall(inPlace), 'moved', ['metadata in the wrong block'], 'metadata in the trailers'],
  [ofCall(unechoed), 'noMessage', [], 'no metadata'],
  [ofCall(unechoed), 'status13', [], 'none in Trailers-Only'],
  [ofCall(unechoed), 'echo', ['metadata copied'], 'metadata in Response-Headers and trailers'],
  [ofCall(unechoed), 'moved', ['metadata copied'], 'metadata in the trailers alone'],
  [ofCall(anyEnd), 'reset', [], 'an end'],
  [ofCall(anyEnd), 'http415', [], 'an end as well'],
  [ofCall(anyEnd), 'none', ['no end'], 'no end'],
  [ofCall(echoedInHeaders(['a', 'b'])), 'echo', [], 'both values'],
  [ofCall(echoedInHeaders(['a'])), 'echo', ['wrong metadata'], 'one more than was sent'],
  [ofCall(echoedInTrailers(['AQI='])), 'echo', [], 'the octets, padded otherwise'],
  [ofCall(echoedInTrailers(['AQM='])), 'echo', ['wrong metadata'], 'other octets'],
  [ofCall(echoedInTrailers(['AQI', 'AQM'])), 'echo', ['info first value alone'], 'the first alone is only recorded'],
  [ofCall(echoedInHeaders(['a'])), 'status13', [], 'no Response-Headers, which other rows are about'],
  [ofIdle(streamError), 'idleReset', [], 'RST_STREAM on a stream without a call'],
  [ofIdle(streamError), 'ended', [], 'a connection error in its place'],
  [ofIdle(streamError), 'idleNoError', ['open'], 'RST_STREAM without an error'],
  [ofIdle(streamError), 'none', ['open'], 'nothing'],
  [ofCall(rejected, emptyAnswer), 'emptyMessage', [], 'the second of two'],
])('%j, %s: %j (%s)', (expectation, end, left) => {
  const violations = judge([expectation], ends[end]);
  expect(violations.map(({ severity, reaction }) => [severity, reaction].filter(Boolean).join(' '))).toEqual(left);
  expect(violations.every(({ rule }) => rule === row)).toBe(true);
});

test.each<[arrows: readonly Arrow[], left: readonly string[], why: string]>([
  [[received(settings([]))], [], 'its preface is its own, and no answer'],
  [[received(settings([]), settingsAck())], ['answered'], 'it has read ours'],
  [[received(settings([]), ping(new Uint8Array(8), { ack: true }))], ['answered'], 'another acknowledgement'],
  [[received(settings([]), data(1, new Uint8Array(1)))], ['answered'], 'something on a stream'],
  [[received(settings([])), closed('target')], ['closed'], 'it did not stay'],
])('a connection on which nothing is to be answered, not even our preface: %#, %j (%s)', (arrows, left) => {
  const connected = happening((at) => ({ kind: 'connected', at }));
  const transcript = { connections: [transcriptOf([connected, ...arrows])], samples: {} };
  const expects = [ofConnection(ignored)];
  const violations = judgeExpectations(observe({ steps: [], calls: [], expects }, transcript), row);
  expect(violations.map(({ reaction }) => reaction)).toEqual(left);
});

test.each<[expectation: Expectation, end: keyof typeof ends, left: readonly string[], why: string]>([
  [ofIdle(ignored), 'none', [], 'nothing on the stream'],
  [ofIdle(ignored), 'emptyMessage', [], 'an answer on another one'],
  [ofIdle(ignored), 'idleReset', ['answered'], 'a reset'],
  [ofIdle(ignored), 'ended', ['GOAWAY PROTOCOL_ERROR'], 'the end of the connection'],
  [ofCall(ignored), 'emptyMessage', ['answered'], 'served'],
])('a stream on which nothing is to be answered: %j, %s: %j (%s)', (expectation, end, left) => {
  expect(judge([expectation], ends[end]).map(({ reaction }) => reaction)).toEqual(left);
});

test.each([
  ['before what was to be sent', 0, []],
  ['behind it', 2, ['open']],
])('of a connection whose script was abandoned %s: %j', (_, step, left) => {
  const fence = { do: 'fence', on: 'main', by: 'ping' } as const;
  const steps: readonly Step[] = [fence, { do: 'frame', on: 'main', frame: data(0, new Uint8Array(1)) }, fence];
  const abandoned = { step, waitedFor: 'the ACK of our PING', milliseconds: 5000 };
  const connected = happening((at) => ({ kind: 'connected', at }));
  const transcript = { connections: [transcriptOf([connected])], samples: {}, abandoned };
  const expects = [ofConnection(connectionError), ofIdle(streamError), ofConnection(staysUp, ignored)];
  const seen = observe({ steps, calls: [], expects: expects.slice(0, 1) }, transcript);
  expect(judgeExpectations(seen, row).map(({ reaction }) => reaction)).toEqual(left);
  const all = observe(
    { steps: [...steps, ...afterwardsOn(7)], calls: [planOf({ stream: 7, role: 'afterwards' })], expects },
    transcript,
  );
  expect(judgeExpectations(all, row)).toHaveLength(left.length * 2);
  // A call that was to be refused and never left; one that was to be answered tells how much of it has.
  const unsentCall = (...accepts: readonly Graded[]) =>
    observe({ steps, calls: [planOf()], expects: [ofCall(...accepts)] }, transcript);
  expect(judgeExpectations(unsentCall(connectionError, streamError, recorded(emptyAnswer)), row)).toHaveLength(
    left.length,
  );
  expect(judgeExpectations(unsentCall(emptyAnswer), row)).toHaveLength(1);
});

test('a call that was never sent is no fault where its connection may have ended before it', () => {
  const never = [planOf({ stream: 5 })];
  const afterwards = (...accepts: readonly Graded[]): Expectation => ({
    on: { connection: 'main', stream: 5 },
    accepts,
  });
  expect(judge([afterwards(emptyAnswer, unsent)], ends.ended, never)).toEqual([]);
  expect(judge([afterwards(emptyAnswer)], ends.ended, never)).toHaveLength(1);
  expect(judge([ofCall(emptyAnswer, unsent)], ends.status13).map(({ reaction }) => reaction)).toEqual(['status 13']);
  expect(judge([ofCall(unsent)], ends.emptyMessage)).toMatchObject([
    { expected: 'a connection that ended before the call' },
  ]);
});

test('an expectation may be about another row, and each is judged', () => {
  const other = { ...ofCall(rejected), row: 'TRAIL-01-trailers-end-the-stream' };
  expect(judge([ofConnection(connectionError), other], []).map(({ rule }) => rule)).toEqual([row, other.row]);
});

test.each([
  [answered, 'none', 'RESP-01-status-200'],
  [answered, 'http503', 'RESP-01-status-200'],
  [emptyAnswer, 'http503', 'RESP-01-status-200'],
  [emptyAnswer, 'status13', row],
] as const)('%j, %s: what breaks another row is filed there', (outcome, end, want) => {
  expect(judge([ofCall(outcome)], ends[end]).map(({ rule }) => rule)).toEqual([want]);
});

test('a fresh call on a stream that was to be idle is not what came of it', () => {
  const served = [received(responseHeaders(), message(0), trailers())];
  const calls = [planOf({ role: 'afterwards' })];
  expect(judge([ofCall(streamError)], served, calls).map(({ reaction }) => reaction)).toEqual(['open']);
  expect(judge([ofCall(emptyAnswer)], served, [planOf()])).toEqual([]);
});

test('several outcomes are all told', () => {
  expect(judge([ofCall(endsWith(8), streamError)], ends.status13)).toMatchObject([
    { expected: 'status RESOURCE_EXHAUSTED (8), or a stream error (RST_STREAM) or a connection error' },
  ]);
});

test('a connection that the script never came to says nothing', () => {
  expect(judge([{ on: { connection: 'later' }, accepts: [connectionError] }], [])).toEqual([]);
});

test('an answer where no call is made is a fault of the script', () => {
  expect(() => judge([ofIdle(rejected)], [])).toThrow(/makes no call/);
});

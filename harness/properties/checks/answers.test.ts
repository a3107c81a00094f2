import { gzip } from '../../grpc/compression';
import type { Call, ReceivedMessage } from '../../grpc/call';
import { answersEmpty, answersStream, answersSum, answersUnary, hasStreamed, isWholeOrCut } from './answers';

const call = (messages: readonly Partial<ReceivedMessage>[], rest: Partial<Call> = {}): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape: 'normal',
  interim: 0,
  messages: messages.map((message) => ({ compressedFlag: 0, octets: new Uint8Array(0), at: 0, ...message })),
  rest: 0,
  dataOctets: 0,
  status: 0,
  times: {},
  ...rest,
});

/** SimpleResponse and StreamingOutputCallResponse alike: field 1 is a Payload, whose field 2 is the body. */
const payload = (...body: readonly number[]): Uint8Array =>
  Uint8Array.of(0x0a, body.length + 2, 0x12, body.length, ...body);
/** StreamingInputCallResponse: field 1 is a varint. */
const sum = (value: number): Uint8Array => Uint8Array.of(0x08, value);
const none = new Uint8Array(0);
const garbage = Uint8Array.of(0x0a, 0x7f);
const headers = [{ name: 'grpc-encoding', value: 'gzip' }];

test.each([
  ['one payload of the size', [{ octets: payload(0, 0, 0) }], {}, 3, []],
  ['no payload at all is one of no octets', [{ octets: none }], {}, 0, []],
  ['a compressed answer', [{ octets: gzip(payload(0)), compressedFlag: 1 }], { headers }, 1, []],
  ['the wrong status', [{ octets: payload(0) }], { status: 13 }, 1, ['status 13']],
  ['no end', [], { shape: 'open', status: undefined }, 1, ['no end']],
  ['no message', [], {}, 0, ['wrong message count']],
  ['two messages', [{ octets: payload(0) }, { octets: payload(0) }], {}, 1, ['wrong message count']],
  ['another size', [{ octets: payload(0, 0) }], {}, 1, ['wrong message']],
  ['other octets', [{ octets: payload(0, 1) }], {}, 2, ['wrong message']],
  ['no protobuf', [{ octets: garbage }], {}, 0, ['wrong message']],
  [
    'compressed, but the header does not say how',
    [{ octets: gzip(payload(0)), compressedFlag: 1 }],
    {},
    1,
    ['wrong message'],
  ],
  [
    'compressed, but not as the header says',
    [{ octets: payload(0), compressedFlag: 1 }],
    { headers },
    1,
    ['wrong message'],
  ],
] as const)('a unary answer: %s', (_, messages, rest, size, want) => {
  expect(answersUnary(call(messages, rest as Partial<Call>), size).map(({ reaction }) => reaction)).toEqual(want);
});

test.each([
  ['in order', [0, 2], [payload(), payload(0, 0)], []],
  ['nothing asked, nothing sent', [], [], []],
  ['exchanged', [0, 2], [payload(0, 0), payload()], ['wrong message']],
  ['one left out', [0, 2], [payload(0, 0)], ['wrong message count']],
])('a streamed answer: %s', (_, sizes, messages, want) => {
  const got = call(messages.map((octets) => ({ octets })));
  expect(answersStream(got, sizes).map(({ reaction }) => reaction)).toEqual(want);
});

test('messages before an error are judged apart from it', () => {
  const got = call([{ octets: payload(0) }], { status: 9 });
  expect(hasStreamed(got, [1])).toEqual([]);
  expect(answersStream(got, [1])).toMatchObject([{ reaction: 'status 9' }]);
});

test.each([
  ['right', [sum(7)], []],
  ['wrong', [sum(6)], ['wrong message']],
  ['absent, so zero', [none], ['wrong message']],
  ['twice', [sum(7), sum(7)], ['wrong message count']],
  ['no protobuf', [garbage], ['wrong message']],
])('a sum: %s', (_, messages, want) => {
  expect(answersSum(call(messages.map((octets) => ({ octets }))), 7).map(({ reaction }) => reaction)).toEqual(want);
});

test.each([
  ['no octets', [none], []],
  ['some octets', [sum(1)], ['wrong message']],
  ['no message', [], ['wrong message count']],
])('an empty answer: %s', (_, messages, want) => {
  expect(answersEmpty(call(messages.map((octets) => ({ octets })))).map(({ reaction }) => reaction)).toEqual(want);
});

test('an answer that never ends is a hang', () => {
  expect(answersStream(call([], { shape: 'open', status: undefined }), [])).toMatchObject([{ mark: 'hang' }]);
});

const cut = { shape: 'reset', status: undefined, reset: { by: 'client', errorCode: 8, at: 0 } } as const;

test.each<[string, readonly Uint8Array[], Partial<Call>, readonly string[]]>([
  ['whole', [payload(0)], {}, []],
  ['cut before its message', [], cut, []],
  ['cut behind its message', [payload(0)], cut, []],
  ['cut, with the message of another call', [payload(0, 0)], cut, ['wrong message']],
  ['cut, with two messages', [payload(0), payload(0)], cut, ['wrong message count']],
  ['reset by the target', [], { ...cut, reset: { ...cut.reset, by: 'target' } }, ['RST CANCEL']],
  ['half a one with status OK', [], {}, ['wrong message count']],
])('an answer that races a reset: %s', (_, messages, rest, want) => {
  const got = call(
    messages.map((octets) => ({ octets })),
    rest,
  );
  expect(isWholeOrCut(got, 1).map(({ reaction }) => reaction)).toEqual(want);
});

import { fullDuplexCall, streamingInputCall, streamingOutputCall, unaryCall } from '../grpc/test-service';
import { markedAnswer, markedCall } from './marked-call';

const mark = 7;

test.each([
  ['unary', unaryCall({ payload: new Uint8Array(mark), responseSize: mark })],
  ['server-streaming', streamingOutputCall({ responses: [{ size: mark }, { size: mark }] })],
  ['bidirectional-streaming', fullDuplexCall([{ responses: [{ size: mark }] }, { responses: [{ size: mark }] }])],
] as const)('a %s call asks for answers of the size of its mark, two where they are streamed', (kind, request) => {
  expect(markedCall(kind, mark)).toEqual(request);
});

test('an upload, whose answer is a sum, sends one octet more than its mark', () => {
  const upload = streamingInputCall([{ payload: new Uint8Array(mark) }, { payload: new Uint8Array(1) }]);
  expect(markedCall('client-streaming', mark)).toEqual(upload);
});

test('two marks make two calls that cannot be taken for each other', () => {
  for (const kind of ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'] as const) {
    expect(markedCall(kind, 1).messages).not.toEqual(markedCall(kind, 2).messages);
  }
});

test.each([
  ['unary', { of: 'payload', octets: mark }],
  ['client-streaming', { of: 'sum', octets: mark + 1 }],
  ['server-streaming', { of: 'stream', sizes: [mark, mark] }],
  ['bidirectional-streaming', { of: 'stream', sizes: [mark, mark] }],
] as const)('a %s call is known by its answer', (kind, answer) => {
  expect(markedAnswer(kind, mark)).toEqual(answer);
});

import type { Call, CallShape } from '../../grpc/call';
import { endsOnTrailers, isAnswered } from './answered';

const call = (shape: CallShape, rest: Partial<Call> = {}): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape,
  interim: 0,
  messages: [],
  rest: 0,
  dataOctets: 0,
  times: { opened: 1 },
  ...rest,
});

test.each<[CallShape, Partial<Call>, readonly string[]]>([
  ['normal', { status: 0 }, []],
  ['normal', {}, []],
  ['trailers-only', { status: 12 }, []],
  ['http', { httpStatus: 404 }, ['HTTP 404']],
  ['reset', { reset: { by: 'target', errorCode: 1, at: 2 } }, ['RST PROTOCOL_ERROR']],
  ['closed', {}, ['connection closed']],
  ['open', {}, ['no end']],
  ['open', { times: {} }, []],
])('an answer of shape %s %o', (shape, rest, want) => {
  expect(isAnswered(call(shape, rest)).map(({ reaction }) => reaction)).toEqual(want);
});

test.each<[string, Call, readonly string[]]>([
  ['trailers', call('normal', { trailers: [] }), []],
  ['no trailers', call('normal'), ['ended on DATA']],
  ['Trailers-Only', call('trailers-only', { trailers: [] }), []],
  ['an HTTP answer may end on DATA', call('http'), []],
])('the end of an answer: %s', (_, got, want) => {
  expect(endsOnTrailers(got).map(({ reaction }) => reaction)).toEqual(want);
});

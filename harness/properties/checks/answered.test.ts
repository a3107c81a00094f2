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

const unknown: Call['plan'] = { ...call('http').plan, kind: 'unknown' };

test.each<[CallShape, Partial<Call>, readonly (readonly [string, string])[]]>([
  ['normal', { status: 0 }, []],
  ['normal', {}, []],
  ['trailers-only', { status: 12 }, []],
  ['http', { httpStatus: 404 }, [['HTTP 404', 'RESP-01-status-200']]],
  ['http', { httpStatus: 503 }, [['HTTP 503', 'RESP-01-status-200']]],
  ['http', { httpStatus: 404, plan: unknown }, [['HTTP 404', 'REQ-21-unknown-service-or-method']]],
  ['http', {}, [['HTTP without :status', 'RESP-01-status-200']]],
  ['http', { httpStatus: 200 }, [['HTTP 200', 'RESP-03-content-type']]],
  ['reset', { reset: { by: 'target', errorCode: 1, at: 2 } }, [['RST PROTOCOL_ERROR', 'RESP-01-status-200']]],
  ['closed', {}, [['connection closed', 'RESP-01-status-200']]],
  ['open', {}, [['no end', 'RESP-01-status-200']]],
  // Response-Headers came, and then no end of a gRPC answer.
  ['open', { httpStatus: 200, headers: [] }, [['no end', 'TRAIL-01-trailers-end-the-stream']]],
  ['closed', { httpStatus: 200, headers: [] }, [['connection closed', 'TRAIL-01-trailers-end-the-stream']]],
  ['open', { times: {} }, []],
])('an answer of shape %s %o', (shape, rest, want) => {
  expect(isAnswered(call(shape, rest)).map(({ reaction, rule }) => [reaction, rule])).toEqual(want);
});

test.each<[string, Call, readonly string[]]>([
  ['trailers', call('normal', { trailers: [] }), []],
  ['no trailers', call('normal'), ['ended on DATA']],
  ['Trailers-Only', call('trailers-only', { trailers: [] }), []],
  ['an HTTP answer may end on DATA', call('http'), []],
])('the end of an answer: %s', (_, got, want) => {
  expect(endsOnTrailers(got).map(({ reaction }) => reaction)).toEqual(want);
});

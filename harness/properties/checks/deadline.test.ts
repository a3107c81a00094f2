import type { Call } from '../../grpc/call';
import { endsAtDeadline, hasExpired } from './deadline';

const plan = {
  connection: 'main',
  stream: 1,
  kind: 'bidirectional-streaming',
  path: '/s/m',
  legal: true,
  role: 'subject',
} as const;

const call = (partial: Partial<Call>): Call => ({
  plan,
  shape: 'trailers-only',
  interim: 0,
  messages: [],
  rest: 0,
  dataOctets: 0,
  times: { opened: 10, end: 520 },
  ...partial,
});

const reset = (errorCode: number, by: 'target' | 'client' = 'target'): Partial<Call> => ({
  shape: 'reset',
  reset: { by, errorCode, at: 520 },
});

test.each<[string, Partial<Call>, readonly (readonly [string, string | undefined])[]]>([
  ['what servers do', { status: 4 }, []],
  ['what the protocol says', reset(8), []],
  ['CANCELLED is a free choice', { status: 1 }, [['status 1', 'info']]],
  ['another error code is unusual', reset(2), [['RST INTERNAL_ERROR', 'warn']]],
  ['RST_STREAM(NO_ERROR) alone tells nobody', reset(0), [['RST NO_ERROR', undefined]]],
  ['our own reset is no end by the target', reset(8, 'client'), [['reset by us', undefined]]],
  ['OK', { shape: 'normal', status: 0 }, [['status 0', undefined]]],
  ['never', { shape: 'open', times: { opened: 10 } }, [['no end', undefined]]],
  ['2 s late is in time', { status: 4, times: { opened: 10, end: 2510 } }, []],
  ['later is late, in whatever form', { status: 1, times: { opened: 10, end: 2511 } }, [['late', undefined]]],
])('%s', (_, partial, want) => {
  const got = endsAtDeadline(call(partial), 500);
  expect(got.map(({ reaction, severity }) => [reaction, severity])).toEqual(want);
});

test('a call that never ends is no hang of the server: other calls are served', () => {
  expect(endsAtDeadline(call({ shape: 'open', times: { opened: 10 } }), 500)[0]).not.toHaveProperty('mark');
});

test('a call that ended for another reason has not expired', () => {
  expect(hasExpired(call({ status: 14 }))).toBe(false);
  expect(hasExpired(call({ shape: 'closed' }))).toBe(false);
});

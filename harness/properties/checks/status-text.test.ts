import type { Call } from '../../grpc/call';
import { hasStatusText } from './status-text';

const ended = (message?: string): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape: 'trailers-only',
  interim: 0,
  messages: [],
  rest: 0,
  dataOctets: 0,
  status: 2,
  times: {},
  ...(message === undefined ? {} : { message }),
});

test.each<[string, string, string | undefined, readonly string[]]>([
  ['the same', '100% ☺', '100% ☺', []],
  ['empty and absent', '', undefined, []],
  ['empty and empty', '', '', []],
  ['spaces around it', ' a b ', 'a b', []],
  ['tabs around it are text', '\ta', 'a', ['status text changed']],
  ['an escape decoded twice', '%41', 'A', ['status text changed']],
  ['lost', 'a', undefined, ['status text lost']],
  ['text where there was none', '', 'OK', ['status text changed']],
  ['spaces inside', 'a  b', 'a b', ['status text changed']],
])('%s', (_, text, got, want) => {
  expect(hasStatusText(ended(got), text).map(({ reaction }) => reaction)).toEqual(want);
});

test('what the target sent is escaped', () => {
  expect(hasStatusText(ended('\x1b[2J'), 'a')).toMatchObject([{ observed: expect.stringContaining('\\x1b[2J') }]);
});

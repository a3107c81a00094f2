import type { Call } from '../../grpc/call';
import { encodeBinaryValue } from '../../grpc/metadata';
import { encodePercent } from '../../grpc/percent-encoding';
import { encodeRpcStatus } from '../../grpc/test-service';
import * as checks from './rich-status';

type Fields = readonly (readonly [name: string, value: string])[];

const call = (trailers: Fields, rest: Partial<Call> = {}): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape: 'trailers-only',
  interim: 0,
  trailers: trailers.map(([name, value]) => ({ name, value })),
  messages: [],
  rest: 0,
  dataOctets: 0,
  status: 5,
  times: { opened: 1 },
  ...rest,
});

const reactionsOf = (breaches: readonly { readonly reaction: string; readonly severity?: string }[]) =>
  breaches.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`);

describe('details', () => {
  const name = 'grpc-status-details-bin';
  const detail = Uint8Array.of(0x0a, 1, 0x61);
  const encoded = encodeBinaryValue(encodeRpcStatus(5, 'a', [detail]));
  test.each<[string, Fields, readonly string[]]>([
    ['of the same code', [[name, encoded]], []],
    [
      'of another code',
      [[name, encodeBinaryValue(encodeRpcStatus(6, 'a', [detail]))]],
      ['details of another code warn'],
    ],
    ['lost', [], ['details lost full']],
    [
      'twice',
      [
        [name, encoded],
        [name, encoded],
      ],
      ['details lost full'],
    ],
    ['no base64', [[name, 'a b']], ['details broken full']],
    ['cut', [[name, encoded.slice(0, -4)]], ['details broken full']],
  ])('%s', (_, trailers, want) => {
    expect(reactionsOf(checks.hasDetails(call(trailers)))).toEqual(want);
  });

  test('are those that the handler attached, however they are written', () => {
    const sent = encodeRpcStatus(5, 'a', [detail]);
    expect(checks.keepsDetails(call([[name, encoded]]), sent)).toEqual([]);
    const other = encodeBinaryValue(encodeRpcStatus(5, 'a', []));
    expect(reactionsOf(checks.keepsDetails(call([[name, other]]), sent))).toEqual(['details changed full']);
    expect(checks.keepsDetails(call([]), sent)).toEqual([]);
  });
});

test.each<[string, Call, readonly string[]]>([
  ['as asked for', call([['grpc-retry-pushback-ms', '-1']]), []],
  ['lost', call([]), ['pushback lost full']],
  [
    'in headers',
    call([], { headers: [{ name: 'grpc-retry-pushback-ms', value: '-1' }] }),
    ['pushback in headers full'],
  ],
  ['unsigned', call([['grpc-retry-pushback-ms', '4294967295']]), ['pushback changed full']],
  ['with zeros', call([['grpc-retry-pushback-ms', '-01']]), ['pushback changed full']],
])('a pushback %s', (_, got, want) => {
  expect(reactionsOf(checks.pushesBack(got, -1))).toEqual(want);
});

test.each<[string, string, readonly string[]]>([
  ['whole', 'a\u263ab', []],
  ['cut', 'a\u263a', []],
  ['lost', '', []],
  ['another', 'too long', ['wrong text warn']],
])('a long text, %s', (_, message, want) => {
  const got = call([], { message, rawMessage: encodePercent(message) });
  expect(reactionsOf(checks.hasBeginning(got, 'a\u263ab'))).toEqual(want);
});

test('a text that is cut inside a letter is told from another', () => {
  const got = call([], { message: 'a\ufffd', rawMessage: 'a%E2%98' });
  expect(reactionsOf(checks.hasBeginning(got, 'a\u263ab'))).toEqual(['text cut inside a letter warn']);
  const half = call([], { message: 'a%E', rawMessage: 'a%E' });
  expect(reactionsOf(checks.hasBeginning(half, 'a\u263ab'))).toEqual(['text cut inside a letter warn']);
});

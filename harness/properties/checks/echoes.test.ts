import type { Call } from '../../grpc/call';
import { echoesInitial, echoesNothing, echoesTrailing } from './echoes';

type Fields = readonly (readonly [name: string, value: string])[];

const initial = 'x-grpc-test-echo-initial';
const trailing = 'x-grpc-test-echo-trailing-bin';

const call = (headers: Fields | undefined, trailers: Fields): Call => {
  const fields = (list: Fields) => list.map(([name, value]) => ({ name, value }));
  return {
    plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
    shape: headers === undefined ? 'trailers-only' : 'normal',
    interim: 0,
    ...(headers === undefined ? {} : { headers: fields(headers) }),
    trailers: fields(trailers),
    messages: [],
    rest: 0,
    dataOctets: 0,
    status: 0,
    times: {},
  };
};

test.each<[string, readonly string[], Fields | undefined, readonly string[]]>([
  ['unchanged', ['a;b'], [[initial, 'a;b']], []],
  [
    'in order, apart',
    ['a', 'b'],
    [
      [initial, 'a'],
      ['x-other', 'c'],
      [initial, 'b'],
    ],
    [],
  ],
  ['in order, joined', ['a', 'b'], [[initial, 'a, b']], []],
  [
    'in order, joined in part',
    ['a,b', 'c'],
    [
      [initial, 'a'],
      [initial, 'b,c'],
    ],
    [],
  ],
  ['parts that are empty do not count', [',a'], [[initial, 'a']], []],
  ['an empty value', [''], [[initial, '']], []],
  ['Trailers-Only proves nothing', ['a'], undefined, []],
  ['lost', ['a'], [], ['wrong metadata']],
  ['cut', ['a;b'], [[initial, 'a']], ['wrong metadata']],
  ['out of order', ['a', 'b', 'c'], [[initial, 'c,b,a']], ['wrong metadata']],
  ['the last one lost of three', ['a', 'b', 'c'], [[initial, 'a,b']], ['wrong metadata']],
  [
    'one too many',
    ['a'],
    [
      [initial, 'a'],
      [initial, 'a'],
    ],
    ['wrong metadata'],
  ],
  ['the first alone', ['a', 'b'], [[initial, 'a']], ['info: first value alone']],
  ['an empty value lost', [''], [], ['warn: empty metadata lost']],
])('initial metadata: %s', (_, values, headers, want) => {
  expect(echoesInitial(call(headers, []), values).map(summarise)).toEqual(want);
});

test.each<[string, readonly string[], string, string | undefined]>([
  ['cut at a sign', ['a;b'], 'a', ';'],
  ['the second of two', ['a', 'b  c'], 'a,b c', ' '],
  ['cut at a letter, which says nothing', ['abc'], 'a', undefined],
  ['another text altogether', [';ab'], 'xyz', undefined],
  ['with more behind it', ['a'], 'a;', undefined],
])('the sign at which initial metadata differs: %s', (_, values, got, sign) => {
  const [breach] = echoesInitial(call([[initial, got]], []), values);
  expect(breach?.differsAt).toBe(sign);
  expect(breach?.observed.includes(`it differs from the "${sign ?? ''}" on`)).toBe(sign !== undefined);
});

test('initial metadata in the trailers, and in both places', () => {
  expect(echoesInitial(call([], [[initial, 'a']]), ['a']).map(summarise)).toEqual(['metadata in the wrong block']);
  expect(echoesInitial(call([[initial, 'a']], [[initial, 'a']]), ['a']).map(summarise)).toEqual([
    'metadata in the wrong block',
  ]);
});

const one = Uint8Array.of(1);
const two = Uint8Array.of(0xff, 0xff);
const none = new Uint8Array(0);

test.each<[string, readonly Uint8Array[], Fields, readonly string[]]>([
  ['without padding', [one], [[trailing, 'AQ']], []],
  ['with padding', [one], [[trailing, 'AQ==']], []],
  ['in order, joined', [one, two], [[trailing, 'AQ, //8']], []],
  ['no octets', [none], [[trailing, '']], []],
  ['lost', [one], [], ['wrong metadata']],
  ['other octets', [one], [[trailing, 'Ag']], ['wrong metadata']],
  ['the alphabet of URLs', [two], [[trailing, '__8']], ['wrong metadata']],
  ['out of order', [one, two], [[trailing, '//8,AQ']], ['wrong metadata']],
  ['the first alone', [one, two], [[trailing, 'AQ']], ['info: first value alone']],
  ['no octets, lost', [none], [], ['warn: empty metadata lost']],
])('trailing metadata: %s', (_, values, trailers, want) => {
  expect(echoesTrailing(call([], trailers), values).map(summarise)).toEqual(want);
  expect(echoesTrailing(call(undefined, trailers), values).map(summarise)).toEqual(want);
});

test('trailing metadata in Response-Headers', () => {
  expect(echoesTrailing(call([[trailing, 'AQ']], []), [one]).map(summarise)).toEqual(['metadata in the wrong block']);
});

test('fields that cannot be read prove nothing', () => {
  const undecodable = { rule: 'index-zero', reason: 'an indexed field has index 0', offset: 0 } as const;
  const unread: Call = { ...call([], []), undecodable };
  expect([...echoesInitial(unread, ['a']), ...echoesTrailing(unread, [one])]).toEqual([]);
});

test.each<[string, Fields | undefined, Fields, readonly string[]]>([
  ['nothing', [], [], []],
  ['Trailers-Only', undefined, [], []],
  ['other fields', [['x-other', 'a']], [['x-other-bin', 'AQ']], []],
  ['initial metadata', [[initial, '']], [], ['metadata copied']],
  ['trailing metadata', [], [[trailing, 'AQ']], ['metadata copied']],
  ['initial metadata in the trailers', [], [[initial, 'a']], ['metadata copied']],
])('nothing of the request in the answer: %s', (_, headers, trailers, want) => {
  expect(echoesNothing(call(headers, trailers)).map(summarise)).toEqual(want);
});

function summarise({ reaction, severity }: { readonly reaction: string; readonly severity?: string }): string {
  return severity === undefined ? reaction : `${severity}: ${reaction}`;
}

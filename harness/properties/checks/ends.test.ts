import type { Call } from '../../grpc/call';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { draw, message, received, request, responseHeaders, sent, trailers } from '../../rules/transcript.test-helper';
import { callOf, type Arrow } from '../../rules/transcript.test-helper';
import { data, windowUpdate } from '../../wire/builders';
import * as checks from './ends';

type Fields = readonly (readonly [name: string, value: string])[];

const call = (rest: Partial<Call> = {}): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape: 'normal',
  interim: 0,
  messages: [],
  rest: 0,
  dataOctets: 0,
  status: 0,
  times: { opened: 1 },
  ...rest,
});

const fields = (list: Fields) => list.map(([name, value]) => ({ name, value }));
const reactionsOf = (breaches: readonly { readonly reaction: string; readonly severity?: string }[]) =>
  breaches.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`);
const filler = 'x-grpc-conform-filler';

test.each<[string, Call, readonly string[]]>([
  ['RST_STREAM(NO_ERROR)', call({ resetAfterEnd: { errorCode: 0 } }), []],
  ['none', call(), ['no RST after early end warn']],
  ['CANCEL', call({ resetAfterEnd: { errorCode: 8 } }), ['RST with another code warn']],
  ['the request had ended', call({ times: { opened: 1, halfClosed: 2 } }), []],
  ['no status', call({ shape: 'reset', status: undefined }), []],
])('an early end: %s', (_, got, want) => {
  expect(reactionsOf(checks.closesEarly(got))).toEqual(want);
});

describe('trailers and credit', () => {
  const answer = received(responseHeaders(), message());
  const end = received(trailers());
  const credit = sent(windowUpdate(1, 100));
  test.each<[string, readonly Arrow[], readonly string[]]>([
    ['the end before credit', [answer, end, credit], []],
    ['the end after credit', [answer, credit, end], ['trailers wait for credit full']],
    ['no end at all', [answer, credit], ['trailers wait for credit full']],
    ['a message that waits, too', [credit, answer, end], []],
    [
      'half a message that waits',
      [received(responseHeaders(), data(1, encodeMessage(new Uint8Array(9)).subarray(0, 7))), credit, end],
      [],
    ],
    ['no credit of ours', [answer, end], []],
  ])('%s', (_, arrows, want) => {
    const view = draw(request(), ...arrows);
    expect(reactionsOf(checks.endsWithoutCredit(callOf(view), view, 1))).toEqual(want);
  });
});

test.each<[number | undefined, readonly string[]]>([
  [200, []],
  [undefined, []],
  [404, ['HTTP 404 full']],
  [503, ['HTTP 503 full']],
])(':status %s', (httpStatus, want) => {
  expect(
    reactionsOf(checks.keepsHttpStatus(call({ httpStatus, shape: httpStatus === 200 ? 'normal' : 'http' }))),
  ).toEqual(want);
});

test.each<[string, Fields | undefined, readonly string[]]>([
  ['whole', [[filler, 'xxx']], []],
  ['cut', [[filler, 'xx']], ['metadata cut full']],
  [
    'twice',
    [
      [filler, 'xxx'],
      [filler, 'xxx'],
    ],
    ['metadata cut full'],
  ],
  ['lost', [], ['metadata lost full']],
  ['without the block', undefined, []],
])('metadata of a length: %s', (_, list, want) => {
  const got = call(list === undefined ? {} : { trailers: fields(list), headers: fields(list) });
  expect(reactionsOf(checks.hasFiller(got, 'trailers', 3))).toEqual(want);
  expect(reactionsOf(checks.keepsFiller(got, 'headers', 3))).toEqual(want);
  expect(checks.keepsFiller({ ...got, status: 8 }, 'headers', 3)).toEqual([]);
});

test.each<[string, Partial<Call>, readonly string[]]>([
  [
    'after it',
    { times: { halfClosed: 5, end: 6 }, messages: [{ compressedFlag: 0, octets: new Uint8Array(1), at: 6 }] },
    [],
  ],
  ['the end before it', { times: { halfClosed: 5, end: 4 } }, ['answer before END_STREAM full']],
  [
    'a message before it',
    { times: { halfClosed: 5, end: 6 }, messages: [{ compressedFlag: 0, octets: new Uint8Array(1), at: 4 }] },
    ['answer before END_STREAM full'],
  ],
])('the end of the request: %s', (_, rest, want) => {
  expect(reactionsOf(checks.endsAfterHalfClose(call(rest)))).toEqual(want);
});

test.each<[string, Partial<Call>, 'fails' | 'headers' | 'message', readonly string[]]>([
  ['Trailers-Only of an error', { shape: 'trailers-only' }, 'fails', []],
  ['headers before an error', {}, 'fails', ['headers before an error info']],
  ['metadata with the headers', { headers: fields([[filler, 'xxx']]) }, 'headers', []],
  ['lost metadata', { headers: [] }, 'headers', ['metadata lost full']],
  ['a message', {}, 'message', []],
])('Response-Headers: %s', (_, rest, moment, want) => {
  expect(reactionsOf(checks.headersBeforeEnd(call(rest), moment, 3))).toEqual(want);
});

test.each<[string, readonly string[]]>([
  ['AA', []],
  ['AA==', ['padded base64 warn']],
  ['AA, AAA=', ['padded base64 warn']],
])('base64 %s', (value, want) => {
  expect(reactionsOf(checks.isUnpadded(call({ trailers: fields([['x-bin', value]]) }), 'x-bin'))).toEqual(want);
});

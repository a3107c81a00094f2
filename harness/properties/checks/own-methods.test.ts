import type { Call } from '../../grpc/call';
import type { Schema, SchemaMethod } from '../../schema/schema';
import { gzip } from '../../grpc/compression';
import { answersAlike, answersInTime, decodesAsDeclared, isNotServed, isUnanswered } from './own-methods';

const method: SchemaMethod = { path: '/s/m', kind: 'unary', input: 'In', output: 'Out', idempotent: true };
/** message Out { string text = 1; int32 number = 2; } */
const schema: Schema = {
  methods: [method],
  messages: [
    { name: 'In', mapEntry: false, extensions: [], fields: [] },
    {
      name: 'Out',
      mapEntry: false,
      extensions: [],
      fields: [field(1, 'text', 'string'), field(2, 'number', 'int32')],
    },
  ],
  enums: [],
  unusable: [],
};

function field(number: number, name: string, scalar: 'string' | 'int32'): Schema['messages'][number]['fields'][number] {
  return {
    number,
    name,
    type: { kind: 'scalar', scalar },
    cardinality: 'optional',
    packed: false,
    hasPresence: false,
    verifiesUtf8: true,
  };
}

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);
const call = (messages: readonly Uint8Array[], rest: Partial<Call> = {}): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape: 'normal',
  interim: 0,
  messages: messages.map((message) => ({ compressedFlag: 0, octets: message, at: 0 })),
  rest: 0,
  dataOctets: 0,
  status: 0,
  times: { opened: 0 },
  ...rest,
});
const left = { shape: 'reset', status: undefined, reset: { by: 'client', errorCode: 8, at: 1 } } as const;
const reactions = (breaches: readonly { readonly reaction: string; readonly severity?: string }[]) =>
  breaches.map(({ reaction, severity }) => (severity === undefined ? reaction : `${reaction}, ${severity}`));

test.each<[string, Call, readonly string[]]>([
  ['answered', call([octets()]), []],
  ['answered by an error alone', call([], { shape: 'trailers-only', status: 5 }), []],
  ['still going on when we left', call([octets()], left), []],
  ['not answered when we left', call([], left), ['no answer in time, info']],
  ['reset by the target', call([], { ...left, reset: { by: 'target', errorCode: 2, at: 1 } }), ['RST INTERNAL_ERROR']],
  ['answered as if it were no gRPC', call([], { shape: 'http', httpStatus: 404, status: undefined }), ['HTTP 404']],
])('a call that was %s', (_, given, want) => {
  expect(reactions(answersInTime(given))).toEqual(want);
});

test.each<[string, Call, readonly string[]]>([
  ['no message', call([]), []],
  ['messages of the type', call([octets(), octets(0x0a, 1, 0x41, 0x10, 7)]), []],
  ['an unknown field', call([octets(0x18, 1)]), []],
  ['octets that end in a field', call([octets(), octets(0x0a, 5, 0x41)]), ['undecodable message']],
  ['a string that is no UTF-8', call([octets(0x0a, 1, 0xff)]), ['undecodable message']],
])('an answer with %s', (_, given, want) => {
  expect(reactions(decodesAsDeclared(given, schema, method))).toEqual(want);
});

/** The same answer, compressed by gzip. */
const zipped = ({ messages, ...rest }: Call): Call => ({
  ...rest,
  headers: [{ name: 'grpc-encoding', value: 'gzip' }] as Call['headers'] & {},
  messages: messages.map((message) => ({ ...message, compressedFlag: 1, octets: gzip(message.octets) })),
});

test.each<[string, Call, readonly string[]]>([
  ['of the type', zipped(call([octets(0x10, 7)])), []],
  ['of another type', zipped(call([octets(0x0a, 5, 0x41)])), ['undecodable message']],
  ['in an encoding that we do not know', { ...zipped(call([octets(0xff)])), headers: [] }, []],
])('a compressed message %s', (_, given, want) => {
  expect(reactions(decodesAsDeclared(given, schema, method))).toEqual(want);
});

describe('three calls that say the same', () => {
  const seven = octets(0x10, 7);
  const sevenAtLength = octets(0x10, 0x87, 0x00);
  const eight = octets(0x10, 8);
  test.each<[string, readonly Call[], readonly string[]]>([
    ['are answered alike', [call([seven]), call([seven]), call([seven])], []],
    ['are answered alike, in another encoding', [call([seven]), call([seven]), call([sevenAtLength])], []],
    ['are answered alike, the third time compressed', [call([seven]), call([seven]), zipped(call([seven]))], []],
    [
      'get another message in a compressed answer',
      [call([seven]), call([seven]), zipped(call([eight]))],
      ['another message'],
    ],
    ['are answered by the same error', [5, 5, 5].map((status) => call([], { shape: 'trailers-only', status })), []],
    ['get another message the third time', [call([seven]), call([seven]), call([eight])], ['another message']],
    [
      'get another status the third time',
      [call([seven]), call([seven]), call([], { shape: 'trailers-only', status: 13 })],
      ['status 13, not 0'],
    ],
    [
      'are answered anew each time',
      [call([seven]), call([eight]), call([eight])],
      ['answers differ by themselves, info'],
    ],
    ['are not all answered in time', [call([seven]), call([seven]), call([], left)], []],
    ['meet a busy server', [call([seven]), call([seven]), call([], { status: 14 })], []],
    ['are not all there', [call([seven]), call([seven])], []],
  ])('%s', (_, calls, want) => {
    expect(reactions(answersAlike(calls, schema, method, 'in another encoding'))).toEqual(want);
  });
});

test.each<[string, Call, readonly string[]]>([
  ['refused by a status', call([], { status: 13 }), []],
  ['reset', call([], { ...left, reset: { by: 'target', errorCode: 1, at: 1 } }), []],
  ['not answered in time', call([], left), []],
  ['served', call([octets()]), ['status 0']],
  ['served without an end', call([octets()], left), ['reset by us']],
])('a request that must not be served, and was %s', (_, given, want) => {
  expect(reactions(isNotServed(given, 'an error'))).toEqual(want);
});

test('only a call without any answer is unanswered', () => {
  expect([call([]), call([octets()], left), call([], left), call([], { shape: 'open' })].map(isUnanswered)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

import fc from 'fast-check';
import type { Schema, SchemaMethod } from '../schema/schema';
import { checkGenerator } from './check-generator';
import {
  methodAt,
  methodCall,
  methodRequest,
  methodsOf,
  plainMethodCalls,
  repeatableMethods,
  type MethodFacts,
} from './method-call';

const kinds: readonly SchemaMethod['kind'][] = [
  'unary',
  'client-streaming',
  'server-streaming',
  'bidirectional-streaming',
];
const schema: Schema = {
  methods: kinds.map((kind) => ({ path: `/s/${kind}`, kind, input: 'In', output: 'In', idempotent: false })),
  messages: [
    {
      name: 'In',
      mapEntry: false,
      extensions: [],
      fields: [
        {
          number: 1,
          name: 'flag',
          type: { kind: 'scalar', scalar: 'bool' },
          cardinality: 'optional',
          packed: false,
          hasPresence: false,
          verifiesUtf8: false,
        },
      ],
    },
  ],
  enums: [],
  unusable: [],
};
const facts: MethodFacts = { schema, idempotent: ['/s/unary', '/s/server-streaming'] };

test('methods are found by their kind', () => {
  expect(methodsOf(facts, 'unary', 'server-streaming').map(({ path }) => path)).toEqual([
    '/s/unary',
    '/s/server-streaming',
  ]);
  expect(methodsOf(facts)).toHaveLength(4);
  expect(methodsOf({})).toEqual([]);
});

test('only unary methods are repeated, and only those that the user names', () => {
  expect(repeatableMethods(facts).map(({ path }) => path)).toEqual(['/s/unary']);
  expect(repeatableMethods({ schema })).toEqual([]);
});

const streams = (path: string): boolean => /client|bidi/.test(path);

checkGenerator('methodCall', methodCall(facts, methodsOf(facts)), {
  isCorrect: ({ path, messages }) => (streams(path) ? messages.length <= 5 : messages.length === 1),
  reaches: {
    ...Object.fromEntries(
      kinds.map((kind) => [`a ${kind} method`, ({ path }: { readonly path: string }) => path === `/s/${kind}`]),
    ),
    'no message': ({ messages }) => messages.length === 0,
    'five messages': ({ messages }) => messages.length === 5,
    'a field': ({ messages }) => messages.some(({ length }) => length > 0),
  },
  shrinks: [{ fault: ({ path }) => path === '/s/client-streaming', to: { path: '/s/client-streaming', messages: [] } }],
});

test('the plainest calls can be shrunk, so that a property may begin with them', () => {
  const generator = methodCall(facts, methodsOf(facts));
  expect(plainMethodCalls(methodsOf(facts)).filter((call) => !generator.canShrinkWithoutContext(call))).toEqual([]);
});

test('a call is a request to its method, message by message', () => {
  const flag = { number: 1, wire: 'varint', value: '1' } as const;
  expect(methodRequest(facts, { path: '/s/client-streaming', messages: [[flag], []] })).toEqual({
    kind: 'client-streaming',
    path: '/s/client-streaming',
    messages: [Uint8Array.of(8, 1), new Uint8Array(0)],
  });
});

test('a failure file for other methods is said to be one', () => {
  expect(() => methodAt(facts, '/s/other')).toThrow('The facts about the target name no method /s/other.');
  expect(() => methodAt({}, '/s/unary')).toThrow('name no methods that may be called');
  expect(() => fc.sample(methodCall({}, methodsOf(facts)), 1)).toThrow();
});

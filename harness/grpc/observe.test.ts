import { readConnection } from '../transcript/read-connection';
import type { Transcript } from '../transcript/transcript';
import { observe } from './observe';
import { PlanBuilder } from './plan-builder';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;
const method = { kind: 'unary', path: '/s/m', messages: [] } as const;

const script = new PlanBuilder(facts);
script.call(method, { on: 'first', role: 'bystander' });
script.call(method, { on: 'second' });
script.call(method, { on: 'never' });
script.call(method, { on: 'first', role: 'probe' });
script.call(method, { on: 'second', role: 'afterwards' });
const plan = script.build();

// The script was abandoned before it opened the last connection.
const transcript: Transcript = {
  connections: ['first', 'second'].map((name) => ({ name, events: [{ kind: 'connected', at: 0 }] })),
  samples: {},
};

test('calls of connections that exist, in the order in which the script opened them', () => {
  const seen = observe(plan, transcript);
  const where = (calls: typeof seen.calls): unknown => calls.map((call) => [call.plan.connection, call.plan.role]);
  expect(where(seen.calls)).toEqual([
    ['first', 'bystander'],
    ['second', 'subject'],
  ]);
  expect(where(seen.allCalls)).toEqual([
    ['first', 'bystander'],
    ['second', 'subject'],
    ['first', 'probe'],
    ['second', 'afterwards'],
  ]);
  expect([seen.call(), seen.call(1)]).toEqual(seen.calls);
  expect([seen.plan, seen.transcript]).toEqual([plan, transcript]);
});

test('connections by name', () => {
  const seen = observe(plan, transcript);
  expect(seen.connections.map(({ name }) => name)).toEqual(['first', 'second']);
  expect(seen.connection('second')).toBe(seen.connections[1]);
});

test('views that were made live are taken as they are', () => {
  const views = transcript.connections.map((connection) => readConnection(connection));
  expect(observe(plan, transcript, views).connections).toBe(views);
  expect(observe(plan, transcript, views).calls).toEqual(observe(plan, transcript).calls);
});

test.each<[string, (seen: ReturnType<typeof observe>) => unknown, RegExp]>([
  ['a call beyond the last', (seen) => seen.call(2), /asks for call 2 of 2/],
  ['a connection that was never opened', (seen) => seen.connection('never'), /the connection never,/],
  ['the main connection where there is none', (seen) => seen.connection(), /the connection main,/],
])('our mistake: a check asks for %s', (_, ask, message) => {
  const seen = observe(plan, transcript);
  expect(() => ask(seen)).toThrow(
    expect.objectContaining({ code: 'ERR_SCRIPT', message: expect.stringMatching(message) }),
  );
});

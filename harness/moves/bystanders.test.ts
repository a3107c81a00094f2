import { connectionError } from '../grpc/outcome';
import { PlanBuilder } from '../grpc/plan-builder';
import { beginBystanders, bystanderKinds, bystandersFor } from './bystanders';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;

test('only what a target offers stands by', () => {
  expect(bystandersFor({ offers: [] })).toEqual([]);
  expect(bystandersFor({ offers: ['unary', 'bidirectional-streaming'] })).toEqual(['half a message', 'a conversation']);
});

test('all four kinds are open until they are finished, and each is served or loses its connection', () => {
  const script = new PlanBuilder(facts, { row: 'STREAM-21-stream-errors-stay-on-their-stream' });
  const finish = beginBystanders(script, bystanderKinds);
  const isEnd = (step: object): boolean => 'endStream' in step && step.endStream === true;
  expect(script.build().steps.filter(isEnd)).toEqual([]);
  finish();
  const { steps, calls, expects = [] } = script.build();
  expect(steps.filter(isEnd)).toHaveLength(4);
  expect(calls.map(({ kind, role }) => `${role} ${kind}`)).toEqual(
    ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'].map((kind) => `bystander ${kind}`),
  );
  expect(expects.map(({ row }) => row)).toEqual(calls.map(() => 'MUX-01-parallel-calls-isolated'));
  expect(expects.every(({ accepts }) => accepts[0]?.is === 'served' && accepts[1] === connectionError)).toBe(true);
});

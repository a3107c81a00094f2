import { PlanBuilder } from '../grpc/plan-builder';
import { streamInState, streamStates, type StreamState } from './stream-in-state';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;

const write = (state: StreamState) => {
  const script = new PlanBuilder(facts);
  const stream = streamInState(script, state, { offers: ['unary'] });
  return { stream, plan: script.build() };
};

test.each<[StreamState, readonly string[]]>([
  ['idle', ['open']],
  ['open', ['open', 'headers']],
  ['half-closed', ['open', 'headers', 'data']],
  ['closed', ['open', 'headers', 'data', 'await']],
  ['reset', ['open', 'headers', 'frame']],
])('a stream is %s after %j', (state, steps) => {
  expect(write(state).plan.steps.map((step) => step.do)).toEqual(steps);
});

test.each(streamStates)('%s: stream 1, and a call of nobody’s concern', (state) => {
  const { stream, plan } = write(state);
  expect(stream).toBe(1);
  expect(plan.calls.map(({ role }) => role)).toEqual(state === 'idle' ? [] : ['bystander']);
});

test('the answer to a half-closed stream has no credit', () => {
  const [opening] = write('half-closed').plan.steps;
  expect(opening).toMatchObject({ do: 'open', housekeeping: { replenishStreams: false } });
});

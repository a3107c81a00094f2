import { served } from '../grpc/outcome';
import { PlanBuilder } from '../grpc/plan-builder';
import { pendingCalls, pendingOctets, type PendingCall } from './pending-calls';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;
const kinds = Object.entries<PendingCall>(pendingCalls);

test.each(kinds)('%s: one call, half-closed only by the rest', (_, { begin }) => {
  const script = new PlanBuilder(facts);
  const finish = begin(script, { on: 'other', role: 'bystander' });
  finish();
  const { steps, calls } = script.build();
  expect(calls).toMatchObject([{ connection: 'other', role: 'bystander' }]);
  expect(steps.filter((step) => 'endStream' in step && step.endStream)).toHaveLength(1);
  expect(steps.at(-1)).toMatchObject({ do: 'await', until: { see: 'end' } });
});

test.each(kinds)('%s: what must come of it is said of the call that was finished', (_, { begin, answer }) => {
  const script = new PlanBuilder(facts);
  begin(script)().expect(served(answer));
  expect(script.build().expects).toEqual([{ on: { connection: 'main', stream: 1 }, accepts: [served(answer)] }]);
});

test.each(['half a message', 'half an upload'] as const)('%s stays one wherever it is cut', (kind) => {
  for (const sent of [0, 1, 5, pendingOctets]) {
    const script = new PlanBuilder(facts);
    pendingCalls[kind].begin(script, { sent })();
    const data = script.build().steps.flatMap((step) => (step.do === 'data' ? [step] : []));
    // Nothing is said by no frame, not by an empty one.
    expect(data.map(({ octets }) => octets.length > 0)).toEqual(sent > 0 ? [true, true] : [true]);
    expect(data.map(({ endStream }) => endStream)).toEqual(sent > 0 ? [false, true] : [true]);
  }
});

test.each(kinds)('%s: who finishes it may wait for a connection error as well', (_, { begin }) => {
  const script = new PlanBuilder(facts);
  begin(script, { mayFail: true })();
  expect(script.build().steps.at(-1)).toMatchObject({ do: 'await', until: { see: 'end', stream: 1, orError: true } });
});
